import { pendingOperation, type Market } from './market.ts';
import type {
  DeliveryRecord,
  OperationRecord,
  Party,
  RefusedUsage,
  SubscriptionRecord,
  SubscriptionStatus,
  UsageRecord,
} from './state.ts';
import { termDates } from './term.ts';
import { allowedOperations } from './wire.ts';

/** A subscription as the control API shows it, independent of oddities. */
export interface SubscriptionView {
  readonly id: string;
  readonly name: string;
  readonly offerId: string;
  readonly planId: string;
  readonly quantity: number | null;
  readonly status: SubscriptionStatus;
  readonly isActivating: boolean;
  readonly beneficiary: Party;
  readonly purchaser: Party;
  readonly isCsp: boolean;
  readonly allowedCustomerOperations: readonly string[];
  readonly termUnit: string;
  /** First and last day of the term, ISO 8601; null before activation. */
  readonly termStart: string | null;
  readonly termEnd: string | null;
  readonly autoRenew: boolean;
  readonly isFreeTrial: boolean;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly pendingOperation: OperationView | null;
}

export interface OperationView extends Omit<OperationRecord, 'createdAt' | 'endedAt'> {
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export interface DeliveryView extends Omit<DeliveryRecord, 'firstAttemptAt' | 'duplicates'> {
  readonly firstAttemptAt: string | null;
}

export interface UsageView extends Omit<UsageRecord, 'hour' | 'acceptedAt'> {
  readonly hour: string;
  readonly acceptedAt: string;
}

export function viewSubscription(market: Market, of: SubscriptionRecord): SubscriptionView {
  const { term, planHistory: _plans, operationIds: _operations, ...rest } = of;
  const { createdAt, endedAt, ...plain } = rest;
  const dates = termDates(term);
  const pending = pendingOperation(market, of);
  return {
    ...plain,
    allowedCustomerOperations: allowedOperations(of),
    termUnit: term.unit,
    termStart: iso(dates?.start),
    termEnd: iso(dates?.end),
    createdAt: new Date(createdAt).toISOString(),
    endedAt: iso(endedAt),
    pendingOperation: pending ? viewOperation(pending) : null,
  };
}

export function viewOperation(of: OperationRecord): OperationView {
  return { ...of, createdAt: new Date(of.createdAt).toISOString(), endedAt: iso(of.endedAt) };
}

export function viewDelivery(of: DeliveryRecord): DeliveryView {
  const { duplicates: _duplicates, firstAttemptAt, ...plain } = of;
  return { ...plain, firstAttemptAt: iso(firstAttemptAt) };
}

export function viewUsage(of: UsageRecord): UsageView {
  return {
    ...of,
    hour: new Date(of.hour).toISOString(),
    acceptedAt: new Date(of.acceptedAt).toISOString(),
  };
}

/** A usage row that was not accepted. */
export interface RefusedUsageView extends Omit<RefusedUsage, 'at'> {
  readonly at: string;
}

export function viewRefusedUsage(of: RefusedUsage): RefusedUsageView {
  return { ...of, at: new Date(of.at).toISOString() };
}

function iso(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString();
}
