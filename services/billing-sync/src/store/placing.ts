import { type Decimal, decimal, decimalText, smaller, ZERO } from '@landfall/domain/decimal';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';
import { insertEntries, partsOf, type NewEntry, type RowPart } from './ledger.ts';
import { type OtherHour, otherHours, readLives, oldestHour } from './other-hours.ts';
import {
  addReported,
  addUsed,
  lockRows,
  markLost,
  readRows,
  type UsedUnits,
} from './usage-rows.ts';
import { RowPlan, sumByRow } from './row-plan.ts';

/** Rated units of one dimension in one hour. */
export interface Units extends UsedUnits {
  /** The part of `used` that Microsoft gets, with an earlier remainder. */
  readonly reported: Decimal;
}

/** Where reported units went. */
export interface Placement {
  /** Null: no hour can take them, so they are not billed. */
  readonly toHour: Date | null;
  /** Why they are not in their own hour; null if they are. */
  readonly reason: 'late' | 'plan-changed' | null;
}

interface PlaceOptions {
  readonly now: Date;
  /** How long an hour waits for late reports before its row is sent. */
  readonly graceMs: number;
}

/**
 * Adds rated units to the rows that are sent to Microsoft, and returns where each went, in the given order. Units stay in
 * their own hour unless its row has been sent or belongs to another plan. Then they go to the best of `otherHours`. `used`
 * always stays with its own hour. Several processes may do this at the same time: each changes only rows that it has locked.
 */
export async function placeUnits(
  trx: Trx,
  units: readonly Units[],
  options: PlaceOptions,
): Promise<Placement[]> {
  const rows = new RowPlan(await addUsed(trx, sumByRow(units), options.now));
  const placements: Placement[] = units.map((one) => {
    if (one.reported.lte(ZERO)) return { toHour: one.hour, reason: null };
    const reason = rows.isSealed(one) ? 'late' : 'plan-changed';
    const fits = rows.take({ ...one, joinsOtherPlan: false, quantity: one.reported });
    return { toHour: fits ? one.hour : null, reason: fits ? null : reason };
  });
  const displaced = units
    .map((one, index) => ({ units: { ...one, quantity: one.reported }, index }))
    .filter(({ index }) => placements[index]?.toHour === null);
  const found = await placeElsewhere(
    trx,
    displaced.map((one) => one.units),
    { rows, now: options.now },
  );
  for (const [position, { index }] of displaced.entries()) {
    const placement = placements[index];
    if (placement) placements[index] = { ...placement, toHour: found[position] ?? null };
  }
  await addReported(trx, rows.added(), options);
  await markLost(
    trx,
    units.filter((_one, index) => placements[index]?.toHour === null),
  );
  return placements;
}

/** Rated units of a row that cannot bill them. */
export interface MovedUnits extends HourKey {
  readonly quantity: Decimal;
  readonly reason: 'expired' | 'quantity-mismatch';
}

/**
 * Moves units from a row that cannot change any more to another hour. False if no hour could take some of them, so that
 * they are not billed. Either way, the ledger gets an entry for each plan and term.
 */
export async function moveUnits(
  trx: Trx,
  moved: MovedUnits,
  options: PlaceOptions,
): Promise<boolean> {
  const parts = await partsToMove(trx, moved);
  const { now } = options;
  const rows = new RowPlan([]);
  const hours = await placeElsewhere(trx, parts, { rows, now });
  await addReported(trx, rows.added(), options);
  const entries = parts.map((part, index) => entryOf(part, hours[index] ?? null));
  await insertEntries(trx, entries, now);
  return parts.length > 0 && !hours.includes(null);
}

/** Records in the ledger that units of a row are not billed. */
export async function giveUpUnits(trx: Trx, lost: MovedUnits, now: Date): Promise<void> {
  const parts = await partsToMove(trx, lost);
  await insertEntries(
    trx,
    parts.map((part) => entryOf(part, null)),
    now,
  );
}

type MovedPart = MovedUnits & Omit<RowPart, 'units'>;

/** The quantity to move by plan and term, taken from the last part of the row first. */
async function partsToMove(trx: Trx, moved: MovedUnits): Promise<MovedPart[]> {
  const { subscriptionId, dimension, hour, reason } = moved;
  const parts: MovedPart[] = [];
  let left = moved.quantity;
  for (const { units, ...part } of (await partsOf(trx, moved)).toReversed()) {
    const quantity = smaller(left, decimal(units));
    left = left.minus(quantity);
    if (quantity.gt(ZERO)) {
      // Callers give a whole row, whose plan is not that of each part.
      parts.push({ ...part, subscriptionId, dimension, hour, reason, quantity });
    }
  }
  return parts;
}

function entryOf(part: MovedPart, toHour: Date | null): NewEntry {
  const { quantity, ...of } = part;
  const nothing = { used: '0', included: '0', remainder: '0', includedQuantity: null, basis: null };
  const kind = toHour === null ? 'given-up' : 'moved';
  return { ...of, ...nothing, kind, toHour, reported: decimalText(quantity) };
}

interface HomelessUnits extends HourKey {
  readonly publisherId: string;
  readonly planId: string;
  readonly quantity: Decimal;
}

/** Finds hours for units that their own row cannot take; null where there is none. Needs a constant number of statements. */
async function placeElsewhere(
  trx: Trx,
  units: readonly HomelessUnits[],
  { rows, now }: { readonly rows: RowPlan; readonly now: Date },
): Promise<(Date | null)[]> {
  if (units.length === 0) return [];
  const lives = await readLives(
    trx,
    units.map(({ subscriptionId }) => subscriptionId),
  );
  rows.learn(await readRows(trx, units, oldestHour(now)));
  const options = units.map((one) => {
    const life = lives.get(one.subscriptionId);
    return life ? otherHours(one, life, now) : [];
  });
  const placed = units.map((): Date | null => null);
  let waiting = [...units.keys()];
  // A second round is needed only if another process has just changed one of these rows.
  while (waiting.length > 0) {
    const wanted = waiting.flatMap((index) => {
      const one = units[index];
      const target = one && options[index]?.find((slot) => rows.fits({ ...one, ...slot }));
      return one && target ? [{ index, one, target }] : [];
    });
    const missing = wanted.map(({ one, target }) => newRow(one, target));
    rows.lock(await lockRows(trx, rows.unlocked(missing), now));
    waiting = [];
    for (const { index, one, target } of wanted) {
      const { at } = target;
      const isTaken = rows.take({ ...one, ...target, firstUsedAt: at, lastUsedAt: at });
      if (isTaken) placed[index] = target.hour;
      else waiting.push(index);
    }
  }
  return placed;
}

function newRow(units: HomelessUnits, { hour, at, planId }: OtherHour): Omit<UsedUnits, 'used'> {
  const { subscriptionId, dimension, publisherId } = units;
  const moments = { firstUsedAt: at, lastUsedAt: at };
  return { subscriptionId, dimension, hour, publisherId, planId, ...moments };
}
