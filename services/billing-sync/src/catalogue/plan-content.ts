import { decimalText, readDecimal } from '@landfall/domain/decimal';
import type { BillingTerm, MarketplacePlan } from '@landfall/marketplace/plans';
import type { PlanContent } from '../db/schema.ts';

/**
 * What the catalogue keeps of a plan. The order in which Microsoft lists terms and dimensions does not matter.
 * Undefined if the list of dimensions cannot be read: usage would be refused for dimensions that the plan may have.
 */
export function planContent(plan: MarketplacePlan): PlanContent | undefined {
  if (plan.problems.some((problem) => UNREADABLE.has(problem))) return undefined;
  return {
    displayName: plan.displayName,
    isPrivate: plan.isPrivate,
    isPricePerSeat: plan.isPricePerSeat,
    terms: plan.billingTerms
      .flatMap((term) => (term.termUnit === undefined ? [] : [termContent(term, term.termUnit)]))
      .toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b))),
    dimensions: plan.dimensions
      .map(({ id, displayName, unitOfMeasure, pricePerUnit, currency }) => {
        return { id, displayName, unitOfMeasure, unitPrice: pricePerUnit, currency };
      })
      .toSorted((a, b) => compare(a.id, b.id)),
  };
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'planComponents-invalid',
  'planComponents.meteringDimensions-invalid',
]);

function termContent(
  { price, currency, included }: BillingTerm,
  termUnit: string,
): PlanContent['terms'][number] {
  const entries = (included ?? []).flatMap(({ dimensionId, units }) => {
    const quantity = includedUnits(units);
    return quantity === undefined ? [] : [[dimensionId, quantity] as const];
  });
  const sorted = entries.toSorted(([a], [b]) => compare(a, b));
  return { termUnit, price, currency, included: Object.fromEntries(sorted) };
}

/**
 * Reads units as Microsoft sends them: digits, or the word "Unlimited", which becomes null. Anything else is unknown, which
 * must not count as 0.
 */
export function includedUnits(units: string | undefined): string | null | undefined {
  const text = units?.trim() ?? '';
  if (/^unlimited$/i.test(text)) return null;
  const quantity = readDecimal(text);
  return quantity && decimalText(quantity);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
