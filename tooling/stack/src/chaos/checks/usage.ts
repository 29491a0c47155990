import { UNRATED, type Evidence, type UsageHourRow } from '../evidence.ts';
import { INCLUDED_REPORTS } from '../usage-reporter.ts';
import { groupBy, type Breach } from './breach.ts';

/** Each record is counted once, each hour is billed once, and the totals of both sides agree. */
export function checkUsage(evidence: Evidence): Breach[] {
  return [...records(evidence), ...hours(evidence), ...sums(evidence)];
}

function records({ ledger, billing }: Evidence): Breach[] {
  const guarantee = 'each accepted usage record is counted once, and no other is';
  const counted = new Map(billing.records.map((row) => [row.eventId, row]));
  const lost = [...ledger.usage.values()].flatMap((sent) => {
    const row = counted.get(sent.eventId);
    const { subscriptionId, eventId } = sent;
    if (!sent.isTaken) return [{ guarantee, subscriptionId, found: `${eventId} never answered` }];
    if (row?.quantity === sent.quantity) return [];
    const found = `${eventId}: sent ${sent.quantity}, counted ${row?.quantity ?? 'not'}`;
    return [{ guarantee, subscriptionId, found }];
  });
  const invented = billing.records
    .filter(({ eventId }) => !ledger.usage.has(eventId))
    .map(({ subscriptionId, eventId }) => ({ guarantee, subscriptionId, found: eventId }));
  return [...lost, ...invented];
}

/** Microsoft has for each hour what we have as settled, and no other hours. */
function hours({ billing, marketplace }: Evidence): Breach[] {
  const guarantee = 'a settled hour is in the marketplace once, with our quantity';
  const theirs = new Map(
    marketplace.usage.map((one) => [key(one.resourceId, one.dimension, one.hour), one]),
  );
  const breaches: Breach[] = [];
  for (const row of billing.hours) {
    const { subscriptionId, dimension, hour, reported } = row;
    const id = key(subscriptionId, dimension, hour);
    const found = theirs.get(id);
    theirs.delete(id);
    if (isUnfinished(row)) {
      const state = `${dimension} ${hour} is ${row.state} (${row.problem ?? 'no problem'})`;
      breaches.push({ guarantee: 'each past hour is settled', subscriptionId, found: state });
    } else if (row.state === 'settled' && (found?.quantity ?? '0') !== String(reported)) {
      const quantities = `${dimension} ${hour}: ours ${reported}, theirs ${found?.quantity ?? 'none'}`;
      breaches.push({ guarantee, subscriptionId, found: quantities });
    }
  }
  for (const [id, { resourceId }] of theirs) {
    breaches.push({
      guarantee,
      subscriptionId: resourceId,
      found: `only in the marketplace: ${id}`,
    });
  }
  return breaches;
}

/** The current hour is not over; late records are added to it. */
function isUnfinished(row: UsageHourRow): boolean {
  const isPresent = Date.parse(row.hour) > Date.now() - 3_600_000;
  return row.state !== 'settled' && !isPresent;
}

function sums({ billing, marketplace }: Evidence): Breach[] {
  const breaches: Breach[] = [];
  const keyOf = (row: { readonly subscriptionId: string; readonly dimension: string }) =>
    key(row.subscriptionId, row.dimension);
  const booked = groupBy(billing.hours, keyOf);
  const sent = groupBy(marketplace.usage, (one) => key(one.resourceId, one.dimension));
  for (const [id, rows] of groupBy(billing.records, keyOf)) {
    const [{ subscriptionId, dimension } = { subscriptionId: '', dimension: '' }] = rows;
    const used = sum(rows.map(({ quantity }) => quantity));
    const own = booked.get(id) ?? [];
    const inHours = sum(own.map((row) => row.used));
    if (inHours !== used) {
      const found = `${dimension}: ${used} recorded, ${inHours} in hours`;
      breaches.push({ guarantee: 'the hours contain each unit once', subscriptionId, found });
    }
    const rated = own.filter(({ state }) => state !== UNRATED);
    const counted = sum(rated.map((row) => row.used));
    const waiting = sum(
      rated.filter(({ state }) => state !== 'settled').map(({ reported }) => reported),
    );
    const included = dimension === 'reports' ? INCLUDED_REPORTS : 0;
    const billed = sum((sent.get(id) ?? []).map(({ quantity }) => Number(quantity)));
    if (billed + waiting !== Math.max(0, counted - included)) {
      const found = `${dimension}: ${counted} used, ${included} included, ${billed} billed, ${waiting} waiting`;
      breaches.push({
        guarantee: 'the quantity above what is included is billed',
        subscriptionId,
        found,
      });
    }
  }
  if (billing.lost !== 0) {
    const found = `${billing.lost} units`;
    breaches.push({ guarantee: 'no usage is written off', found });
  }
  return breaches;
}

function sum(of: readonly number[]): number {
  return of.reduce((total, one) => total + one, 0);
}

function key(subscriptionId: string, dimension: string, hour = ''): string {
  return [subscriptionId, dimension, hour].join('|');
}
