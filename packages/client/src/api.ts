// Printed from the contracts by scripts/write-api.ts. Do not edit.

/** Options of one call. */
export interface CallOptions {
  /** Stops waiting for the answer. A command may have been carried out. */
  readonly signal?: AbortSignal;
}

/** A question. It changes nothing and may be repeated. */
export interface Query<Input, Output> {
  readonly query: (input: Input, options?: CallOptions) => Promise<Output>;
}

/** A request to change something. Landfall has stored it when the answer comes. */
export interface Command<Input, Output> {
  readonly mutate: (input: Input, options?: CallOptions) => Promise<Output>;
}

/** Every procedure that an API key may call, by namespace. */
export interface Landfall {
  readonly subscriptions: {
    /** Subscriptions, newest first. Filters: status, offer, plan, and test or real purchases. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 50 characters. */
        status?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
        isTestPurchase?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Subscription[]; nextCursor?: string | undefined }
    >;
    /** One subscription, as Landfall knows it. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        subscriptionId: string;
      },
      Subscription
    >;
    /** What happened to a subscription and why, oldest or newest first. */
    readonly timeline: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
        /** Default: `"oldest"`. */
        order?: 'oldest' | 'newest' | undefined;
      },
      { items: TimelineEntry[]; nextCursor?: string | undefined }
    >;
    /** Plans that Microsoft currently offers this customer, and the changes that your rules refuse. */
    readonly availablePlans: Query<
      {
        /** At most 100 characters. */
        subscriptionId: string;
      },
      { plans: Plan[]; seats?: SeatRules | undefined }
    >;
    /** Requests activation. Billing starts when Microsoft has confirmed it. */
    readonly activate: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        claimedBy?:
          | {
              /** At most 100 characters. */
              tenantId?: string | undefined;
              /** At most 100 characters. */
              objectId?: string | undefined;
              /** At most 320 characters. */
              emailId?: string | undefined;
            }
          | undefined;
        answers?: Record<string, string> | undefined;
      },
      Subscription
    >;
    /** Confirms that the customer's space is ready. A waiting activation continues. */
    readonly confirmProvisioned: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
      },
      Subscription
    >;
    /** Reports that the customer's space cannot be created. A waiting activation fails, and nothing is billed. */
    readonly failProvisioning: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Pattern: `^[a-z0-9][a-z0-9.-]{0,99}$`. */
        reason: string;
      },
      Subscription
    >;
    /** Asks Microsoft for another plan. The plan changes when Microsoft has confirmed it. */
    readonly changePlan: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 200 characters. */
        approvedBy: string;
        /** UUID. */
        changeId?: string | undefined;
      },
      RequestedChange
    >;
    /** Asks Microsoft for another number of seats. The seats change when Microsoft has confirmed it. */
    readonly changeQuantity: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        quantity: number;
        /** At most 200 characters. */
        approvedBy: string;
        /** UUID. */
        changeId?: string | undefined;
      },
      RequestedChange
    >;
    /** Asks Microsoft to end the subscription. This cannot be undone. */
    readonly cancel: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 200 characters. */
        approvedBy: string;
        /** UUID. */
        changeId?: string | undefined;
      },
      RequestedChange
    >;
    /** One requested change: its state, its origin and its outcome. */
    readonly change: Query<
      {
        /** UUID. */
        changeId: string;
      },
      {
        /** UUID. */
        changeId: string;
        state: 'requested' | 'sent' | 'succeeded' | 'failed';
        subscriptionId?: string | undefined;
        kind?: 'ChangePlan' | 'ChangeQuantity' | 'Unsubscribe' | undefined;
        planId?: string | undefined;
        quantity?: number | undefined;
        origin?: 'customer' | 'publisher' | 'marketplace' | undefined;
        from?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        requestedAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        settledAt?: string | undefined;
        failure?: string | undefined;
        failureDetail?: string | undefined;
        reason?: string | undefined;
        ruleId?: string | undefined;
        message?: Record<string, string> | undefined;
        compensates?: string | undefined;
      }
    >;
    /** Microsoft's operations on a subscription: the decision, its time and the outcome. */
    readonly operations: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
      },
      { items: Operation[]; nextCursor?: string | undefined }
    >;
  };
  readonly policies: {
    /** The rules that accept or refuse customers’ plan and seat changes. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      DecisionPolicy
    >;
    /** Replaces the rules. They apply from the next notification. */
    readonly put: Command<
      {
        /** At most 200 items. */
        rules: {
          /** At most 100 characters. */
          id: string;
          /** At most 100 characters. */
          publisherId?: string | undefined;
          /** At most 100 characters. */
          offerId?: string | undefined;
          when:
            | {
                action: 'ChangePlan';
                /** 1 to 200 items. */
                fromPlanIds?: string[] | undefined;
                /** 1 to 200 items. */
                toPlanIds?: string[] | undefined;
                isNotSold?: true | undefined;
                isDowngrade?: true | undefined;
              }
            | {
                action: 'ChangeQuantity';
                /** 1 to 200 items. */
                planIds?: string[] | undefined;
                /** Whole number above 0. */
                below?: number | undefined;
                /** Whole number above 0. */
                above?: number | undefined;
              };
          decision: 'accept' | 'refuse' | 'ask';
          message?: Record<string, string> | undefined;
        }[];
        /** At most 200 items. Default: `[]`. */
        plans?:
          | {
              /** At most 100 characters. */
              publisherId?: string | undefined;
              /** At most 100 characters. */
              offerId: string;
              /** 1 to 100 items. */
              planIds: string[];
            }[]
          | undefined;
        ask?:
          | {
              /** UUID. */
              destinationId: string;
              /** Whole number from 100 to 5000. Default: `3000`. */
              timeoutMs?: number | undefined;
              onSilence: 'accept' | 'refuse';
              messages?: Record<string, Record<string, string>> | undefined;
            }
          | undefined;
        /** Default: `true`. */
        compensateLateRefusals?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      DecisionPolicy
    >;
    /** Counts of decisions: accepted, refused, late, made without the product's answer, and overruled by Microsoft. */
    readonly report: Query<
      {
        /** ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** ISO 8601 in UTC, with `Z`. */
        since: string;
        accepted: number;
        refused: number;
        missedDeadline: number;
        silent: number;
        overruled: number;
        compensated: number;
      }
    >;
  };
  readonly settings: {
    /** Settings of an offer: waiting for the product, reminders and retention. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
      },
      {
        waitForProduct: boolean;
        timeoutHours: number;
        configurationReminderDays: number[];
        suspensionReminderDays: number[];
        retentionDays: number;
      }
    >;
    /** Replaces the settings of one offer, or the defaults of all other offers. They apply to waits, reminders and retention that start afterwards. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        settings: {
          /** Default: `false`. */
          waitForProduct?: boolean | undefined;
          /** Number above 0. Default: `24`. */
          timeoutHours?: number | undefined;
          /** At most 10 items. Default: `[1,14,25,29]`. */
          configurationReminderDays?: number[] | undefined;
          /** At most 10 items. Default: `[7,1]`. */
          suspensionReminderDays?: number[] | undefined;
          /** Whole number from 7 to 3660. Default: `7`. */
          retentionDays?: number | undefined;
        };
      },
      {
        waitForProduct: boolean;
        timeoutHours: number;
        configurationReminderDays: number[];
        suspensionReminderDays: number[];
        retentionDays: number;
      }
    >;
  };
  readonly reconciliation: {
    /** Compares Microsoft's full list with our records and corrects the differences. */
    readonly start: Command<
      {
        /** Default: `false`. */
        dryRun?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** UUID. */
        runId: string;
        publisherId?: string | undefined;
        state: 'running' | 'completed' | 'failed';
        dryRun: boolean;
        /** ISO 8601 in UTC, with `Z`. */
        startedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        finishedAt?: string | undefined;
        listed: number;
        unchanged: number;
        drifted: number;
        healed: number;
        errors: number;
        unopened?: number | undefined;
        testsDrifted?: number | undefined;
        findings: {
          subscriptionId: string;
          kind: string;
          detail: string;
          cause?: string | undefined;
        }[];
        failure?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        continuesAt?: string | undefined;
        coverage?:
          | {
              pages: number;
              isListComplete: boolean;
              localOnly: number;
              askedOperations: number;
              resumed: number;
              begunAnew: number;
            }
          | undefined;
        alsoStarted?: string[] | undefined;
      }
    >;
    /** One reconciliation run: counts, findings and errors. */
    readonly get: Query<
      {
        /** UUID. */
        runId: string;
      },
      ReconciliationRun
    >;
    /** Reconciliation runs, newest first. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: ReconciliationRun[]; nextCursor?: string | undefined }
    >;
  };
  readonly destinations: {
    /** Destinations of events, and the state of each. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Destination[]; nextCursor?: string | undefined }
    >;
    /** Adds a destination. Its signing secret is shown only once. */
    readonly create: Command<
      {
        /** At most 100 characters. */
        label: string;
        /** URL. At most 2000 characters. */
        url: string;
        /** At most 22 items. Default: `[]`. */
        types?:
          | (
              | 'subscription.purchased'
              | 'subscription.provisioningRequested'
              | 'subscription.provisioningFailed'
              | 'subscription.activated'
              | 'subscription.claimed'
              | 'subscription.activationFailed'
              | 'subscription.planChanged'
              | 'subscription.quantityChanged'
              | 'subscription.changeRefused'
              | 'subscription.accessRequested'
              | 'subscription.suspended'
              | 'subscription.reinstated'
              | 'subscription.renewed'
              | 'subscription.autoRenewChanged'
              | 'subscription.beneficiaryChanged'
              | 'subscription.purchaserChanged'
              | 'subscription.configurationDue'
              | 'subscription.suspensionEnding'
              | 'subscription.unsubscribed'
              | 'subscription.erasureDue'
              | 'subscription.personalDataErased'
              | 'ping'
            )[]
          | undefined;
        /** At most 200 items. Default: `[]`. */
        offerIds?: string[] | undefined;
        /** Default: `false`. */
        isOrdered?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { destination: Destination; secret: string }
    >;
    /** Changes label, URL or filters. Applies to new events. */
    readonly update: Command<
      {
        /** At most 100 characters. */
        label: string;
        /** URL. At most 2000 characters. */
        url: string;
        /** At most 22 items. Default: `[]`. */
        types?:
          | (
              | 'subscription.purchased'
              | 'subscription.provisioningRequested'
              | 'subscription.provisioningFailed'
              | 'subscription.activated'
              | 'subscription.claimed'
              | 'subscription.activationFailed'
              | 'subscription.planChanged'
              | 'subscription.quantityChanged'
              | 'subscription.changeRefused'
              | 'subscription.accessRequested'
              | 'subscription.suspended'
              | 'subscription.reinstated'
              | 'subscription.renewed'
              | 'subscription.autoRenewChanged'
              | 'subscription.beneficiaryChanged'
              | 'subscription.purchaserChanged'
              | 'subscription.configurationDue'
              | 'subscription.suspensionEnding'
              | 'subscription.unsubscribed'
              | 'subscription.erasureDue'
              | 'subscription.personalDataErased'
              | 'ping'
            )[]
          | undefined;
        /** At most 200 items. Default: `[]`. */
        offerIds?: string[] | undefined;
        /** Default: `false`. */
        isOrdered?: boolean | undefined;
        /** UUID. */
        destinationId: string;
      },
      Destination
    >;
    /** Creates a new secret. The old one also signs until it expires. */
    readonly rotateSecret: Command<
      {
        /** UUID. */
        destinationId: string;
        /** Number from 0 to 168. Default: `24`. */
        overlapHours?: number | undefined;
      },
      { destination: Destination; secret: string }
    >;
    /** Resumes deliveries. Waiting events are sent. */
    readonly enable: Command<
      {
        /** UUID. */
        destinationId: string;
      },
      Destination
    >;
    /** Stops deliveries. Events wait. */
    readonly disable: Command<
      {
        /** UUID. */
        destinationId: string;
      },
      Destination
    >;
    /** Sends a ping event to test the URL and the signature. */
    readonly ping: Command<
      {
        /** UUID. */
        destinationId: string;
      },
      Delivery
    >;
  };
  readonly deliveries: {
    /** Deliveries, newest first. Filters: destination, state and subscription. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** UUID. */
        destinationId?: string | undefined;
        state?: 'waiting' | 'delivered' | 'dead' | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Delivery[]; nextCursor?: string | undefined }
    >;
    /** One delivery with its event and every attempt. */
    readonly get: Query<
      {
        /** UUID. */
        deliveryId: string;
      },
      {
        /** UUID. */
        id: string;
        /** UUID. */
        destinationId: string;
        eventId: string;
        type: string;
        subscriptionId?: string | undefined;
        state: 'waiting' | 'delivered' | 'dead';
        attempts: number;
        /** ISO 8601 in UTC, with `Z`. */
        nextAttemptAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        deliveredAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        createdAt: string;
        event?: unknown;
        history: {
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          cause: 'schedule' | 'resend';
          requestedBy?: string | undefined;
          status?: number | undefined;
          failure?: string | undefined;
          durationMs: number;
        }[];
      }
    >;
    /** Sends a delivery again now, in any state: a new attempt with the same event ID. */
    readonly resend: Command<
      {
        /** UUID. */
        deliveryId: string;
        /** At most 200 characters. */
        requestedBy: string;
      },
      Delivery
    >;
    /** Sends dead and waiting deliveries now, by destination and event time. dryRun only counts them. */
    readonly replay: Command<
      {
        /** UUID. */
        destinationId: string;
        /** ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** At most 200 characters. */
        requestedBy: string;
        /** Default: `true`. */
        dryRun?: boolean | undefined;
      },
      { matched: number; replayed: number }
    >;
  };
  readonly parkedTasks: {
    /** Parked tasks, newest first. Filters: kind, reason and subscription. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 50 characters. */
        kind?: string | undefined;
        /** At most 100 characters. */
        reason?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
      },
      { items: ParkedTask[]; nextCursor?: string | undefined }
    >;
    /** Runs parked tasks again, by ID or filter. Settled work stays unchanged. */
    readonly replay: Command<
      {
        /** At most 200 characters. */
        requestedBy: string;
        /** Default: `true`. */
        dryRun?: boolean | undefined;
        /** 1 to 1000 items. */
        taskIds?: number[] | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 50 characters. */
        kind?: string | undefined;
        /** At most 100 characters. */
        reason?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      { matched: number; replayed: number }
    >;
  };
  readonly deadLetters: {
    /** Messages that a consumer gave up on, oldest first. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        durable?: string | undefined;
      },
      { items: DeadLetter[]; nextCursor?: string | undefined }
    >;
    /** Publishes dead letters again, by number or consumer, and removes them from the list. */
    readonly replay: Command<
      {
        /** At most 200 characters. */
        requestedBy: string;
        /** Default: `true`. */
        dryRun?: boolean | undefined;
        /** 1 to 1000 items. */
        sequences?: number[] | undefined;
        /** At most 100 characters. */
        durable?: string | undefined;
      },
      { matched: number; replayed: number }
    >;
  };
  readonly credentials: {
    /** The credential of each fulfillment application: its kind, the days left, and whether it works. */
    readonly status: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        publisherId?: string | undefined;
        kind: string;
        state: 'ok' | 'expiring' | 'expired' | 'rejected' | 'unknown';
        /** ISO 8601 in UTC, with `Z`. */
        expiresAt?: string | undefined;
        daysLeft?: number | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        lastSuccessAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        lastFailureAt?: string | undefined;
        failure?: string | undefined;
        explanation?: string | undefined;
        nextStep?: string | undefined;
        publishers: CredentialStatus[];
      }
    >;
  };
  readonly notifications: {
    /** Stored notifications from verified callers, newest first. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 50 characters. */
        action?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Notification[]; nextCursor?: string | undefined }
    >;
    /** One notification with the body that Microsoft sent, without personal data. */
    readonly get: Query<
      {
        /** UUID. */
        notificationId: string;
      },
      {
        /** UUID. */
        id: string;
        publisherId?: string | undefined;
        operationId?: string | undefined;
        subscriptionId?: string | undefined;
        action: string;
        /** ISO 8601 in UTC, with `Z`. */
        receivedAt: string;
        deliveries: number;
        /** ISO 8601 in UTC, with `Z`. */
        lastDeliveredAt: string;
        verdict: 'accepted' | 'refused' | 'undecided';
        reason?: string | undefined;
        problems: string[];
        /** ISO 8601 in UTC, with `Z`. */
        publishedAt?: string | undefined;
        replays: number;
        body?: unknown;
        history: {
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          kind: 'delivery' | 'replay';
          answer?: number | undefined;
          tokenVersion?: number | undefined;
          requestedBy?: string | undefined;
        }[];
      }
    >;
    /** Sends notifications to the worker again, by ID or filter. Settled operations stay unchanged. */
    readonly replay: Command<
      {
        /** At most 200 characters. */
        requestedBy: string;
        /** Default: `true`. */
        dryRun?: boolean | undefined;
        /** UUID. */
        notificationId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 50 characters. */
        action?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      { matched: number; replayed: number }
    >;
    /** Webhook calls since this process started: by outcome, and refused callers by reason. */
    readonly counters: Query<
      Record<string, never>,
      { accepted: number; unauthenticated: Record<string, number>; unpublished: number }
    >;
  };
  readonly usage: {
    /** Reports usage. Each record gets its own answer, and sending it again is safe. */
    readonly report: Command<
      {
        /** 1 to 1000 items. */
        records: UsageRecord[];
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        results: {
          eventId: string;
          outcome: 'taken' | 'repeated' | 'refused';
          refusal?:
            | 'quantity-invalid'
            | 'too-old'
            | 'in-future'
            | 'subscription-unknown'
            | 'not-active-then'
            | 'event-id-reused'
            | undefined;
        }[];
      }
    >;
    /** Usage per subscription, dimension and UTC hour, with Microsoft's answer. */
    readonly hours: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 20 characters. */
        state?: string | undefined;
        isTest?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: UsageHour[]; nextCursor?: string | undefined }
    >;
    /** A subscription's usage in its current term, per dimension: used, included and overage. */
    readonly summary: Query<
      {
        /** At most 100 characters. */
        subscriptionId: string;
      },
      {
        /** ISO 8601 in UTC, with `Z`. */
        termStart?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        termEnd?: string | undefined;
        isTest?: boolean | undefined;
        dimensions: {
          planId: string;
          dimension: string;
          used: number;
          included: number | null;
          overage: number;
          refused?: number | undefined;
        }[];
      }
    >;
  };
  readonly dimensions: {
    /** Included quantities per offer, plan and dimension. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          publisherId?: string | undefined;
          offerId: string;
          planId: string;
          dimension: string;
          included: number | null;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Sets the included quantity of a dimension in a plan. It is 0 until you set it. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 100 characters. */
        dimension: string;
        included: number | null;
      },
      { saved: true }
    >;
  };
  readonly offerPages: {
    /** Publishers, offers and plans with their own settings for the buyer’s pages. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
      },
      {
        items: {
          publisherId: string;
          offerId?: string | undefined;
          planId?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          updatedAt: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** The settings at exactly this level: branding, texts and questions. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId: string;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
      },
      {
        publisherId: string;
        offerId?: string | undefined;
        planId?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        updatedAt: string;
        page: OfferPage;
      }
    >;
    /** Replaces these settings. They apply to the next page that a buyer opens. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId: string;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
        page: {
          branding?:
            | {
                /** At most 100 characters. */
                productName?: string | undefined;
                /** URL. At most 500 characters. */
                productUrl?: string | undefined;
                colours?:
                  | {
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      accent: string;
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      onAccent?: string | undefined;
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      accentDark?: string | undefined;
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      onAccentDark?: string | undefined;
                    }
                  | undefined;
                links?:
                  | {
                      /** URL. At most 500 characters. */
                      support?: string | undefined;
                      /** URL. At most 500 characters. */
                      terms?: string | undefined;
                      /** URL. At most 500 characters. */
                      privacy?: string | undefined;
                    }
                  | undefined;
                /** E-mail address. At most 320 characters. */
                supportEmail?: string | undefined;
                /** At most 10 characters. */
                defaultLanguage?: string | undefined;
                logo?:
                  | {
                      /** Base64. */
                      base64: string;
                    }
                  | {
                      /** Pattern: `^[0-9a-f]{64}$`. */
                      hash: string;
                    }
                  | undefined;
              }
            | undefined;
          texts?: Record<string, Record<string, string>> | undefined;
          /** At most 30 items. */
          questions?:
            | {
                /** Pattern: `^[a-z][a-zA-Z0-9_-]{0,49}$`. */
                id: string;
                kind: 'text' | 'choice' | 'number' | 'check' | 'email';
                label: Record<string, string>;
                help?: Record<string, string> | undefined;
                /** Default: `false`. */
                required?: boolean | undefined;
                /** At most 200 characters. */
                pattern?: string | undefined;
                min?: number | undefined;
                max?: number | undefined;
                integer?: boolean | undefined;
                /** At most 100 items. */
                choices?:
                  | {
                      /** At most 100 characters. */
                      value: string;
                      label: Record<string, string>;
                    }[]
                  | undefined;
                autocomplete?:
                  | 'name'
                  | 'given-name'
                  | 'family-name'
                  | 'organization'
                  | 'organization-title'
                  | 'email'
                  | 'tel'
                  | 'url'
                  | 'street-address'
                  | 'postal-code'
                  | 'address-level2'
                  | 'country-name'
                  | undefined;
                /** 1 to 100 items. */
                plans?: string[] | undefined;
              }[]
            | undefined;
        };
      },
      {
        publisherId: string;
        offerId?: string | undefined;
        planId?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        updatedAt: string;
        page: OfferPage;
      }
    >;
    /** Removes these settings. Those of the next level up apply again. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        publisherId: string;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
      },
      { removed: boolean }
    >;
  };
  readonly people: {
    /** People with access to the manage page of a subscription, and people who request it. */
    readonly list: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
      },
      {
        items: {
          tenantId: string;
          objectId: string;
          name?: string | undefined;
          email?: string | undefined;
          role?: 'owner' | 'admin' | 'viewer' | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          askedAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          decidedAt?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Undecided access requests of all subscriptions, oldest first. */
    readonly waiting: Query<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          tenantId: string;
          objectId: string;
          name?: string | undefined;
          email?: string | undefined;
          subscriptionId: string;
          /** ISO 8601 in UTC, with `Z`. */
          askedAt: string;
          hasOwner: boolean;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Makes a person in the customer's organisation an owner, for example when the last owner has left. */
    readonly nameOwner: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** UUID. */
        objectId: string;
        /** At most 200 characters. */
        requestedBy: string;
        /** At most 200 characters. */
        name?: string | undefined;
        /** At most 320 characters. */
        email?: string | undefined;
      },
      {
        tenantId: string;
        objectId: string;
        name?: string | undefined;
        email?: string | undefined;
        role: 'owner';
      }
    >;
    /** Removes access or declines a request. The last owner cannot be removed. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** UUID. */
        objectId: string;
        /** At most 200 characters. */
        requestedBy: string;
      },
      { removed: true }
    >;
  };
  readonly alerts: {
    /** Active alerts of all services, and whether each service answers. */
    readonly list: Query<
      Record<string, never>,
      { firing: FiringAlert[]; services: { service: string; answers: boolean }[] }
    >;
  };
}

