import type { MatterFinder, MatterKindOf } from '@landfall/service-kit/matters';
import type { BillingTables } from '../db/schema.ts';
import {
  doubtfulUsage,
  expiringUsage,
  heldUsage,
  lateCharges,
  lostUsage,
  openIncidents,
  refusedUsage,
} from '../store/matters.ts';

type Finder = MatterFinder<BillingTables, MatterKindOf<'billing-sync'>>;

/** Everything that this service finds for a person. */
export function billingFinders(now: () => Date): readonly Finder[] {
  const doubtful = (problem: Parameters<typeof doubtfulUsage>[2]['problem']): Finder['find'] => {
    return async (trx, limit) => await doubtfulUsage(trx, limit, { problem, now: now() });
  };
  return [
    { kind: 'usage-refused', find: (trx, limit) => refusedUsage(trx, limit, now()) },
    { kind: 'usage-mismatch', find: doubtful('quantity-mismatch') },
    { kind: 'usage-outcome-unknown', find: doubtful('outcome-unknown') },
    { kind: 'usage-expiring', find: (trx, limit) => expiringUsage(trx, limit, now()) },
    { kind: 'usage-written-off', find: (trx, limit) => lostUsage(trx, limit, now()) },
    { kind: 'included-unknown', find: heldUsage },
    { kind: 'usage-incident', find: openIncidents },
    { kind: 'recurring-late', find: (trx, limit) => lateCharges(trx, limit, now()) },
  ];
}
