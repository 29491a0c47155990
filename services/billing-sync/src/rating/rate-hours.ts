import { decimalText } from '@landfall/domain/decimal';
import { countersOf, rateHours, type RatedUnits } from '@landfall/domain/rating';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db, Trx } from '../db/schema.ts';
import { planRates } from '../store/catalogue.ts';
import { type DueHour, lockRules, markHeld, markRated, takeDueHours } from '../store/due-hours.ts';
import { insertEntries, type NewEntry } from '../store/ledger.ts';
import { ensureMonths } from '../store/months.ts';
import { type Placement, placeUnits } from '../store/placing.ts';
import { lockCounters, saveCounters } from '../store/term-counters.ts';
import { checkThresholds } from '../watch/check-thresholds.ts';

/** Bounds memory and the time for which counters are locked. A million hours are 2,000 batches. */
const RATE_BATCH = 500;

interface RateDeps {
  readonly db: Db;
  readonly now: () => Date;
  /** How long an hour waits for late reports. */
  readonly graceMs: number;
}

/**
 * Rates every hour that is due and returns how many there were. Other processes may do so at the same time. An hour whose
 * included quantity is not known is held, and none of it is counted.
 */
export async function rateDueHours(deps: RateDeps, isStopping: () => boolean): Promise<number> {
  await ensureMonths(deps.db, deps.now());
  let rated = 0;
  while (!isStopping()) {
    const options = { now: deps.now(), graceMs: deps.graceMs };
    const count = await inTransaction(deps.db, (trx) => rateBatch(trx, options));
    rated += count;
    if (count < RATE_BATCH) break;
  }
  return rated;
}

/** Needs a constant number of statements. Locks are always taken in the same order: hours, rules, counters, rows. */
async function rateBatch(
  trx: Trx,
  options: { readonly now: Date; readonly graceMs: number },
): Promise<number> {
  const { now } = options;
  const due = await takeDueHours(trx, now, RATE_BATCH);
  if (due.length === 0) return 0;
  await lockRules(trx, due);
  const rulesOf = await planRates(trx, due);
  const keys = due.flatMap((hour) => {
    const rules = rulesOf(hour);
    return rules ? countersOf(hour, rules) : [];
  });
  const { rated, held, counters } = rateHours(due, rulesOf, await lockCounters(trx, keys));
  await saveCounters(trx, [...counters.values()]);
  const parts = rated.flatMap(({ hour, units }) => units.map((of) => ({ hour, units: of })));
  const placements = await placeUnits(
    trx,
    parts.map(({ hour, units }) => ({ ...hour, ...units })),
    options,
  );
  const entries = parts.flatMap((part, index) => entriesOf(part, placements[index]));
  await insertEntries(trx, entries, now);
  await markRated(
    trx,
    rated.map(({ hour }) => hour),
  );
  await markHeld(trx, held);
  await checkThresholds(
    trx,
    rated.map(({ hour }) => hour.subscriptionId),
    now,
  );
  return due.length;
}

/** The entry for rated units, and a second one if no hour could take the units that must be reported. */
function entriesOf(
  { hour, units }: { readonly hour: DueHour; readonly units: RatedUnits },
  placement: Placement | undefined,
): NewEntry[] {
  const { toHour = null, reason = null } = placement ?? {};
  const { publisherId, subscriptionId, meter, planId, termStart, termUnit } = hour;
  const of = { publisherId, subscriptionId, meter, planId, termStart, termUnit };
  const entry: NewEntry = {
    ...of,
    kind: 'rated',
    dimension: units.dimension,
    hour: hour.hour,
    toHour,
    used: decimalText(units.used),
    included: decimalText(units.included),
    reported: decimalText(units.reported),
    remainder: decimalText(units.remainder),
    includedQuantity: units.includedQuantity && decimalText(units.includedQuantity),
    basis: units.basis,
    reason,
  };
  if (toHour !== null) return [entry];
  const nothing = { used: '0', included: '0', remainder: '0', includedQuantity: null, basis: null };
  return [entry, { ...entry, ...nothing, kind: 'given-up' }];
}
