import type { Evidence } from '../evidence.ts';
import type { Breach } from './breach.ts';
import { checkEntries } from './usage-entries.ts';
import { shown, sum, units, UsageOracle } from './usage-oracle.ts';

/**
 * Each record is counted once, each hour is billed once, and both sides have the same quantities. Checked when all hours
 * with usage are over and nothing is on its way.
 */
export function checkUsage(evidence: Evidence): Breach[] {
  const oracle = new UsageOracle(evidence);
  return [
    ...records(evidence, oracle),
    ...claims(evidence),
    ...meterHours(evidence),
    ...checkEntries(evidence.billing.entries, oracle),
    ...rated(evidence),
    ...rows(evidence),
    ...atMicrosoft(evidence),
  ];
}

function records({ ledger, billing }: Evidence, oracle: UsageOracle): Breach[] {
  const guarantee = 'each accepted usage record is counted once, and no other is';
  const counted = Map.groupBy(billing.records, ({ eventId }) => eventId);
  const lost = [...ledger.usage.values()].flatMap((sent): Breach[] => {
    const [row, ...more] = counted.get(sent.eventId) ?? [];
    const { subscriptionId, eventId, quantity } = sent;
    if (!sent.isTaken) return [{ guarantee, subscriptionId, found: `${eventId} never answered` }];
    if (!row || more.length > 0 || units(row.quantity) !== units(quantity)) {
      const found = `${eventId}: sent ${quantity}, counted ${row?.quantity ?? 'not'}, and ${more.length} times more`;
      return [{ guarantee, subscriptionId, found }];
    }
    const { planId, termStart } = oracle.standing(subscriptionId, sent.occurredAt) ?? {};
    if (row.planId === planId && row.termStart === termStart) return [];
    const found = `${eventId} of ${sent.occurredAt}: ${row.planId} of ${row.termStart} instead of ${planId} of ${termStart}`;
    return [
      { guarantee: 'a record counts for the plan and term of its moment', subscriptionId, found },
    ];
  });
  const invented = billing.records
    .filter(({ eventId }) => !ledger.usage.has(eventId))
    .map(({ subscriptionId, eventId }) => ({ guarantee, subscriptionId, found: eventId }));
  const bad = ledger.badUsageTaken.map((found) => ({ guarantee: 'bad usage is refused', found }));
  return [...lost, ...invented, ...bad];
}

function claims({ billing }: Evidence): Breach[] {
  const guarantee = 'each claimed event id has its record, and each record its claim';
  const claimed = new Set(billing.claims);
  const recorded = new Set(billing.records.map(({ eventId }) => eventId));
  return [...claimed.symmetricDifference(recorded)].map((found) => ({ guarantee, found }));
}

/** Usage per meter, hour, plan and term is the sum of its records. */
function meterHours({ billing }: Evidence): Breach[] {
  const guarantee = 'the hours contain each unit once';
  type Key = Pick<
    (typeof billing.records)[number],
    'subscriptionId' | 'meter' | 'hour' | 'planId' | 'termStart'
  >;
  const keyOf = (of: Key) =>
    [of.subscriptionId, of.meter, of.hour, of.planId, of.termStart].join('|');
  const recorded = Map.groupBy(billing.records, keyOf);
  const breaches: Breach[] = [];
  for (const row of billing.meterHours) {
    const { subscriptionId, meter, hour, used, counted, state } = row;
    const own = sum((recorded.get(keyOf(row)) ?? []).map(({ quantity }) => units(quantity)));
    recorded.delete(keyOf(row));
    if (own !== units(used)) {
      const found = `${meter} ${hour}: ${shown(own)} recorded, ${used} in the hour`;
      breaches.push({ guarantee, subscriptionId, found });
    }
    if (state !== 'rated' || units(counted) !== units(used)) {
      const found = `${meter} ${hour} is ${state}: ${counted} of ${used}`;
      breaches.push({ guarantee: 'all usage is rated', subscriptionId, found });
    }
  }
  for (const [found, [row]] of recorded) {
    breaches.push({ guarantee, subscriptionId: row?.subscriptionId, found });
  }
  return breaches;
}

