import type { SubscriptionView } from '@landfall/emulator/views';
import { differences, type SeenRecord } from '../../fixture/records.ts';
import type { Evidence, SubscriptionRow } from '../evidence.ts';
import type { Breach } from './breach.ts';

/** Why both sides may differ before reconciliation: Landfall got no notification. */
export type Excuse = 'never opened' | 'notification dropped' | 'ended without notification';

/** A difference between both sides. One with an excuse is for reconciliation to find. */
export interface Difference {
  readonly subscriptionId: string;
  readonly fields: readonly string[];
  readonly excuse: Excuse | undefined;
}

export function compareSides(evidence: Evidence): Difference[] {
  const ours = new Map(evidence.subscriptions.map((row) => [row.id, row]));
  return evidence.marketplace.subscriptions.flatMap((seen) => {
    const row = ours.get(seen.id);
    const fields = differences(row && ourRecord(row), theirRecord(seen));
    if (row?.isMissing) fields.push('we think that the marketplace does not know it');
    if (fields.length === 0) return [];
    return [{ subscriptionId: seen.id, fields, excuse: excuse(evidence, seen) }];
  });
}

/**
 * Before reconciliation, both sides may differ only where Landfall got no notification; afterwards,
 * nowhere.
 */
export function checkBothSides(evidence: Evidence, when: 'drained' | 'reconciled'): Breach[] {
  const known = new Set(evidence.marketplace.subscriptions.map(({ id }) => id));
  const invented = evidence.subscriptions
    .filter(({ id }) => !known.has(id))
    .map(({ id }) => ({
      guarantee: 'every subscription that Landfall knows exists in the marketplace',
      subscriptionId: id,
      found: 'only Landfall has it',
    }));
  const differing = compareSides(evidence)
    .filter(({ excuse: reason }) => when === 'reconciled' || reason === undefined)
    .map(({ subscriptionId, fields }) => ({
      guarantee: `both sides have the same record after everything has ${when}`,
      subscriptionId,
      found: fields.join('; '),
    }));
  return [...invented, ...differing, ...unactivated(evidence)];
}

/** An activation that was accepted must be sent to Microsoft. */
function unactivated({ ledger, marketplace }: Evidence): Breach[] {
  return marketplace.subscriptions
    .filter(({ id, status }) => status === 'PendingFulfillmentStart' && isPromised(ledger, id))
    .map(({ id }) => ({
      guarantee: 'an accepted activation reaches the marketplace',
      subscriptionId: id,
      found: 'it is still pending in the marketplace',
    }));
}

/** If the product has no capacity, the promise is only to ask it. */
function isPromised({ activated, withoutSpace }: Evidence['ledger'], id: string): boolean {
  return activated.has(id) && !withoutSpace.has(id);
}

function excuse(evidence: Evidence, seen: SubscriptionView): Excuse | undefined {
  const { deliveries, operations } = evidence.marketplace;
  const own = deliveries.filter(({ subscriptionId }) => subscriptionId === seen.id);
  if (own.some(({ state }) => state === 'dropped')) return 'notification dropped';
  const isTold = own.some(({ state }) => state === 'delivered' || state === 'rejected');
  if (!evidence.ledger.opened.has(seen.id) && !isTold) return 'never opened';
  const notified = new Set(own.map(({ operationId }) => operationId));
  const hasSilentEnd = operations.some(
    ({ id, subscriptionId, action }) =>
      subscriptionId === seen.id && action === 'Unsubscribe' && !notified.has(id),
  );
  return hasSilentEnd ? 'ended without notification' : undefined;
}

function ourRecord(row: SubscriptionRow): SeenRecord {
  const { status, planId, quantity, termEnd, autoRenew } = row;
  return { status, planId, quantity, termEnd: iso(termEnd), autoRenew };
}

function theirRecord(seen: SubscriptionView): SeenRecord {
  const { status, planId, quantity, termEnd, autoRenew } = seen;
  return { status, planId, quantity, termEnd: iso(termEnd), autoRenew };
}

function iso(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString();
}
