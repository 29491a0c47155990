import type { Insertable } from 'kysely';
import { type Decimal, ZERO, decimal, decimalText, smaller } from '@landfall/domain/decimal';
import { rateHours } from '@landfall/domain/rating';
import {
  NO_TERM,
  type LedgerEntriesTable,
  type MeterHoursTable,
  type UsageHoursTable,
} from '../src/db/schema.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The months of a random ledger. Its usage is around the two ends between them. */
export const MONTHS = ['2026-01', '2026-02', '2026-03'] as const;
const ENDS = [Date.parse('2026-02-01T00:00:00Z'), Date.parse('2026-03-01T00:00:00Z')];

const PLANS = ['basic', 'premium'];
const TERMS = [NO_TERM, new Date('2026-01-06T00:00:00Z'), new Date('2026-02-06T00:00:00Z')];
const METERS = ['reports', 'calls', 'tiered', 'unknown'];

export interface Line {
  readonly planId: string;
  readonly termStart: Date;
  readonly dimension: string;
}

/** Units that stayed together: the hours that held them, the hour of use first, and what became of them. */
export interface Parcel extends Line {
  readonly units: Decimal;
  readonly path: readonly Date[];
  readonly fate: 'billed' | 'pending' | 'notBilled';
}

/** What rating says about used units, or `pending` ones that are not rated. */
export interface Used extends Line {
  readonly hour: Date;
  readonly used: Decimal;
  readonly included: Decimal;
  readonly remainder: Decimal;
  readonly unrated: Decimal;
}

interface Row {
  readonly dimension: string;
  readonly hour: Date;
  readonly planId: string;
  reported: Decimal;
  billed: Decimal | null;
  state: UsageHoursTable['state'];
  isSealed: boolean;
}

type Waiting = Omit<Parcel, 'fate'>;
type Entry = Insertable<LedgerEntriesTable>;

export interface RandomLedger {
  readonly entries: readonly Entry[];
  readonly rows: readonly Insertable<UsageHoursTable>[];
  readonly meterHours: readonly Insertable<MeterHoursTable>[];
  /** The same unit by unit, for the oracle. The service never sees it. */
  readonly parcels: readonly Parcel[];
  readonly used: readonly Used[];
  readonly overBilled: readonly (Line & { readonly hour: Date; readonly units: Decimal })[];
}

