import type { TRPCClient } from '@trpc/client';
import type { z } from 'zod';
import type { OwnerRouter } from '@landfall/contracts/api';
import type { changeAccepted } from '@landfall/contracts/change-view';
import type { planView, seatRules } from '@landfall/contracts/plan-view';
import type { timelineEntry } from '@landfall/contracts/subscription-procedures';
import { MAX_CURSOR_LENGTH } from '@landfall/contracts/pages';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { WantedChange } from '@landfall/domain/change';
import { isFault } from '@landfall/domain/fault';
import { MIN_RETENTION_DAYS } from '@landfall/domain/timers';
import { asked, type Asked } from './answer.ts';
import type { Identity } from '../db/schema.ts';
import type { AccessRequest } from '../store/access-requests.ts';

export type Plan = z.output<typeof planView>;
export type SeatRules = z.output<typeof seatRules>;

/** What a subscription can be changed to, as Microsoft and the publisher's rules have it now. */
export interface Choices {
  readonly plans: readonly Plan[];
  /** Absent where nothing is sold per seat. */
  readonly seats?: SeatRules | undefined;
}

/** A text of the publisher's by language. */
export type Message = Readonly<Record<string, string>>;
export type TimelineEntry = z.output<typeof timelineEntry>;

export interface Change {
  readonly changeId: string;
  readonly state: z.output<typeof changeAccepted>['state'];
  readonly kind: WantedChange['kind'];
  readonly planId?: string | undefined;
  readonly quantity?: number | undefined;
  /** What was in force when it was asked for. */
  readonly from?:
    | { readonly planId?: string | undefined; readonly quantity?: number | undefined }
    | undefined;
  readonly failure?: string | undefined;
  /** Why the publisher refused it, in its own words. */
  readonly message?: Message | undefined;
}

export interface Usage {
  readonly termStart?: string | undefined;
  readonly dimensions: readonly {
    readonly planId: string;
    readonly dimension: string;
    readonly used: number;
    readonly included: number | null;
    readonly overage: number;
    /** Of the overage: what Microsoft did not accept and nobody is billed for. */
    readonly refused?: number | undefined;
  }[];
}

export interface History {
  readonly items: readonly TimelineEntry[];
  readonly nextCursor?: string | undefined;
}

/** What the manage pages ask of the services that own a subscription. Trouble is thrown as a `Fault`. */
export interface Subscriptions {
  /** As Microsoft lists them now: takes as long as Microsoft does. */
  choices(subscriptionId: string): Promise<Choices>;
  /** As Microsoft listed them within the last minute, or none where they cannot be had quickly. */
  knownChoices(subscription: Pick<SubscriptionView, 'id' | 'planId'>): Promise<Choices>;
  /** The plans for their names: of the last minutes, or none where they cannot be had quickly. */
  knownPlans(subscription: Pick<SubscriptionView, 'id' | 'planId'>): Promise<readonly Plan[]>;
  /** Stored once it is answered; the same `changeId` again is the same change. */
  request(
    change: WantedChange & {
      readonly subscriptionId: string;
      readonly changeId: string;
      readonly approvedBy: Identity;
    },
  ): Promise<{ readonly changeId: string } | { readonly refused: RejectionCode }>;
  /** Undefined: this subscription has no such change. */
  change(subscriptionId: string, changeId: string): Promise<Change | undefined>;
  /** Newest first. Undefined: the cursor is none. */
  history(subscriptionId: string, page: HistoryPage): Promise<History | undefined>;
  /** Of the present term; undefined where it is unknown, or cannot be had now. */
  usage(subscriptionId: string): Promise<Usage | undefined>;
  /** Reports a request for access to the publisher's product. Repeating it does nothing. */
  recordAccessRequest(request: AccessRequest): Promise<void>;
  /** Days for which data is kept after the end: the offer's setting, or Microsoft's least. */
  retentionDays(subscription: Pick<SubscriptionView, 'publisherId' | 'offerId'>): Promise<number>;
}

export interface HistoryPage {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Names and usage are niceties: a page does not wait longer for them than a person notices. */
const NICETY_TIMEOUT_MS = 2_000;
/** Publishers rename plans seldom, and a changed one is read anew. */
const PLANS_LIFE_MS = 10 * 60_000;
/** What may be chosen depends on the publisher's rules, which take effect at once. */
const CHOICES_LIFE_MS = 60_000;
/** A few megabytes at most; the oldest goes first. */
const MAX_KNOWN = 1_000;

export function createSubscriptions(services: {
  readonly worker: TRPCClient<OwnerRouter<'fulfillment-worker'>>;
  readonly billing: TRPCClient<OwnerRouter<'billing-sync'>>;
  readonly now: () => Date;
}): Subscriptions {
  const { worker, billing, now } = services;
  const known = new Map<string, { readonly choices: Choices; readonly at: number }>();

  const choices = async (subscriptionId: string, signal?: AbortSignal): Promise<Choices> => {
    const answer = await asked(
      worker.subscriptions.availablePlans.query({ subscriptionId }, signal ? { signal } : {}),
    );
    if (!('value' in answer)) return { plans: [] };
    known.delete(subscriptionId);
    known.set(subscriptionId, { choices: answer.value, at: now().getTime() });
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    return answer.value;
  };

  const notOlderThan = async (
    { id, planId }: Pick<SubscriptionView, 'id' | 'planId'>,
    lifeMs: number,
  ): Promise<Choices> => {
    const kept = known.get(id);
    const isFresh = kept && kept.at + lifeMs > now().getTime();
    const own = kept?.choices.plans.find((plan) => plan.planId === planId);
    // Without its private offers a plan's price is not known: it is asked for again.
    if (isFresh && own?.sourceOffers) return kept.choices;
    const answer = await orNothing(choices(id, AbortSignal.timeout(NICETY_TIMEOUT_MS)));
    return answer ?? kept?.choices ?? { plans: [] };
  };

  return {
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
      const signal = AbortSignal.timeout(NICETY_TIMEOUT_MS);
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

/** Kept with the change as the customer's approval: tenant and object id, no name. */
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