/** Usage to report. A record with a known `eventId` is not counted again. */
export interface UsageRecord {
  /** At most 200 characters. */
  eventId: string;
  /** At most 100 characters. */
  subscriptionId: string;
  /** At most 100 characters. */
  dimension: string;
  quantity: number;
  /** ISO 8601 with an offset or `Z`. */
  occurredAt: string;
}

/** The answer to a decision request: HTTP status 200 with this object as JSON. `reason` is a code of your own. */
export interface DecisionAnswer {
  answer: 'accept' | 'refuse';
  /** Pattern: `^[a-z0-9][a-z0-9.-]{0,99}$`. */
  reason?: string | undefined;
}

/** A subscription, as Landfall knows it. */
export interface Subscription {
  id: string;
  publisherId: string;
  offerId: string;
  planId: string;
  name: string;
  quantity: number | null;
  status: string;
  unrecognisedStatus?: string | undefined;
  term: Term;
  autoRenew: boolean;
  isFreeTrial: boolean;
  isTest: boolean;
  isTestPurchase?: boolean | undefined;
  sessionMode?: string | undefined;
  sandboxType?: string | undefined;
  sourceOffers?: string[] | undefined;
  beneficiary: Person;
  purchaser: Person;
  allowedCustomerOperations: string[];
  channel: 'direct' | 'csp';
  activation: {
    state: 'none' | 'provisioning' | 'requested' | 'confirming' | 'confirmed' | 'failed';
    /** ISO 8601 in UTC, with `Z`. */
    requestedAt?: string | undefined;
    failure?: string | undefined;
  };
  provisioning?:
    | {
        state: 'none' | 'requested' | 'confirmed' | 'failed';
        /** ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        failure?: string | undefined;
      }
    | undefined;
  deadlines?:
    | {
        kind: 'provisioning' | 'configuration' | 'suspension' | 'erasure';
        /** ISO 8601 in UTC, with `Z`. */
        at: string;
      }[]
    | undefined;
  claimedBy?: Person | undefined;
  answers?: Record<string, string> | undefined;
  pendingChange?:
    | {
        /** UUID. */
        changeId: string;
        kind: 'ChangePlan' | 'ChangeQuantity' | 'Unsubscribe';
        planId?: string | undefined;
        quantity?: number | undefined;
        origin?: 'customer' | 'publisher' | 'marketplace' | undefined;
        state: 'requested' | 'sent';
        /** ISO 8601 in UTC, with `Z`. */
        requestedAt: string;
      }
    | undefined;
  version: number;
  /** ISO 8601 in UTC, with `Z`. */
  createdAt: string;
  /** ISO 8601 in UTC, with `Z`. */
  updatedAt: string;
}

