import type { cataloguePlan } from '@landfall/contracts/catalogue-procedures';
import { decimalText, type Decimal } from '@landfall/domain/decimal';
import type { z } from 'zod';
import type { PlanContent } from '../db/schema.ts';
import { ratesOf, type OverrideInForce } from '../store/catalogue.ts';
import type { PlanVersion } from '../store/catalogue-versions.ts';
import type { OverrideRow } from '../store/overrides.ts';

type PlanView = z.output<typeof cataloguePlan>;

/** A version of a plan as the API shows it, with the overrides in force. */
export function viewPlan(plan: PlanVersion, overrides: readonly OverrideInForce[]): PlanView {
  const { content } = plan;
  return {
    publisherId: plan.publisherId,
    offerId: plan.offerId,
    planId: plan.planId,
    market: plan.market || undefined,
    displayName: content?.displayName,
    isPrivate: content?.isPrivate ?? false,
    isPricePerSeat: content?.isPricePerSeat ?? false,
    terms: content ? content.terms.map((term) => viewTerm(term, content, overrides)) : [],
    dimensions: content ? [...content.dimensions] : [],
    version: plan.version,
    since: plan.since?.toISOString(),
    readAt: plan.readAt?.toISOString(),
    problem: plan.problem ?? undefined,
  };
}

function viewTerm(
  { termUnit, price, currency }: PlanContent['terms'][number],
  content: PlanContent,
  overrides: readonly OverrideInForce[],
): PlanView['terms'][number] {
  const rates = ratesOf({ content, overrides, meters: [] }, termUnit);
  const names = [
    ...content.dimensions.map(({ id }) => id),
    ...overrides.map(({ dimension }) => dimension),
  ];
  const included = [...new Set(names)].map((dimension) => {
    const applied = rates.included(dimension);
    const isReplaced = applied?.basis === 'override';
    const microsoft = isReplaced ? rates.microsoftIncluded(dimension) : undefined;
    return {
      dimension,
      quantity: applied && textOrNull(applied.quantity),
      source: applied?.basis,
      microsoft: microsoft && textOrNull(microsoft.quantity),
    };
  });
  return { termUnit, price, currency, included };
}

function textOrNull(quantity: Decimal | null): string | null {
  return quantity && decimalText(quantity);
}

/** What was in force from one moment to the next. */
export type Period = PlanView & { readonly since: string; readonly until: string | undefined };

/**
 * The versions of one plan in one market as periods, the latest first. A period ends with the next version and with each
 * change of an override. Overrides from before the first reading count from it.
 */
export function planPeriods(
  versions: readonly PlanVersion[],
  overrides: readonly OverrideRow[],
): readonly Period[] {
  const starts = versions.map(({ since }) => since?.getTime() ?? 0);
  const changes = overrides.flatMap(({ since, until }) => [since.getTime(), until?.getTime() ?? 0]);
  const first = Math.min(...starts);
  const moments = [...new Set([...starts, ...changes])]
    .filter((at) => at >= first)
    .toSorted((a, b) => a - b);
  return moments
    .flatMap((at, index) => {
      const version = versions.findLast(({ since }) => (since?.getTime() ?? 0) <= at);
      if (!version) return [];
      const next = moments[index + 1];
      const inForce = overrides.filter(
        ({ since, until }) => since.getTime() <= at && (until === null || until.getTime() > at),
      );
      const since = new Date(at).toISOString();
      const until = next === undefined ? undefined : new Date(next).toISOString();
      return [{ ...viewPlan(version, inForce), since, until }];
    })
    .toReversed();
}
