import type { Evidence } from '../evidence.ts';

/**
 * What must be billed, from what was reported, Microsoft's catalogue and the history of plans and terms at Microsoft. It
 * shares no code with the product, because an error in both would not be seen.
 */

/** An exact quantity, in millionths of a millionth of a unit. */
export type Units = bigint;

/** Decimals of {@link Units}: as many as a usage record can have. */
const DECIMALS = 12;

/** Microsoft gets at most six decimals. */
const SMALLEST_REPORTED = 10n ** 6n;

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

export function units(written: string | number): Units {
  const [, sign, whole, decimals = '', exponent = '0'] = NUMBER.exec(String(written)) ?? [];
  if (whole === undefined) throw new Error(`not a decimal number: ${written}`);
  const shift = DECIMALS + Number(exponent) - decimals.length;
  const digits = BigInt(whole + decimals);
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) throw new Error(`too many decimals: ${written}`);
  const size = shift < 0 ? digits / scale : digits * scale;
  return sign ? -size : size;
}

/** For people. */
export function shown(of: Units): string {
  const digits = String(of < 0n ? -of : of).padStart(DECIMALS + 1, '0');
  const decimals = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -DECIMALS);
  return `${of < 0n ? '-' : ''}${whole}${decimals && `.${decimals}`}`;
}

export function sum(of: Iterable<Units>): Units {
  let total = 0n;
  for (const one of of) total += one;
  return total;
}

/** The part of a quantity that Microsoft can get. The rest is less than a millionth of a unit. */
export function reportable(of: Units): Units {
  return of - (of % SMALLEST_REPORTED);
}

export interface Standing {
  readonly planId: string;
  readonly termStart: string;
}

/** The usage of one dimension under one plan and term. */
export interface ExpectedLine extends Standing {
  readonly subscriptionId: string;
  readonly dimension: string;
  used: Units;
  /** The part of it that counts against the included quantity: not what is free below the first tier. */
  counted: Units;
}

export class UsageOracle {
  readonly #evidence: Pick<Evidence, 'ledger' | 'marketplace' | 'offers'>;

  constructor(evidence: Pick<Evidence, 'ledger' | 'marketplace' | 'offers'>) {
    this.#evidence = evidence;
  }

  /** The plan and term that were in force at Microsoft. */
  standing(subscriptionId: string, at: string): Standing | undefined {
    const bought = this.#evidence.ledger.metered.get(subscriptionId);
    if (!bought) return undefined;
    const moment = Date.parse(at);
    const changes = this.#evidence.marketplace.operations
      .filter((one) => one.subscriptionId === subscriptionId && one.action === 'ChangePlan')
      .filter(({ status, endedAt }) => status === 'Succeeded' && endedAt !== null)
      .filter(({ endedAt }) => Date.parse(endedAt ?? '') <= moment)
      .toSorted((a, b) => Date.parse(a.endedAt ?? '') - Date.parse(b.endedAt ?? ''));
    const terms = [...bought.termStarts].toSorted();
    const termStart = terms.findLast((start) => Date.parse(start) <= moment) ?? terms[0];
    if (termStart === undefined) return undefined;
    return { planId: changes.at(-1)?.planId ?? bought.planId, termStart };
  }

  /** Units that the price of a term includes; null if they are unlimited. */
  included(subscriptionId: string, planId: string, dimension: string): Units | null {
    const { ledger, offers } = this.#evidence;
    const { offerId, termUnit } = ledger.metered.get(subscriptionId) ?? {};
    const plan = offers
      .find((offer) => offer.offerId === offerId)
      ?.plans.find((one) => one.planId === planId);
    const term = plan?.terms.find((one) => one.termUnit === termUnit);
    const quantity = term?.included?.[dimension] ?? 0;
    return quantity === 'unlimited' ? null : units(quantity);
  }

  /** Thresholds with their dimensions, lowest first; undefined for a dimension. */
  tiers(subscriptionId: string, planId: string, meter: string) {
    const { offerId } = this.#evidence.ledger.metered.get(subscriptionId) ?? {};
    const found = this.#evidence.ledger.meters.find(
      (one) => one.offerId === offerId && one.planId === planId && one.meter === meter,
    );
    return found?.tiers.map(({ from, dimension }) => ({ from: units(from), dimension }));
  }

  /** The units above the included quantity, in whole millionths. */
  billed({ subscriptionId, planId, dimension, counted }: ExpectedLine): Units {
    const included = this.included(subscriptionId, planId, dimension);
    return included === null || counted <= included ? 0n : reportable(counted - included);
  }

  /** All usage that was accepted, per subscription, plan, term and dimension. */
  lines(): ExpectedLine[] {
    const meters = new Map<string, ExpectedLine>();
    for (const { isTaken, ...record } of this.#evidence.ledger.usage.values()) {
      const standing = this.standing(record.subscriptionId, record.occurredAt);
      if (!isTaken || !standing) continue;
      const { subscriptionId, dimension } = record;
      add(meters, { ...standing, subscriptionId, dimension }, units(record.quantity));
    }
    const lines = new Map<string, ExpectedLine>();
    for (const meter of meters.values()) this.#allocate(meter, lines);
    return [...lines.values()];
  }

  /** Cuts the usage of a meter at its thresholds. */
  #allocate(meter: ExpectedLine, lines: Map<string, ExpectedLine>): void {
    const { subscriptionId, planId, dimension, used } = meter;
    const tiers = this.tiers(subscriptionId, planId, dimension);
    if (!tiers) return add(lines, meter, used);
    for (const [index, { from, dimension: own }] of tiers.entries()) {
      const above = used > from ? used - from : 0n;
      const next = tiers[index + 1]?.from;
      const aboveNext = next !== undefined && used > next ? used - next : 0n;
      const free = index > 0 ? 0n : used - above;
      if (above + free > 0n) add(lines, { ...meter, dimension: own }, above - aboveNext, free);
    }
  }
}

type LineKey = Omit<ExpectedLine, 'used' | 'counted'>;

function add(lines: Map<string, ExpectedLine>, of: LineKey, counted: Units, free = 0n): void {
  const { subscriptionId, planId, termStart, dimension } = of;
  const line = lines.get(lineKey(of)) ?? {
    subscriptionId,
    planId,
    termStart,
    dimension,
    used: 0n,
    counted: 0n,
  };
  line.used += counted + free;
  line.counted += counted;
  lines.set(lineKey(of), line);
}

export function lineKey({ subscriptionId, planId, termStart, dimension }: LineKey): string {
  return [subscriptionId, planId, termStart, dimension].join('|');
}