/** A person in Microsoft Entra: tenant and object id identify them, the address is for display. */
export interface Person {
  tenantId?: string | undefined;
  objectId?: string | undefined;
  emailId?: string | undefined;
}

/** The paid period. `termUnit` is an ISO 8601 duration of an open set: P1M, P1Y, P3Y, … */
export interface Term {
  /** ISO 8601 in UTC, with `Z`. */
  startDate?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  endDate?: string | undefined;
  termUnit?: string | undefined;
}

/** Something that happened to a subscription. */
export interface TimelineEntry {
  sequence: number;
  /** ISO 8601 in UTC, with `Z`. */
  at: string;
  kind: string;
  cause: 'landing' | 'notification' | 'command' | 'reconcile' | 'worker';
  operationId?: string | undefined;
  correlationId?: string | undefined;
  details: Record<string, unknown>;
}

/** A plan that Microsoft offers a customer. */
export interface Plan {
  planId: string;
  displayName: string;
  description?: string | undefined;
  isPrivate: boolean;
  isPricePerSeat: boolean;
  minQuantity?: number | undefined;
  maxQuantity?: number | undefined;
  hasFreeTrials: boolean;
  terms?: { termUnit: string; price: number; currency: string }[] | undefined;
  sourceOffers?: string[] | undefined;
  dimensions?:
    | { id: string; displayName?: string | undefined; unitOfMeasure?: string | undefined }[]
    | undefined;
  refusal?:
    | { reason: string; ruleId?: string | undefined; message?: Record<string, string> | undefined }
    | undefined;
}

