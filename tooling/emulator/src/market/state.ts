import type { PublishedPlan } from './catalogue.ts';
import type { ClockSetting } from './clock.ts';
import type { StoredFault } from './faults.ts';
import type { Identities } from '../authority/identities.ts';
import type { StoredKey } from '../authority/keyring.ts';
import type { Settings } from './settings.ts';
import type { Timer } from './timer-queue.ts';

export type SubscriptionStatus =
  | 'PendingFulfillmentStart'
  | 'Subscribed'
  | 'Suspended'
  | 'Unsubscribed';

export type Action =
  | 'Subscribe'
  | 'ChangePlan'
  | 'ChangeQuantity'
  | 'Renew'
  | 'Suspend'
  | 'Reinstate'
  | 'Unsubscribe';

export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Conflict';

/** The purchaser or beneficiary. There is no address if the person's tokens have none. */
export interface Party {
  readonly name: string;
  readonly emailId?: string;
  readonly objectId: string;
  readonly tenantId: string;
  readonly puid: string;
}

export interface Term {
  unit: string;
  /** Midnight UTC of the day from which terms are counted; null before activation. */
  anchor: number | null;
  /** Months from the anchor to the start and to the end of the current term. */
  fromMonths: number;
  toMonths: number;
}

/** All times are epoch milliseconds of the emulator's clock. */
export interface SubscriptionRecord {
  readonly id: string;
  readonly name: string;
  readonly offerId: string;
  planId: string;
  /** Seats; null for a flat-rate plan. */
  quantity: number | null;
  status: SubscriptionStatus;
  beneficiary: Party;
  purchaser: Party;
  /** Sold by a partner, so the customer can only read. */
  isCsp: boolean;
  readonly term: Term;
  autoRenew: boolean;
  isFreeTrial: boolean;
  /** The private offer through which the plan was bought; absent for the public price. */
  readonly privateOfferId?: string;
  /** Bought in a partner's integration sandbox. */
  readonly isSandbox?: boolean;
  /** Sent as `isTest`. */
  readonly isTest?: boolean;
  /** Microsoft's commerce test: `sessionMode` DryRun, usage is not billed. */
  readonly isDryRun?: boolean;
  readonly createdAt: number;
  /** Activate was answered 200, and the activation is in progress. */
  isActivating: boolean;
  endedAt: number | null;
  /** The plans with their start times, oldest first. */
  readonly planHistory: { readonly planId: string; readonly from: number }[];
  readonly operationIds: string[];
}

export interface OperationRecord {
  readonly id: string;
  readonly activityId: string;
  readonly subscriptionId: string;
  readonly action: Action;
  status: OperationStatus;
  readonly planId: string;
  readonly quantity: number | null;
  readonly source: 'Azure' | 'Partner';
  readonly createdAt: number;
  endedAt: number | null;
  /** Sent after a refused change, to change "back" to the current value. */
  readonly isRevert: boolean;
  /** The values in force at the request. Absent in state files from before this field existed. */
  readonly before?: { readonly planId: string; readonly quantity: number | null };
  /** Who or what ended it; null while it is in progress. May be absent, like `before`. */
  settledBy?: SettledBy | null;
}

/** What ends an operation. */
export type SettledBy =
  /** The publisher's PATCH. */
  | 'publisher'
  /** The publisher's webhook answered with a status that refuses. */
  | 'webhook-status'
  /** The webhook did not answer any attempt. */
  | 'webhook-unreachable'
  /** The publisher did not answer in time. */
  | 'silence'
  /** The marketplace itself: no answer was needed, or the change had become impossible. */
  | 'marketplace';

export interface DeliveryAttempt {
  readonly at: string;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly kind: 'first' | 'retry' | 'duplicate' | 'redelivery';
}

/**
 * `pending` waits for its next attempt; `exhausted` has used all attempts; `dropped` was not sent
 * because of a fault.
 */
export type DeliveryState = 'pending' | 'delivered' | 'rejected' | 'exhausted' | 'dropped' | 'held';

/** One notification: its body, which never changes, and every attempt to deliver it. */
export interface DeliveryRecord {
  readonly operationId: string;
  readonly subscriptionId: string;
  readonly action: Action;
  state: DeliveryState;
  readonly body: unknown;
  /** The number of copies that are sent together with the first attempt. */
  readonly duplicates: number;
  firstAttemptAt: number | null;
  readonly attempts: DeliveryAttempt[];
}

