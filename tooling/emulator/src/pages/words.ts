import { CURRENCY, type BillingTerm, type Dimension, type Plan } from '../market/catalogue.ts';

/** `2026-11-22 08:41:07` */
export function showTime(at: string | number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19);
}

export function showDay(at: string | number | null): string {
  return at === null ? '–' : new Date(at).toISOString().slice(0, 10);
}

/** `1.5 KB` */
export function showSize(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`;
}

/** `US$1,990.00`; prices per unit may have more digits. */
export function showMoney(amount: number): string {
  return amount
    .toLocaleString('en', {
      style: 'currency',
      currency: CURRENCY,
      minimumFractionDigits: 2,
      maximumFractionDigits: 6,
    })
    .replace('$', 'US$');
}

/** What a price is for: a month, or a user and a month. */
export function periodOf(plan: Plan, term: BillingTerm): string {
  return `${plan.seats ? 'per user ' : ''}/ ${spanOf(term)}`;
}

function spanOf({ termUnit, description }: BillingTerm): string {
  if (termUnit === 'P1M') return 'month';
  return termUnit === 'P1Y' ? 'year' : description.toLowerCase();
}

/** `US$8.00 per user / month` */
export function priceText(plan: Plan, term: BillingTerm): string {
  return `${showMoney(term.price)} ${periodOf(plan, term)}`;
}

/** What is included of a dimension, and what each further unit costs. */
export function dimensionText({ terms }: Plan, dimension: Dimension): string {
  const { id, displayName, unitOfMeasure } = dimension;
  const further = `${showMoney(dimension.pricePerUnit)} per ${unitOfMeasure}`;
  const included = terms.map((term) => {
    const units = term.included?.[id] ?? 0;
    if (units === 'unlimited') return 'unlimited';
    return units === 0 ? '' : `${quantityText(units, unitOfMeasure)} / ${spanOf(term)}`;
  });
  if (included.every((one) => one === 'unlimited')) return `${displayName}: unlimited`;
  const given = included.filter((one) => one !== '');
  if (given.length === 0) return `${displayName}: ${further}`;
  return `${displayName}: ${given.join(' or ')} included, then ${further}`;
}

/** `100`, or `10 × 1,000 calls` for a unit that is itself a quantity. */
function quantityText(units: number, unitOfMeasure: string): string {
  const count = units.toLocaleString('en');
  return /^\d/.test(unitOfMeasure) ? `${count} × ${unitOfMeasure}` : count;
}

/** `US$0.125`: a decimal with all of its digits, and with two at least. */
export function showDecimalMoney(amount: string): string {
  const [whole = '0', fraction = ''] = amount.split('.');
  return `US$${BigInt(whole).toLocaleString('en')}.${fraction.padEnd(2, '0')}`;
}