/** Seat numbers that your rules permit and refuse, lowest first. The plan's own limits apply as well. */
export interface SeatRules {
  permitted: { min: number; max: number }[];
  refused: {
    min: number;
    max: number;
    refusal: {
      reason: string;
      ruleId?: string | undefined;
      message?: Record<string, string> | undefined;
    };
  }[];
}

/** An operation of Microsoft's, and how Landfall handled it. */
export interface Operation {
  operationId: string;
  action: string;
  decision?: 'accept' | 'refuse' | undefined;
  reason?: string | undefined;
  ruleId?: string | undefined;
  message?: Record<string, string> | undefined;
  origin?: 'customer' | 'publisher' | 'marketplace' | undefined;
  from?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
  to?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  decidedAt?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  deadline?: string | undefined;
  isInTime?: boolean | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  answeredAt?: string | undefined;
  outcome?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  settledAt?: string | undefined;
  /** UUID. */
  compensatedBy?: string | undefined;
}

/** A change that Landfall has stored. */
export interface RequestedChange {
  /** UUID. */
  changeId: string;
  state: 'requested' | 'sent' | 'succeeded' | 'failed';
}

/** The usage of a dimension in one UTC hour, and what became of it. */
export interface UsageHour {
  subscriptionId: string;
  dimension: string;
  planId: string;
  /** ISO 8601 in UTC, with `Z`. */
  hour: string;
  used: number;
  reported: number;
  state: 'open' | 'closed' | 'sending' | 'settled' | 'held' | 'refused' | 'writtenOff';
  status?: string | undefined;
  usageEventId?: string | undefined;
  problem?: string | undefined;
  attempts: number;
  /** ISO 8601 in UTC, with `Z`. */
  settledAt?: string | undefined;
  isTest?: boolean | undefined;
}

