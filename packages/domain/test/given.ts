import type { Snapshot, Subscription, SubscriptionStatus } from '../src/subscription.ts';
import { evolveAll } from '../src/evolve.ts';
import { observe } from '../src/observe.ts';

const termStart = new Date('2026-01-06T00:00:00Z');
const termEnd = new Date('2026-02-05T00:00:00Z');

/** Microsoft's record of an ordinary purchase, with the fields of `over` replaced. */
export function snapshot(over: Partial<Snapshot> = {}): Snapshot {
  return {
    id: '7d3a5c1e-64d5-4c80-9c8c-0b1d2a7f4e55',
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    name: 'Analytics for Fabrikam',
    quantity: null,
    status: 'Subscribed',
    term: { startDate: termStart, endDate: termEnd, termUnit: 'P1M' },
    autoRenew: true,
    isFreeTrial: false,
    isTest: false,
    beneficiary: { tenantId: 'b-tenant', objectId: 'b-object' },
    purchaser: { tenantId: 'b-tenant', objectId: 'b-object' },
    allowedCustomerOperations: ['Read', 'Update', 'Delete'],
    ...over,
  };
}

/** Our record after the first reading of such a snapshot. */
export function subscription(over: Partial<Snapshot> = {}): Subscription {
  const seen = snapshot(over);
  const known = evolveAll(undefined, observe(undefined, seen));
  if (!known) throw new Error('a first reading always records a purchase');
  return known;
}

export function withStatus(status: SubscriptionStatus): Subscription {
  return subscription({ status });
}

export type Pick = <T>(from: readonly T[]) => T;

/** Reproducible choices: the same seed gives the same sequence on every machine (mulberry32). */
export function seeded(seed: number): Pick {
  let state = seed;
  return (from) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const unit = ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    return from[Math.floor(unit * from.length)]!;
  };
}
