// Printed from the contracts by scripts/write-api.ts. Do not edit.

/** Options of one call. */
export interface CallOptions {
  /** Stops waiting for the answer. A command may have been carried out. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of one command. */
export interface CommandOptions extends CallOptions {
  /**
   * Landfall carries out commands with the same key once, and answers with the first answer. Set it to repeat a command after
   * your own restart. Default: a new UUID for each call.
   */
  readonly idempotencyKey?: string | undefined;
}

/** A call that only reads. */
export interface Query<Input, Output> {
  /** Throws if it fails; see `errorDetails` of `@landfall/client/errors`. */
  readonly query: (input: Input, options?: CallOptions) => Promise<Output>;
}

/** A list: `query` reads one page, `each` all items. */
export interface List<Input, Output extends { items: unknown[] }> extends Query<Input, Output> {
  /** The items of all pages. Each page is read when its first item is wanted. `limit` is the size of a page. */
  readonly each: (
    input: Omit<Input, 'cursor'>,
    options?: CallOptions,
  ) => AsyncIterable<Output['items'][number]>;
}

/** A call that changes something. Landfall has stored it before it answers. */
export interface Command<Input, Output> {
  /** Throws if it fails; see `errorDetails` of `@landfall/client/errors`. */
  readonly mutate: (input: Input, options?: CommandOptions) => Promise<Output>;
}

/** Live events: what happens in Landfall, as it happens. */
export interface Stream<Input, Event> {
  /**
   * Connects again after each interruption and continues after the last event. Ends when the signal is aborted, and throws if
   * Landfall refuses the caller.
   */
  readonly listen: (input: Input, options?: CallOptions) => AsyncIterable<Event>;
}

/** Every procedure that an API key may call, by namespace. */
export interface Landfall {
  readonly subscriptions: {
    /** Subscriptions: search by ID, name or e-mail address, and filters. Newest first, or by name or end of term. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** A whole ID (of a subscription, operation or change), or the beginning of a word of the name, an e-mail address, a tenant ID or an object ID. The middle of a word does not match: `toso` does not find Contoso. Several words must all match. At most 200 characters. */
        search?: string | undefined;
        status?:
          | 'NotStarted'
          | 'PendingFulfillmentStart'
          | 'Subscribed'
          | 'Suspended'
          | 'Unsubscribed'
          | undefined;
        activation?:
          | 'none'
          | 'awaiting-approval'
          | 'provisioning'
          | 'requested'
          | 'confirming'
          | 'confirmed'
          | 'failed'
          | 'declined'
          | undefined;
        provisioning?: 'none' | 'requested' | 'confirmed' | 'failed' | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
        /** True: only test purchases. False: only real ones. */
        isTestPurchase?: boolean | undefined;
        waitsFor?: 'product' | 'microsoft' | 'publisher' | 'customer' | 'operator' | undefined;
        /** Active or suspended, renews automatically, and its term ends before this time. ISO 8601 in UTC, with `Z`. */
        renewsBefore?: string | undefined;
        /** Active or suspended, does not renew, and its term ends before this time. ISO 8601 in UTC, with `Z`. */
        endsBefore?: string | undefined;
        /** Changed at or after this time. ISO 8601 in UTC, with `Z`. */
        updatedSince?: string | undefined;
        /** Default: `"newest"`. */
        sort?: 'newest' | 'name' | 'endsAt' | 'status' | undefined;
        /** True: the answer has `total`. Not needed for further pages. Default: `false`. */
        withTotal?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: Subscription[];
        nextCursor?: string | undefined;
        /** Only with `withTotal`: how many match. At most 10,000: then there may be more. */
        total?: number | undefined;
        /** What looks like a mistake: an offer or plan that no subscription has. */
        warnings?: string[] | undefined;
      }
    >;
    /** How many subscriptions match the filters of subscriptions.list. */
    readonly count: Query<
      {
        /** A whole ID (of a subscription, operation or change), or the beginning of a word of the name, an e-mail address, a tenant ID or an object ID. The middle of a word does not match: `toso` does not find Contoso. Several words must all match. At most 200 characters. */
        search?: string | undefined;
        status?:
          | 'NotStarted'
          | 'PendingFulfillmentStart'
          | 'Subscribed'
          | 'Suspended'
          | 'Unsubscribed'
          | undefined;
        activation?:
          | 'none'
          | 'awaiting-approval'
          | 'provisioning'
          | 'requested'
          | 'confirming'
          | 'confirmed'
          | 'failed'
          | 'declined'
          | undefined;
        provisioning?: 'none' | 'requested' | 'confirmed' | 'failed' | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
        /** True: only test purchases. False: only real ones. */
        isTestPurchase?: boolean | undefined;
        waitsFor?: 'product' | 'microsoft' | 'publisher' | 'customer' | 'operator' | undefined;
        /** Active or suspended, renews automatically, and its term ends before this time. ISO 8601 in UTC, with `Z`. */
        renewsBefore?: string | undefined;
        /** Active or suspended, does not renew, and its term ends before this time. ISO 8601 in UTC, with `Z`. */
        endsBefore?: string | undefined;
        /** Changed at or after this time. ISO 8601 in UTC, with `Z`. */
        updatedSince?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** At most 100,000. */
        count: number;
        /** True: there are more. */
        isMore: boolean;
      }
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
    readonly timeline: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
        /** `latest`: by the time of the event, which can differ from the order in which events were recorded. Default: `"oldest"`. */
        order?: 'oldest' | 'newest' | 'latest' | undefined;
        /** Only events before this time. ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** Only the event with this number. Whole number above 0. */
        sequence?: number | undefined;
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
    /** Requests activation. Billing starts when Microsoft has confirmed it. If the plan needs your approval, activation waits for it. */
    readonly activate: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** The signed-in buyer; absent if an operator activates. */
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
    /** Approves a purchase that waits for your approval. Its activation continues. A repeat changes nothing. */
    readonly approve: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Why, for your own people. Never shown to the buyer. At most 500 characters. */
        reason?: string | undefined;
      },
      Subscription
    >;
    /** Declines a purchase that waits for your approval, and asks Microsoft to end it. This cannot be undone. If Microsoft has not ended it, a repeat asks again. */
    readonly decline: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Why, for your own people. Never shown to the buyer. At most 500 characters. */
        reason: string;
        /** Shown to the buyer on the landing page, as you write it: why, and what to do instead. At most 1000 characters. */
        messageToBuyer?: string | undefined;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        id: string;
        publisherId: string;
        offerId: string;
        planId: string;
        name: string;
        /** Seats; null if the plan is not sold per seat. Never 0. */
        quantity: number | null;
        /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed. */
        status: string;
        /** Microsoft's status as sent, if Landfall does not know it. `status` is then the last known one. */
        unrecognisedStatus?: string | undefined;
        term: Term;
        autoRenew: boolean;
        isFreeTrial: boolean;
        /** Microsoft's own mark. `isTestPurchase` covers every kind of test. */
        isTest: boolean;
        /** True if marked as a test, `DryRun`, or from a sandbox. Served like any other purchase, but counted separately. */
        isTestPurchase?: boolean | undefined;
        /** `DryRun` if Microsoft does not bill; an open set. */
        sessionMode?: string | undefined;
        /** `Csp` for a partner's integration sandbox; an open set. */
        sandboxType?: string | undefined;
        /** Ids of the private offers through which the plan was bought; absent until Landfall has read them. */
        sourceOffers?: string[] | undefined;
        beneficiary: Person;
        purchaser: Person;
        /** What the beneficiary may do in Landfall: Read, Update, Delete. Only Read for CSP purchases. */
        allowedCustomerOperations: string[];
        /** `csp` if a partner bought it for the customer. */
        channel: 'direct' | 'csp';
        activation: {
          state:
            | 'none'
            | 'awaiting-approval'
            | 'provisioning'
            | 'requested'
            | 'confirming'
            | 'confirmed'
            | 'failed'
            | 'declined';
          /** ISO 8601 in UTC, with `Z`. */
          requestedAt?: string | undefined;
          /** Code of the failure, if `state` is failed. */
          failure?: string | undefined;
        };
        /** The customer's space in the product. Only used if the product must confirm the space before activation. */
        provisioning?:
          | {
              state: 'none' | 'requested' | 'confirmed' | 'failed';
              /** The product's deadline, while `state` is requested. ISO 8601 in UTC, with `Z`. */
              dueAt?: string | undefined;
              /** Code of the failure, if `state` is failed; `product-silent` if the deadline passed without an answer. */
              failure?: string | undefined;
            }
          | undefined;
        /** The publisher's approval of the purchase. Absent: this purchase was never held for approval. */
        approval?:
          | {
              state: 'waiting' | 'approved' | 'declined' | 'bypassed' | 'ended';
              /** When the buyer confirmed the purchase. ISO 8601 in UTC, with `Z`. */
              requestedAt?: string | undefined;
              /** When Microsoft voids the purchase unless it is activated, while `state` is waiting. ISO 8601 in UTC, with `Z`. */
              dueAt?: string | undefined;
              /** ISO 8601 in UTC, with `Z`. */
              decidedAt?: string | undefined;
              /** Who decided: `key <id>` or `operator <tenant>/<object>`. Erased after the retention period, as are the next two. */
              decidedBy?: string | undefined;
              /** Why, for your own people. */
              reason?: string | undefined;
              /** What the buyer reads on the landing page of a declined purchase. */
              messageToBuyer?: string | undefined;
            }
          | undefined;
        /** Upcoming deadlines: the product's answer, Microsoft's 30 days, and the erasure of personal data. */
        deadlines?:
          | {
              kind: 'provisioning' | 'configuration' | 'suspension' | 'erasure';
              /** ISO 8601 in UTC, with `Z`. */
              at: string;
            }[]
          | undefined;
        /** The person who confirmed the purchase on the landing page; absent until then. */
        claimedBy?: Person | undefined;
        /** That person's answers to the publisher's questions, by question id. A check is `yes` or `no`. Erased with the other personal data; absent in lists. */
        answers?: Record<string, string> | undefined;
        /** A requested change that has no outcome yet. */
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
        /** Only with `dryRun`: what declining would do. Nothing was changed. */
        consequences?: string[] | undefined;
      }
    >;
    /** Notes of your own people on a subscription, newest first. Customers never see them. */
    readonly notes: List<
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
          /** UUID. */
          noteId: string;
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          text: string;
          /** Who wrote it: `key <id>` or `operator <tenant>/<object>`. */
          author: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Adds a note to a subscription. It also appears on the timeline, but never to customers. */
    readonly addNote: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 4000 characters. */
        text: string;
      },
      {
        /** UUID. */
        noteId: string;
        /** ISO 8601 in UTC, with `Z`. */
        at: string;
        text: string;
        /** Who wrote it: `key <id>` or `operator <tenant>/<object>`. */
        author: string;
      }
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
        /** Your own code, shown on the timeline. Only a code, because free text could contain personal data. Pattern: `^[a-z0-9][a-z0-9.-]{0,99}$`. */
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
        /** The person who approved. The publisher must have the customer's explicit approval before a change. At most 200 characters. */
        approvedBy: string;
        /** Your own id for the change; sending the request again with it is safe. Absent: Landfall creates one. UUID. */
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
        /** The person who approved. The publisher must have the customer's explicit approval before a change. At most 200 characters. */
        approvedBy: string;
        /** Your own id for the change; sending the request again with it is safe. Absent: Landfall creates one. UUID. */
        changeId?: string | undefined;
      },
      RequestedChange
    >;
    /** Asks Microsoft to end the subscription. This cannot be undone. */
    readonly cancel: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** The person who approved. The publisher must have the customer's explicit approval before a change. At most 200 characters. */
        approvedBy: string;
        /** Your own id for the change; sending the request again with it is safe. Absent: Landfall creates one. UUID. */
        changeId?: string | undefined;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** UUID. */
        changeId: string;
        state: 'requested' | 'sent' | 'succeeded' | 'failed';
        /** What looks like a mistake, such as a plan that no subscription has. The change was requested nevertheless. */
        warnings?: string[] | undefined;
        /** Only with `dryRun`: what a cancellation would do. Nothing was changed, and `changeId` names no change. */
        consequences?: string[] | undefined;
      }
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
        /** What looks like a mistake, such as a plan that no subscription has. The change was requested nevertheless. */
        warnings?: string[] | undefined;
        subscriptionId?: string | undefined;
        kind?: 'ChangePlan' | 'ChangeQuantity' | 'Unsubscribe' | undefined;
        planId?: string | undefined;
        quantity?: number | undefined;
        /** Who requested it: the customer on the manage page, or you through an API key or a rule. */
        origin?: 'customer' | 'publisher' | 'marketplace' | undefined;
        /** The values at the time of the request. */
        from?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        requestedAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        settledAt?: string | undefined;
        /** refused, locked, conflict, failed, not-found, not-confirmed, refused-by-publisher, or without-effect: Microsoft reported success, but its record does not show the change. */
        failure?: string | undefined;
        /** Microsoft's own text about its refusal. */
        failureDetail?: string | undefined;
        /** For changes from the manage page: the decision of your rules or product. */
        reason?: string | undefined;
        ruleId?: string | undefined;
        message?: Record<string, string> | undefined;
        /** The operation that Microsoft carried out despite a refusal. This change reverses it. */
        compensates?: string | undefined;
      }
    >;
    /** Calls to Microsoft about a subscription with Microsoft's answers, newest first: the last 200, for 30 days. */
    readonly exchanges: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
        /** Only the call with this id. Pattern: `^[1-9]\d{0,17}$`. */
        exchangeId?: string | undefined;
      },
      {
        items: {
          id?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          /** resolve, get, activate, listPlans, changePlan, getOperation, listOperations, updateOperation, … */
          call: string;
          /** HTTP status; absent if no answer came. */
          status?: number | undefined;
          /** Code of the failure, such as marketplace.unavailable. */
          failure?: string | undefined;
          durationMs: number;
          /** Number of the attempt within its call; above 1 after a failure. */
          attempt: number;
          /** `x-ms-requestid`, by which Microsoft's support finds the call. */
          requestId: string;
          /** `x-ms-correlationid`, which the timeline and the logs have too. */
          correlationId: string;
          /** Why it was made: the kind of the task, or decision or page. */
          cause?: string | undefined;
          /** Body of the request. */
          sent?: unknown;
          /** Body of the answer. Names, addresses and tokens are replaced by `[removed]`. */
          answer?: unknown;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Microsoft's operations on a subscription: the decision, its time and the outcome. */
    readonly operations: List<
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
    /** Microsoft's last reading, Landfall's record, and what each product has acknowledged, with every difference. */
    readonly truths: Query<
      {
        /** At most 100 characters. */
        subscriptionId: string;
      },
      {
        subscriptionId: string;
        microsoft: {
          /** `none`: no reading is stored. Landfall stores Microsoft's answers for 30 days. */
          state: 'read' | 'missing' | 'none';
          /** ISO 8601 in UTC, with `Z`. */
          readAt?: string | undefined;
          values?:
            | {
                /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed, or Microsoft's own word. */
                status?: string | undefined;
                offerId?: string | undefined;
                planId?: string | undefined;
                /** Seats; null if the plan is not sold per seat. */
                quantity?: number | null | undefined;
                termStart?: string | undefined;
                termEnd?: string | undefined;
                autoRenew?: boolean | undefined;
                isFreeTrial?: boolean | undefined;
              }
            | undefined;
          /** Microsoft's answer. Names, addresses and tokens are replaced by `[removed]`. */
          record?: unknown;
          /** By which Microsoft's support finds the call. */
          requestId?: string | undefined;
        };
        landfall: {
          version: number;
          /** ISO 8601 in UTC, with `Z`. */
          updatedAt: string;
          values: {
            /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed, or Microsoft's own word. */
            status?: string | undefined;
            offerId?: string | undefined;
            planId?: string | undefined;
            /** Seats; null if the plan is not sold per seat. */
            quantity?: number | null | undefined;
            termStart?: string | undefined;
            termEnd?: string | undefined;
            autoRenew?: boolean | undefined;
            isFreeTrial?: boolean | undefined;
          };
        };
        /** One for each destination of the channel `product` that gets events about this subscription. */
        products: {
          destinationId: string;
          label: string;
          isEnabled: boolean;
          /** The last event that the destination acknowledged. Absent: none yet. */
          acknowledged?:
            | {
                deliveryId: string;
                type: string;
                /** ISO 8601 in UTC, with `Z`. */
                at: string;
                /** Version of the subscription in the event. */
                version?: number | undefined;
                values: {
                  /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed, or Microsoft's own word. */
                  status?: string | undefined;
                  offerId?: string | undefined;
                  planId?: string | undefined;
                  /** Seats; null if the plan is not sold per seat. */
                  quantity?: number | null | undefined;
                  termStart?: string | undefined;
                  termEnd?: string | undefined;
                  autoRenew?: boolean | undefined;
                  isFreeTrial?: boolean | undefined;
                };
              }
            | undefined;
          /** Events that the destination did not acknowledge yet. */
          waiting: number;
          /** The oldest of them. ISO 8601 in UTC, with `Z`. */
          waitsSince?: string | undefined;
          /** Events that were given up after the last attempt. */
          dead: number;
        }[];
        differences: {
          field:
            | 'status'
            | 'offerId'
            | 'planId'
            | 'quantity'
            | 'termStart'
            | 'termEnd'
            | 'autoRenew'
            | 'isFreeTrial';
          /** `landfall-product`: the product's last acknowledged event has another value than Landfall. */
          between: 'microsoft-landfall' | 'landfall-product';
          microsoft?: unknown;
          landfall?: unknown;
          product?: unknown;
          destinationId?: string | undefined;
          /** What differs, and what will happen or what to do, in English. */
          sentence: string;
        }[];
      }
    >;
    /** Reads Microsoft's record now, applies it as usual, and says what changed. */
    readonly reread: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
      },
      {
        subscriptionId: string;
        /** ISO 8601 in UTC, with `Z`. */
        readAt: string;
        /** False: Microsoft does not know the subscription. */
        isKnown: boolean;
        /** The fields of Landfall's record that the reading changed. */
        changes: {
          field:
            | 'status'
            | 'offerId'
            | 'planId'
            | 'quantity'
            | 'termStart'
            | 'termEnd'
            | 'autoRenew'
            | 'isFreeTrial';
          before?: unknown;
          after?: unknown;
        }[];
        version: number;
      }
    >;
  };
  readonly policies: {
    /** The rules that accept or refuse customers' plan and seat changes. */
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
          /** Absent: every publisher. At most 100 characters. */
          publisherId?: string | undefined;
          /** Absent: every offer. At most 100 characters. */
          offerId?: string | undefined;
          when:
            | {
                action: 'ChangePlan';
                /** 1 to 200 items. */
                fromPlanIds?: string[] | undefined;
                /** 1 to 200 items. */
                toPlanIds?: string[] | undefined;
                /** Matches if the requested plan is not in the offer's `plans`. */
                isNotSold?: true | undefined;
                /** Matches if the requested plan is below the current plan in the offer's `plans`. */
                isDowngrade?: true | undefined;
              }
            | {
                action: 'ChangeQuantity';
                /** 1 to 200 items. */
                planIds?: string[] | undefined;
                /** Matches if fewer seats than this are requested. Whole number above 0. */
                below?: number | undefined;
                /** Matches if more seats than this are requested. Whole number above 0. */
                above?: number | undefined;
              };
          /** `ask`: your product decides in a signed call; see `ask` of the policy. */
          decision: 'accept' | 'refuse' | 'ask';
          /** Shown to the customer if the rule refuses: why, and what to do instead. */
          message?: Record<string, string> | undefined;
        }[];
        /** The plans that you sell of an offer, from the lowest to the highest. At most 200 items. Default: `[]`. */
        plans?:
          | {
              /** Absent: every publisher. At most 100 characters. */
              publisherId?: string | undefined;
              /** At most 100 characters. */
              offerId: string;
              /** 1 to 100 items. */
              planIds: string[];
            }[]
          | undefined;
        /** Which product to ask, and what happens if it does not answer. */
        ask?:
          | {
              /** The destination with the URL and secrets for the call; see `destinations.list`. UUID. */
              destinationId: string;
              /** Whole number from 100 to 5000. Default: `3000`. */
              timeoutMs?: number | undefined;
              /** The decision if no clear answer arrives in time. */
              onSilence: 'accept' | 'refuse';
              /** Text for the customer by your product's reason. Default: the rule's own message. */
              messages?: Record<string, Record<string, string>> | undefined;
            }
          | undefined;
        /** If true, a change that Microsoft carried out despite a refusal is reversed. Default: `true`. */
        compensateLateRefusals?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        rules: {
          id: string;
          /** Absent: every publisher. */
          publisherId?: string | undefined;
          /** Absent: every offer. */
          offerId?: string | undefined;
          when:
            | {
                action: 'ChangePlan';
                fromPlanIds?: string[] | undefined;
                toPlanIds?: string[] | undefined;
                /** Matches if the requested plan is not in the offer's `plans`. */
                isNotSold?: true | undefined;
                /** Matches if the requested plan is below the current plan in the offer's `plans`. */
                isDowngrade?: true | undefined;
              }
            | {
                action: 'ChangeQuantity';
                planIds?: string[] | undefined;
                /** Matches if fewer seats than this are requested. */
                below?: number | undefined;
                /** Matches if more seats than this are requested. */
                above?: number | undefined;
              };
          /** `ask`: your product decides in a signed call; see `ask` of the policy. */
          decision: 'accept' | 'refuse' | 'ask';
          /** Shown to the customer if the rule refuses: why, and what to do instead. */
          message?: Record<string, string> | undefined;
        }[];
        /** The plans that you sell of an offer, from the lowest to the highest. */
        plans: {
          /** Absent: every publisher. */
          publisherId?: string | undefined;
          offerId: string;
          planIds: string[];
        }[];
        /** Which product to ask, and what happens if it does not answer. */
        ask?:
          | {
              /** The destination with the URL and secrets for the call; see `destinations.list`. UUID. */
              destinationId: string;
              timeoutMs: number;
              /** The decision if no clear answer arrives in time. */
              onSilence: 'accept' | 'refuse';
              /** Text for the customer by your product's reason. Default: the rule's own message. */
              messages?: Record<string, Record<string, string>> | undefined;
            }
          | undefined;
        /** If true, a change that Microsoft carried out despite a refusal is reversed. */
        compensateLateRefusals: boolean;
        /** What looks like a mistake, such as a rule about a plan that no subscription has. */
        warnings?: string[] | undefined;
      }
    >;
    /** Says what the rules would decide about a change, without changing anything: the saved rules, or a draft. */
    readonly test: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** The rules to test. Absent: the saved rules. */
        policy?:
          | {
              /** At most 200 items. */
              rules: {
                /** At most 100 characters. */
                id: string;
                /** Absent: every publisher. At most 100 characters. */
                publisherId?: string | undefined;
                /** Absent: every offer. At most 100 characters. */
                offerId?: string | undefined;
                when:
                  | {
                      action: 'ChangePlan';
                      /** 1 to 200 items. */
                      fromPlanIds?: string[] | undefined;
                      /** 1 to 200 items. */
                      toPlanIds?: string[] | undefined;
                      /** Matches if the requested plan is not in the offer's `plans`. */
                      isNotSold?: true | undefined;
                      /** Matches if the requested plan is below the current plan in the offer's `plans`. */
                      isDowngrade?: true | undefined;
                    }
                  | {
                      action: 'ChangeQuantity';
                      /** 1 to 200 items. */
                      planIds?: string[] | undefined;
                      /** Matches if fewer seats than this are requested. Whole number above 0. */
                      below?: number | undefined;
                      /** Matches if more seats than this are requested. Whole number above 0. */
                      above?: number | undefined;
                    };
                /** `ask`: your product decides in a signed call; see `ask` of the policy. */
                decision: 'accept' | 'refuse' | 'ask';
                /** Shown to the customer if the rule refuses: why, and what to do instead. */
                message?: Record<string, string> | undefined;
              }[];
              /** The plans that you sell of an offer, from the lowest to the highest. At most 200 items. Default: `[]`. */
              plans?:
                | {
                    /** Absent: every publisher. At most 100 characters. */
                    publisherId?: string | undefined;
                    /** At most 100 characters. */
                    offerId: string;
                    /** 1 to 100 items. */
                    planIds: string[];
                  }[]
                | undefined;
              /** Which product to ask, and what happens if it does not answer. */
              ask?:
                | {
                    /** The destination with the URL and secrets for the call; see `destinations.list`. UUID. */
                    destinationId: string;
                    /** Whole number from 100 to 5000. Default: `3000`. */
                    timeoutMs?: number | undefined;
                    /** The decision if no clear answer arrives in time. */
                    onSilence: 'accept' | 'refuse';
                    /** Text for the customer by your product's reason. Default: the rule's own message. */
                    messages?: Record<string, Record<string, string>> | undefined;
                  }
                | undefined;
              /** If true, a change that Microsoft carried out despite a refusal is reversed. Default: `true`. */
              compensateLateRefusals?: boolean | undefined;
            }
          | undefined;
        /** The change is about this subscription. `subscription` replaces single values of it. At most 100 characters. */
        subscriptionId?: string | undefined;
        /** Without `subscriptionId`, offer and plan are required. */
        subscription?:
          | {
              /** At most 100 characters. */
              offerId?: string | undefined;
              /** At most 100 characters. */
              planId?: string | undefined;
              quantity?: number | null | undefined;
            }
          | undefined;
        change:
          | {
              action: 'ChangePlan';
              /** At most 100 characters. */
              planId: string;
            }
          | {
              action: 'ChangeQuantity';
              /** Whole number. */
              quantity: number;
            };
      },
      {
        /** `ask`: your product would decide; `onSilence` says what happens if it does not answer. */
        answer: 'accept' | 'refuse' | 'ask';
        /** The rule that decides. Absent: no rule matched. */
        ruleId?: string | undefined;
        /** Code of a refusal. */
        reason?: string | undefined;
        /** What the customer would read, by language. */
        message?: Record<string, string> | undefined;
        onSilence?: 'accept' | 'refuse' | undefined;
        /** The decision in words, in English. */
        explanation: string;
        /** What was tested, with the values that came from the subscription. */
        tested: {
          publisherId?: string | undefined;
          offerId: string;
          planId: string;
          quantity: number | null;
        };
        /** Rules before the deciding one, with the first condition that did not match. */
        passedOver: { ruleId: string; because: string }[];
        /** What looks like a mistake, such as a rule that can never match. */
        warnings?: string[] | undefined;
      }
    >;
    /** Saved versions of the rules with time and author, newest first. */
    readonly history: List<
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
          /** Grows with each saved version. */
          version: string;
          /** ISO 8601 in UTC, with `Z`. */
          savedAt: string;
          /** Who saved it: `key <id>` or `operator <tenant>/<object>`. Absent: saved before versions were kept. */
          author?: string | undefined;
          policy: DecisionPolicy;
        }[];
        nextCursor?: string | undefined;
      }
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
        /** Decisions of both kinds that were made after their deadline. */
        missedDeadline: number;
        /** Decisions of both kinds that were made because the product did not answer. */
        silent: number;
        /** Refused changes that Microsoft carried out nevertheless. */
        overruled: number;
        /** Overruled changes that were reversed. */
        compensated: number;
      }
    >;
  };
  readonly settings: {
    /** Settings in force for an offer: waiting for the product, approval, reminders and retention. `own` lists those that are set for the offer itself. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
      },
      {
        /** If true, activation (and so billing) waits until the product confirms the customer's space. */
        waitForProduct: boolean;
        /** How long the product may take. After that, the activation fails with `product-silent`. */
        timeoutHours: number;
        /** Which purchases a person has to approve before Landfall activates them: `none`, `all`, or those of the listed plans. A purchase that waits already keeps waiting until someone decides. */
        manualApproval: 'none' | 'all' | string[];
        /** `configurationDue`, or `approvalDue` for a purchase that waits for approval, is published this many days after Landfall first sees the purchase. */
        configurationReminderDays: number[];
        /** `suspensionEnding` is published this many days before the suspension ends. */
        suspensionReminderDays: number[];
        /** Days from the end until `erasureDue` is published. Landfall erases personal data a day later. */
        retentionDays: number;
        own: {
          waitForProduct?: boolean | undefined;
          timeoutHours?: number | undefined;
          manualApproval?: 'none' | 'all' | string[] | undefined;
          configurationReminderDays?: number[] | undefined;
          suspensionReminderDays?: number[] | undefined;
          retentionDays?: number | undefined;
        };
      }
    >;
    /** Changes the named settings of one offer, or those that offers inherit. With null, the offer inherits the setting again. A change applies only to what starts afterwards. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        settings: {
          waitForProduct?: boolean | null | undefined;
          timeoutHours?: number | null | undefined;
          manualApproval?: 'none' | 'all' | string[] | null | undefined;
          configurationReminderDays?: number[] | null | undefined;
          suspensionReminderDays?: number[] | null | undefined;
          retentionDays?: number | null | undefined;
        };
      },
      {
        /** If true, activation (and so billing) waits until the product confirms the customer's space. */
        waitForProduct: boolean;
        /** How long the product may take. After that, the activation fails with `product-silent`. */
        timeoutHours: number;
        /** Which purchases a person has to approve before Landfall activates them: `none`, `all`, or those of the listed plans. A purchase that waits already keeps waiting until someone decides. */
        manualApproval: 'none' | 'all' | string[];
        /** `configurationDue`, or `approvalDue` for a purchase that waits for approval, is published this many days after Landfall first sees the purchase. */
        configurationReminderDays: number[];
        /** `suspensionEnding` is published this many days before the suspension ends. */
        suspensionReminderDays: number[];
        /** Days from the end until `erasureDue` is published. Landfall erases personal data a day later. */
        retentionDays: number;
        own: {
          waitForProduct?: boolean | undefined;
          timeoutHours?: number | undefined;
          manualApproval?: 'none' | 'all' | string[] | undefined;
          configurationReminderDays?: number[] | undefined;
          suspensionReminderDays?: number[] | undefined;
          retentionDays?: number | undefined;
        };
        /** What looks like a mistake, such as an offer that no subscription has. */
        warnings?: string[] | undefined;
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
        /** The publisher of the list that was read; absent in an installation with one publisher. */
        publisherId?: string | undefined;
        state: 'running' | 'completed' | 'failed';
        dryRun: boolean;
        /** ISO 8601 in UTC, with `Z`. */
        startedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        finishedAt?: string | undefined;
        /** Subscriptions that Microsoft listed. */
        listed: number;
        unchanged: number;
        /** Subscriptions that differed. */
        drifted: number;
        /** Drifted subscriptions that were corrected by reading them. */
        healed: number;
        errors: number;
        /** Purchases that no buyer has opened, ended or not. They are recorded and not counted as drift. */
        unopened?: number | undefined;
        /** Test purchases that differed. They are corrected and not counted as drift. */
        testsDrifted?: number | undefined;
        /** The first differences and errors, for people; bounded. */
        findings: {
          subscriptionId: string;
          kind: string;
          detail: string;
          /** Why Landfall did not know: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
          cause?: string | undefined;
        }[];
        failure?: string | undefined;
        /** When a failed run continues where it stopped, unless a start is requested earlier. Absent: the run is over. ISO 8601 in UTC, with `Z`. */
        continuesAt?: string | undefined;
        /** How much of both sides was compared. */
        coverage?:
          | {
              pages: number;
              isListComplete: boolean;
              /** Subscriptions in Landfall that Microsoft did not list. They also count as drifted. */
              localOnly: number;
              /** Subscriptions for which Microsoft was asked for open operations. */
              askedOperations: number;
              /** How often the run continued after a stop. */
              resumed: number;
              /** How often the list was read again from its first page. */
              begunAnew: number;
            }
          | undefined;
        /** Runs of the other publishers, if no publisher was named and there are several. */
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
    /** Differences that reconciliation runs found, newest run first, and whether each is healed. A run with many differences stores only the first ones. */
    readonly findings: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** UUID. */
        runId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 100 characters. */
        kind?: string | undefined;
        state?: 'healed' | 'open' | 'parked' | 'unhealed' | 'reported' | undefined;
        /** Runs that started at or after this time. ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          /** UUID. */
          runId: string;
          publisherId?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          foundAt: string;
          subscriptionId: string;
          kind: string;
          detail: string;
          /** Why Landfall did not know: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
          cause?: string | undefined;
          state: 'healed' | 'open' | 'parked' | 'unhealed' | 'reported';
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Reconciliation runs, newest first. */
    readonly list: List<
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
    /** Destinations of events and notices, and the state of each. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        channel?: 'product' | 'mail' | 'teams' | 'slack' | 'customer-mail' | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Destination[]; nextCursor?: string | undefined }
    >;
    /** The channels, and whether this installation can use each of them. */
    readonly channels: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          channel: 'product' | 'mail' | 'teams' | 'slack' | 'customer-mail';
          isReady: boolean;
          /** If it is not ready: what to set. */
          nextStep?: string | undefined;
          /** Mail only: the address of the sender. */
          from?: string | undefined;
        }[];
      }
    >;
    /** Adds a destination: your product, a Teams or Slack channel, or mail addresses. A signing secret is shown only once. */
    readonly create: Command<
      {
        /** At most 100 characters. */
        label: string;
        /** The way to the destination: events to your product, or notices by mail, Teams or Slack. Cannot be changed. Default: `"product"`. */
        channel?: 'product' | 'mail' | 'teams' | 'slack' | undefined;
        /** For the channels `product`, `teams` and `slack`. https to a public address; http and loopback are allowed only with a local marketplace. The URL of a Teams Workflow or a Slack app is a secret: answers show only its beginning. URL. At most 2000 characters. */
        url?: string | undefined;
        /** Event types to send. Empty: for `product`, all except `usage.settled`, which must be named because there is one for every billed hour; for the other channels, none. At most 30 items. Default: `[]`. */
        types?:
          | (
              | 'subscription.purchased'
              | 'subscription.approvalRequested'
              | 'subscription.approvalDue'
              | 'subscription.approved'
              | 'subscription.declined'
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
              | 'usage.refused'
              | 'usage.writtenOff'
              | 'usage.thresholdCrossed'
              | 'usage.settled'
              | 'ping'
            )[]
          | undefined;
        /** Offers to send events and matters about, including their preview listings. Empty: all. At most 200 items. Default: `[]`. */
        offerIds?: string[] | undefined;
        /** Only for `product`. If true, a subscription's next event waits until the previous one was delivered or given up. Default: `false`. */
        isOrdered?: boolean | undefined;
        /** Mail only: the addresses. Each gets a mail of their own and does not see the others. At most 20 items. Default: `[]`. */
        recipients?: string[] | undefined;
        /** Kinds of matters to send notices about: `all`, or a list. Empty: none. Absent: none for `product`, all otherwise. */
        matterKinds?:
          | 'all'
          | (
              | 'activation-failed'
              | 'not-configured'
              | 'approval-waiting'
              | 'provisioning-waiting'
              | 'provisioning-failed'
              | 'suspension-ending'
              | 'renewal-ahead'
              | 'trial-ending'
              | 'refusal-overruled'
              | 'operation-without-target'
              | 'operation-contradicted'
              | 'operation-unconfirmed'
              | 'action-unknown'
              | 'change-failed'
              | 'effect-missing'
              | 'subscription-unknown'
              | 'status-unrecognised'
              | 'drift-unhealed'
              | 'reconciliation-failing'
              | 'task-parked'
              | 'dead-letter'
              | 'delivery-dead'
              | 'destination-failing'
              | 'destination-disabled'
              | 'credential-ending'
              | 'credential-refused'
              | 'usage-refused'
              | 'usage-mismatch'
              | 'usage-outcome-unknown'
              | 'usage-expiring'
              | 'usage-written-off'
              | 'included-unknown'
              | 'usage-incident'
              | 'recurring-late'
              | 'notification-unreadable'
              | 'access-request-waiting'
              | 'stranger-at-landing'
              | 'key-ending'
              | 'backup-old'
              | 'alert'
            )[]
          | undefined;
        /** Matters of these severities only. Empty: all. At most 3 items. Default: `[]`. */
        severities?: ('critical' | 'warning' | 'info')[] | undefined;
        /** Default: `"en"`. */
        language?: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja' | undefined;
        /** When notices are sent: at once, or together every hour or every day. Default: `"at-once"`. */
        digest?: 'at-once' | 'hourly' | 'daily' | undefined;
        /** With a daily digest: the hour at which it is sent. Whole number from 0 to 23. Default: `8`. */
        digestHour?: number | undefined;
        /** Time zone of `digestHour`, `quietHours` and the times in notices, such as `Europe/Berlin`. At most 60 characters. Default: `"UTC"`. */
        timeZone?: string | undefined;
        /** Notices wait until this time of the day is over. Null: no quiet hours. Default: `null`. */
        quietHours?:
          | {
              /** Pattern: `^([01]\d|2[0-3]):[0-5]\d$`. */
              from: string;
              /** Earlier than `from`: the quiet hours last over midnight. Pattern: `^([01]\d|2[0-3]):[0-5]\d$`. */
              to: string;
              /** If true, critical matters are sent at once, also in quiet hours. Default: `true`. */
              exceptCritical?: boolean | undefined;
            }
          | null
          | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        destination: Destination;
        /** The signing secret. Empty, except for `product`. */
        secret: string;
        warnings?: string[] | undefined;
      }
    >;
    /** Changes what is named: label, URL, recipients, filters, order or times. Filters apply to new events. */
    readonly update: Command<
      {
        /** At most 100 characters. */
        label?: string | undefined;
        /** For the channels `product`, `teams` and `slack`. https to a public address; http and loopback are allowed only with a local marketplace. The URL of a Teams Workflow or a Slack app is a secret: answers show only its beginning. URL. At most 2000 characters. */
        url?: string | undefined;
        /** Event types to send. Empty: for `product`, all except `usage.settled`, which must be named because there is one for every billed hour; for the other channels, none. At most 30 items. */
        types?:
          | (
              | 'subscription.purchased'
              | 'subscription.approvalRequested'
              | 'subscription.approvalDue'
              | 'subscription.approved'
              | 'subscription.declined'
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
              | 'usage.refused'
              | 'usage.writtenOff'
              | 'usage.thresholdCrossed'
              | 'usage.settled'
              | 'ping'
            )[]
          | undefined;
        /** Offers to send events and matters about, including their preview listings. Empty: all. At most 200 items. */
        offerIds?: string[] | undefined;
        /** Only for `product`. If true, a subscription's next event waits until the previous one was delivered or given up. */
        isOrdered?: boolean | undefined;
        /** Mail only: the addresses. Each gets a mail of their own and does not see the others. At most 20 items. */
        recipients?: string[] | undefined;
        /** Kinds of matters to send notices about: `all`, or a list. Empty: none. */
        matterKinds?:
          | 'all'
          | (
              | 'activation-failed'
              | 'not-configured'
              | 'approval-waiting'
              | 'provisioning-waiting'
              | 'provisioning-failed'
              | 'suspension-ending'
              | 'renewal-ahead'
              | 'trial-ending'
              | 'refusal-overruled'
              | 'operation-without-target'
              | 'operation-contradicted'
              | 'operation-unconfirmed'
              | 'action-unknown'
              | 'change-failed'
              | 'effect-missing'
              | 'subscription-unknown'
              | 'status-unrecognised'
              | 'drift-unhealed'
              | 'reconciliation-failing'
              | 'task-parked'
              | 'dead-letter'
              | 'delivery-dead'
              | 'destination-failing'
              | 'destination-disabled'
              | 'credential-ending'
              | 'credential-refused'
              | 'usage-refused'
              | 'usage-mismatch'
              | 'usage-outcome-unknown'
              | 'usage-expiring'
              | 'usage-written-off'
              | 'included-unknown'
              | 'usage-incident'
              | 'recurring-late'
              | 'notification-unreadable'
              | 'access-request-waiting'
              | 'stranger-at-landing'
              | 'key-ending'
              | 'backup-old'
              | 'alert'
            )[]
          | undefined;
        /** Matters of these severities only. Empty: all. At most 3 items. */
        severities?: ('critical' | 'warning' | 'info')[] | undefined;
        language?: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja' | undefined;
        /** When notices are sent: at once, or together every hour or every day. */
        digest?: 'at-once' | 'hourly' | 'daily' | undefined;
        /** With a daily digest: the hour at which it is sent. Whole number from 0 to 23. */
        digestHour?: number | undefined;
        /** Time zone of `digestHour`, `quietHours` and the times in notices, such as `Europe/Berlin`. At most 60 characters. */
        timeZone?: string | undefined;
        /** Notices wait until this time of the day is over. Null: no quiet hours. */
        quietHours?:
          | {
              /** Pattern: `^([01]\d|2[0-3]):[0-5]\d$`. */
              from: string;
              /** Earlier than `from`: the quiet hours last over midnight. Pattern: `^([01]\d|2[0-3]):[0-5]\d$`. */
              to: string;
              /** If true, critical matters are sent at once, also in quiet hours. Default: `true`. */
              exceptCritical?: boolean | undefined;
            }
          | null
          | undefined;
        /** UUID. */
        destinationId: string;
      },
      {
        label: string;
        channel: 'product' | 'mail' | 'teams' | 'slack' | 'customer-mail';
        /** Empty for mail. Of a Teams Workflow or a Slack app, only the beginning and an ellipsis: the rest is a secret. */
        url: string;
        /** Event types to send. Empty: for `product`, all except `usage.settled`, which must be named because there is one for every billed hour; for the other channels, none. */
        types: (
          | 'subscription.purchased'
          | 'subscription.approvalRequested'
          | 'subscription.approvalDue'
          | 'subscription.approved'
          | 'subscription.declined'
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
          | 'usage.refused'
          | 'usage.writtenOff'
          | 'usage.thresholdCrossed'
          | 'usage.settled'
          | 'ping'
        )[];
        /** Offers to send events and matters about, including their preview listings. Empty: all. */
        offerIds: string[];
        /** Only for `product`. If true, a subscription's next event waits until the previous one was delivered or given up. */
        isOrdered: boolean;
        /** Mail only: the addresses. Each gets a mail of their own and does not see the others. */
        recipients: string[];
        /** Kinds of matters to send notices about: `all`, or a list. Empty: none. */
        matterKinds:
          | 'all'
          | (
              | 'activation-failed'
              | 'not-configured'
              | 'approval-waiting'
              | 'provisioning-waiting'
              | 'provisioning-failed'
              | 'suspension-ending'
              | 'renewal-ahead'
              | 'trial-ending'
              | 'refusal-overruled'
              | 'operation-without-target'
              | 'operation-contradicted'
              | 'operation-unconfirmed'
              | 'action-unknown'
              | 'change-failed'
              | 'effect-missing'
              | 'subscription-unknown'
              | 'status-unrecognised'
              | 'drift-unhealed'
              | 'reconciliation-failing'
              | 'task-parked'
              | 'dead-letter'
              | 'delivery-dead'
              | 'destination-failing'
              | 'destination-disabled'
              | 'credential-ending'
              | 'credential-refused'
              | 'usage-refused'
              | 'usage-mismatch'
              | 'usage-outcome-unknown'
              | 'usage-expiring'
              | 'usage-written-off'
              | 'included-unknown'
              | 'usage-incident'
              | 'recurring-late'
              | 'notification-unreadable'
              | 'access-request-waiting'
              | 'stranger-at-landing'
              | 'key-ending'
              | 'backup-old'
              | 'alert'
            )[];
        /** Matters of these severities only. Empty: all. */
        severities: ('critical' | 'warning' | 'info')[];
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
        /** When notices are sent: at once, or together every hour or every day. */
        digest: 'at-once' | 'hourly' | 'daily';
        /** With a daily digest: the hour at which it is sent. */
        digestHour: number;
        /** Time zone of `digestHour`, `quietHours` and the times in notices, such as `Europe/Berlin`. */
        timeZone: string;
        /** Notices wait until this time of the day is over. Null: no quiet hours. */
        quietHours: {
          from: string;
          /** Earlier than `from`: the quiet hours last over midnight. */
          to: string;
          /** If true, critical matters are sent at once, also in quiet hours. */
          exceptCritical: boolean;
        } | null;
        /** UUID. */
        id: string;
        /** It gets only events of this publisher. Absent: of all publishers. Cannot be changed. */
        publisherId?: string | undefined;
        state: 'enabled' | 'disabled';
        /** operator, gone (HTTP 410), or failing (no delivery succeeded for days). */
        disabledBecause?: string | undefined;
        /** Since when no delivery has succeeded; absent while it works. ISO 8601 in UTC, with `Z`. */
        failingSince?: string | undefined;
        /** Active secrets, newest first. While there are two, events carry both signatures. Empty, except for `product`. */
        secrets: {
          /** ISO 8601 in UTC, with `Z`. */
          createdAt: string;
          /** ISO 8601 in UTC, with `Z`. */
          expiresAt?: string | undefined;
        }[];
        /** ISO 8601 in UTC, with `Z`. */
        createdAt: string;
        warnings?: string[] | undefined;
      }
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
    /** Stops deliveries. Events wait for at most 30 days, and at most 100,000 of them; older ones become dead. */
    readonly disable: Command<
      {
        /** UUID. */
        destinationId: string;
      },
      Destination
    >;
    /** Removes a destination with its secrets, and its events that were not delivered. */
    readonly remove: Command<
      {
        /** UUID. */
        destinationId: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** Events that were not delivered and go with it. */
        undelivered: number;
        isRemoved: boolean;
      }
    >;
    /** Sends a test: a ping event to the product, or a test message by mail, Teams or Slack. Answers with the first delivery. */
    readonly ping: Command<
      {
        /** UUID. */
        destinationId: string;
      },
      Delivery
    >;
  };
  readonly deliveries: {
    /** Deliveries of the last 14 days by UTC day, and those that wait. */
    readonly summary: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** Earliest first; today is the last one. A day counts up to 10,000 of each. */
        days: { day: string; delivered: number; dead: number }[];
        waiting: number;
        /** ISO 8601 in UTC, with `Z`. */
        waitingSince?: string | undefined;
      }
    >;
    /** Deliveries, newest first. Filters: destination, state, type and subscription. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** UUID. */
        destinationId?: string | undefined;
        state?: 'waiting' | 'delivered' | 'dead' | undefined;
        /** Type of the event, such as `subscription.planChanged`, or `notice`. At most 100 characters. */
        type?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** Only deliveries that were created before this time. ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Delivery[]; nextCursor?: string | undefined }
    >;
    /** One delivery with its event or message and every attempt. */
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
        channel: 'product' | 'mail' | 'teams' | 'slack' | 'customer-mail';
        /** Mail only: the address of this delivery. */
        recipient?: string | undefined;
        eventId: string;
        /** Type of the event. `notice`: a message to people, about one or more matters and events. */
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
        /** What was sent to people. Absent for `product`. */
        message?:
          | {
              subject: string;
              /** The plain text, with one paragraph for each matter or event. */
              text: string;
              language: string;
            }
          | undefined;
        history: {
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          /** `resend`: an operator requested it. */
          cause: 'schedule' | 'resend';
          requestedBy?: string | undefined;
          /** HTTP status, or SMTP reply code; absent if no answer came. */
          status?: number | undefined;
          /** Code of the failure: name-unresolved (DNS), refused (nothing listens there), certificate or tls, timeout, connection (broke off), address-refused, redirect, gone, or status. Mail: also sign-in-refused, refused-sender, refused-recipient, refused-message, recipient-later, server-later, and mail-not-configured. Teams and Slack: also refused-message and rate-limited. */
          failure?: string | undefined;
          /** The receiver's own code, such as `5.1.1` of a mail server or `no_service` of Slack. */
          answerCode?: string | undefined;
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
        requestedBy?: string | undefined;
      },
      Delivery
    >;
    /** Sends dead and waiting deliveries now, by destination and event time. dryRun only names them. */
    readonly replay: Command<
      {
        /** UUID. */
        destinationId: string;
        /** ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** At most 200 characters. */
        requestedBy?: string | undefined;
        /** Default: `true`. */
        dryRun?: boolean | undefined;
      },
      {
        matched: number;
        replayed: number;
        /** Only with `dryRun`: the matching items, oldest first; at most 50. */
        items?:
          | {
              /** UUID. */
              deliveryId: string;
              type: string;
              subscriptionId?: string | undefined;
            }[]
          | undefined;
      }
    >;
  };
  readonly parkedTasks: {
    /** Parked tasks, newest first. Filters: kind, reason and subscription. */
    readonly list: List<
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
        requestedBy?: string | undefined;
        /** True: only counts and names the matching items. Default: `true`. */
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
        /** Time of parking: at or after `since`, before `until`. ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      {
        matched: number;
        replayed: number;
        /** Only with `dryRun`: the matching items, oldest first; at most 50. */
        items?: { taskId: number; subscriptionId: string; kind: string }[] | undefined;
      }
    >;
    /** Gives up parked tasks for good, by ID or filter. The timeline says why. */
    readonly discard: Command<
      {
        /** At most 200 characters. */
        requestedBy?: string | undefined;
        /** True: only counts and names the matching items. Default: `true`. */
        dryRun?: boolean | undefined;
        /** Why it is not needed. The reason is stored, so do not include personal data. At most 200 characters. */
        because: string;
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
        /** Time of parking: at or after `since`, before `until`. ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      {
        matched: number;
        discarded: number;
        /** Only with `dryRun`: the matching items, oldest first; at most 50. */
        items?: { taskId: number; subscriptionId: string; kind: string }[] | undefined;
      }
    >;
  };
  readonly deadLetters: {
    /** Messages that a consumer gave up on, oldest first. */
    readonly list: List<
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
        requestedBy?: string | undefined;
        /** True: only counts and names the matching items. Default: `true`. */
        dryRun?: boolean | undefined;
        /** 1 to 1000 items. */
        sequences?: number[] | undefined;
        /** At most 100 characters. */
        durable?: string | undefined;
      },
      {
        matched: number;
        replayed: number;
        /** Only with `dryRun`: the matching items, oldest first; at most 50. */
        items?: { sequence: number; durable: string; subject: string }[] | undefined;
      }
    >;
    /** Removes dead letters for good, by number or consumer. */
    readonly discard: Command<
      {
        /** At most 200 characters. */
        requestedBy?: string | undefined;
        /** True: only counts and names the matching items. Default: `true`. */
        dryRun?: boolean | undefined;
        /** Why it is not needed. The reason is stored, so do not include personal data. At most 200 characters. */
        because: string;
        /** 1 to 1000 items. */
        sequences?: number[] | undefined;
        /** At most 100 characters. */
        durable?: string | undefined;
      },
      {
        matched: number;
        discarded: number;
        /** Only with `dryRun`: the matching items, oldest first; at most 50. */
        items?: { sequence: number; durable: string; subject: string }[] | undefined;
      }
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
        /** Absent for the only publisher if it has no configured id. */
        publisherId?: string | undefined;
        /** secret, secret-file, certificate or federated. The answer never contains the credential itself. */
        kind: string;
        /** The most serious state that applies: `rejected` (Entra or the API refuses it, or it cannot be read), `expired`, `expiring` (within thirty days), or `ok` (it yielded a token). */
        state: 'ok' | 'expiring' | 'expired' | 'rejected' | 'unknown';
        /** From the certificate or the configuration; absent if unknown. ISO 8601 in UTC, with `Z`. */
        expiresAt?: string | undefined;
        /** Whole days until it expires; negative afterwards. */
        daysLeft?: number | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        lastSuccessAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        lastFailureAt?: string | undefined;
        /** Code of the last failure; absent once it yielded a token that the API accepted. */
        failure?: string | undefined;
        /** Microsoft's own explanation, if its API gave one. */
        explanation?: string | undefined;
        /** What the operator should do. */
        nextStep?: string | undefined;
        publishers: CredentialStatus[];
      }
    >;
  };
  readonly customerMails: {
    /** Whether customers get mails, and which. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** Whether customers get mails. */
        isOn: boolean;
        /** The mails that they get. */
        mails: (
          | 'welcome'
          | 'ready'
          | 'actionNeeded'
          | 'suspended'
          | 'renewalAhead'
          | 'ended'
          | 'accessRequested'
        )[];
        /** The language of the mails. */
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
        /** The name of the sender. Null: the installation's. */
        senderName: string | null;
        /** Where answers go. Null: to the installation's address. */
        replyTo: string | null;
        /** Names of your offers as customers know them, by offer ID. Without one, the offer ID is shown. */
        productNames: Record<string, string>;
        /** If true, test purchases get mails too. */
        includesTests: boolean;
        /** If true, customers of partners (CSP) get mails too. Usually the partner writes to them. */
        includesPartnerLed: boolean;
        /** False: this installation has no mail server, so nothing is sent. */
        isReady: boolean;
        nextStep?: string | undefined;
        /** The destination under which deliveries are listed. Absent until mails are switched on. UUID. */
        destinationId?: string | undefined;
      }
    >;
    /** Switches mails to customers on or off, and chooses them. What is absent stays. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        settings: {
          /** Whether customers get mails. */
          isOn?: boolean | undefined;
          /** The mails that they get. At most 7 items. */
          mails?:
            | (
                | 'welcome'
                | 'ready'
                | 'actionNeeded'
                | 'suspended'
                | 'renewalAhead'
                | 'ended'
                | 'accessRequested'
              )[]
            | undefined;
          /** The language of the mails. */
          language?: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja' | undefined;
          /** The name of the sender. Null: the installation's. */
          senderName?: string | null | undefined;
          /** Where answers go. Null: to the installation's address. */
          replyTo?: string | null | undefined;
          /** Names of your offers as customers know them, by offer ID. Without one, the offer ID is shown. */
          productNames?: Record<string, string> | undefined;
          /** If true, test purchases get mails too. */
          includesTests?: boolean | undefined;
          /** If true, customers of partners (CSP) get mails too. Usually the partner writes to them. */
          includesPartnerLed?: boolean | undefined;
        };
      },
      {
        /** Whether customers get mails. */
        isOn: boolean;
        /** The mails that they get. */
        mails: (
          | 'welcome'
          | 'ready'
          | 'actionNeeded'
          | 'suspended'
          | 'renewalAhead'
          | 'ended'
          | 'accessRequested'
        )[];
        /** The language of the mails. */
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
        /** The name of the sender. Null: the installation's. */
        senderName: string | null;
        /** Where answers go. Null: to the installation's address. */
        replyTo: string | null;
        /** Names of your offers as customers know them, by offer ID. Without one, the offer ID is shown. */
        productNames: Record<string, string>;
        /** If true, test purchases get mails too. */
        includesTests: boolean;
        /** If true, customers of partners (CSP) get mails too. Usually the partner writes to them. */
        includesPartnerLed: boolean;
        /** False: this installation has no mail server, so nothing is sent. */
        isReady: boolean;
        nextStep?: string | undefined;
        /** The destination under which deliveries are listed. Absent until mails are switched on. UUID. */
        destinationId?: string | undefined;
      }
    >;
    /** The texts of the mails in a language: yours, and those that they replace. */
    readonly texts: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Absent: all offers. At most 100 characters. */
        offerId?: string | undefined;
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
      },
      {
        items: {
          /** Such as `ready.subject`. */
          key: string;
          /** The text in force. */
          text: string;
          /** Set for exactly this offer (or for all offers) and language. */
          own?: string | undefined;
        }[];
      }
    >;
    /** Replaces a text of a mail. It may name {product}, {plan} and {date}. Null: our text again. */
    readonly putText: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Absent: all offers. At most 100 characters. */
        offerId?: string | undefined;
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
        /** At most 60 characters. */
        key: string;
        text: string | null;
      },
      { key: string; text: string; own?: string | undefined }
    >;
    /** A mail as customers get it, with sample values. */
    readonly preview: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Absent: all offers. At most 100 characters. */
        offerId?: string | undefined;
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
        mail:
          | 'welcome'
          | 'ready'
          | 'actionNeeded'
          | 'suspended'
          | 'renewalAhead'
          | 'ended'
          | 'accessRequested';
      },
      { subject: string; html: string; text: string }
    >;
    /** Sends a mail with sample values to an address of yours. */
    readonly test: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Absent: all offers. At most 100 characters. */
        offerId?: string | undefined;
        language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
        mail:
          | 'welcome'
          | 'ready'
          | 'actionNeeded'
          | 'suspended'
          | 'renewalAhead'
          | 'ended'
          | 'accessRequested';
        /** E-mail address. At most 254 characters. */
        to: string;
      },
      {
        isSent: boolean;
        /** Code of the failure, as in deliveries.get. */
        failure?: string | undefined;
        answerCode?: string | undefined;
      }
    >;
  };
  readonly listeners: {
    /** Opens a listener for product events from now on. */
    readonly open: Command<
      {
        /** At most 100 characters. */
        label: string;
        /** At most 30 items. Default: `[]`. */
        types?:
          | (
              | 'subscription.purchased'
              | 'subscription.approvalRequested'
              | 'subscription.approvalDue'
              | 'subscription.approved'
              | 'subscription.declined'
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
              | 'usage.refused'
              | 'usage.writtenOff'
              | 'usage.thresholdCrossed'
              | 'usage.settled'
              | 'ping'
            )[]
          | undefined;
        /** At most 200 items. Default: `[]`. */
        offerIds?: string[] | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** UUID. */
        listenerId: string;
        /** Signs the forwarded events, as the secret of a destination does. */
        secret: string;
        /** When the listener ends, unless its events are taken before then. ISO 8601 in UTC, with `Z`. */
        endsAt: string;
      }
    >;
    /** Takes the next events. Events up to `after` are done and are removed. */
    readonly take: Command<
      {
        /** UUID. */
        listenerId: string;
        /** `next` of the previous answer. Absent: from the first event that waits. At most 20 characters. */
        after?: string | undefined;
        /** Whole number from 1 to 50. Default: `50`. */
        limit?: number | undefined;
        /** How long to wait for an event if there is none. Whole number from 0 to 8000. Default: `0`. */
        waitMs?: number | undefined;
      },
      {
        events: ProductEvent[];
        /** The text of each event, exactly as a destination gets it. Forward and sign this text. */
        bodies: string[];
        /** Send it as `after` with the next call, once these events are handled. Without it, they come again. */
        next?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        endsAt: string;
      }
    >;
    /** Ends a listener. Its waiting events are removed. */
    readonly close: Command<
      {
        /** UUID. */
        listenerId: string;
      },
      { removed: number }
    >;
  };
  readonly imports: {
    /** Takes over subscriptions from another system. Microsoft's record decides. Repeating the call is safe. */
    readonly subscriptions: Command<
      {
        /** The system that they come from, such as `saas-accelerator`. Pattern: `^[a-z0-9][a-z0-9-]{0,49}$`. */
        source: string;
        /** 1 to 25 items. */
        subscriptions: {
          /** At most 100 characters. */
          subscriptionId: string;
          /** What the other system had, for the report of differences. At most 100 characters. */
          status?: string | undefined;
          /** At most 100 characters. */
          planId?: string | undefined;
          /** Whole number. */
          quantity?: number | undefined;
          /** Who had confirmed the purchase there. */
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
          /** The buyer's answers there, by question id. */
          answers?: Record<string, string> | undefined;
          /** What had happened there, oldest first. It goes to the timeline, as imported. At most 500 items. Default: `[]`. */
          history?:
            | {
                /** ISO 8601 in UTC, with `Z`. */
                at: string;
                /** At most 500 characters. */
                text: string;
              }[]
            | undefined;
        }[];
        /** Default: `true`. */
        dryRun?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        results: {
          subscriptionId: string;
          /** imported; known: Landfall had it already; unknown-at-microsoft; failed: try it again. */
          outcome: 'imported' | 'known' | 'unknown-at-microsoft' | 'failed';
          /** Fields in which the other system differed from Microsoft: "status: Subscribed there, Suspended at Microsoft". */
          differences: string[];
          detail?: string | undefined;
        }[];
        isDryRun: boolean;
      }
    >;
  };
  readonly operations: {
    /** Microsoft's operations and your decisions on them, newest first: open ones, by outcome, decision, rule, action and time. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 200 characters. */
        operationId?: string | undefined;
        /** True: without an outcome. False: with one. */
        isOpen?: boolean | undefined;
        outcome?: 'succeeded' | 'failed' | 'refused' | 'overruled' | 'unsettled' | undefined;
        /** `none`: no decision was needed or made. */
        decision?: 'accept' | 'refuse' | 'none' | undefined;
        /** True: decided after its deadline. False: decided in time. */
        isLate?: boolean | undefined;
        /** The rule that decided. At most 100 characters. */
        ruleId?: string | undefined;
        /** Whether the product did not answer, so that `onSilence` decided. */
        isSilent?: boolean | undefined;
        /** ChangePlan, ChangeQuantity, Suspend, Reinstate, Renew, Unsubscribe, or one that Microsoft adds. At most 100 characters. */
        action?: string | undefined;
        /** When Landfall first knew of it: at or after `since`, before `until`. ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** `decided`: only decided ones, by the time of the decision; `since` and `until` then mean that time. Default: `"newest"`. */
        sort?: 'newest' | 'decided' | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          operationId: string;
          action: string;
          decision?: 'accept' | 'refuse' | undefined;
          /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
          reason?: string | undefined;
          ruleId?: string | undefined;
          /** Shown to the customer after a refusal, by language. */
          message?: Record<string, string> | undefined;
          /** Who requested the change; absent in rows written before this column existed. */
          origin?: 'customer' | 'publisher' | 'marketplace' | undefined;
          /** For plan and seat changes: the previous and the requested values. */
          from?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
          to?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          decidedAt?: string | undefined;
          /** Eight seconds after the notification: Microsoft's ten, less two for the network. ISO 8601 in UTC, with `Z`. */
          deadline?: string | undefined;
          isInTime?: boolean | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          answeredAt?: string | undefined;
          /** succeeded, failed, refused, overruled (Microsoft carried it out despite the refusal), unsettled. */
          outcome?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          settledAt?: string | undefined;
          /** The change that reverses an overruled refusal. UUID. */
          compensatedBy?: string | undefined;
          subscriptionId: string;
          /** ISO 8601 in UTC, with `Z`. */
          createdAt: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
  };
  readonly publishers: {
    /** The configured publishers: tenant, application, and whether the credential works. */
    readonly list: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** In configured order. Not paged, because the configuration bounds the list. */
        items: {
          /** Absent for the only publisher if it has no configured id. */
          publisherId?: string | undefined;
          /** Microsoft Entra tenant of the fulfillment application. */
          tenantId: string;
          /** Application (client) ID of the fulfillment application. */
          clientId: string;
          /** Whether this is the publisher of landing pages and calls that do not name one. */
          isDefault: boolean;
          /** The most serious state that applies: `rejected` (Entra or the API refuses it, or it cannot be read), `expired`, `expiring` (within thirty days), or `ok` (it yielded a token). */
          credential: 'ok' | 'expiring' | 'expired' | 'rejected' | 'unknown';
          /** What the operator should do, if the credential does not work or ends soon. */
          nextStep?: string | undefined;
        }[];
      }
    >;
  };
  readonly notifications: {
    /** Stored notifications from verified callers, newest first. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 50 characters. */
        action?: string | undefined;
        /** At most 200 characters. */
        operationId?: string | undefined;
        verdict?: 'accepted' | 'refused' | 'undecided' | undefined;
        /** True: only those without a readable subscription, or with an unclear action. */
        isUnreadable?: boolean | undefined;
        /** Time of arrival: at or after `since`, before `until`. ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: Notification[]; nextCursor?: string | undefined }
    >;
    /** One notification: body without personal data, headers, checks of its token, decision. */
    readonly get: Query<
      {
        /** UUID. */
        notificationId: string;
      },
      {
        /** UUID. */
        id: string;
        /** The publisher that the caller's token names; absent in rows written before this column existed. */
        publisherId?: string | undefined;
        operationId?: string | undefined;
        subscriptionId?: string | undefined;
        action: string;
        /** ISO 8601 in UTC, with `Z`. */
        receivedAt: string;
        /** How often Microsoft sent it. */
        deliveries: number;
        /** ISO 8601 in UTC, with `Z`. */
        lastDeliveredAt: string;
        /** Landfall's answer: accepted (200), refused (400), or undecided (503; Microsoft sends it again). */
        verdict: 'accepted' | 'refused' | 'undecided';
        reason?: string | undefined;
        /** Parts of the body that could not be read; empty for a well-formed body. */
        problems: string[];
        /** ISO 8601 in UTC, with `Z`. */
        publishedAt?: string | undefined;
        /** How often it was replayed manually. */
        replays: number;
        body?: unknown;
        /** Of the first delivery: content type and encoding, user agent, Microsoft's request and correlation ids, and x-forwarded-for with networks instead of addresses. No others are stored. Absent before this field existed. */
        headers?: Record<string, string> | undefined;
        /** The checks of the first delivery's token. Only calls that pass all of them are stored. */
        verification?:
          | {
              check: 'signature' | 'audience' | 'tenant' | 'caller' | 'issuer' | 'version';
              /** What was found: the id of Microsoft's key, our application, the caller's application, … */
              found: string;
            }[]
          | undefined;
        /** Absent if nothing had to be decided, or no answer came because this process ended. */
        decision?:
          | {
              /** When the worker was asked, by the latest delivery that needed an answer. ISO 8601 in UTC, with `Z`. */
              askedAt: string;
              /** Absent: the worker did not answer in time, so Microsoft got 503 and calls again. ISO 8601 in UTC, with `Z`. */
              answeredAt?: string | undefined;
              isInTime: boolean;
            }
          | undefined;
        /** The first delivery and the latest ones; bounded. `deliveries` counts all. */
        history: {
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          kind: 'delivery' | 'replay';
          /** HTTP status of the answer: 200, 400 or 503; absent until it is decided. */
          answer?: number | undefined;
          /** Version of the caller's Entra token: 1 or 2. */
          tokenVersion?: number | undefined;
          /** Who replayed it. */
          requestedBy?: string | undefined;
        }[];
      }
    >;
    /** Notifications of the last 14 days by UTC day, the latest one, and those that wait for the worker. */
    readonly summary: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** Earliest first; today is the last one. A day counts up to 10,000. */
        days: { day: string; received: number; refused: number }[];
        /** ISO 8601 in UTC, with `Z`. */
        lastReceivedAt?: string | undefined;
        /** Stored and not handed over to the worker yet. */
        waiting: number;
        /** ISO 8601 in UTC, with `Z`. */
        waitingSince?: string | undefined;
      }
    >;
    /** Sends notifications to the worker again, by ID or filter. Settled operations stay unchanged. */
    readonly replay: Command<
      {
        /** At most 200 characters. */
        requestedBy?: string | undefined;
        /** True: only counts and names the matching items. Default: `true`. */
        dryRun?: boolean | undefined;
        /** UUID. */
        notificationId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 50 characters. */
        action?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Time of arrival: at or after `since`, before `until`. ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      {
        matched: number;
        replayed: number;
        /** Only with `dryRun`: the matching items, oldest first; at most 50. */
        items?:
          | {
              /** UUID. */
              notificationId: string;
              subscriptionId: string;
              action: string;
            }[]
          | undefined;
      }
    >;
    /** Webhook calls since this process started: by outcome, and refused callers by reason. */
    readonly counters: Query<
      Record<string, never>,
      { accepted: number; unauthenticated: Record<string, number>; unpublished: number }
    >;
  };
  readonly usage: {
    /** Reports usage. Each record gets its own verdict, and sending it again is safe. With `dryRun`, nothing is counted. */
    readonly report: Command<
      {
        /** Records of the form UsageRecord. A malformed one is refused and does not affect the others. 1 to 1000 items. */
        records: UsageRecord[];
        /** True: gives the verdicts and counts nothing. */
        dryRun?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        results: UsageVerdict[];
        /** Present: nothing was counted. */
        dryRun?: true | undefined;
      }
    >;
    /** Refused records, counted per hour, subscription, dimension and reason, latest first. */
    readonly refusals: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        refusal?:
          | 'malformed'
          | 'quantity-invalid'
          | 'too-old'
          | 'in-future'
          | 'subscription-unknown'
          | 'not-active-then'
          | 'dimension-unknown'
          | 'event-id-reused'
          | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          publisherId?: string | undefined;
          /** As it was reported. Absent if it could not be read, or if the row counts many different ones. */
          subscriptionId?: string | undefined;
          dimension?: string | undefined;
          refusal:
            | 'malformed'
            | 'quantity-invalid'
            | 'too-old'
            | 'in-future'
            | 'subscription-unknown'
            | 'not-active-then'
            | 'dimension-unknown'
            | 'event-id-reused';
          message: string;
          /** Start of the UTC hour in which the records arrived. ISO 8601 in UTC, with `Z`. */
          hour: string;
          records: number;
          lastEventId?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          lastAt: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Usage of the last 14 days on its way to Microsoft, by UTC day, and until when the oldest must be sent. Test purchases are left out. */
    readonly progress: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** Rated hours of usage, by the day of use. Earliest first; today is the last one. A day counts up to 10,000. */
        days: {
          day: string;
          /** Microsoft has accepted them. */
          accepted: number;
          /** Not sent, or not answered yet. */
          pending: number;
          /** Refused or written off: not billed. */
          lost: number;
        }[];
        /** Microsoft takes usage for 24 hours. Absent: nothing waits. ISO 8601 in UTC, with `Z`. */
        nextDeadlineAt?: string | undefined;
      }
    >;
    /** Usage per subscription, dimension and UTC hour, with Microsoft's answer. */
    readonly hours: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 100 characters. */
        dimension?: string | undefined;
        /** At most 20 characters. */
        state?: string | undefined;
        /** True: only hours of test purchases. False: only hours of real ones. Absent: both. */
        isTest?: boolean | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      { items: UsageHour[]; nextCursor?: string | undefined }
    >;
    /** The usage hours of a subscription, counted by UTC day and state, latest day first. */
    readonly days: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
        /** Only days that began before this time. ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      {
        items: {
          /** YYYY-MM-DD */
          day: string;
          /** The number of hours in each state; `usage.hours` lists the states. */
          hours: Record<string, number>;
          dimensions: string[];
          /** An hour is not billed as it was reported. */
          isProblem: boolean;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** The individual records behind an hour or a line of a statement, earliest first. */
    readonly records: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 100 characters. */
        dimension?: string | undefined;
        /** From this moment on. ISO 8601 with an offset or `Z`. */
        from: string;
        /** Before this moment. ISO 8601 with an offset or `Z`. */
        to: string;
      },
      {
        items: {
          eventId: string;
          dimension: string;
          quantity: string;
          /** ISO 8601 in UTC, with `Z`. */
          occurredAt: string;
          /** ISO 8601 in UTC, with `Z`. */
          takenAt: string;
          /** The plan under which the record counts. */
          planId: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Sends an hour that Microsoft refused again, with a reason, while Microsoft still accepts it. */
    readonly resend: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 100 characters. */
        dimension: string;
        /** Start of the UTC hour. ISO 8601 with an offset or `Z`. */
        hour: string;
        /** Why you expect Microsoft to accept the hour now. Kept with the hour. At most 500 characters. */
        reason: string;
      },
      {
        queued: true;
        /** ISO 8601 in UTC, with `Z`. */
        expiresAt: string;
      }
    >;
    /** A subscription's usage in its current term, per dimension: used, included, overage and its cost. */
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
        /** True for a test purchase. */
        isTest?: boolean | undefined;
        /** When the last record arrived. ISO 8601 in UTC, with `Z`. */
        updatedAt?: string | undefined;
        dimensions: {
          planId: string;
          dimension: string;
          displayName?: string | undefined;
          unitOfMeasure?: string | undefined;
          used: string;
          /** null = unlimited. Absent: Landfall does not know it yet, and bills nothing until it does. */
          included?: string | null | undefined;
          /** Usage above the included quantity, which is billed. Absent while `included` is. */
          overage?: string | undefined;
          /** The part of `overage` that is not billed, because Microsoft refused it or it was written off. */
          refused?: string | undefined;
          /** Price of one unit above the included quantity. Absent: Microsoft has not sent it. */
          unitPrice?: string | undefined;
          currency?: string | undefined;
          /** (`overage` - `refused`) × `unitPrice`. Fractions of a cent are cut off. */
          amount?: string | undefined;
          /** Days of the term with usage, earliest first, within the last 31 days. */
          days?: { day: string; used: string }[] | undefined;
        }[];
      }
    >;
    /** The statement of a subscription for a month: units used, included, billed, pending and not billed, and the amounts. */
    readonly statement: Query<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Pattern: `^\d{4}-(?:0[1-9]|1[0-2])$`. */
        month: string;
      },
      {
        publisherId: string;
        subscriptionId: string;
        offerId: string;
        month: string;
        isTest: boolean;
        /** True once nothing of the month can change any more. */
        isFinal: boolean;
        lines: {
          planId: string;
          planName?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          termStart?: string | undefined;
          termUnit?: string | undefined;
          dimension: string;
          displayName?: string | undefined;
          unitOfMeasure?: string | undefined;
          /** Usage that occurred in the month. */
          used: string;
          /** The part of it that the plan includes. */
          included: string;
          /** Accepted by Microsoft for hours of this month. */
          billed: string;
          /** Not rated yet, held, or not answered by Microsoft yet. */
          pending: string;
          /** Refused by Microsoft or written off. */
          notBilled: string;
          /** Units of other months that were added to an hour of this month. */
          carriedIn: string;
          /** Units of this month that were added to an hour of another month. */
          carriedOut: string;
          /** Change in the rest that is too small to send. Negative if an earlier rest was sent. */
          remainder: string;
          /** Units that Microsoft counted in excess of what was sent. Absent: none. */
          overBilled?: string | undefined;
          /** Absent: Microsoft has not sent the price. */
          unitPrice?: string | undefined;
          currency?: string | undefined;
          /** `billed` × `unitPrice`. Fractions of a cent are cut off. */
          amount?: string | undefined;
        }[];
        /** Sum of the amounts per currency, without lines that have no price. */
        totals: { currency: string; amount: string }[];
        /** True if a line has billed units but no known price. */
        isPriceMissing: boolean;
      }
    >;
    /** The statements of a month, one for each subscription with usage, ordered by subscription id. */
    readonly statements: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Pattern: `^\d{4}-(?:0[1-9]|1[0-2])$`. */
        month: string;
        /** True: only test purchases. False or absent: only real ones. */
        isTest?: boolean | undefined;
      },
      {
        items: {
          publisherId: string;
          subscriptionId: string;
          offerId: string;
          month: string;
          isTest: boolean;
          /** True once nothing of the month can change any more. */
          isFinal: boolean;
          lines: {
            planId: string;
            planName?: string | undefined;
            /** ISO 8601 in UTC, with `Z`. */
            termStart?: string | undefined;
            termUnit?: string | undefined;
            dimension: string;
            displayName?: string | undefined;
            unitOfMeasure?: string | undefined;
            /** Usage that occurred in the month. */
            used: string;
            /** The part of it that the plan includes. */
            included: string;
            /** Accepted by Microsoft for hours of this month. */
            billed: string;
            /** Not rated yet, held, or not answered by Microsoft yet. */
            pending: string;
            /** Refused by Microsoft or written off. */
            notBilled: string;
            /** Units of other months that were added to an hour of this month. */
            carriedIn: string;
            /** Units of this month that were added to an hour of another month. */
            carriedOut: string;
            /** Change in the rest that is too small to send. Negative if an earlier rest was sent. */
            remainder: string;
            /** Units that Microsoft counted in excess of what was sent. Absent: none. */
            overBilled?: string | undefined;
            /** Absent: Microsoft has not sent the price. */
            unitPrice?: string | undefined;
            currency?: string | undefined;
            /** `billed` × `unitPrice`. Fractions of a cent are cut off. */
            amount?: string | undefined;
          }[];
          /** Sum of the amounts per currency, without lines that have no price. */
          totals: { currency: string; amount: string }[];
          /** True if a line has billed units but no known price. */
          isPriceMissing: boolean;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Microsoft's usage report compared with Landfall's ledger, latest day first. */
    readonly readBack: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        verdict?:
          | 'agrees'
          | 'processing'
          | 'mismatch'
          | 'rejected'
          | 'missing'
          | 'unknown-here'
          | 'not-billed'
          | undefined;
      },
      {
        items: {
          subscriptionId: string;
          planId: string;
          dimension: string;
          day: string;
          /** What Microsoft accepted from Landfall. */
          ours: string;
          /** What Microsoft's report has. Absent: it has no such row or quantity. */
          submitted?: string | undefined;
          processed?: string | undefined;
          /** Microsoft's status; an open set: Submitted, Accepted, Rejected, Mismatch, TestHeaders, DryRun, … */
          reconStatus?: string | undefined;
          verdict:
            | 'agrees'
            | 'processing'
            | 'mismatch'
            | 'rejected'
            | 'missing'
            | 'unknown-here'
            | 'not-billed';
          /** ISO 8601 in UTC, with `Z`. */
          readAt: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** What given usage would bill under a plan and term. Nothing is recorded. */
    readonly preview: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 20 characters. */
        termUnit: string;
        /** 1 to 30 items. */
        usage: {
          /** At most 100 characters. */
          dimension: string;
          /** Units used earlier in the same term. */
          before?: string | number | undefined;
          quantity: string | number;
        }[];
      },
      {
        lines: {
          dimension: string;
          used: string;
          /** null = unlimited; absent = not known, so the usage would be held. */
          included?: string | null | undefined;
          billed?: string | undefined;
          unitPrice?: string | undefined;
          currency?: string | undefined;
          amount?: string | undefined;
        }[];
      }
    >;
    /** What a subscription's usage in a month would have billed under another plan. */
    readonly previewPlan: Query<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Pattern: `^\d{4}-(?:0[1-9]|1[0-2])$`. */
        month: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 20 characters. */
        termUnit?: string | undefined;
      },
      {
        asBilled: {
          publisherId: string;
          subscriptionId: string;
          offerId: string;
          month: string;
          isTest: boolean;
          /** True once nothing of the month can change any more. */
          isFinal: boolean;
          lines: {
            planId: string;
            planName?: string | undefined;
            /** ISO 8601 in UTC, with `Z`. */
            termStart?: string | undefined;
            termUnit?: string | undefined;
            dimension: string;
            displayName?: string | undefined;
            unitOfMeasure?: string | undefined;
            /** Usage that occurred in the month. */
            used: string;
            /** The part of it that the plan includes. */
            included: string;
            /** Accepted by Microsoft for hours of this month. */
            billed: string;
            /** Not rated yet, held, or not answered by Microsoft yet. */
            pending: string;
            /** Refused by Microsoft or written off. */
            notBilled: string;
            /** Units of other months that were added to an hour of this month. */
            carriedIn: string;
            /** Units of this month that were added to an hour of another month. */
            carriedOut: string;
            /** Change in the rest that is too small to send. Negative if an earlier rest was sent. */
            remainder: string;
            /** Units that Microsoft counted in excess of what was sent. Absent: none. */
            overBilled?: string | undefined;
            /** Absent: Microsoft has not sent the price. */
            unitPrice?: string | undefined;
            currency?: string | undefined;
            /** `billed` × `unitPrice`. Fractions of a cent are cut off. */
            amount?: string | undefined;
          }[];
          /** Sum of the amounts per currency, without lines that have no price. */
          totals: { currency: string; amount: string }[];
          /** True if a line has billed units but no known price. */
          isPriceMissing: boolean;
        };
        asPreviewed: {
          publisherId: string;
          subscriptionId: string;
          offerId: string;
          month: string;
          isTest: boolean;
          /** True once nothing of the month can change any more. */
          isFinal: boolean;
          lines: {
            planId: string;
            planName?: string | undefined;
            /** ISO 8601 in UTC, with `Z`. */
            termStart?: string | undefined;
            termUnit?: string | undefined;
            dimension: string;
            displayName?: string | undefined;
            unitOfMeasure?: string | undefined;
            /** Usage that occurred in the month. */
            used: string;
            /** The part of it that the plan includes. */
            included: string;
            /** Accepted by Microsoft for hours of this month. */
            billed: string;
            /** Not rated yet, held, or not answered by Microsoft yet. */
            pending: string;
            /** Refused by Microsoft or written off. */
            notBilled: string;
            /** Units of other months that were added to an hour of this month. */
            carriedIn: string;
            /** Units of this month that were added to an hour of another month. */
            carriedOut: string;
            /** Change in the rest that is too small to send. Negative if an earlier rest was sent. */
            remainder: string;
            /** Units that Microsoft counted in excess of what was sent. Absent: none. */
            overBilled?: string | undefined;
            /** Absent: Microsoft has not sent the price. */
            unitPrice?: string | undefined;
            currency?: string | undefined;
            /** `billed` × `unitPrice`. Fractions of a cent are cut off. */
            amount?: string | undefined;
          }[];
          /** Sum of the amounts per currency, without lines that have no price. */
          totals: { currency: string; amount: string }[];
          /** True if a line has billed units but no known price. */
          isPriceMissing: boolean;
        };
      }
    >;
  };
  readonly catalogue: {
    /** Plans as Microsoft offers them: terms, prices, dimensions and included quantities, with your overrides. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
      },
      {
        items: {
          publisherId: string;
          offerId: string;
          planId: string;
          /** Country of the price, such as US. */
          market?: string | undefined;
          displayName?: string | undefined;
          isPrivate: boolean;
          isPricePerSeat: boolean;
          terms: {
            termUnit: string;
            price?: string | undefined;
            currency?: string | undefined;
            included: {
              dimension: string;
              /** Units per term. null = unlimited. Absent: not known, so usage is held and not billed. */
              quantity?: string | null | undefined;
              source?: 'microsoft' | 'override' | undefined;
              /** Only with an override: the quantity that it replaces, if Microsoft has sent one. */
              microsoft?: string | null | undefined;
            }[];
          }[];
          dimensions: {
            id: string;
            displayName?: string | undefined;
            unitOfMeasure?: string | undefined;
            unitPrice?: string | undefined;
            currency?: string | undefined;
          }[];
          /** Grows by one each time that Microsoft's answer differs. 0: not read yet, so nothing else is known. */
          version: number;
          /** When this version was first read. ISO 8601 in UTC, with `Z`. */
          since?: string | undefined;
          /** When it was last read. ISO 8601 in UTC, with `Z`. */
          readAt?: string | undefined;
          /** Why the last reading failed; absent if it worked. */
          problem?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** The history of a plan, latest first: each version of Microsoft's plan and each change of your overrides. */
    readonly history: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
      },
      {
        items: {
          publisherId: string;
          offerId: string;
          planId: string;
          /** Country of the price, such as US. */
          market?: string | undefined;
          displayName?: string | undefined;
          isPrivate: boolean;
          isPricePerSeat: boolean;
          terms: {
            termUnit: string;
            price?: string | undefined;
            currency?: string | undefined;
            included: {
              dimension: string;
              /** Units per term. null = unlimited. Absent: not known, so usage is held and not billed. */
              quantity?: string | null | undefined;
              source?: 'microsoft' | 'override' | undefined;
              /** Only with an override: the quantity that it replaces, if Microsoft has sent one. */
              microsoft?: string | null | undefined;
            }[];
          }[];
          dimensions: {
            id: string;
            displayName?: string | undefined;
            unitOfMeasure?: string | undefined;
            unitPrice?: string | undefined;
            currency?: string | undefined;
          }[];
          /** Grows by one each time that Microsoft's answer differs. 0: not read yet, so nothing else is known. */
          version: number;
          /** When this came into force. ISO 8601 in UTC, with `Z`. */
          since: string;
          /** When it was last read. ISO 8601 in UTC, with `Z`. */
          readAt?: string | undefined;
          /** Why the last reading failed; absent if it worked. */
          problem?: string | undefined;
          /** When it was replaced. Absent: still in force. ISO 8601 in UTC, with `Z`. */
          until?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Reads plans from Microsoft now, instead of at the next daily reading. */
    readonly refresh: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
      },
      {
        /** How many plans will be read within seconds. 0: no subscription has such a plan. */
        plans: number;
        /** What happens next, as a sentence for people, with the next step. */
        detail: string;
      }
    >;
  };
  readonly overrides: {
    /** Included quantities that you set instead of Microsoft's. */
    readonly list: List<
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
          /** Absent: applies to every publisher that has this offer id and no override of its own. */
          publisherId?: string | undefined;
          offerId: string;
          planId: string;
          /** Absent: applies to every term of the plan that has no override of its own. */
          termUnit?: string | undefined;
          dimension: string;
          /** Units that the price of a term includes. null = unlimited: nothing is sent to Microsoft. */
          included: string | null;
          /** ISO 8601 in UTC, with `Z`. */
          since: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Sets the included quantity of a dimension in a plan and term instead of Microsoft's. It applies to hours that are rated from now on. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 20 characters. */
        termUnit?: string | undefined;
        /** At most 100 characters. */
        dimension: string;
        included: string | number | null;
      },
      {
        saved: true;
        override: {
          /** Absent: applies to every publisher that has this offer id and no override of its own. */
          publisherId?: string | undefined;
          offerId: string;
          planId: string;
          /** Absent: applies to every term of the plan that has no override of its own. */
          termUnit?: string | undefined;
          dimension: string;
          /** Units that the price of a term includes. null = unlimited: nothing is sent to Microsoft. */
          included: string | null;
          /** ISO 8601 in UTC, with `Z`. */
          since: string;
        };
        warnings: string[];
      }
    >;
    /** Removes an override, so that Microsoft's included quantity applies again. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 20 characters. */
        termUnit?: string | undefined;
        /** At most 100 characters. */
        dimension: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** False: there was no such override, or `dryRun`. */
        removed: boolean;
        /** What was removed, or would be. Absent: there is no such override. */
        was?:
          | {
              /** Absent: applies to every publisher that has this offer id and no override of its own. */
              publisherId?: string | undefined;
              offerId: string;
              planId: string;
              /** Absent: applies to every term of the plan that has no override of its own. */
              termUnit?: string | undefined;
              dimension: string;
              /** Units that the price of a term includes. null = unlimited: nothing is sent to Microsoft. */
              included: string | null;
              /** ISO 8601 in UTC, with `Z`. */
              since: string;
            }
          | undefined;
      }
    >;
  };
  readonly meters: {
    /** Meters, which spread usage over several of Microsoft's dimensions by tiers. */
    readonly list: List<
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
          meter: string;
          tiers: {
            from: string;
            /** Microsoft's dimension. */
            dimension: string;
          }[];
          /** ISO 8601 in UTC, with `Z`. */
          since: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Sets up a meter in a plan: above each threshold, the term's usage counts for the next of Microsoft's dimensions. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
        /** The name under which you report usage. It may be the id of one of the dimensions. At most 100 characters. */
        meter: string;
        /** Usage below the first threshold is free. Thresholds rise. 1 to 30 items. */
        tiers: {
          from: string | number;
          /** Microsoft's dimension. At most 100 characters. */
          dimension: string;
        }[];
      },
      {
        saved: true;
        meter: {
          publisherId?: string | undefined;
          offerId: string;
          planId: string;
          meter: string;
          tiers: {
            from: string;
            /** Microsoft's dimension. */
            dimension: string;
          }[];
          /** ISO 8601 in UTC, with `Z`. */
          since: string;
        };
        warnings: string[];
      }
    >;
    /** Removes a meter. Usage that is reported under its name then counts for the dimension with that name. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        offerId: string;
        /** At most 100 characters. */
        planId: string;
        /** At most 100 characters. */
        meter: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** False: there was no such meter, or `dryRun`. */
        removed: boolean;
        /** What was removed, or would be. Absent: there is no such meter. */
        was?:
          | {
              publisherId?: string | undefined;
              offerId: string;
              planId: string;
              meter: string;
              tiers: {
                from: string;
                /** Microsoft's dimension. */
                dimension: string;
              }[];
              /** ISO 8601 in UTC, with `Z`. */
              since: string;
            }
          | undefined;
      }
    >;
  };
  readonly recurring: {
    /** Fixed quantities that Landfall reports by schedule. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
      },
      {
        items: {
          /** UUID. */
          id: string;
          /** Absent: applies to every publisher that has the offer and plan. */
          publisherId?: string | undefined;
          /** The subscription. Absent: every subscription of `offerId` and `planId`. */
          subscriptionId?: string | undefined;
          offerId?: string | undefined;
          planId?: string | undefined;
          dimension: string;
          quantity: string;
          every: 'hour' | 'day' | 'week' | 'month' | 'year' | 'term' | 'once';
          /** The first run, in UTC. Later ones follow at the same minute, time of day, weekday or day of the month. ISO 8601 in UTC, with `Z`. */
          from: string;
          /** No run is due at this time or later. ISO 8601 in UTC, with `Z`. */
          until?: string | undefined;
          label: string;
          /** When it runs next. Absent once it has ended, and for `every: term`, which follows each subscription's term. ISO 8601 in UTC, with `Z`. */
          nextAt?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Reports a fixed quantity of a dimension by schedule, for one subscription or for every subscription of a plan. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Your own id makes it safe to repeat the call. The id of an existing recurring quantity changes its quantity, label and `until` for later runs. Absent: Landfall creates an id. UUID. */
        id?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        planId?: string | undefined;
        /** At most 100 characters. */
        dimension: string;
        quantity: string | number;
        every: 'hour' | 'day' | 'week' | 'month' | 'year' | 'term' | 'once';
        /** The first run, at most 24 hours ago. Absent: now. ISO 8601 with an offset or `Z`. */
        from?: string | undefined;
        /** No run is due at this time or later. ISO 8601 with an offset or `Z`. */
        until?: string | undefined;
        /** A name for people, such as "Base fee". At most 100 characters. */
        label: string;
      },
      {
        /** UUID. */
        id: string;
        charge: {
          /** UUID. */
          id: string;
          /** Absent: applies to every publisher that has the offer and plan. */
          publisherId?: string | undefined;
          /** The subscription. Absent: every subscription of `offerId` and `planId`. */
          subscriptionId?: string | undefined;
          offerId?: string | undefined;
          planId?: string | undefined;
          dimension: string;
          quantity: string;
          every: 'hour' | 'day' | 'week' | 'month' | 'year' | 'term' | 'once';
          /** The first run, in UTC. Later ones follow at the same minute, time of day, weekday or day of the month. ISO 8601 in UTC, with `Z`. */
          from: string;
          /** No run is due at this time or later. ISO 8601 in UTC, with `Z`. */
          until?: string | undefined;
          label: string;
          /** When it runs next. Absent once it has ended, and for `every: term`, which follows each subscription's term. ISO 8601 in UTC, with `Z`. */
          nextAt?: string | undefined;
        };
        warnings: string[];
      }
    >;
    /** Ends a recurring quantity. What it has reported stays. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** UUID. */
        id: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** False: it had ended before, or `dryRun`. */
        removed: boolean;
        was: {
          /** UUID. */
          id: string;
          /** Absent: applies to every publisher that has the offer and plan. */
          publisherId?: string | undefined;
          /** The subscription. Absent: every subscription of `offerId` and `planId`. */
          subscriptionId?: string | undefined;
          offerId?: string | undefined;
          planId?: string | undefined;
          dimension: string;
          quantity: string;
          every: 'hour' | 'day' | 'week' | 'month' | 'year' | 'term' | 'once';
          /** The first run, in UTC. Later ones follow at the same minute, time of day, weekday or day of the month. ISO 8601 in UTC, with `Z`. */
          from: string;
          /** No run is due at this time or later. ISO 8601 in UTC, with `Z`. */
          until?: string | undefined;
          label: string;
          /** When it runs next. Absent once it has ended, and for `every: term`, which follows each subscription's term. ISO 8601 in UTC, with `Z`. */
          nextAt?: string | undefined;
        };
      }
    >;
    /** What each run of a recurring quantity did, latest first. */
    readonly runs: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** UUID. */
        id: string;
      },
      {
        items: {
          subscriptionId: string;
          /** When the quantity was due. ISO 8601 in UTC, with `Z`. */
          dueAt: string;
          outcome: 'taken' | 'missed' | 'refused' | 'skipped';
          /** Why it was not taken. */
          reason?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          ranAt: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
  };
  readonly incidents: {
    /** Differences between the ledger and Microsoft, unusual usage and crossed limits, latest first. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        kind?:
          | 'mismatch'
          | 'rejected'
          | 'missing'
          | 'unknown-here'
          | 'over-billed'
          | 'unusual'
          | 'threshold'
          | undefined;
        /** Absent: both. */
        isSettled?: boolean | undefined;
      },
      {
        items: {
          /** UUID. */
          id: string;
          publisherId: string;
          subscriptionId: string;
          planId?: string | undefined;
          dimension?: string | undefined;
          day: string;
          kind:
            | 'mismatch'
            | 'rejected'
            | 'missing'
            | 'unknown-here'
            | 'over-billed'
            | 'unusual'
            | 'threshold';
          ours?: string | undefined;
          theirs?: string | undefined;
          /** For people: what was found and what to do. */
          message: string;
          /** ISO 8601 in UTC, with `Z`. */
          foundAt: string;
          /** ISO 8601 in UTC, with `Z`. */
          settledAt?: string | undefined;
          settledBy?: string | undefined;
          reason?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Settles an incident with a reason. It does not change what was billed. */
    readonly settle: Command<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** UUID. */
        incidentId: string;
        /** At most 500 characters. */
        reason: string;
      },
      {
        settled: true;
        /** False: it was settled before, and keeps its first reason. */
        isNew: boolean;
        /** ISO 8601 in UTC, with `Z`. */
        settledAt: string;
        settledBy: string;
        reason: string;
      }
    >;
  };
  readonly thresholds: {
    /** Limits on a subscription's usage. Crossing one raises an incident and an event. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
      },
      {
        items: {
          subscriptionId: string;
          dimension: string;
          units: string;
          /** Start of the term in which it was last crossed. ISO 8601 in UTC, with `Z`. */
          crossedInTerm?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Sets a limit on the units above the included quantity in a term. Crossing it raises an incident and an event once per term. */
    readonly put: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 100 characters. */
        dimension: string;
        units: string | number;
      },
      {
        saved: true;
        threshold: {
          subscriptionId: string;
          dimension: string;
          units: string;
          /** Start of the term in which it was last crossed. ISO 8601 in UTC, with `Z`. */
          crossedInTerm?: string | undefined;
        };
        warnings: string[];
      }
    >;
    /** Removes a limit. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** At most 100 characters. */
        dimension: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** False: there was no such limit, or `dryRun`. */
        removed: boolean;
        /** What was removed, or would be. Absent: there is no such limit. */
        was?:
          | {
              subscriptionId: string;
              dimension: string;
              units: string;
              /** Start of the term in which it was last crossed. ISO 8601 in UTC, with `Z`. */
              crossedInTerm?: string | undefined;
            }
          | undefined;
      }
    >;
  };
  readonly offerPages: {
    /** Publishers, offers and plans with their own settings for the buyer's pages. */
    readonly list: List<
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
                /** Target of the button that opens the product. URL. At most 500 characters. */
                productUrl?: string | undefined;
                colours?:
                  | {
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      accent: string;
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      onAccent?: string | undefined;
                      /** The same colours for dark mode. Pattern: `^#[0-9a-f]{6}$`. */
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
                /** The language of the pages if Landfall has none of the languages that the buyer's browser asks for. At most 10 characters. */
                defaultLanguage?: string | undefined;
                /** PNG, WebP or SVG of at most 64 KiB as base64, or the hash of the stored logo to keep it. */
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
          /** Replacements of Landfall's own texts: by language, then by message key. */
          texts?: Record<string, Record<string, string>> | undefined;
          /** Absent: the questions of the level above. Empty: none. At most 30 items. */
          questions?:
            | {
                /** Pattern: `^[a-z][a-zA-Z0-9_-]{0,49}$`. */
                id: string;
                kind: 'text' | 'choice' | 'number' | 'check' | 'email';
                label: Record<string, string>;
                help?: Record<string, string> | undefined;
                /** Whether the buyer must answer. A required check must be ticked. Default: `false`. */
                required?: boolean | undefined;
                /** For `text`: a regular expression for the whole answer, in the syntax that RE2 and HTML share. At most 200 characters. */
                pattern?: string | undefined;
                /** For `number`: the smallest and largest value. For `text`: the smallest and largest length. */
                min?: number | undefined;
                max?: number | undefined;
                /** For `number`: only whole numbers. */
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
                /** Only buyers of these plans are asked. Absent: all buyers. 1 to 100 items. */
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
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** False: there were no settings at exactly this level, or `dryRun`. */
        removed: boolean;
        /** What was removed, or would be. Absent: there is nothing at this level. */
        was?:
          | {
              publisherId: string;
              offerId?: string | undefined;
              planId?: string | undefined;
              /** ISO 8601 in UTC, with `Z`. */
              updatedAt: string;
              page: OfferPage;
            }
          | undefined;
      }
    >;
    /** Checks a draft, and shows a page with it and a sample purchase. Stores nothing. */
    readonly preview: Query<
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
                /** Target of the button that opens the product. URL. At most 500 characters. */
                productUrl?: string | undefined;
                colours?:
                  | {
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      accent: string;
                      /** Pattern: `^#[0-9a-f]{6}$`. */
                      onAccent?: string | undefined;
                      /** The same colours for dark mode. Pattern: `^#[0-9a-f]{6}$`. */
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
                /** The language of the pages if Landfall has none of the languages that the buyer's browser asks for. At most 10 characters. */
                defaultLanguage?: string | undefined;
                /** PNG, WebP or SVG of at most 64 KiB as base64, or the hash of the stored logo to keep it. */
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
          /** Replacements of Landfall's own texts: by language, then by message key. */
          texts?: Record<string, Record<string, string>> | undefined;
          /** Absent: the questions of the level above. Empty: none. At most 30 items. */
          questions?:
            | {
                /** Pattern: `^[a-z][a-zA-Z0-9_-]{0,49}$`. */
                id: string;
                kind: 'text' | 'choice' | 'number' | 'check' | 'email';
                label: Record<string, string>;
                help?: Record<string, string> | undefined;
                /** Whether the buyer must answer. A required check must be ticked. Default: `false`. */
                required?: boolean | undefined;
                /** For `text`: a regular expression for the whole answer, in the syntax that RE2 and HTML share. At most 200 characters. */
                pattern?: string | undefined;
                /** For `number`: the smallest and largest value. For `text`: the smallest and largest length. */
                min?: number | undefined;
                max?: number | undefined;
                /** For `number`: only whole numbers. */
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
                /** Only buyers of these plans are asked. Absent: all buyers. 1 to 100 items. */
                plans?: string[] | undefined;
              }[]
            | undefined;
        };
        /** Default: `"en"`. */
        language?: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja' | undefined;
        /** The page that asks for confirmation, or the one that leads to the product. Default: `"confirm"`. */
        show?: 'confirm' | 'ready' | undefined;
        /** Default: `"light"`. */
        scheme?: 'light' | 'dark' | undefined;
      },
      {
        /** Why `put` would refuse the draft. Empty: it is valid. */
        problems: {
          /** Such as `branding.colours.accent`. */
          path: string;
          message: string;
        }[];
        /** A whole page without scripts that loads nothing. Absent while there are problems. */
        html?: string | undefined;
      }
    >;
    /** Landfall's own texts in a language, which `texts` of a page can replace by key. */
    readonly texts: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** Default: `"en"`. */
        language?: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja' | undefined;
      },
      { texts: Record<string, string> }
    >;
  };
  readonly landingEvents: {
    /** What happened on the buyer's pages of a subscription, newest first, without people. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        subscriptionId: string;
        /** Only events before this time. ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
        /** Only the event with this id. Pattern: `^[1-9]\d{0,17}$`. */
        eventId?: string | undefined;
      },
      {
        items: {
          id: string;
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          /** visit.opened, purchase.resolved, purchase.confirmed, change.requested, access.asked, … */
          kind: string;
          correlationId: string;
          /** Above 1 if further events of the same hour were counted in this row. */
          times: number;
        }[];
        nextCursor?: string | undefined;
      }
    >;
  };
  readonly people: {
    /** People with access to the manage page of a subscription, and people who request it. */
    readonly list: List<
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
          /** Absent: this person has only requested access. */
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
    readonly waiting: List<
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
          /** False: no owner or administrator can decide this request. Name an owner. */
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
        /** Object id in the customer's tenant; see `people.list` and `people.waiting`. UUID. */
        objectId: string;
        /** Who on your side decided this, for the audit. At most 200 characters. */
        requestedBy?: string | undefined;
        /** At most 200 characters. */
        name?: string | undefined;
        /** At most 320 characters. */
        email?: string | undefined;
        /** True: says who would be an owner afterwards, and changes nothing. Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        tenantId: string;
        objectId: string;
        name?: string | undefined;
        email?: string | undefined;
        role: 'owner';
        /** False: `dryRun`. */
        named: boolean;
        /** The person's role until now. Absent: no access. */
        roleBefore?: 'owner' | 'admin' | 'viewer' | undefined;
        /** All owners afterwards, with this person. */
        owners: {
          tenantId: string;
          objectId: string;
          name?: string | undefined;
          email?: string | undefined;
        }[];
      }
    >;
    /** Removes access or declines a request. The last owner cannot be removed. */
    readonly remove: Command<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Object id in the customer's tenant; see `people.list` and `people.waiting`. UUID. */
        objectId: string;
        /** Who on your side decided this, for the audit. At most 200 characters. */
        requestedBy?: string | undefined;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
      },
      {
        /** False: `dryRun`. */
        removed: boolean;
        /** Who lost access, or would lose it, with the role until then. */
        was: {
          tenantId: string;
          objectId: string;
          name?: string | undefined;
          email?: string | undefined;
          role?: 'owner' | 'admin' | 'viewer' | undefined;
        };
      }
    >;
  };
  readonly activity: {
    /** Everything that happened to a subscription, newest first: notifications, operations, decisions, calls, events, mails, usage, people. */
    readonly list: List<
      {
        /** At most 100 characters. */
        subscriptionId: string;
        /** Absent: all. */
        sources?:
          | (
              | 'timeline'
              | 'notification'
              | 'operation'
              | 'decision'
              | 'call'
              | 'delivery'
              | 'mail'
              | 'usage'
              | 'landing'
              | 'audit'
              | 'matter'
              | 'note'
            )[]
          | undefined;
        /** Only rows of this operation or correlation id. At most 200 characters. */
        operationId?: string | undefined;
        /** Whole number from 1 to 200. Default: `100`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
      },
      {
        /** A page can have fewer rows than `limit`, even none, although more follow. */
        items: {
          id: string;
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          source:
            | 'timeline'
            | 'notification'
            | 'operation'
            | 'decision'
            | 'call'
            | 'delivery'
            | 'mail'
            | 'usage'
            | 'landing'
            | 'audit'
            | 'matter'
            | 'note';
          /** Kind within the source, such as `planChanged`, `ChangePlan`, `GET /subscriptions/{id}`. */
          kind: string;
          /** What it led to, such as accepted, refused, delivered, 200. */
          outcome?: string | undefined;
          isProblem?: boolean | undefined;
          operationId?: string | undefined;
          correlationId?: string | undefined;
          /** Who caused it: customer, microsoft, product, a person or a key of the publisher, landfall. */
          actor?: string | undefined;
          /** Plain facts for the row: from, to, quantity, plan, dimension. */
          details?: Record<string, unknown> | undefined;
          /** The query that shows the whole, redacted. */
          open?: { procedure: string; input: Record<string, unknown> } | undefined;
        }[];
        /** Absent on the last page. */
        nextCursor?: string | undefined;
        /** Sources that did not answer, or that the caller may not see. */
        missing: {
          source:
            | 'timeline'
            | 'notification'
            | 'operation'
            | 'decision'
            | 'call'
            | 'delivery'
            | 'mail'
            | 'usage'
            | 'landing'
            | 'audit'
            | 'matter'
            | 'note';
          why: 'no-answer' | 'no-scope';
        }[];
      }
    >;
  };
  readonly calendar: {
    /** What renews, converts from a trial, ends, expires, or must be configured or decided, in order of time. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        from: string;
        /** At most 400 days after `from`. ISO 8601 in UTC, with `Z`. */
        to: string;
        kinds?:
          | (
              | 'renews'
              | 'trialConverts'
              | 'ends'
              | 'configurationDue'
              | 'approvalDue'
              | 'provisioningDue'
              | 'suspensionEnds'
              | 'erasure'
              | 'credentialEnds'
              | 'keyEnds'
            )[]
          | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          /** The subscription, credential or key. */
          id: string;
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          kind:
            | 'renews'
            | 'trialConverts'
            | 'ends'
            | 'configurationDue'
            | 'approvalDue'
            | 'provisioningDue'
            | 'suspensionEnds'
            | 'erasure'
            | 'credentialEnds'
            | 'keyEnds';
          publisherId?: string | undefined;
          subscriptionId?: string | undefined;
          /** Name of the subscription, or what the credential or key is called. */
          name?: string | undefined;
          offerId?: string | undefined;
          planId?: string | undefined;
          quantity?: number | undefined;
          isTest?: boolean | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** The number of calendar entries of each kind, by UTC day. */
    readonly days: Query<
      {
        /** ISO 8601 in UTC, with `Z`. */
        from: string;
        /** At most 400 days after `from`. ISO 8601 in UTC, with `Z`. */
        to: string;
        kinds?:
          | (
              | 'renews'
              | 'trialConverts'
              | 'ends'
              | 'configurationDue'
              | 'approvalDue'
              | 'provisioningDue'
              | 'suspensionEnds'
              | 'erasure'
              | 'credentialEnds'
              | 'keyEnds'
            )[]
          | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        days: {
          /** YYYY-MM-DD */
          day: string;
          counts: Record<string, number>;
        }[];
      }
    >;
  };
  readonly alerts: {
    /** Active alerts of all services, and whether each service answers. */
    readonly list: Query<
      Record<string, never>,
      {
        /** Critical ones first. Not paged, because the number of alerts and publishers bounds the list. */
        firing: FiringAlert[];
        services: { service: string; answers: boolean }[];
      }
    >;
  };
  readonly events: {
    /** Live events: what happens in Landfall, as it happens. Continues after `lastEventId`. */
    readonly live: Stream<
      {
        /** At most 40 characters. */
        lastEventId?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** Types, or their beginnings, such as `fulfillment.subscription`. Absent: all. At most 50 items. */
        types?: string[] | undefined;
      },
      LiveEvent
    >;
  };
  readonly personalData: {
    /** What Landfall stores about a person or a tenant, and where it was found. */
    readonly export: Query<
      {
        /** UUID. */
        tenantId?: string | undefined;
        /** UUID. */
        objectId?: string | undefined;
        /** Pattern: `^[^\s"'\\<>@]+@[^\s"'\\<>@]+$`. At most 320 characters. */
        email?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        findings: {
          /** The service and what it stores there, in words: "landing: visits of the landing page". */
          where: string;
          rows: number;
          /** erased; pseudonymised: the rows stay, without the person; kept: the reason is in `why`. */
          treatment: 'erased' | 'pseudonymised' | 'kept';
          why?: string | undefined;
        }[];
        data: Record<string, unknown[]>;
        /** False if a place holds more than fits into the answer; `findings` counts all of it. */
        isComplete: boolean;
      }
    >;
    /** Erases the data of a person or a tenant. The answer says what was erased, and what is kept and why. */
    readonly erase: Command<
      {
        /** UUID. */
        tenantId?: string | undefined;
        /** UUID. */
        objectId?: string | undefined;
        /** Pattern: `^[^\s"'\\<>@]+@[^\s"'\\<>@]+$`. At most 320 characters. */
        email?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** True: only reports what was found. Default: `true`. */
        dryRun?: boolean | undefined;
        /** At most 500 characters. */
        reason: string;
      },
      {
        findings: {
          /** The service and what it stores there, in words: "landing: visits of the landing page". */
          where: string;
          rows: number;
          /** erased; pseudonymised: the rows stay, without the person; kept: the reason is in `why`. */
          treatment: 'erased' | 'pseudonymised' | 'kept';
          why?: string | undefined;
        }[];
        isDryRun: boolean;
      }
    >;
  };
  readonly doctor: {
    /** Checks the whole installation and the way to Microsoft and back. Each finding has its next step. */
    readonly run: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** Worst first. */
        checks: {
          /** A `CheckName`, such as `credential.token`, or the name of a check of a newer version. */
          check: string;
          /** The service that checked. */
          service: string;
          publisherId?: string | undefined;
          /** `unknown`: it could not be checked; `finding` says why. */
          severity: 'ok' | 'notice' | 'warning' | 'error' | 'unknown';
          /** What was seen, in one sentence. For an error of Microsoft, it includes Microsoft's own sentence. */
          finding: string;
          /** Why it is so, as far as that is known. */
          cause?: string | undefined;
          nextStep?: string | undefined;
          /** Facts for people who want to compare, such as the claims of a token. No secret and no personal data. */
          details?: Record<string, string> | undefined;
          durationMs: number;
        }[];
        worst: 'ok' | 'notice' | 'warning' | 'error' | 'unknown';
        /** ISO 8601 in UTC, with `Z`. */
        checkedAt: string;
      }
    >;
    /** The values to enter in Partner Center and Microsoft Entra, and those to take from there. */
    readonly setup: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** What concerns all publishers, such as the sign-in application. Empty for a caller with one publisher. */
        installation: {
          /** The page of Partner Center or Entra where it is, as that page is called there. */
          where: string;
          field: string;
          /** The value to enter there. Absent: the value comes from there; `setting` names the variable for it. */
          value?: string | undefined;
          setting?: string | undefined;
          isSet: boolean;
          why: string;
        }[];
        publishers: {
          /** Absent for the only publisher if it has no configured id. */
          publisherId?: string | undefined;
          values: {
            /** The page of Partner Center or Entra where it is, as that page is called there. */
            where: string;
            field: string;
            /** The value to enter there. Absent: the value comes from there; `setting` names the variable for it. */
            value?: string | undefined;
            setting?: string | undefined;
            isSet: boolean;
            why: string;
          }[];
        }[];
      }
    >;
  };
  readonly backups: {
    /** Notes that a backup was made. Your backup job calls it, and the doctor warns about old backups. */
    readonly record: Command<
      {
        /** When the backup was taken. ISO 8601 in UTC, with `Z`. */
        takenAt: string;
        /** Your own words, such as the file or the tool. At most 200 characters. */
        note?: string | undefined;
        /** Whether it was restored somewhere as a test. Default: `false`. */
        wasRestored?: boolean | undefined;
      },
      {
        /** ISO 8601 in UTC, with `Z`. */
        recordedAt: string;
      }
    >;
  };
  readonly audit: {
    /** Commands and refused attempts: who, what, why, from where, before and after. Newest first. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 200 characters. */
        actor?: string | undefined;
        /** A procedure, such as `policies.put`, or a namespace, such as `policies`. At most 100 characters. */
        procedure?: string | undefined;
        /** At most 100 characters. */
        subject?: string | undefined;
        /** At most 100 characters. */
        outcome?: string | undefined;
        /** At most 100 characters. */
        correlationId?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        since?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        until?: string | undefined;
      },
      {
        items: {
          sequence: string;
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          /** `key <id>`, `operator <tenant>/<object>`, or `service <name>`. */
          actor: string;
          /** The label of the key, or the name of the person, if they still exist. */
          actorLabel?: string | undefined;
          publisherId?: string | undefined;
          procedure: string;
          /** Id of what the call was about. Never a person's name or address. */
          subject?: string | undefined;
          /** `done`, `dry-run`, or the code of the rejection, fault or error. */
          outcome: string;
          /** Why, as the caller gave it, without e-mail addresses. */
          reason?: string | undefined;
          /** A ticket number or id, as the caller gave it; `(person)` if it may be a person's name or address. */
          requestedBy?: string | undefined;
          approvedBy?: string | undefined;
          /** The network address of the caller: the first 3 bytes of an IPv4 address, or the /48 of an IPv6 address. */
          from?: string | undefined;
          /** What the command changed, without secrets and personal data. Fields that stayed the same are left out. */
          before?: unknown;
          after?: unknown;
          correlationId: string;
          /** More than 1 if refused attempts were counted instead of stored one by one. */
          times: number;
          hash: string;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Checks the chain of hashes, which shows whether an entry was changed, removed or inserted. */
    readonly verify: Query<
      {
        /** Checks from this entry on. Absent: from the oldest that is kept. Pattern: `^[1-9]\d{0,17}$`. */
        fromSequence?: string | undefined;
        /** The hash of that entry, as you noted it earlier. Pattern: `^[0-9a-f]{64}$`. */
        hash?: string | undefined;
      },
      {
        isIntact: boolean;
        checked: number;
        /** The first entry whose hash is wrong, or that is missing. */
        brokenAt?: string | undefined;
        /** Absent: the end was reached. Otherwise call again from here. */
        nextSequence?: string | undefined;
        /** Note these outside Landfall: a later check with them also finds a chain that was rewritten as a whole. */
        lastSequence?: string | undefined;
        lastHash?: string | undefined;
      }
    >;
  };
  readonly keys: {
    /** API keys without their secrets, newest first. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        state?: 'active' | 'rotating' | 'expired' | 'revoked' | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          id: string;
          label: string;
          /** The visible start of the key, `lf_<id>_`. */
          prefix: string;
          scopes: string[];
          /** The publisher that the key is limited to. Absent: all publishers. */
          publisherId?: string | undefined;
          /** active; rotating: the former secret also works until `formerSecretUntil`; expired; revoked. */
          state: 'active' | 'rotating' | 'expired' | 'revoked';
          /** ISO 8601 in UTC, with `Z`. */
          createdAt: string;
          /** Who created it: `key <id>`, `operator <tenant>/<object>`, or `start` for the key from the configuration. */
          createdBy?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          expiresAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          formerSecretUntil?: string | undefined;
          /** Exact to a minute. Absent: never used. ISO 8601 in UTC, with `Z`. */
          lastUsedAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          revokedAt?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Creates an API key with scopes that the caller has. The key is shown only once. */
    readonly create: Command<
      {
        /** At most 100 characters. */
        label: string;
        /** 1 to 36 items. */
        scopes: (
          | 'subscriptions:read'
          | 'subscriptions:write'
          | 'policies:read'
          | 'policies:write'
          | 'settings:read'
          | 'settings:write'
          | 'reconciliation:run'
          | 'usage:read'
          | 'usage:write'
          | 'dimensions:write'
          | 'notifications:read'
          | 'notifications:write'
          | 'tasks:read'
          | 'tasks:write'
          | 'destinations:read'
          | 'destinations:write'
          | 'credentials:read'
          | 'landing:read'
          | 'landing:write'
          | 'people:read'
          | 'people:write'
          | 'alerts:read'
          | 'matters:read'
          | 'matters:write'
          | 'events:read'
          | 'publishers:read'
          | 'health:read'
          | 'health:write'
          | 'keys:read'
          | 'keys:write'
          | 'operators:read'
          | 'operators:write'
          | 'audit:read'
          | 'personal-data:read'
          | 'personal-data:write'
          | 'imports:write'
        )[];
        /** Days until the key ends. Whole number from 1 to 730. Default: `365`. */
        expiresInDays?: number | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      {
        key: {
          id: string;
          label: string;
          /** The visible start of the key, `lf_<id>_`. */
          prefix: string;
          scopes: string[];
          /** The publisher that the key is limited to. Absent: all publishers. */
          publisherId?: string | undefined;
          /** active; rotating: the former secret also works until `formerSecretUntil`; expired; revoked. */
          state: 'active' | 'rotating' | 'expired' | 'revoked';
          /** ISO 8601 in UTC, with `Z`. */
          createdAt: string;
          /** Who created it: `key <id>`, `operator <tenant>/<object>`, or `start` for the key from the configuration. */
          createdBy?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          expiresAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          formerSecretUntil?: string | undefined;
          /** Exact to a minute. Absent: never used. ISO 8601 in UTC, with `Z`. */
          lastUsedAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          revokedAt?: string | undefined;
        };
        /** The whole key, `lf_<id>_<secret>`. It is shown only once. */
        secret: string;
      }
    >;
    /** Gives an API key a new secret. The former secret also works until the overlap is over. */
    readonly rotate: Command<
      {
        /** At most 40 characters. */
        keyId: string;
        /** Number from 0 to 720. Default: `24`. */
        overlapHours?: number | undefined;
        /** Whole number from 1 to 730. Default: `365`. */
        expiresInDays?: number | undefined;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      {
        key: {
          id: string;
          label: string;
          /** The visible start of the key, `lf_<id>_`. */
          prefix: string;
          scopes: string[];
          /** The publisher that the key is limited to. Absent: all publishers. */
          publisherId?: string | undefined;
          /** active; rotating: the former secret also works until `formerSecretUntil`; expired; revoked. */
          state: 'active' | 'rotating' | 'expired' | 'revoked';
          /** ISO 8601 in UTC, with `Z`. */
          createdAt: string;
          /** Who created it: `key <id>`, `operator <tenant>/<object>`, or `start` for the key from the configuration. */
          createdBy?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          expiresAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          formerSecretUntil?: string | undefined;
          /** Exact to a minute. Absent: never used. ISO 8601 in UTC, with `Z`. */
          lastUsedAt?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          revokedAt?: string | undefined;
        };
        /** The whole key, `lf_<id>_<secret>`. It is shown only once. */
        secret: string;
      }
    >;
    /** Ends an API key, within two seconds on every instance of the gateway. This cannot be undone. */
    readonly revoke: Command<
      {
        /** At most 40 characters. */
        keyId: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      {
        id: string;
        label: string;
        /** The visible start of the key, `lf_<id>_`. */
        prefix: string;
        scopes: string[];
        /** The publisher that the key is limited to. Absent: all publishers. */
        publisherId?: string | undefined;
        /** active; rotating: the former secret also works until `formerSecretUntil`; expired; revoked. */
        state: 'active' | 'rotating' | 'expired' | 'revoked';
        /** ISO 8601 in UTC, with `Z`. */
        createdAt: string;
        /** Who created it: `key <id>`, `operator <tenant>/<object>`, or `start` for the key from the configuration. */
        createdBy?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        expiresAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        formerSecretUntil?: string | undefined;
        /** Exact to a minute. Absent: never used. ISO 8601 in UTC, with `Z`. */
        lastUsedAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        revokedAt?: string | undefined;
      }
    >;
    /** Who is calling: the key or person, with its scopes and publisher. */
    readonly own: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        kind: 'api-key' | 'operator';
        /** Id of the key, or `<tenant>/<object>` of the person. */
        id: string;
        label?: string | undefined;
        scopes: string[];
        publisherId?: string | undefined;
        /** Publishers that a person may choose from. Absent: all. */
        publisherIds?: string[] | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        expiresAt?: string | undefined;
      }
    >;
  };
  readonly operators: {
    /** The signed-in person: roles and scopes for each publisher, the session and the installation. */
    readonly me: Query<
      Record<string, never>,
      {
        /** `<tenant>/<object>` of the person in Microsoft Entra, as in the audit log. */
        id: string;
        /** As Entra named the person at the last sign-in. */
        name?: string | undefined;
        email?: string | undefined;
        /** For calls about all publishers at once. Absent: the person must choose one of `publishers`. */
        everywhere?:
          | {
              roles: ('viewer' | 'operator' | 'admin')[];
              scopes: (
                | 'subscriptions:read'
                | 'subscriptions:write'
                | 'policies:read'
                | 'policies:write'
                | 'settings:read'
                | 'settings:write'
                | 'reconciliation:run'
                | 'usage:read'
                | 'usage:write'
                | 'dimensions:write'
                | 'notifications:read'
                | 'notifications:write'
                | 'tasks:read'
                | 'tasks:write'
                | 'destinations:read'
                | 'destinations:write'
                | 'credentials:read'
                | 'landing:read'
                | 'landing:write'
                | 'people:read'
                | 'people:write'
                | 'alerts:read'
                | 'matters:read'
                | 'matters:write'
                | 'events:read'
                | 'publishers:read'
                | 'health:read'
                | 'health:write'
                | 'keys:read'
                | 'keys:write'
                | 'operators:read'
                | 'operators:write'
                | 'audit:read'
                | 'personal-data:read'
                | 'personal-data:write'
                | 'imports:write'
              )[];
            }
          | undefined;
        /** What the person may choose, in configured order, with the roles for all publishers included. */
        publishers: {
          roles: ('viewer' | 'operator' | 'admin')[];
          scopes: (
            | 'subscriptions:read'
            | 'subscriptions:write'
            | 'policies:read'
            | 'policies:write'
            | 'settings:read'
            | 'settings:write'
            | 'reconciliation:run'
            | 'usage:read'
            | 'usage:write'
            | 'dimensions:write'
            | 'notifications:read'
            | 'notifications:write'
            | 'tasks:read'
            | 'tasks:write'
            | 'destinations:read'
            | 'destinations:write'
            | 'credentials:read'
            | 'landing:read'
            | 'landing:write'
            | 'people:read'
            | 'people:write'
            | 'alerts:read'
            | 'matters:read'
            | 'matters:write'
            | 'events:read'
            | 'publishers:read'
            | 'health:read'
            | 'health:write'
            | 'keys:read'
            | 'keys:write'
            | 'operators:read'
            | 'operators:write'
            | 'audit:read'
            | 'personal-data:read'
            | 'personal-data:write'
            | 'imports:write'
          )[];
          publisherId: string;
        }[];
        /** Whether `publishers` may lack some, because the service that knows them all does not answer now. */
        isIncomplete: boolean;
        session: {
          /** At the latest. ISO 8601 in UTC, with `Z`. */
          endsAt: string;
          /** Without a call for this long, it ends earlier. */
          idleMinutes: number;
        };
        /** Of Landfall. */
        version: string;
        /** Where browsers and Microsoft reach this installation. */
        publicUrl: string;
        /** Only with the local marketplace of `npm start`. */
        local?:
          | {
              /** The storefront, where test people buy. */
              marketplaceUrl: string;
            }
          | undefined;
      }
    >;
    /** People who may sign in, with their roles. */
    readonly list: List<
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
          /** UUID. */
          operatorId: string;
          tenantId: string;
          objectId: string;
          /** As Entra named the person at the last sign-in. */
          name?: string | undefined;
          email?: string | undefined;
          role: 'viewer' | 'operator' | 'admin';
          /** The publisher that the role is for. Absent: all publishers. */
          publisherId?: string | undefined;
          /** `entry`: given here. `app-role`: given in Microsoft Entra, as of the last sign-in. */
          source: 'entry' | 'app-role';
          /** ISO 8601 in UTC, with `Z`. */
          createdAt: string;
          /** ISO 8601 in UTC, with `Z`. */
          lastSignInAt?: string | undefined;
          /** Sessions that are open now. */
          sessions: number;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** Gives a person a role for one publisher or for all. It replaces the role that the person had there. */
    readonly put: Command<
      {
        /** UUID. */
        tenantId: string;
        /** UUID. */
        objectId: string;
        role: 'viewer' | 'operator' | 'admin';
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      {
        /** UUID. */
        operatorId: string;
        tenantId: string;
        objectId: string;
        /** As Entra named the person at the last sign-in. */
        name?: string | undefined;
        email?: string | undefined;
        role: 'viewer' | 'operator' | 'admin';
        /** The publisher that the role is for. Absent: all publishers. */
        publisherId?: string | undefined;
        /** `entry`: given here. `app-role`: given in Microsoft Entra, as of the last sign-in. */
        source: 'entry' | 'app-role';
        /** ISO 8601 in UTC, with `Z`. */
        createdAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        lastSignInAt?: string | undefined;
        /** Sessions that are open now. */
        sessions: number;
      }
    >;
    /** Takes a role away and ends the sessions of the person. The last admin cannot be removed. */
    readonly remove: Command<
      {
        /** UUID. */
        operatorId: string;
        /** Default: `false`. */
        dryRun?: boolean | undefined;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      {
        /** UUID. */
        operatorId: string;
        tenantId: string;
        objectId: string;
        /** As Entra named the person at the last sign-in. */
        name?: string | undefined;
        email?: string | undefined;
        role: 'viewer' | 'operator' | 'admin';
        /** The publisher that the role is for. Absent: all publishers. */
        publisherId?: string | undefined;
        /** `entry`: given here. `app-role`: given in Microsoft Entra, as of the last sign-in. */
        source: 'entry' | 'app-role';
        /** ISO 8601 in UTC, with `Z`. */
        createdAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        lastSignInAt?: string | undefined;
        /** Sessions that are open now. */
        sessions: number;
      }
    >;
    /** Ends all sessions of a person, who must then sign in again. */
    readonly endSessions: Command<
      {
        /** UUID. */
        operatorId: string;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      { ended: number }
    >;
    /** Creates a link with which one person signs in and gets a role. It works once. */
    readonly invite: Command<
      {
        role: 'viewer' | 'operator' | 'admin';
        /** Whole number from 1 to 168. Default: `24`. */
        expiresInHours?: number | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
        /** At most 500 characters. */
        reason?: string | undefined;
      },
      {
        url: string;
        /** ISO 8601 in UTC, with `Z`. */
        expiresAt: string;
      }
    >;
  };
  readonly overview: {
    /** What is wrong now: active alerts, and how many matters of each kind are open. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        /** No alert is active, and no matter is open that is worse than `info`. */
        isGood: boolean;
        /** Absent for a caller that is limited to one publisher or does not have the scope alerts:read. */
        alerts?: FiringAlert[] | undefined;
        /** Without those that are snoozed. The most urgent kinds come first. */
        matters: {
          /** A kind of `matters.list`. */
          kind: string;
          count: number;
          /** Of the most urgent one. */
          severity: 'critical' | 'warning' | 'info';
          /** ISO 8601 in UTC, with `Z`. */
          nextDueAt?: string | undefined;
          /** The query that lists them, and its input. */
          list: { procedure: string; input: Record<string, unknown> };
          /** Title and next step of the most urgent one. */
          meaning: string;
          /** The incident page about the most urgent one, if an alert counts matters of this kind. URL. */
          incidentPage?: string | undefined;
        }[];
        /** Queries that were left out because the caller does not have their scope. */
        withheld: string[];
        /** ISO 8601 in UTC, with `Z`. */
        at: string;
      }
    >;
  };
  readonly retention: {
    /** How long each table of each service is kept, and why: default days and the variable that changes them. */
    readonly get: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        rules: {
          service: string;
          table: string;
          /** Days until rows are removed, unless `setting` says otherwise. 0: the row holds its own end. Absent: kept. */
          days?: number | undefined;
          minDays?: number | undefined;
          /** Environment variable of the service that sets another number of days. */
          setting?: string | undefined;
          /** Condition on a row, in SQL. Absent: every row. */
          only?: string | undefined;
          reason: string;
        }[];
      }
    >;
  };
  readonly matters: {
    /** What needs attention: matters with cause, effect and next step. Critical ones first, then by due time. */
    readonly list: List<
      {
        /** Whole number from 1 to 200. Default: `50`. */
        limit?: number | undefined;
        /** At most 500 characters. */
        cursor?: string | undefined;
        /** Default: `"open"`. */
        state?: 'open' | 'closed' | undefined;
        /** At most 60 items. */
        kinds?: string[] | undefined;
        severities?: ('critical' | 'warning' | 'info')[] | undefined;
        /** At most 100 characters. */
        subscriptionId?: string | undefined;
        /** At most 100 characters. */
        offerId?: string | undefined;
        /** `me`, `nobody`, or an object id. At most 100 characters. */
        assignedTo?: string | undefined;
        /** True: also those that are snoozed. Default: `false`. */
        withSnoozed?: boolean | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        dueBefore?: string | undefined;
        /** At most 10 characters. */
        language?: string | undefined;
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        items: {
          /** UUID. */
          id: string;
          kind: string;
          /** The service that found it. */
          owner: string;
          subject: { type: string; id: string };
          publisherId?: string | undefined;
          offerId?: string | undefined;
          subscriptionId?: string | undefined;
          severity: 'critical' | 'warning' | 'info';
          state: 'open' | 'closed';
          /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
          title: string;
          cause: string;
          effect: string;
          nextStep: string;
          /** The incident page, if the matter is an alert or an alert counts matters of its kind. URL. */
          incidentPage?: string | undefined;
          /** The values in these texts. */
          params: Record<string, string | number>;
          /** Since when it is so. ISO 8601 in UTC, with `Z`. */
          since: string;
          /** ISO 8601 in UTC, with `Z`. */
          openedAt: string;
          /** ISO 8601 in UTC, with `Z`. */
          dueAt?: string | undefined;
          /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
          closes: 'itself' | 'person';
          /** The person who takes care of it: an operator's tenant and object id, and name if known. */
          assignedTo?:
            | { tenantId: string; objectId: string; name?: string | undefined }
            | undefined;
          /** Hidden from the usual list until then. ISO 8601 in UTC, with `Z`. */
          snoozedUntil?: string | undefined;
          /** ISO 8601 in UTC, with `Z`. */
          closedAt?: string | undefined;
          closedBy?: 'itself' | 'person' | undefined;
          closedReason?: string | undefined;
        }[];
        nextCursor?: string | undefined;
      }
    >;
    /** How many matters are open, by severity and kind, and how many are overdue. */
    readonly counts: Query<
      {
        /** At most 100 characters. */
        publisherId?: string | undefined;
      },
      {
        open: number;
        critical: number;
        warning: number;
        info: number;
        overdue: number;
        snoozed: number;
        byKind: { kind: string; count: number }[];
        /** ISO 8601 in UTC, with `Z`. */
        nextDueAt?: string | undefined;
      }
    >;
    /** One matter with its history. */
    readonly get: Query<
      {
        /** UUID. */
        matterId: string;
        /** At most 10 characters. */
        language?: string | undefined;
      },
      {
        /** UUID. */
        id: string;
        kind: string;
        /** The service that found it. */
        owner: string;
        subject: { type: string; id: string };
        publisherId?: string | undefined;
        offerId?: string | undefined;
        subscriptionId?: string | undefined;
        severity: 'critical' | 'warning' | 'info';
        state: 'open' | 'closed';
        /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
        title: string;
        cause: string;
        effect: string;
        nextStep: string;
        /** The incident page, if the matter is an alert or an alert counts matters of its kind. URL. */
        incidentPage?: string | undefined;
        /** The values in these texts. */
        params: Record<string, string | number>;
        /** Since when it is so. ISO 8601 in UTC, with `Z`. */
        since: string;
        /** ISO 8601 in UTC, with `Z`. */
        openedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
        closes: 'itself' | 'person';
        /** The person who takes care of it: an operator's tenant and object id, and name if known. */
        assignedTo?: { tenantId: string; objectId: string; name?: string | undefined } | undefined;
        /** Hidden from the usual list until then. ISO 8601 in UTC, with `Z`. */
        snoozedUntil?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        closedAt?: string | undefined;
        closedBy?: 'itself' | 'person' | undefined;
        closedReason?: string | undefined;
        history: {
          /** ISO 8601 in UTC, with `Z`. */
          at: string;
          /** opened, changed, assigned, snoozed, closed, reopened, … */
          event: string;
          by?: string | undefined;
          reason?: string | undefined;
          details?: Record<string, unknown> | undefined;
        }[];
      }
    >;
    /** Gives a matter to a person, or to none. */
    readonly assign: Command<
      {
        /** UUID. */
        matterId: string;
        /** `me`, or an object id of a person with a role. Null: to none. */
        to: string | null;
      },
      {
        /** UUID. */
        id: string;
        kind: string;
        /** The service that found it. */
        owner: string;
        subject: { type: string; id: string };
        publisherId?: string | undefined;
        offerId?: string | undefined;
        subscriptionId?: string | undefined;
        severity: 'critical' | 'warning' | 'info';
        state: 'open' | 'closed';
        /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
        title: string;
        cause: string;
        effect: string;
        nextStep: string;
        /** The incident page, if the matter is an alert or an alert counts matters of its kind. URL. */
        incidentPage?: string | undefined;
        /** The values in these texts. */
        params: Record<string, string | number>;
        /** Since when it is so. ISO 8601 in UTC, with `Z`. */
        since: string;
        /** ISO 8601 in UTC, with `Z`. */
        openedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
        closes: 'itself' | 'person';
        /** The person who takes care of it: an operator's tenant and object id, and name if known. */
        assignedTo?: { tenantId: string; objectId: string; name?: string | undefined } | undefined;
        /** Hidden from the usual list until then. ISO 8601 in UTC, with `Z`. */
        snoozedUntil?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        closedAt?: string | undefined;
        closedBy?: 'itself' | 'person' | undefined;
        closedReason?: string | undefined;
      }
    >;
    /** Hides a matter until a time. It comes back earlier if it becomes critical. */
    readonly snooze: Command<
      {
        /** UUID. */
        matterId: string;
        /** Null: show it again now. */
        until: string | null;
        /** At most 1000 characters. */
        reason?: string | undefined;
      },
      {
        /** UUID. */
        id: string;
        kind: string;
        /** The service that found it. */
        owner: string;
        subject: { type: string; id: string };
        publisherId?: string | undefined;
        offerId?: string | undefined;
        subscriptionId?: string | undefined;
        severity: 'critical' | 'warning' | 'info';
        state: 'open' | 'closed';
        /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
        title: string;
        cause: string;
        effect: string;
        nextStep: string;
        /** The incident page, if the matter is an alert or an alert counts matters of its kind. URL. */
        incidentPage?: string | undefined;
        /** The values in these texts. */
        params: Record<string, string | number>;
        /** Since when it is so. ISO 8601 in UTC, with `Z`. */
        since: string;
        /** ISO 8601 in UTC, with `Z`. */
        openedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
        closes: 'itself' | 'person';
        /** The person who takes care of it: an operator's tenant and object id, and name if known. */
        assignedTo?: { tenantId: string; objectId: string; name?: string | undefined } | undefined;
        /** Hidden from the usual list until then. ISO 8601 in UTC, with `Z`. */
        snoozedUntil?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        closedAt?: string | undefined;
        closedBy?: 'itself' | 'person' | undefined;
        closedReason?: string | undefined;
      }
    >;
    /** Closes a matter with a reason. If the cause returns later, a new matter opens. */
    readonly close: Command<
      {
        /** UUID. */
        matterId: string;
        /** At most 1000 characters. */
        reason: string;
      },
      {
        /** UUID. */
        id: string;
        kind: string;
        /** The service that found it. */
        owner: string;
        subject: { type: string; id: string };
        publisherId?: string | undefined;
        offerId?: string | undefined;
        subscriptionId?: string | undefined;
        severity: 'critical' | 'warning' | 'info';
        state: 'open' | 'closed';
        /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
        title: string;
        cause: string;
        effect: string;
        nextStep: string;
        /** The incident page, if the matter is an alert or an alert counts matters of its kind. URL. */
        incidentPage?: string | undefined;
        /** The values in these texts. */
        params: Record<string, string | number>;
        /** Since when it is so. ISO 8601 in UTC, with `Z`. */
        since: string;
        /** ISO 8601 in UTC, with `Z`. */
        openedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
        closes: 'itself' | 'person';
        /** The person who takes care of it: an operator's tenant and object id, and name if known. */
        assignedTo?: { tenantId: string; objectId: string; name?: string | undefined } | undefined;
        /** Hidden from the usual list until then. ISO 8601 in UTC, with `Z`. */
        snoozedUntil?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        closedAt?: string | undefined;
        closedBy?: 'itself' | 'person' | undefined;
        closedReason?: string | undefined;
      }
    >;
    /** Opens a matter again that a person has closed. */
    readonly reopen: Command<
      {
        /** UUID. */
        matterId: string;
        /** At most 1000 characters. */
        reason?: string | undefined;
      },
      {
        /** UUID. */
        id: string;
        kind: string;
        /** The service that found it. */
        owner: string;
        subject: { type: string; id: string };
        publisherId?: string | undefined;
        offerId?: string | undefined;
        subscriptionId?: string | undefined;
        severity: 'critical' | 'warning' | 'info';
        state: 'open' | 'closed';
        /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
        title: string;
        cause: string;
        effect: string;
        nextStep: string;
        /** The incident page, if the matter is an alert or an alert counts matters of its kind. URL. */
        incidentPage?: string | undefined;
        /** The values in these texts. */
        params: Record<string, string | number>;
        /** Since when it is so. ISO 8601 in UTC, with `Z`. */
        since: string;
        /** ISO 8601 in UTC, with `Z`. */
        openedAt: string;
        /** ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
        closes: 'itself' | 'person';
        /** The person who takes care of it: an operator's tenant and object id, and name if known. */
        assignedTo?: { tenantId: string; objectId: string; name?: string | undefined } | undefined;
        /** Hidden from the usual list until then. ISO 8601 in UTC, with `Z`. */
        snoozedUntil?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        closedAt?: string | undefined;
        closedBy?: 'itself' | 'person' | undefined;
        closedReason?: string | undefined;
      }
    >;
  };
}

/** Usage to report. Each `eventId` is counted once. */
export interface UsageRecord {
  /** Your own id. Each id is counted once, however often you send it. At most 200 characters. */
  eventId: string;
  /** At most 100 characters. */
  subscriptionId: string;
  /** Id of the dimension, or of a meter that you set up with tiers. Capital letters matter. At most 100 characters. */
  dimension: string;
  /** Above 0, in the dimension's unit. Text is exact; a JSON number keeps 15 digits. */
  quantity: string | number;
  /** Time of use, at most 24 hours ago. ISO 8601 with an offset or `Z`. */
  occurredAt: string;
}

/** The answer to a decision request: HTTP status 200 with this object as JSON. `reason` is a code of your own. */
export interface DecisionAnswer {
  answer: 'accept' | 'refuse';
  /** Your own code, shown on the timeline and in the `changeRefused` event. Only a code, because free text could contain personal data. Anything else is dropped. Pattern: `^[a-z0-9][a-z0-9.-]{0,99}$`. */
  reason?: string | undefined;
}

/** A subscription, as Landfall knows it. */
export interface Subscription {
  id: string;
  publisherId: string;
  offerId: string;
  planId: string;
  name: string;
  /** Seats; null if the plan is not sold per seat. Never 0. */
  quantity: number | null;
  /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed. */
  status: string;
  /** Microsoft's status as sent, if Landfall does not know it. `status` is then the last known one. */
  unrecognisedStatus?: string | undefined;
  term: Term;
  autoRenew: boolean;
  isFreeTrial: boolean;
  /** Microsoft's own mark. `isTestPurchase` covers every kind of test. */
  isTest: boolean;
  /** True if marked as a test, `DryRun`, or from a sandbox. Served like any other purchase, but counted separately. */
  isTestPurchase?: boolean | undefined;
  /** `DryRun` if Microsoft does not bill; an open set. */
  sessionMode?: string | undefined;
  /** `Csp` for a partner's integration sandbox; an open set. */
  sandboxType?: string | undefined;
  /** Ids of the private offers through which the plan was bought; absent until Landfall has read them. */
  sourceOffers?: string[] | undefined;
  beneficiary: Person;
  purchaser: Person;
  /** What the beneficiary may do in Landfall: Read, Update, Delete. Only Read for CSP purchases. */
  allowedCustomerOperations: string[];
  /** `csp` if a partner bought it for the customer. */
  channel: 'direct' | 'csp';
  activation: {
    state:
      | 'none'
      | 'awaiting-approval'
      | 'provisioning'
      | 'requested'
      | 'confirming'
      | 'confirmed'
      | 'failed'
      | 'declined';
    /** ISO 8601 in UTC, with `Z`. */
    requestedAt?: string | undefined;
    /** Code of the failure, if `state` is failed. */
    failure?: string | undefined;
  };
  /** The customer's space in the product. Only used if the product must confirm the space before activation. */
  provisioning?:
    | {
        state: 'none' | 'requested' | 'confirmed' | 'failed';
        /** The product's deadline, while `state` is requested. ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** Code of the failure, if `state` is failed; `product-silent` if the deadline passed without an answer. */
        failure?: string | undefined;
      }
    | undefined;
  /** The publisher's approval of the purchase. Absent: this purchase was never held for approval. */
  approval?:
    | {
        state: 'waiting' | 'approved' | 'declined' | 'bypassed' | 'ended';
        /** When the buyer confirmed the purchase. ISO 8601 in UTC, with `Z`. */
        requestedAt?: string | undefined;
        /** When Microsoft voids the purchase unless it is activated, while `state` is waiting. ISO 8601 in UTC, with `Z`. */
        dueAt?: string | undefined;
        /** ISO 8601 in UTC, with `Z`. */
        decidedAt?: string | undefined;
        /** Who decided: `key <id>` or `operator <tenant>/<object>`. Erased after the retention period, as are the next two. */
        decidedBy?: string | undefined;
        /** Why, for your own people. */
        reason?: string | undefined;
        /** What the buyer reads on the landing page of a declined purchase. */
        messageToBuyer?: string | undefined;
      }
    | undefined;
  /** Upcoming deadlines: the product's answer, Microsoft's 30 days, and the erasure of personal data. */
  deadlines?:
    | {
        kind: 'provisioning' | 'configuration' | 'suspension' | 'erasure';
        /** ISO 8601 in UTC, with `Z`. */
        at: string;
      }[]
    | undefined;
  /** The person who confirmed the purchase on the landing page; absent until then. */
  claimedBy?: Person | undefined;
  /** That person's answers to the publisher's questions, by question id. A check is `yes` or `no`. Erased with the other personal data; absent in lists. */
  answers?: Record<string, string> | undefined;
  /** A requested change that has no outcome yet. */
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

/** A person in Microsoft Entra. Tenant id and object id identify the person; the address is only for display. */
export interface Person {
  tenantId?: string | undefined;
  objectId?: string | undefined;
  emailId?: string | undefined;
}

/** The paid period. `termUnit` is an ISO 8601 duration, such as P1M, P1Y or P3Y; Microsoft may add others. */
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
  /** purchased, activationRequested, approvalRequested, activated, planChanged, …, operationUnconfirmed, driftHealed. With `noteAdded`, `details` has the note's `noteId`, `text` and `author`, until the note is erased. */
  kind: string;
  /** What caused it. */
  cause: 'landing' | 'notification' | 'command' | 'reconcile' | 'worker' | 'import';
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
  /** Price of each term, per seat for per-seat plans; absent if Microsoft has not sent it. */
  terms?: { termUnit: string; price: number; currency: string }[] | undefined;
  /** Private offers through which the current plan was bought. Empty: none, so the listed price applies. Absent: Microsoft has not sent them, or this is not the current plan. */
  sourceOffers?: string[] | undefined;
  /** Metered dimensions, with their names for the customer. */
  dimensions?:
    | { id: string; displayName?: string | undefined; unitOfMeasure?: string | undefined }[]
    | undefined;
  /** Set if the rules refuse a change to this plan. Absent: they accept it, or the product decides. */
  refusal?:
    | {
        /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
        reason: string;
        ruleId?: string | undefined;
        /** Shown to the customer, by language. */
        message?: Record<string, string> | undefined;
      }
    | undefined;
}

/** Numbers of seats that your rules permit and refuse, lowest first. The plan's own limits also apply. */
export interface SeatRules {
  permitted: { min: number; max: number }[];
  refused: {
    min: number;
    max: number;
    refusal: {
      /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
      reason: string;
      ruleId?: string | undefined;
      /** Shown to the customer, by language. */
      message?: Record<string, string> | undefined;
    };
  }[];
}

/** Microsoft's record of one change, and how Landfall handled it. */
export interface Operation {
  operationId: string;
  action: string;
  decision?: 'accept' | 'refuse' | undefined;
  /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
  reason?: string | undefined;
  ruleId?: string | undefined;
  /** Shown to the customer after a refusal, by language. */
  message?: Record<string, string> | undefined;
  /** Who requested the change; absent in rows written before this column existed. */
  origin?: 'customer' | 'publisher' | 'marketplace' | undefined;
  /** For plan and seat changes: the previous and the requested values. */
  from?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
  to?: { planId?: string | undefined; quantity?: number | undefined } | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  decidedAt?: string | undefined;
  /** Eight seconds after the notification: Microsoft's ten, less two for the network. ISO 8601 in UTC, with `Z`. */
  deadline?: string | undefined;
  isInTime?: boolean | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  answeredAt?: string | undefined;
  /** succeeded, failed, refused, overruled (Microsoft carried it out despite the refusal), unsettled. */
  outcome?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  settledAt?: string | undefined;
  /** The change that reverses an overruled refusal. UUID. */
  compensatedBy?: string | undefined;
}

/** A change that Landfall has stored. */
export interface RequestedChange {
  /** UUID. */
  changeId: string;
  state: 'requested' | 'sent' | 'succeeded' | 'failed';
  /** What looks like a mistake, such as a plan that no subscription has. The change was requested nevertheless. */
  warnings?: string[] | undefined;
}

/** What became of one reported record. `repeated`: its `eventId` was counted before. */
export interface UsageVerdict {
  /** Absent if the record has no readable id. */
  eventId?: string | undefined;
  outcome: 'taken' | 'repeated' | 'refused';
  refusal?:
    | 'malformed'
    | 'quantity-invalid'
    | 'too-old'
    | 'in-future'
    | 'subscription-unknown'
    | 'not-active-then'
    | 'dimension-unknown'
    | 'event-id-reused'
    | undefined;
  /** With `refusal`, for people: what is wrong and what to do, for example which dimensions the plan has. */
  message?: string | undefined;
}

/** The usage of a dimension in one UTC hour, and how it was billed. */
export interface UsageHour {
  subscriptionId: string;
  dimension: string;
  /** The plan under which the hour is sent to Microsoft. */
  planId: string;
  /** Start of the UTC hour. ISO 8601 in UTC, with `Z`. */
  hour: string;
  /** All usage of the hour. */
  used: string;
  /** What is sent to Microsoft: the part above the included quantity, and units carried from other hours. */
  reported: string;
  /** The quantity that Microsoft has for this hour. Absent while that is not known. */
  billed?: string | undefined;
  state: 'open' | 'closed' | 'sending' | 'settled' | 'held' | 'refused' | 'writtenOff';
  /** Microsoft's status of the row; an open set: Accepted, Duplicate, Expired, … */
  status?: string | undefined;
  usageEventId?: string | undefined;
  /** Why the hour is not billed as reported, or not yet: refused, quantity-mismatch, outcome-unknown, expired, units-lost, not-active, not-authorized, dimension-not-ready, retrying, included-unknown, or the code of a fault. */
  problem?: string | undefined;
  /** The reason that was given for sending a refused hour again. */
  resentBecause?: string | undefined;
  attempts: number;
  /** Until when Microsoft accepts it. Absent when nothing more can be sent for it. ISO 8601 in UTC, with `Z`. */
  expiresAt?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  settledAt?: string | undefined;
  /** True for a test purchase: its usage is sent like any other, but counted separately. */
  isTest?: boolean | undefined;
}

/** Rules that accept or refuse customers' plan and seat changes. */
export interface DecisionPolicy {
  rules: {
    id: string;
    /** Absent: every publisher. */
    publisherId?: string | undefined;
    /** Absent: every offer. */
    offerId?: string | undefined;
    when:
      | {
          action: 'ChangePlan';
          fromPlanIds?: string[] | undefined;
          toPlanIds?: string[] | undefined;
          /** Matches if the requested plan is not in the offer's `plans`. */
          isNotSold?: true | undefined;
          /** Matches if the requested plan is below the current plan in the offer's `plans`. */
          isDowngrade?: true | undefined;
        }
      | {
          action: 'ChangeQuantity';
          planIds?: string[] | undefined;
          /** Matches if fewer seats than this are requested. */
          below?: number | undefined;
          /** Matches if more seats than this are requested. */
          above?: number | undefined;
        };
    /** `ask`: your product decides in a signed call; see `ask` of the policy. */
    decision: 'accept' | 'refuse' | 'ask';
    /** Shown to the customer if the rule refuses: why, and what to do instead. */
    message?: Record<string, string> | undefined;
  }[];
  /** The plans that you sell of an offer, from the lowest to the highest. */
  plans: {
    /** Absent: every publisher. */
    publisherId?: string | undefined;
    offerId: string;
    planIds: string[];
  }[];
  /** Which product to ask, and what happens if it does not answer. */
  ask?:
    | {
        /** The destination with the URL and secrets for the call; see `destinations.list`. UUID. */
        destinationId: string;
        timeoutMs: number;
        /** The decision if no clear answer arrives in time. */
        onSilence: 'accept' | 'refuse';
        /** Text for the customer by your product's reason. Default: the rule's own message. */
        messages?: Record<string, Record<string, string>> | undefined;
      }
    | undefined;
  /** If true, a change that Microsoft carried out despite a refusal is reversed. */
  compensateLateRefusals: boolean;
}

/** A comparison of Microsoft's list of subscriptions with Landfall's records. */
export interface ReconciliationRun {
  /** UUID. */
  runId: string;
  /** The publisher of the list that was read; absent in an installation with one publisher. */
  publisherId?: string | undefined;
  state: 'running' | 'completed' | 'failed';
  dryRun: boolean;
  /** ISO 8601 in UTC, with `Z`. */
  startedAt: string;
  /** ISO 8601 in UTC, with `Z`. */
  finishedAt?: string | undefined;
  /** Subscriptions that Microsoft listed. */
  listed: number;
  unchanged: number;
  /** Subscriptions that differed. */
  drifted: number;
  /** Drifted subscriptions that were corrected by reading them. */
  healed: number;
  errors: number;
  /** Purchases that no buyer has opened, ended or not. They are recorded and not counted as drift. */
  unopened?: number | undefined;
  /** Test purchases that differed. They are corrected and not counted as drift. */
  testsDrifted?: number | undefined;
  /** The first differences and errors, for people; bounded. */
  findings: {
    subscriptionId: string;
    kind: string;
    detail: string;
    /** Why Landfall did not know: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
    cause?: string | undefined;
  }[];
  failure?: string | undefined;
  /** When a failed run continues where it stopped, unless a start is requested earlier. Absent: the run is over. ISO 8601 in UTC, with `Z`. */
  continuesAt?: string | undefined;
  /** How much of both sides was compared. */
  coverage?:
    | {
        pages: number;
        isListComplete: boolean;
        /** Subscriptions in Landfall that Microsoft did not list. They also count as drifted. */
        localOnly: number;
        /** Subscriptions for which Microsoft was asked for open operations. */
        askedOperations: number;
        /** How often the run continued after a stop. */
        resumed: number;
        /** How often the list was read again from its first page. */
        begunAnew: number;
      }
    | undefined;
}

/** An address that Landfall posts events to. */
export interface Destination {
  label: string;
  channel: 'product' | 'mail' | 'teams' | 'slack' | 'customer-mail';
  /** Empty for mail. Of a Teams Workflow or a Slack app, only the beginning and an ellipsis: the rest is a secret. */
  url: string;
  /** Event types to send. Empty: for `product`, all except `usage.settled`, which must be named because there is one for every billed hour; for the other channels, none. */
  types: (
    | 'subscription.purchased'
    | 'subscription.approvalRequested'
    | 'subscription.approvalDue'
    | 'subscription.approved'
    | 'subscription.declined'
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
    | 'usage.refused'
    | 'usage.writtenOff'
    | 'usage.thresholdCrossed'
    | 'usage.settled'
    | 'ping'
  )[];
  /** Offers to send events and matters about, including their preview listings. Empty: all. */
  offerIds: string[];
  /** Only for `product`. If true, a subscription's next event waits until the previous one was delivered or given up. */
  isOrdered: boolean;
  /** Mail only: the addresses. Each gets a mail of their own and does not see the others. */
  recipients: string[];
  /** Kinds of matters to send notices about: `all`, or a list. Empty: none. */
  matterKinds:
    | 'all'
    | (
        | 'activation-failed'
        | 'not-configured'
        | 'approval-waiting'
        | 'provisioning-waiting'
        | 'provisioning-failed'
        | 'suspension-ending'
        | 'renewal-ahead'
        | 'trial-ending'
        | 'refusal-overruled'
        | 'operation-without-target'
        | 'operation-contradicted'
        | 'operation-unconfirmed'
        | 'action-unknown'
        | 'change-failed'
        | 'effect-missing'
        | 'subscription-unknown'
        | 'status-unrecognised'
        | 'drift-unhealed'
        | 'reconciliation-failing'
        | 'task-parked'
        | 'dead-letter'
        | 'delivery-dead'
        | 'destination-failing'
        | 'destination-disabled'
        | 'credential-ending'
        | 'credential-refused'
        | 'usage-refused'
        | 'usage-mismatch'
        | 'usage-outcome-unknown'
        | 'usage-expiring'
        | 'usage-written-off'
        | 'included-unknown'
        | 'usage-incident'
        | 'recurring-late'
        | 'notification-unreadable'
        | 'access-request-waiting'
        | 'stranger-at-landing'
        | 'key-ending'
        | 'backup-old'
        | 'alert'
      )[];
  /** Matters of these severities only. Empty: all. */
  severities: ('critical' | 'warning' | 'info')[];
  language: 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja';
  /** When notices are sent: at once, or together every hour or every day. */
  digest: 'at-once' | 'hourly' | 'daily';
  /** With a daily digest: the hour at which it is sent. */
  digestHour: number;
  /** Time zone of `digestHour`, `quietHours` and the times in notices, such as `Europe/Berlin`. */
  timeZone: string;
  /** Notices wait until this time of the day is over. Null: no quiet hours. */
  quietHours: {
    from: string;
    /** Earlier than `from`: the quiet hours last over midnight. */
    to: string;
    /** If true, critical matters are sent at once, also in quiet hours. */
    exceptCritical: boolean;
  } | null;
  /** UUID. */
  id: string;
  /** It gets only events of this publisher. Absent: of all publishers. Cannot be changed. */
  publisherId?: string | undefined;
  state: 'enabled' | 'disabled';
  /** operator, gone (HTTP 410), or failing (no delivery succeeded for days). */
  disabledBecause?: string | undefined;
  /** Since when no delivery has succeeded; absent while it works. ISO 8601 in UTC, with `Z`. */
  failingSince?: string | undefined;
  /** Active secrets, newest first. While there are two, events carry both signatures. Empty, except for `product`. */
  secrets: {
    /** ISO 8601 in UTC, with `Z`. */
    createdAt: string;
    /** ISO 8601 in UTC, with `Z`. */
    expiresAt?: string | undefined;
  }[];
  /** ISO 8601 in UTC, with `Z`. */
  createdAt: string;
}

/** The delivery of one event to one destination. */
export interface Delivery {
  /** UUID. */
  id: string;
  /** UUID. */
  destinationId: string;
  channel: 'product' | 'mail' | 'teams' | 'slack' | 'customer-mail';
  /** Mail only: the address of this delivery. */
  recipient?: string | undefined;
  eventId: string;
  /** Type of the event. `notice`: a message to people, about one or more matters and events. */
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

/** One of Microsoft's calls to the connection webhook. */
export interface Notification {
  /** UUID. */
  id: string;
  /** The publisher that the caller's token names; absent in rows written before this column existed. */
  publisherId?: string | undefined;
  operationId?: string | undefined;
  subscriptionId?: string | undefined;
  action: string;
  /** ISO 8601 in UTC, with `Z`. */
  receivedAt: string;
  /** How often Microsoft sent it. */
  deliveries: number;
  /** ISO 8601 in UTC, with `Z`. */
  lastDeliveredAt: string;
  /** Landfall's answer: accepted (200), refused (400), or undecided (503; Microsoft sends it again). */
  verdict: 'accepted' | 'refused' | 'undecided';
  reason?: string | undefined;
  /** Parts of the body that could not be read; empty for a well-formed body. */
  problems: string[];
  /** ISO 8601 in UTC, with `Z`. */
  publishedAt?: string | undefined;
  /** How often it was replayed manually. */
  replays: number;
}

/** Branding, texts and questions of the buyer's pages. */
export interface OfferPage {
  branding?:
    | {
        productName?: string | undefined;
        /** Target of the button that opens the product. URL. */
        productUrl?: string | undefined;
        colours?:
          | {
              accent: string;
              onAccent?: string | undefined;
              /** The same colours for dark mode. */
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
        /** The language of the pages if Landfall has none of the languages that the buyer's browser asks for. */
        defaultLanguage?: string | undefined;
        logo?: { hash: string; file: string } | undefined;
      }
    | undefined;
  /** Replacements of Landfall's own texts: by language, then by message key. */
  texts?: Record<string, Record<string, string>> | undefined;
  /** Absent: the questions of the level above. Empty: none. */
  questions?:
    | {
        id: string;
        kind: 'text' | 'choice' | 'number' | 'check' | 'email';
        label: Record<string, string>;
        help?: Record<string, string> | undefined;
        /** Whether the buyer must answer. A required check must be ticked. */
        required: boolean;
        /** For `text`: a regular expression for the whole answer, in the syntax that RE2 and HTML share. */
        pattern?: string | undefined;
        /** For `number`: the smallest and largest value. For `text`: the smallest and largest length. */
        min?: number | undefined;
        max?: number | undefined;
        /** For `number`: only whole numbers. */
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
        /** Only buyers of these plans are asked. Absent: all buyers. */
        plans?: string[] | undefined;
      }[]
    | undefined;
}

/** The state of a publisher's credential for Microsoft's APIs. */
export interface CredentialStatus {
  /** Absent for the only publisher if it has no configured id. */
  publisherId?: string | undefined;
  /** secret, secret-file, certificate or federated. The answer never contains the credential itself. */
  kind: string;
  /** The most serious state that applies: `rejected` (Entra or the API refuses it, or it cannot be read), `expired`, `expiring` (within thirty days), or `ok` (it yielded a token). */
  state: 'ok' | 'expiring' | 'expired' | 'rejected' | 'unknown';
  /** From the certificate or the configuration; absent if unknown. ISO 8601 in UTC, with `Z`. */
  expiresAt?: string | undefined;
  /** Whole days until it expires; negative afterwards. */
  daysLeft?: number | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  lastSuccessAt?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  lastFailureAt?: string | undefined;
  /** Code of the last failure; absent once it yielded a token that the API accepted. */
  failure?: string | undefined;
  /** Microsoft's own explanation, if its API gave one. */
  explanation?: string | undefined;
  /** What the operator should do. */
  nextStep?: string | undefined;
}

/** Something that has just happened. It names what changed and holds no personal data. */
export interface LiveEvent {
  /** Send it as `lastEventId` to continue after this event. Do not compare or sort ids. */
  id: string;
  /** The subject of the fact, such as `fulfillment.subscription.planChanged`, or `gap` or `position`. */
  type: string;
  /** ISO 8601 in UTC, with `Z`. */
  occurredAt: string;
  publisherId?: string | undefined;
  subscriptionId?: string | undefined;
  operationId?: string | undefined;
}

/** An active alert. */
export interface FiringAlert {
  /** An `AlertName`, or the name of an alert from a newer version. */
  alert: string;
  service: string;
  severity: 'critical' | 'warning';
  /** Since when it is active, as seen by the answering process; never before the start of that process. ISO 8601 in UTC, with `Z`. */
  since: string;
  value: number;
  unit: string;
  labels: Record<string, string>;
  meaning: string;
  nextStep: string;
  /** The incident page: the causes, how to recognise each of them, and what to do. URL. */
  incidentPage: string;
}

/** A task that failed its last attempt and waits for a replay. */
export interface ParkedTask {
  taskId: number;
  subscriptionId: string;
  /** notification, activate, confirmActivation, submitChange, followChange, compensate, … */
  kind: string;
  /** Code of the last failure; `bug` for an error in Landfall. */
  reason: string;
  attempts: number;
  correlationId: string;
  /** ISO 8601 in UTC, with `Z`. */
  createdAt: string;
  /** ISO 8601 in UTC, with `Z`. */
  parkedAt: string;
}

/** A message that a consumer gave up on. */
export interface DeadLetter {
  /** Its sequence number in the dead-letter stream. */
  sequence: number;
  /** The consumer that gave up on it. */
  durable: string;
  /** Its original subject. */
  subject: string;
  reason: string;
  attempts: number;
  messageId: string;
  /** The publisher that it is about, if it says so. */
  publisherId?: string | undefined;
  /** ISO 8601 in UTC, with `Z`. */
  storedAt: string;
  /** The fact; plain text if it is not JSON. */
  payload?: unknown;
}

/** An event that Landfall posts to your product. The same event may come again under the same `id`. */
export interface ProductEvent {
  id: string;
  type:
    | 'subscription.purchased'
    | 'subscription.approvalRequested'
    | 'subscription.approvalDue'
    | 'subscription.approved'
    | 'subscription.declined'
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
    | 'usage.refused'
    | 'usage.writtenOff'
    | 'usage.thresholdCrossed'
    | 'usage.settled'
    | 'ping';
  version: 1;
  /** ISO 8601 in UTC, with `Z`. */
  occurredAt: string;
  /** Absent for `ping` and usage events. `version` grows with each change: ignore an event with an older version. */
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
        /** A test or sandbox purchase: serve it, but count it separately. Absent in facts published before this field existed. */
        isTest?: boolean | undefined;
        /** Time of purchase, if Microsoft has sent it. ISO 8601 in UTC, with `Z`. */
        purchasedAt?: string | undefined;
        autoRenew?: boolean | undefined;
        /** Entra tenants of beneficiary and purchaser. Facts never name people. */
        beneficiaryTenantId?: string | undefined;
        purchaserTenantId?: string | undefined;
        version: number;
        beneficiary: { tenantId?: string | undefined; objectId?: string | undefined };
      }
    | undefined;
  /** Only in usage events. */
  usage?:
    | {
        subscriptionId: string;
        publisherId: string;
        offerId: string;
        planId: string;
        dimension: string;
        /** Start of the UTC hour. Absent for `usage.thresholdCrossed`. ISO 8601 in UTC, with `Z`. */
        hour?: string | undefined;
        /** Decimal text. The hour's units for Microsoft: those above the included quantity, and those carried from other hours. For `usage.thresholdCrossed`: the term's units above the included quantity. */
        quantity: string;
        /** Microsoft's status of the hour; an open set: Accepted, Duplicate, Expired, … Absent for `usage.thresholdCrossed`. */
        status?: string | undefined;
        /** Why the hour is not billed as reported, such as `quantity-mismatch` or `expired`. */
        problem?: string | undefined;
        /** Microsoft's id of the usage event. */
        usageEventId?: string | undefined;
        /** Only for `usage.thresholdCrossed`: the limit that you set, as decimal text. */
        limit?: string | undefined;
        /** Only for `usage.thresholdCrossed`: when the term began, if that is known. ISO 8601 in UTC, with `Z`. */
        termStart?: string | undefined;
        /** True for a test purchase. */
        isTest?: boolean | undefined;
      }
    | undefined;
  operationId?: string | undefined;
  /** The values before the change, for kinds that report one. */
  previous?:
    | {
        planId?: string | undefined;
        quantity?: number | null | undefined;
        /** With `beneficiaryChanged` and `purchaserChanged`. Absent: Microsoft had not named an organisation. */
        tenantId?: string | undefined;
      }
    | undefined;
  reason?: string | undefined;
  /** The deadline that the kind is about: the product's answer, the end of the purchase (also while it waits for approval) or suspension at Microsoft, or the erasure of personal data in Landfall. ISO 8601 in UTC, with `Z`. */
  dueAt?: string | undefined;
  /** With `changeRefused`: the refused change. */
  refused?:
    | {
        action: string;
        /** Who requested the change. */
        origin: 'customer' | 'publisher' | 'marketplace';
        /** Id of the change, if it was requested on the manage page. */
        changeId?: string | undefined;
        planId?: string | undefined;
        quantity?: number | undefined;
      }
    | undefined;
  /** With `accessRequested`: who requests access. Name and address are in `people.waiting`. */
  person?: { tenantId: string; objectId: string } | undefined;
  /** With `provisioningRequested`, `activated` and `claimed`: the buyer's answers by question id. The fact does not hold them, because nothing can be erased from a stream. */
  answers?: Record<string, string> | undefined;
}

/** Asks whether to accept a customer's plan or seat change. It may come again under the same `id`. */
export interface DecisionRequest {
  id: string;
  type: 'decision.requested';
  version: 1;
  /** Id of Microsoft's operation, or of the change requested on the manage page. */
  operationId: string;
  /** Where the customer requested the change. */
  askedIn?: 'marketplace' | 'manage-page' | undefined;
  /** The subscription before the change. */
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
  /** Later answers are ignored. By Landfall's clock; see `answerWithinMs`. ISO 8601 in UTC, with `Z`. */
  answerBy: string;
  /** The same limit in milliseconds since the request was sent, because clocks may differ. */
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
  | 'subscription.read-recently'
  | 'subscription.change-pending'
  | 'change.same-plan'
  | 'change.same-quantity'
  | 'change.not-per-seat'
  | 'change.quantity-invalid'
  | 'change.approval-missing'
  | 'change.id-reused'
  | 'change.refused-often'
  | 'approval.not-requested'
  | 'approval.approved'
  | 'approval.declined'
  | 'provisioning.not-requested'
  | 'purchase.token-invalid'
  | 'notification.not-found'
  | 'policy.invalid'
  | 'reconciliation.running'
  | 'reconciliation.not-found'
  | 'usage.batch-too-large'
  | 'usage.quantity-invalid'
  | 'usage.hour-not-found'
  | 'usage.not-refused'
  | 'usage.too-old'
  | 'catalogue.plan-unknown'
  | 'catalogue.dimension-unknown'
  | 'override.invalid'
  | 'meter.invalid'
  | 'recurring.invalid'
  | 'recurring.not-found'
  | 'incident.not-found'
  | 'mail.text-refused'
  | 'mail.too-many-tests'
  | 'destination.not-found'
  | 'destination.url-refused'
  | 'destination.settings-refused'
  | 'destination.mail-not-configured'
  | 'destination.without-secret'
  | 'destination.too-many'
  | 'destination.in-use'
  | 'delivery.not-found'
  | 'change.not-found'
  | 'matter.not-found'
  | 'matter.closed'
  | 'matter.open'
  | 'matter.ended'
  | 'matter.no-person'
  | 'matter.no-access'
  | 'publisher.not-found'
  | 'publisher.limited'
  | 'backup.in-the-future'
  | 'publisher.choose'
  | 'person.not-found'
  | 'person.foreign'
  | 'person.last-owner'
  | 'person.too-many'
  | 'page.not-found'
  | 'page.invalid'
  | 'page.quota'
  | 'cursor.invalid'
  | 'input.unknown-field'
  | 'idempotency.in-progress'
  | 'idempotency.reused'
  | 'idempotency.secret-shown'
  | 'idempotency.answer-gone'
  | 'key.not-found'
  | 'key.revoked'
  | 'key.scope-exceeds'
  | 'key.from-configuration'
  | 'operator.not-found'
  | 'operator.last-admin'
  | 'operator.role-exceeds'
  | 'session.foreign-origin'
  | 'session.needed'
  | 'session.no-role'
  | 'invitation.not-found'
  | 'listener.not-found'
  | 'listener.too-many'
  | 'import.invalid';