/** Rules that accept or refuse plan and seat changes of customers. */
export interface DecisionPolicy {
  rules: {
    id: string;
    publisherId?: string | undefined;
    offerId?: string | undefined;
    when:
      | {
          action: 'ChangePlan';
          fromPlanIds?: string[] | undefined;
          toPlanIds?: string[] | undefined;
          isNotSold?: true | undefined;
          isDowngrade?: true | undefined;
        }
      | {
          action: 'ChangeQuantity';
          planIds?: string[] | undefined;
          below?: number | undefined;
          above?: number | undefined;
        };
    decision: 'accept' | 'refuse' | 'ask';
    message?: Record<string, string> | undefined;
  }[];
  plans: { publisherId?: string | undefined; offerId: string; planIds: string[] }[];
  ask?:
    | {
        /** UUID. */
        destinationId: string;
        timeoutMs: number;
        onSilence: 'accept' | 'refuse';
        messages?: Record<string, Record<string, string>> | undefined;
      }
    | undefined;
  compensateLateRefusals: boolean;
}

/** A comparison of Microsoft's list of subscriptions with Landfall's records. */
export interface ReconciliationRun {
  /** UUID. */
  runId: string;
  publisherId?: string | undefined;
  state: 'running' | 'completed' | 'failed';
  dryRun: boolean;
  /** ISO 8601 in UTC, with `Z`. */
  startedAt: string;
  /** ISO 8601 in UTC, with `Z`. */
  finishedAt?: string | undefined;
  listed: number;
  unchanged: number;
  drifted: number;
  healed: number;
  errors: number;
  unopened?: number | undefined;
  testsDrifted?: number | undefined;
  findings: { subscriptionId: string; kind: string; detail: string; cause?: string | undefined }[];
  failure?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  continuesAt?: string | undefined;
  coverage?:
    | {
        pages: number;
        isListComplete: boolean;
        localOnly: number;
        askedOperations: number;
        resumed: number;
        begunAnew: number;
      }
    | undefined;
}