/** The ledger has what was counted of each hour. */
function rated({ billing }: Evidence): Breach[] {
  const keyOf = (of: { readonly subscriptionId: string; meter: string; hour: string }) =>
    key(of.subscriptionId, of.meter, of.hour);
  const counted = Map.groupBy(billing.meterHours, keyOf);
  const entries = Map.groupBy(billing.entries, keyOf);
  return [...new Set([...counted.keys(), ...entries.keys()])].flatMap((id): Breach[] => {
    const expected = sum((counted.get(id) ?? []).map((row) => units(row.counted)));
    const used = sum((entries.get(id) ?? []).map((entry) => units(entry.used)));
    if (used === expected) return [];
    const found = `${id}: ${shown(expected)} counted, ${shown(used)} in the ledger`;
    const subscriptionId = counted.get(id)?.[0]?.subscriptionId;
    return [{ guarantee: 'the ledger has each counted unit once', subscriptionId, found }];
  });
}

/** Each row for Microsoft is the sum of the ledger's entries, and is settled in the end. */
function rows({ billing }: Evidence): Breach[] {
  const used = Map.groupBy(billing.entries, (one) =>
    key(one.subscriptionId, one.dimension, one.hour),
  );
  const reported = Map.groupBy(billing.entries, (one) =>
    key(one.subscriptionId, one.dimension, one.toHour ?? 'nowhere'),
  );
  const breaches: Breach[] = [];
  for (const row of billing.hours) {
    const { subscriptionId, dimension, hour } = row;
    const id = key(subscriptionId, dimension, hour);
    const ours = sum((used.get(id) ?? []).map((one) => units(one.used)));
    const owed = sum((reported.get(id) ?? []).map((one) => units(one.reported)));
    reported.delete(id);
    if (ours !== units(row.used) || owed !== units(row.reported)) {
      const found = `${dimension} ${hour}: ${row.reported} of ${row.used}, in the ledger ${shown(owed)} of ${shown(ours)}`;
      breaches.push({
        guarantee: 'a row for Microsoft is the sum of its ledger entries',
        subscriptionId,
        found,
      });
    }
    if (row.state !== 'settled') {
      const found = `${dimension} ${hour} is ${row.state} (${row.problem ?? 'no problem'})`;
      breaches.push({ guarantee: 'each past hour is settled', subscriptionId, found });
    }
  }
  for (const [id, entries] of reported) {
    if (sum(entries.map((one) => units(one.reported))) === 0n) continue;
    const found = `no row for ${id}`;
    breaches.push({ guarantee: 'a row for Microsoft is the sum of its ledger entries', found });
  }
  return breaches;
}

/** Microsoft has for each hour what Landfall has as settled, and no other hours. */
function atMicrosoft({ billing, marketplace }: Evidence): Breach[] {
  const guarantee = 'a settled hour is in the marketplace once, with our quantity';
  const theirs = new Map(
    marketplace.usage.map((one) => [key(one.resourceId, one.dimension, one.hour), one]),
  );
  const breaches: Breach[] = [];
  for (const row of billing.hours) {
    const { subscriptionId, dimension, hour, reported, billed } = row;
    const id = key(subscriptionId, dimension, hour);
    const one = theirs.get(id);
    theirs.delete(id);
    if (row.state !== 'settled') continue;
    const accepted = units(one?.quantity ?? '0');
    const isSame = accepted === units(reported) && accepted === units(billed ?? '0');
    const isOfPlan = one === undefined || one.planId === row.planId;
    if (isSame && isOfPlan) continue;
    const found = `${dimension} ${hour}: ours ${reported} (billed ${billed}) under ${row.planId}, theirs ${one?.quantity ?? 'none'} under ${one?.planId ?? 'none'}`;
    breaches.push({ guarantee, subscriptionId, found });
  }
  for (const [id, { resourceId }] of theirs) {
    const found = `only in the marketplace: ${id}`;
    breaches.push({ guarantee, subscriptionId: resourceId, found });
  }
  return breaches;
}

function key(subscriptionId: string, dimension: string, hour: string): string {
  return [subscriptionId, dimension, hour].join('|');
}