export interface UsageRecord {
  readonly usageEventId: string;
  readonly resourceId: string;
  readonly dimension: string;
  readonly planId: string;
  readonly offerId: string;
  /** The digits that were sent. */
  readonly quantity: string;
  readonly effectiveStartTime: string;
  /** Start of the UTC hour that the event counts for. */
  readonly hour: number;
  readonly acceptedAt: number;
  /** The report leaves the event out, although it was accepted. */
  isMissing?: boolean;
}

/** A usage row that was not accepted, as it was sent. */
export interface RefusedUsage {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly publisherId: string;
  /** Microsoft's status, such as Duplicate or Expired. */
  readonly status: string;
  /** The invalid field, if there is one. */
  readonly target: string | null;
  /** Forced by a fault, without a check of the row. */
  readonly isForced: boolean;
  readonly row: Readonly<Record<string, string>>;
}

/** How the report shows one processed day of a subscription's dimension. */
export interface UsageRecon {
  readonly subscriptionId: string;
  readonly dimension: string;
  /** The UTC day, such as 2025-01-12. */
  readonly day: string;
  readonly reconStatus: string;
  /** A decimal. Absent for the quantity that belongs to the status. */
  readonly processedQuantity?: string | undefined;
}

/** The key of a usage event: only one counts per subscription, dimension and UTC hour. */
export function usageKey(of: Pick<UsageRecord, 'resourceId' | 'dimension' | 'hour'>): string {
  return `${of.resourceId}|${of.dimension}|${of.hour}`;
}

export interface State {
  identities: Identities;
  keys: StoredKey[];
  /** The key that seals purchase tokens, in base64. */
  purchaseTokenKey: string;
  settings: Settings;
  faults: StoredFault[];
  subscriptions: Map<string, SubscriptionRecord>;
  operations: Map<string, OperationRecord>;
  deliveries: Map<string, DeliveryRecord>;
  /** By `usageKey`. */
  usage: Map<string, UsageRecord>;
  usageRecons: UsageRecon[];
  /** The last usage rows that were not accepted, oldest first; not in the state file. */
  readonly refusedUsage: RefusedUsage[];
  publishedPlans: readonly PublishedPlan[];
  /** The number of answers of Get and Resolve by subscription; not in the state file. */
  readonly answers: Map<string, number>;
}

/** The state as it is written to a file. */
export interface StoredState {
  readonly version: 1;
  readonly clock: ClockSetting;
  readonly timers: readonly Timer[];
  readonly identities: Identities;
  readonly keys: readonly StoredKey[];
  readonly purchaseTokenKey: string;
  readonly settings: Settings;
  readonly faults: readonly StoredFault[];
  readonly subscriptions: readonly SubscriptionRecord[];
  readonly operations: readonly OperationRecord[];
  readonly deliveries: readonly DeliveryRecord[];
  /** Older state files have quantities as numbers. */
  readonly usage: readonly (UsageRecord | (Omit<UsageRecord, 'quantity'> & { quantity: number }))[];
  /** Absent in state files from before these fields existed. */
  readonly usageRecons?: readonly UsageRecon[];
  readonly publishedPlans?: readonly PublishedPlan[];
}

export function restoreState(stored: StoredState): State {
  return {
    identities: stored.identities,
    keys: [...stored.keys],
    purchaseTokenKey: stored.purchaseTokenKey,
    settings: stored.settings,
    faults: [...stored.faults],
    subscriptions: new Map(stored.subscriptions.map((one) => [one.id, one])),
    operations: new Map(stored.operations.map((one) => [one.id, one])),
    deliveries: new Map(stored.deliveries.map((one) => [one.operationId, one])),
    usage: new Map(
      stored.usage.map((one) => [usageKey(one), { ...one, quantity: String(one.quantity) }]),
    ),
    usageRecons: [...(stored.usageRecons ?? [])],
    publishedPlans: stored.publishedPlans ?? [],
    refusedUsage: [],
    answers: new Map(),
  };
}

export function storeState(
  state: State,
  time: { readonly clock: ClockSetting; readonly timers: readonly Timer[] },
): StoredState {
  return {
    version: 1,
    ...time,
    identities: state.identities,
    keys: state.keys,
    purchaseTokenKey: state.purchaseTokenKey,
    settings: state.settings,
    faults: state.faults,
    subscriptions: [...state.subscriptions.values()],
    operations: [...state.operations.values()],
    deliveries: [...state.deliveries.values()],
    usage: [...state.usage.values()],
    usageRecons: state.usageRecons,
    publishedPlans: state.publishedPlans,
  };
}
