import type { TRPCClient } from '@trpc/client';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import type { OwnerRouter } from '@landfall/contracts/api';
import type { changeAccepted } from '@landfall/contracts/change-view';
import { MAX_CURSOR_LENGTH } from '@landfall/contracts/pages';
import type { planView, seatRules } from '@landfall/contracts/plan-view';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { timelineEntry } from '@landfall/contracts/subscription-procedures';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { usageProcedures } from '@landfall/contracts/usage-procedures';
import type { WantedChange } from '@landfall/domain/change';
import { isFault } from '@landfall/domain/fault';
import { MIN_RETENTION_DAYS } from '@landfall/domain/timers';
import type { Identity } from '../db/schema.ts';
import type { AccessRequest } from '../store/access-requests.ts';
import { asked, type Asked } from './answer.ts';
import { createPurchases, type Purchases } from './purchases.ts';

export type Plan = z.output<typeof planView>;
export type SeatRules = z.output<typeof seatRules>;

/** What a subscription can be changed to now, according to Microsoft and the publisher's rules. */
export interface Choices {
  readonly plans: readonly Plan[];
  /** Absent if nothing is sold per seat. */
  readonly seats?: SeatRules | undefined;
}

/** A publisher's text, by language. */
export type Message = Readonly<Record<string, string>>;
export type TimelineEntry = z.output<typeof timelineEntry>;

export interface Change {
  readonly changeId: string;
  readonly state: z.output<typeof changeAccepted>['state'];
  readonly kind: WantedChange['kind'];
  readonly planId?: string | undefined;
  readonly quantity?: number | undefined;
  /** Plan and seats when the change was requested. */
  readonly from?:
    | { readonly planId?: string | undefined; readonly quantity?: number | undefined }
    | undefined;
  readonly failure?: string | undefined;
  /** The publisher's reason for refusing it. */
  readonly message?: Message | undefined;
}

export type Usage = z.output<(typeof usageProcedures)['summary']['output']>;

export interface History {
  readonly items: readonly TimelineEntry[];
  readonly nextCursor?: string | undefined;
}

/**
 * Calls to the services that own a subscription. They throw a `Fault` if a service does not answer, except where
 * a method says otherwise.
 */
export interface Subscriptions extends Purchases {
  /** Microsoft's current list. Takes as long as Microsoft takes. */
  choices(subscriptionId: string): Promise<Choices>;
  /** A list at most a minute old, or an empty one if Microsoft does not answer quickly. */
  knownChoices(subscription: Pick<SubscriptionView, 'id' | 'planId'>): Promise<Choices>;
  /** For plan names: a list at most ten minutes old, or an empty one if Microsoft does not answer quickly. */
  knownPlans(subscription: Pick<SubscriptionView, 'id' | 'planId'>): Promise<readonly Plan[]>;
  /** The change is stored when this returns. Repeating a `changeId` does not repeat the change. */
  request(
    change: WantedChange & {
      readonly subscriptionId: string;
      readonly changeId: string;
      readonly approvedBy: Identity;
    },
  ): Promise<{ readonly changeId: string } | { readonly refused: RejectionCode }>;
  /** Undefined if this subscription has no such change. */
  change(subscriptionId: string, changeId: string): Promise<Change | undefined>;
  /** Newest first. Undefined if the cursor is invalid. */
  history(subscriptionId: string, page: HistoryPage): Promise<History | undefined>;
  /** Usage of the current term. Undefined if it is unknown or the service does not answer quickly. */
  usage(subscriptionId: string): Promise<Usage | undefined>;
  /** Reports a request for access to the publisher's product. Repeating it does nothing. */
  recordAccessRequest(request: AccessRequest): Promise<void>;
  /** Days for which data is kept after the end: the offer's setting, or Microsoft's minimum if it is unavailable. */
  retentionDays(subscription: Pick<SubscriptionView, 'publisherId' | 'offerId'>): Promise<number>;
}

