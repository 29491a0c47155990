import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { type Decimal, ZERO, decimal, decimalText, readDecimal } from '@landfall/domain/decimal';
import { rateHours, type RatedUnits } from '@landfall/domain/rating';
import { amountOf, monthOf } from '@landfall/domain/statement';
import { baseOfferId } from '@landfall/domain/subscription';
import { NO_TERM, type Db } from '../db/schema.ts';
import { knownDimensions, planRates, type PlanKey, type PlanRates } from '../store/catalogue.ts';
import { publishersOfPlan, recordedUsage } from '../store/recorded-usage.ts';
import { statedSubscription, type StatementSums } from '../store/statements.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import { lineOf, stated, statementsOf } from './usage-statement.ts';

type Usage = (typeof billingProcedures)['usage'];

/** What given usage would bill, by the rules of rating. Nothing is recorded. */
export function previewUsage(db: Db): Handler<Usage['preview']> {
  return async ({ publisherId, offerId, planId, termUnit, usage }) => {
    const plan = await findPlan(db.kysely, {
      publisherId,
      offerId: baseOfferId(offerId),
      planId,
    });
    if (plan instanceof Rejection) return plan;
    const rates = (await planRates(db.kysely, [{ ...plan, termUnit }]))({ ...plan, termUnit });
    if (!rates) return planUnknown();
    const known = (await knownDimensions(db.kysely, [plan]))(plan);
    const foreign = usage.find(({ dimension }) => known?.has(dimension) === false);
    if (foreign) {
      return new Rejection(
        'catalogue.dimension-unknown',
        `The plan has no dimension "${foreign.dimension}". It has: ${[...(known ?? [])].join(', ')}.`,
      );
    }
    const meters = usage.flatMap(({ dimension, before = '0', quantity }) => {
      const [earlier, fresh] = [readDecimal(before), readDecimal(quantity)];
      return earlier && fresh ? [{ meter: dimension, before: earlier, fresh }] : [];
    });
    if (meters.length < usage.length) return quantityInvalid();
    const lines = rate(rates, meters);
    return { lines: lines.map((line) => previewed(line, rates)) };
  };
}

