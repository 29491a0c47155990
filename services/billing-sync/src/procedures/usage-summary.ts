import type { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { usageSummaryLine } from '@landfall/contracts/usage-procedures';
import { type Decimal, decimalText, larger, sum, ZERO } from '@landfall/domain/decimal';
import { amountOf } from '@landfall/domain/statement';
import type { Db } from '../db/schema.ts';
import { type TermLine, termLines } from '../rating/term-lines.ts';
import { knownDimensions, planRates, type PlanRates } from '../store/catalogue.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import {
  lastTakenAt,
  notBilled,
  type PresentTerm,
  presentTerm,
  ratedDays,
  termCounters,
  unratedHours,
} from '../store/term-usage.ts';

/** Days of the chart: all of a monthly term. */
const MAX_DAYS = 31;

const DAY_MS = 24 * 60 * 60 * 1000;

type Summary = Handler<(typeof billingProcedures)['usage']['summary']>;
type Line = z.output<typeof usageSummaryLine>;

/**
 * Usage of the present term as the customer sees it, including usage that has not been rated yet. Everything is read in one
 * snapshot, so that usage that is rated meanwhile is neither missing nor counted twice.
 */
export function usageSummary(deps: { readonly db: Db; readonly now: () => Date }): Summary {
  const { kysely } = deps.db;
  return async ({ subscriptionId }) => {
    const now = deps.now();
    const snapshot = kysely
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only');
    return await snapshot.execute(async (db) => {
      const term = await presentTerm(db, subscriptionKey(subscriptionId), now);
      if (!term) return notFound('subscription');
      return {
        termStart: term.termStart?.toISOString(),
        termEnd: term.termEnd?.toISOString(),
        isTest: term.isTest,
        updatedAt: (await lastTakenAt(db, term))?.toISOString(),
        dimensions: await summaryLines(db, term, now),
      };
    });
  };
}

async function summaryLines(db: Db['kysely'], term: PresentTerm, now: Date): Promise<Line[]> {
  const counters = await termCounters(db, term);
  const unrated = await unratedHours(db, term);
  const { publisherId, offerId, termUnit } = term;
  const keyOf = (planId: string) => ({ publisherId, offerId, planId, termUnit });
  const plans = [term, ...counters.values(), ...unrated].map(({ planId }) => keyOf(planId));
  const found = await planRates(db, plans);
  const ratesOf = (planId: string) => found(keyOf(planId));
  const known = await knownDimensions(db, [term]);
  const ofPlan = {
    subscriptionId: term.subscriptionId,
    planId: term.planId,
    termStart: term.counted,
    names: known(term) ?? [],
  };
  const { lines, days: unratedDays } = termLines({ counters, unrated, ratesOf, ofPlan });
  const from = startOfDay(new Date(now.getTime() - (MAX_DAYS - 1) * DAY_MS));
  const days = [
    ...(await ratedDays(db, term, from > term.since ? from : term.since)),
    ...unratedDays.filter(({ day }) => day >= from.toISOString().slice(0, 10)),
  ];
  const lost = await notBilled(db, term);
  const ofLine = (line: TermLine) => (other: { planId: string; dimension: string }) =>
    other.planId === line.planId && other.dimension === line.dimension;
  return lines
    .map((line) => {
      const refused = sum(lost.filter(ofLine(line)).map(({ quantity }) => quantity));
      return viewLine(line, {
        refused,
        rates: ratesOf(line.planId),
        days: days.filter(ofLine(line)),
      });
    })
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function viewLine(
  line: TermLine,
  of: {
    readonly refused: Decimal;
    readonly rates: PlanRates | undefined;
    readonly days: readonly { readonly day: string; readonly used: Decimal }[];
  },
): Line {
  const { planId, dimension, used, included, overage } = line;
  const { refused, rates } = of;
  const price = rates?.price(dimension);
  return {
    planId,
    dimension,
    ...rates?.names(dimension),
    used: decimalText(used),
    ...(included !== undefined && { included: included && decimalText(included) }),
    ...(overage && { overage: decimalText(overage) }),
    ...(overage && { refused: decimalText(refused) }),
    ...(price && { unitPrice: decimalText(price.unitPrice), currency: price.currency }),
    ...(price &&
      overage && { amount: decimalText(amountOf(larger(ZERO, overage.minus(refused)), price)) }),
    days: daysOf(of.days),
  };
}

function daysOf(days: readonly { readonly day: string; readonly used: Decimal }[]): Line['days'] {
  return [...Map.groupBy(days, ({ day }) => day)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, uses]) => ({ day, used: decimalText(sum(uses.map(({ used }) => used))) }));
}

function sortKey({ dimension, planId }: Line): string {
  return JSON.stringify([dimension, planId]);
}

function startOfDay(at: Date): Date {
  return new Date(at.getTime() - (at.getTime() % DAY_MS));
}