/** An address that Landfall posts events to. */
export interface Destination {
  label: string;
  /** URL. */
  url: string;
  types: (
    | 'subscription.purchased'
    | 'subscription.provisioningRequested'
    | 'subscription.provisioningFailed'
    | 'subscription.activated'
    | 'subscription.claimed'
    | 'subscription.activationFailed'
    | 'subscription.planChanged'
    | 'subscription.quantityChanged'
    | 'subscription.changeRefused'
    | 'subscription.accessRequested'
    | 'subscription.suspended'
    | 'subscription.reinstated'
    | 'subscription.renewed'
    | 'subscription.autoRenewChanged'
    | 'subscription.beneficiaryChanged'
    | 'subscription.purchaserChanged'
    | 'subscription.configurationDue'
    | 'subscription.suspensionEnding'
    | 'subscription.unsubscribed'
    | 'subscription.erasureDue'
    | 'subscription.personalDataErased'
    | 'ping'
  )[];
  offerIds: string[];
  isOrdered: boolean;
  /** UUID. */
  id: string;
  publisherId?: string | undefined;
  state: 'enabled' | 'disabled';
  disabledBecause?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  failingSince?: string | undefined;
  secrets: {
    /** ISO 8601 in UTC, with `Z`. */
    createdAt: string;
    /** ISO 8601 in UTC, with `Z`. */
    expiresAt?: string | undefined;
  }[];
  /** ISO 8601 in UTC, with `Z`. */
  createdAt: string;
}