export interface HistoryPage {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Names and usage are optional, so a page waits for them only briefly. */
const OPTIONAL_TIMEOUT_MS = 2_000;
/** Publishers rarely rename plans. */
const PLANS_LIFE_MS = 10 * 60_000;
/** The choices depend on the publisher's rules, and a change of the rules should show soon. */
const CHOICES_LIFE_MS = 60_000;
/** Subscriptions in the cache, a few megabytes at most. The oldest entry is removed first. */
const MAX_KNOWN = 1_000;

export function createSubscriptions(services: {
  readonly worker: TRPCClient<OwnerRouter<'fulfillment-worker'>>;
  readonly billing: TRPCClient<OwnerRouter<'billing-sync'>>;
  readonly now: () => Date;
}): Subscriptions {
  const { worker, billing, now } = services;
  const known = new LRUCache<string, { readonly choices: Choices; readonly at: number }>({
    max: MAX_KNOWN,
  });

  const choices = async (subscriptionId: string, signal?: AbortSignal): Promise<Choices> => {
    const answer = await asked(
      worker.subscriptions.availablePlans.query({ subscriptionId }, signal ? { signal } : {}),
    );
    if (!('value' in answer)) return { plans: [] };
    known.set(subscriptionId, { choices: answer.value, at: now().getTime() });
    return answer.value;
  };

  const notOlderThan = async (
    { id, planId }: Pick<SubscriptionView, 'id' | 'planId'>,
    lifeMs: number,
  ): Promise<Choices> => {
    const kept = known.get(id);
    const isFresh = kept && kept.at + lifeMs > now().getTime();
    const own = kept?.choices.plans.find((plan) => plan.planId === planId);
    // Without its private offers, the price of the plan is unknown, so the plans are requested again.
    if (isFresh && own?.sourceOffers) return kept.choices;
    const answer = await orNothing(choices(id, AbortSignal.timeout(OPTIONAL_TIMEOUT_MS)));
    return answer ?? kept?.choices ?? { plans: [] };
  };

  return {
    ...createPurchases(worker),
    choices: (subscriptionId) => choices(subscriptionId),
    knownChoices: (subscription) => notOlderThan(subscription, CHOICES_LIFE_MS),
    async knownPlans(subscription) {
      return (await notOlderThan(subscription, PLANS_LIFE_MS)).plans;
    },
    async request({ approvedBy, ...change }) {
      const answer = await sendChange(worker, change, approverOf(approvedBy));
      return 'value' in answer ? { changeId: answer.value.changeId } : answer;
    },
    async change(subscriptionId, changeId) {
      const answer = await asked(worker.subscriptions.change.query({ changeId }));
      if (!('value' in answer) || answer.value.subscriptionId !== subscriptionId) return undefined;
      const { changeId: _id, subscriptionId: _of, kind, ...change } = answer.value;
      return kind && { ...change, changeId, kind };
    },
    async history(subscriptionId, { limit, cursor }) {
      if (cursor && cursor.length > MAX_CURSOR_LENGTH) return undefined;
      const page = { subscriptionId, order: 'newest' as const, limit };
      const answer = await asked(
        worker.subscriptions.timeline.query(cursor ? { ...page, cursor } : page),
      );
      return 'value' in answer ? answer.value : undefined;
    },
    async usage(subscriptionId) {
      const signal = AbortSignal.timeout(OPTIONAL_TIMEOUT_MS);
      const call = billing.usage.summary.query({ subscriptionId }, { signal });
      const answer = await orNothing(asked(call));
      return answer && 'value' in answer ? answer.value : undefined;
    },
    async recordAccessRequest({ askedAt, ...request }) {
      // A refusal means that the subscription no longer exists; the request is deleted with its erasure.
      await asked(
        worker.accessRequests.record.mutate({ ...request, askedAt: askedAt.toISOString() }),
      );
    },
    async retentionDays({ publisherId, offerId }) {
      const answer = await orNothing(asked(worker.settings.get.query({ publisherId, offerId })));
      return answer && 'value' in answer ? answer.value.retentionDays : MIN_RETENTION_DAYS;
    },
  };
}

type SentChange = WantedChange & { readonly subscriptionId: string; readonly changeId: string };

function sendChange(
  worker: TRPCClient<OwnerRouter<'fulfillment-worker'>>,
  { subscriptionId, changeId, ...wanted }: SentChange,
  approvedBy: string,
): Promise<Asked<{ changeId: string }>> {
  const { subscriptions } = worker;
  const common = { subscriptionId, changeId, approvedBy };
  switch (wanted.kind) {
    case 'ChangePlan':
      return asked(subscriptions.changePlan.mutate({ ...common, planId: wanted.planId }));
    case 'ChangeQuantity':
      return asked(subscriptions.changeQuantity.mutate({ ...common, quantity: wanted.quantity }));
    default:
      return asked(subscriptions.cancel.mutate(common));
  }
}

/** Stored with the change as the customer's approval: tenant and object id, no name. */
function approverOf({ tenantId, objectId }: Identity): string {
  return `entra:${tenantId}/${objectId}`;
}

async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}