/** Repeatable random numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A subscription's ledger: rated by the real rules; placed, sent, moved and given up at random. */
export function randomLedger(random: () => number, subscriptionId: string): RandomLedger {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const quantity = () =>
    decimal((random() * 20 + 0.0000004).toFixed(pick([0, 2, 7]))).plus('0.0000003');
  const around = (at: number) => new Date(at + Math.floor(random() * 4 - 2) * HOUR_MS);
  const after = (hour: Date) => new Date(hour.getTime() + pick([1, 2, 5]) * HOUR_MS);

  const entries: Entry[] = [];
  const rows = new Map<string, Row>();
  const meterHours: Insertable<MeterHoursTable>[] = [];
  const parcels: Parcel[] = [];
  const used: Used[] = [];
  const overBilled: (Line & { hour: Date; units: Decimal })[] = [];
  let waiting: Waiting[] = [];

  const rowOf = (hour: Date, { dimension, planId }: Line): Row => {
    const key = `${dimension} ${hour.getTime()}`;
    const row = rows.get(key) ?? {
      dimension,
      hour,
      planId,
      reported: ZERO,
      billed: null,
      state: 'settled' as const,
      isSealed: false,
    };
    rows.set(key, row);
    return row;
  };
  const write = (entry: Pick<Entry, 'kind' | 'hour'> & Line & Partial<Entry>) =>
    entries.push({ ...nothing(subscriptionId), meter: entry.dimension, ...entry });
  const giveUp = (parcel: Waiting, hour: Date): void => {
    write({ ...lineOf(parcel), kind: 'given-up', hour, reported: decimalText(parcel.units) });
    parcels.push({ ...parcel, fate: 'notBilled' });
  };
  const put = (parcel: Waiting, hour: Date): void => {
    const row = rowOf(hour, parcel);
    row.reported = row.reported.plus(parcel.units);
    row.state = pick(['closed', 'held', 'sending']);
    waiting.push({ ...parcel, path: [...parcel.path, hour] });
  };

  const hours = Array.from({ length: 20 }, () => ({
    subscriptionId,
    planId: pick(PLANS),
    termStart: pick(TERMS),
    meter: pick(METERS),
    hour: around(pick(ENDS)),
    fresh: quantity(),
  }));
  const { rated, held } = rateHours(hours, () => RULES, new Map());
  for (const [index, { planId, termStart, meter, hour, fresh }] of held.entries()) {
    if (held.some((one, other) => other < index && Number(one.hour) === Number(hour))) continue;
    meterHours.push(
      meterHour(subscriptionId, { planId, termStart, meter, hour, used: decimalText(fresh) }),
    );
    const line = { planId, termStart, dimension: meter, hour };
    used.push({ ...line, used: fresh, included: ZERO, remainder: ZERO, unrated: fresh });
  }
  for (const { hour: of, units } of rated) {
    for (const { dimension, used: fresh, included, reported, remainder } of units) {
      const line = { planId: of.planId, termStart: of.termStart, dimension };
      used.push({ ...line, hour: of.hour, used: fresh, included, remainder, unrated: ZERO });
      rowOf(of.hour, line);
      const luck = random();
      const toHour = luck < 0.1 ? null : luck < 0.5 ? after(of.hour) : of.hour;
      write({
        ...line,
        kind: 'rated',
        meter: of.meter,
        hour: of.hour,
        toHour,
        used: decimalText(fresh),
        included: decimalText(included),
        reported: decimalText(reported),
        remainder: decimalText(remainder),
      });
      if (reported.eq(ZERO)) continue;
      const isOwn = toHour?.getTime() === of.hour.getTime();
      const parcel = { ...line, units: reported, path: isOwn ? [] : [of.hour] };
      if (toHour === null) giveUp({ ...parcel, path: [of.hour] }, of.hour);
      else put(parcel, toHour);
    }
  }

  /** Microsoft's answer to a row: all, a part, too much or nothing is accepted; the rest moves on. */
  const answer = (row: Row): void => {
    const isHere = (one: Waiting) =>
      one.dimension === row.dimension && one.path.at(-1)?.getTime() === row.hour.getTime();
    const here = waiting.filter(isHere).toSorted((a, b) => order(a, b, row.planId));
    const [first] = here;
    if (!first || row.isSealed || random() < 0.2) return;
    waiting = waiting.filter((one) => !isHere(one));
    const luck = random();
    const kept = luck < 0.5 ? row.reported : luck < 0.75 ? smaller(row.reported, quantity()) : ZERO;
    const over = luck < 0.1 ? quantity() : ZERO;
    row.isSealed = true;
    row.billed = luck < 0.75 ? kept.plus(over) : null;
    row.state = luck >= 0.1 && luck < 0.5 ? 'settled' : luck < 0.85 ? 'refused' : 'writtenOff';
    if (over.gt(ZERO)) overBilled.push({ ...lineOf(first), hour: row.hour, units: over });
    const next = random();
    let left = kept;
    for (const parcel of here) {
      const billed = smaller(left, parcel.units);
      left = left.minus(billed);
      if (billed.gt(ZERO)) parcels.push({ ...parcel, units: billed, fate: 'billed' });
      const rest = { ...parcel, units: parcel.units.minus(billed) };
      if (rest.units.eq(ZERO)) continue;
      const target = after(row.hour);
      if (next < 0.3) parcels.push({ ...rest, fate: 'notBilled' });
      else if (next < 0.5 || rowOf(target, rest).isSealed) giveUp(rest, row.hour);
      else {
        const reported = decimalText(rest.units);
        write({ ...lineOf(rest), kind: 'moved', hour: row.hour, toHour: target, reported });
        put(rest, target);
      }
    }
  };
  for (let round = 0; round < 3; round += 1) {
    for (const row of [...rows.values()].toSorted((a, b) => Number(a.hour) - Number(b.hour))) {
      answer(row);
    }
  }
  for (const parcel of waiting) parcels.push({ ...parcel, fate: 'pending' });
  const usageHours = [...rows.values()].map((row) => usageHour(subscriptionId, row));
  return { entries, rows: usageHours, meterHours, parcels, used, overBilled };
}

/** The order in which the lines of a row get what Microsoft accepted. */
function order(a: Line, b: Line, planId: string): number {
  return (
    Number(b.planId === planId) - Number(a.planId === planId) ||
    Number(a.termStart) - Number(b.termStart) ||
    a.planId.localeCompare(b.planId)
  );
}

function lineOf({ planId, termStart, dimension }: Line): Line {
  return { planId, termStart, dimension };
}

const RULES = {
  included: (dimension: string) => {
    if (dimension === 'unknown') return undefined;
    const quantity = dimension === 'calls' ? null : decimal('15');
    return { quantity, basis: 'microsoft' as const };
  },
  tiers: (meter: string) =>
    meter === 'tiered'
      ? [
          { from: decimal('5'), dimension: 'tier-1' },
          { from: decimal('20'), dimension: 'tier-2' },
        ]
      : undefined,
};

function nothing(subscriptionId: string) {
  const none = { used: '0', included: '0', reported: '0', remainder: '0' };
  const unknown = { toHour: null, includedQuantity: null, basis: null, reason: null };
  return {
    ...none,
    ...unknown,
    at: new Date(),
    publisherId: 'contoso',
    subscriptionId,
    termUnit: 'P1M',
  };
}

function usageHour(subscriptionId: string, row: Row): Insertable<UsageHoursTable> {
  const { dimension, hour, planId, state } = row;
  return {
    subscriptionId,
    dimension,
    hour,
    planId,
    state,
    publisherId: 'contoso',
    reported: decimalText(row.reported),
    billed: row.billed && decimalText(row.billed),
    firstUsedAt: hour,
    lastUsedAt: hour,
  };
}

function meterHour(
  subscriptionId: string,
  of: { planId: string; termStart: Date; meter: string; hour: Date; used: string },
): Insertable<MeterHoursTable> {
  const times = { firstUsedAt: of.hour, lastUsedAt: of.hour, dueAt: of.hour };
  return { ...of, ...times, subscriptionId, publisherId: 'contoso', state: 'held' };
}