/** One event on its way to one destination. */
export interface Delivery {
  /** UUID. */
  id: string;
  /** UUID. */
  destinationId: string;
  eventId: string;
  type: string;
  subscriptionId?: string | undefined;
  state: 'waiting' | 'delivered' | 'dead';
  attempts: number;
  /** ISO 8601 in UTC, with `Z`. */
  nextAttemptAt?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  deliveredAt?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  createdAt: string;
}

/** A call of Microsoft's to the connection webhook. */
export interface Notification {
  /** UUID. */
  id: string;
  publisherId?: string | undefined;
  operationId?: string | undefined;
  subscriptionId?: string | undefined;
  action: string;
  /** ISO 8601 in UTC, with `Z`. */
  receivedAt: string;
  deliveries: number;
  /** ISO 8601 in UTC, with `Z`. */
  lastDeliveredAt: string;
  verdict: 'accepted' | 'refused' | 'undecided';
  reason?: string | undefined;
  problems: string[];
  /** ISO 8601 in UTC, with `Z`. */
  publishedAt?: string | undefined;
  replays: number;
}

/** Branding, texts and questions of the buyer's pages. */
export interface OfferPage {
  branding?:
    | {
        productName?: string | undefined;
        /** URL. */
        productUrl?: string | undefined;
        colours?:
          | {
              accent: string;
              onAccent?: string | undefined;
              accentDark?: string | undefined;
              onAccentDark?: string | undefined;
            }
          | undefined;
        links?:
          | {
              /** URL. */
              support?: string | undefined;
              /** URL. */
              terms?: string | undefined;
              /** URL. */
              privacy?: string | undefined;
            }
          | undefined;
        /** E-mail address. */
        supportEmail?: string | undefined;
        defaultLanguage?: string | undefined;
        logo?: { hash: string; file: string } | undefined;
      }
    | undefined;
  texts?: Record<string, Record<string, string>> | undefined;
  questions?:
    | {
        id: string;
        kind: 'text' | 'choice' | 'number' | 'check' | 'email';
        label: Record<string, string>;
        help?: Record<string, string> | undefined;
        required: boolean;
        pattern?: string | undefined;
        min?: number | undefined;
        max?: number | undefined;
        integer?: boolean | undefined;
        choices?: { value: string; label: Record<string, string> }[] | undefined;
        autocomplete?:
          | 'name'
          | 'given-name'
          | 'family-name'
          | 'organization'
          | 'organization-title'
          | 'email'
          | 'tel'
          | 'url'
          | 'street-address'
          | 'postal-code'
          | 'address-level2'
          | 'country-name'
          | undefined;
        plans?: string[] | undefined;
      }[]
    | undefined;
}

/** The state of a credential for Microsoft's APIs. */
export interface CredentialStatus {
  publisherId?: string | undefined;
  kind: string;
  state: 'ok' | 'expiring' | 'expired' | 'rejected' | 'unknown';
  /** ISO 8601 in UTC, with `Z`. */
  expiresAt?: string | undefined;
  daysLeft?: number | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  lastSuccessAt?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  lastFailureAt?: string | undefined;
  failure?: string | undefined;
  explanation?: string | undefined;
  nextStep?: string | undefined;
}

