import type { LedgerEntryRow } from '../usage-evidence.ts';
import type { Breach } from './breach.ts';
import { reportable, shown, units, type Units, type UsageOracle } from './usage-oracle.ts';

/**
 * The ledger's entries in their order. The order says which hour bears which units above the included quantity; the
 * quantities are computed here again.
 */
export function checkEntries(entries: readonly LedgerEntryRow[], oracle: UsageOracle): Breach[] {
  const meters = new Map<string, Units>();
  const dimensions = new Map<string, Units>();
  return entries.flatMap((entry) => {
    const { subscriptionId, dimension, hour, kind, reason } = entry;
    const at = `${dimension} ${hour}`;
    if (kind !== 'rated') {
      const found = `${at}: ${entry.reported} ${kind} (${reason})`;
      return [{ guarantee: 'no usage is written off or moved', subscriptionId, found }];
    }
    const flaws = [
      unbalanced(entry),
      misallocated(entry, oracle, meters),
      misrated(entry, oracle, dimensions),
    ];
    return flaws.flatMap((flaw) =>
      flaw ? [{ ...flaw, subscriptionId, found: `${at}: ${flaw.found}` }] : [],
    );
  });
}

function unbalanced({ used, included, reported, remainder }: LedgerEntryRow): Breach | undefined {
  if (units(used) === units(included) + units(reported) + units(remainder)) return undefined;
  const found = `${used} used, ${included} included, ${reported} reported, ${remainder} remain`;
  return { guarantee: 'used = included + reported + remainder in each ledger entry', found };
}

/** Usage of a meter lies between the thresholds of the dimension for which it counts. */
function misallocated(
  entry: LedgerEntryRow,
  oracle: UsageOracle,
  meters: Map<string, Units>,
): Breach | undefined {
  const { subscriptionId, planId, termStart, meter, dimension, basis } = entry;
  const tiers = oracle.tiers(subscriptionId, planId, meter);
  const guarantee = 'usage counts for the dimension of its tier';
  if (!tiers) {
    if (dimension === meter) return undefined;
    return { guarantee, found: `${meter} has no tiers` };
  }
  const id = [subscriptionId, planId, termStart, meter].join('|');
  const before = meters.get(id) ?? 0n;
  const after = before + units(entry.used);
  meters.set(id, after);
  const index = tiers.findLastIndex(({ from }) => from <= before);
  const end = tiers[index + 1]?.from;
  const expected = index < 0 ? 'free' : tiers[index]?.dimension;
  const found = `from ${shown(before)} to ${shown(after)} for ${basis === 'tier' ? 'free' : dimension}`;
  const isRight = expected === (basis === 'tier' ? 'free' : dimension);
  return isRight && (end === undefined || after <= end) ? undefined : { guarantee, found };
}

/** Everything above the included quantity is reported once, in whole millionths. */
function misrated(
  entry: LedgerEntryRow,
  oracle: UsageOracle,
  dimensions: Map<string, Units>,
): Breach | undefined {
  const { subscriptionId, planId, termStart, dimension, basis, reported, remainder } = entry;
  const guarantee = 'the quantity above what is included is billed';
  const id = [subscriptionId, planId, termStart, dimension].join('|');
  const before = dimensions.get(id) ?? 0n;
  const after = before + (basis === 'tier' ? 0n : units(entry.used));
  dimensions.set(id, after);
  const included = oracle.included(subscriptionId, planId, dimension);
  const above = (used: Units) => (included === null || used <= included ? 0n : used - included);
  const owed = reportable(above(after)) - reportable(above(before));
  const rest = above(after) - above(before) - owed;
  if (units(reported) === owed && units(remainder) === rest) return undefined;
  const most = included === null ? 'unlimited' : shown(included);
  const found = `from ${shown(before)} to ${shown(after)} of ${most} included, ${reported} reported and ${remainder} remain instead of ${shown(owed)} and ${shown(rest)}`;
  return { guarantee, found };
}