/** A month of a subscription as it was billed, and as another plan would have billed it. */
export function previewPlan(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handler<Usage['previewPlan']> {
  return async ({ subscriptionId, month, planId, termUnit }) => {
    const { kysely } = deps.db;
    const found = await statedSubscription(kysely, subscriptionKey(subscriptionId));
    if (!found) return notFound('subscription');
    const of = { month, now: deps.now() };
    const [asBilled] = await statementsOf(kysely, [found], of);
    if (!asBilled) return notFound('subscription');

    const used = await recordedUsage(kysely, found.id, monthOf(month));
    const { publisherId, offerId } = found;
    const keyOf = (unit: string | null) => ({
      publisherId,
      offerId,
      planId,
      termUnit: termUnit ?? unit,
    });
    const ratesOf = await planRates(kysely, [
      keyOf(null),
      ...used.map((one) => keyOf(one.termUnit)),
    ]);
    if (!ratesOf(keyOf(null))) return planUnknown();
    const terms = Map.groupBy(used, ({ termStart }) => termStart.getTime());
    const lines = [...terms.values()].flatMap((usage) => {
      const unit = usage.find((one) => one.termUnit !== null)?.termUnit ?? null;
      const rates = ratesOf(keyOf(unit));
      const meters = usage.map((one) => ({
        meter: one.meter,
        before: decimal(one.before),
        fresh: decimal(one.inMonth),
      }));
      const term = usage[0]?.termStart ?? NO_TERM;
      const sums = {
        subscriptionId: found.id,
        planId,
        termUnit: termUnit ?? unit,
        termStart: term,
      };
      return rate(rates, meters).map((line) => lineOf(sumsOf(line, sums), rates));
    });
    return { asBilled, asPreviewed: { ...stated(found, lines, of), isFinal: false } };
  };
}

interface Meter {
  readonly meter: string;
  /** Earlier units of the same term. */
  readonly before: Decimal;
  readonly fresh: Decimal;
}

/** One dimension after rating. `rated` undefined: its included quantity is not known, so the usage would be held. */
interface RatedLine {
  readonly dimension: string;
  readonly used: Decimal;
  readonly rated?: Pick<RatedUnits, 'included' | 'reported' | 'remainder'> | undefined;
}

/** Rates usage in an empty term: first the earlier usage, then the usage that was asked about. */
function rate(rates: PlanRates | undefined, meters: readonly Meter[]): RatedLine[] {
  const term = { subscriptionId: '', planId: '', termStart: NO_TERM };
  const hours = [
    ...meters.map(({ meter, before }) => ({ ...term, meter, fresh: before, isAsked: false })),
    ...meters.map(({ meter, fresh }) => ({ ...term, meter, fresh, isAsked: true })),
  ].filter(({ fresh }) => fresh.gt(ZERO));
  const { rated, held } = rateHours(hours, () => rates, new Map());
  const units = rated.filter(({ hour }) => hour.isAsked).flatMap((one) => one.units);
  return [
    ...[...Map.groupBy(units, ({ dimension }) => dimension)].map(([dimension, parts]) => ({
      dimension,
      used: total(parts, 'used'),
      rated: {
        included: total(parts, 'included'),
        reported: total(parts, 'reported'),
        remainder: total(parts, 'remainder'),
      },
    })),
    ...held
      .filter(({ isAsked }) => isAsked)
      .map(({ meter, fresh }) => ({ dimension: meter, used: fresh })),
  ];
}

function total(
  parts: readonly RatedUnits[],
  name: 'used' | 'included' | 'reported' | 'remainder',
): Decimal {
  return parts.reduce((sum, part) => sum.plus(part[name]), ZERO);
}

function previewed({ dimension, used, rated }: RatedLine, rates: PlanRates) {
  const price = rates.price(dimension);
  const included = rates.included(dimension)?.quantity;
  return {
    dimension,
    used: decimalText(used),
    included: included && decimalText(included),
    billed: rated && decimalText(rated.reported),
    unitPrice: price && decimalText(price.unitPrice),
    currency: price?.currency,
    amount: price && rated && decimalText(amountOf(rated.reported, price)),
  };
}

function sumsOf(
  { dimension, used, rated }: RatedLine,
  of: Pick<StatementSums, 'subscriptionId' | 'planId' | 'termUnit'> & { readonly termStart: Date },
): StatementSums {
  return {
    ...of,
    termStart: of.termStart.getTime() === NO_TERM.getTime() ? null : of.termStart,
    dimension,
    used: decimalText(used),
    included: decimalText(rated?.included ?? ZERO),
    billed: decimalText(rated?.reported ?? ZERO),
    pending: decimalText(rated ? ZERO : used),
    remainder: decimalText(rated?.remainder ?? ZERO),
    notBilled: '0',
    carriedIn: '0',
    carriedOut: '0',
    overBilled: '0',
  };
}

/** The plan, with its publisher if only one has it. */
async function findPlan(
  kysely: Db['kysely'],
  plan: Omit<PlanKey, 'publisherId'> & { readonly publisherId?: string | undefined },
): Promise<PlanKey | Rejection> {
  const { publisherId } = plan;
  if (publisherId !== undefined) return { ...plan, publisherId };
  const [only, other] = await publishersOfPlan(kysely, plan);
  if (only === undefined) return planUnknown();
  if (other === undefined) return { ...plan, publisherId: only };
  return new Rejection(
    'catalogue.plan-unknown',
    'Several publishers have a plan with this id. Name the publisher in publisherId.',
  );
}

function planUnknown(): Rejection {
  return new Rejection(
    'catalogue.plan-unknown',
    'This plan is not in the catalogue. Check the ids of the offer and the plan in catalogue.list.',
  );
}

export function quantityInvalid(): Rejection {
  return new Rejection(
    'usage.quantity-invalid',
    'A quantity has at most 13 digits before the decimal point and 12 after it.',
  );
}