/** An alert that fires now. */
export interface FiringAlert {
  alert: string;
  service: string;
  severity: 'critical' | 'warning';
  /** ISO 8601 in UTC, with `Z`. */
  since: string;
  value: number;
  unit: string;
  labels: Record<string, string>;
  meaning: string;
  nextStep: string;
}

/** Work on a subscription that was given up. */
export interface ParkedTask {
  taskId: number;
  subscriptionId: string;
  kind: string;
  reason: string;
  attempts: number;
  correlationId: string;
  /** ISO 8601 in UTC, with `Z`. */
  createdAt: string;
  /** ISO 8601 in UTC, with `Z`. */
  parkedAt: string;
}

/** A message that was given up. */
export interface DeadLetter {
  sequence: number;
  durable: string;
  subject: string;
  reason: string;
  attempts: number;
  messageId: string;
  /** ISO 8601 in UTC, with `Z`. */
  storedAt: string;
  payload?: unknown;
}

/** An event that Landfall posts to your product. The same event may come again under the same `id`. */
export interface ProductEvent {
  id: string;
  type:
    | 'subscription.purchased'
    | 'subscription.provisioningRequested'
    | 'subscription.provisioningFailed'
    | 'subscription.activated'
    | 'subscription.claimed'
    | 'subscription.activationFailed'
    | 'subscription.planChanged'
    | 'subscription.quantityChanged'
    | 'subscription.changeRefused'
    | 'subscription.accessRequested'
    | 'subscription.suspended'
    | 'subscription.reinstated'
    | 'subscription.renewed'
    | 'subscription.autoRenewChanged'
    | 'subscription.beneficiaryChanged'
    | 'subscription.purchaserChanged'
    | 'subscription.configurationDue'
    | 'subscription.suspensionEnding'
    | 'subscription.unsubscribed'
    | 'subscription.erasureDue'
    | 'subscription.personalDataErased'
    | 'ping';
  version: 1;
  /** ISO 8601 in UTC, with `Z`. */
  occurredAt: string;
  subscription?:
    | {
        id: string;
        publisherId: string;
        offerId: string;
        planId: string;
        quantity: number | null;
        status: string;
        term: Term;
        isFreeTrial: boolean;
        isTest?: boolean | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        purchasedAt?: string | undefined;
        autoRenew?: boolean | undefined;
        beneficiaryTenantId?: string | undefined;
        purchaserTenantId?: string | undefined;
        version: number;
        beneficiary: { tenantId?: string | undefined; objectId?: string | undefined };
      }
    | undefined;
  operationId?: string | undefined;
  previous?:
    | {
        planId?: string | undefined;
        quantity?: number | null | undefined;
        tenantId?: string | undefined;
      }
    | undefined;
  reason?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  dueAt?: string | undefined;
  refused?:
    | {
        action: string;
        origin: 'customer' | 'publisher' | 'marketplace';
        changeId?: string | undefined;
        planId?: string | undefined;
        quantity?: number | undefined;
      }
    | undefined;
  person?: { tenantId: string; objectId: string } | undefined;
  answers?: Record<string, string> | undefined;
}

/** The question whether a plan or seat change of a customer is accepted. It may come again under the same `id`. */
export interface DecisionRequest {
  id: string;
  type: 'decision.requested';
  version: 1;
  operationId: string;
  askedIn?: 'marketplace' | 'manage-page' | undefined;
  subscription: {
    id: string;
    publisherId: string;
    offerId: string;
    planId: string;
    quantity: number | null;
    status: string;
    beneficiary: { tenantId?: string | undefined; objectId?: string | undefined };
  };
  change: { action: 'ChangePlan'; planId: string } | { action: 'ChangeQuantity'; quantity: number };
  /** ISO 8601 in UTC, with `Z`. */
  answerBy: string;
  answerWithinMs?: number | undefined;
}

/** Stable codes of a business "no". New ones may be added. */
export type RejectionCode =
  | 'subscription.not-found'
  | 'subscription.ended'
  | 'subscription.not-subscribed'
  | 'subscription.not-pending'
  | 'subscription.read-only'
  | 'subscription.other-tenant'
  | 'subscription.change-pending'
  | 'change.same-plan'
  | 'change.same-quantity'
  | 'change.not-per-seat'
  | 'change.quantity-invalid'
  | 'change.approval-missing'
  | 'change.id-reused'
  | 'change.refused-often'
  | 'provisioning.not-requested'
  | 'purchase.token-invalid'
  | 'notification.not-found'
  | 'policy.invalid'
  | 'reconciliation.running'
  | 'reconciliation.not-found'
  | 'usage.batch-too-large'
  | 'destination.not-found'
  | 'destination.url-refused'
  | 'destination.too-many'
  | 'delivery.not-found'
  | 'change.not-found'
  | 'publisher.not-found'
  | 'publisher.limited'
  | 'person.not-found'
  | 'person.foreign'
  | 'person.last-owner'
  | 'person.too-many'
  | 'page.not-found'
  | 'page.invalid'
  | 'page.quota'
  | 'cursor.invalid';
