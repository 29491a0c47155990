import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handler } from '@landfall/contracts/procedures';
import type { statement } from '@landfall/contracts/proof-procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { ZERO, decimal, decimalText } from '@landfall/domain/decimal';
import { amountOf, monthCloses, monthOf, totalsOf } from '@landfall/domain/statement';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { planRates, type PlanRates } from '../store/catalogue.ts';
import {
  statedSubscription,
  subscriptionsWithUsage,
  sumLines,
  type StatedSubscription,
  type StatementSums,
} from '../store/statements.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import { cursorText } from './cursor-text.ts';

type Usage = (typeof billingProcedures)['usage'];
export type Statement = z.input<typeof statement>;
type Line = Statement['lines'][number];

interface Deps {
  readonly db: Db;
  readonly now: () => Date;
}

/** The statement of one subscription. */
export function usageStatement(deps: Deps): Handler<Usage['statement']> {
  return async ({ subscriptionId, month }) => {
    const { kysely } = deps.db;
    const found = await statedSubscription(kysely, subscriptionKey(subscriptionId));
    if (!found) return notFound('subscription');
    const [one] = await statementsOf(kysely, [found], { month, now: deps.now() });
    return one ?? notFound('subscription');
  };
}

/** The statements of all subscriptions with usage in a month, by subscription id. */
export function usageStatements(deps: Deps): Handler<Usage['statements']> {
  return async ({ publisherId, month, isTest = false, limit, cursor }) => {
    const after = decodeKey(cursor, z.tuple([cursorText]));
    if (after instanceof Rejection) return after;
    const { kysely } = deps.db;
    const found = await subscriptionsWithUsage(
      kysely,
      { publisherId, isTest, month: monthOf(month) },
      { after: after?.[0], limit: limit + 1 },
    );
    const { rows, nextCursor } = cutPage(found, limit, ({ id }) => encodeKey([id]));
    return { items: await statementsOf(kysely, rows, { month, now: deps.now() }), nextCursor };
  };
}

/** One statement for each subscription, in the given order. */
export async function statementsOf(
  kysely: Db['kysely'],
  subscriptions: readonly StatedSubscription[],
  of: { readonly month: string; readonly now: Date },
): Promise<Statement[]> {
  const ids = subscriptions.map(({ id }) => id);
  const sums = ids.length === 0 ? [] : await sumLines(kysely, ids, monthOf(of.month));
  const bySubscription = Map.groupBy(sums, ({ subscriptionId }) => subscriptionId);
  const keyOf = (
    { publisherId, offerId }: StatedSubscription,
    { planId, termUnit }: PlanAndTerm,
  ) => ({
    publisherId,
    offerId,
    planId,
    termUnit,
  });
  const keys = subscriptions.flatMap((one) =>
    (bySubscription.get(one.id) ?? []).map((line) => keyOf(one, line)),
  );
  const ratesOf = await planRates(kysely, keys);
  return subscriptions.map((one) => {
    const lines = (bySubscription.get(one.id) ?? []).map((line) =>
      lineOf(line, ratesOf(keyOf(one, line))),
    );
    return stated(one, lines, of);
  });
}

type PlanAndTerm = Pick<StatementSums, 'planId' | 'termUnit'>;

/** A statement with these lines. It is final once the month is closed and nothing is pending. */
export function stated(
  { id, publisherId, offerId, isTest }: StatedSubscription,
  lines: Line[],
  { month, now }: { readonly month: string; readonly now: Date },
): Statement {
  const isSettled = lines.every(({ pending }) => decimal(pending).eq(ZERO));
  const amounts = lines.flatMap(({ currency, amount }) =>
    currency === undefined || amount === undefined ? [] : [{ currency, amount: decimal(amount) }],
  );
  return {
    publisherId,
    subscriptionId: id,
    offerId,
    month,
    isTest,
    isFinal: isSettled && now >= monthCloses(monthOf(month)),
    lines,
    totals: totalsOf(amounts).map(({ currency, amount }) => ({
      currency,
      amount: decimalText(amount),
    })),
    isPriceMissing: lines.some(
      ({ billed, amount }) => amount === undefined && !decimal(billed).eq(ZERO),
    ),
  };
}

/** A line with names and, where the price is known, its amount. */
export function lineOf(sums: StatementSums, rates: PlanRates | undefined): Line {
  const { subscriptionId: _, termStart, termUnit, overBilled, ...units } = sums;
  return {
    ...units,
    ...(overBilled !== '0' && { overBilled }),
    planName: rates?.planName,
    termStart: termStart?.toISOString(),
    termUnit: termUnit ?? undefined,
    ...rates?.names(sums.dimension),
    ...moneyOf(sums, rates),
  };
}

function moneyOf(
  { dimension, billed }: StatementSums,
  rates: PlanRates | undefined,
): Pick<Line, 'unitPrice' | 'currency' | 'amount'> {
  const price = rates?.price(dimension);
  if (!price) return {};
  return {
    unitPrice: decimalText(price.unitPrice),
    currency: price.currency,
    amount: decimalText(amountOf(decimal(billed), price)),
  };
}
