import type { Decimal } from './decimal.ts';

/**
 * What happens to an hour after Microsoft's answer for its row. `retry`: the answer says nothing about the row, which is
 * sent again while Microsoft accepts it. `refused`: the row waits until a change can cure it, or for a person.
 */
export type UsageFate =
  | 'settled'
  | 'retry'
  | 'hold'
  | 'refused'
  | 'mismatch'
  | 'unknown'
  | 'expired';

/** What the fate of a row depends on, besides Microsoft's status. */
export interface AnsweredRow {
  /** The quantity that was sent. */
  readonly sent: Decimal;
  /** For a duplicate: the quantity that Microsoft has, if the answer states it. */
  readonly kept?: Decimal | undefined;
  /** The catalogue says that the plan has the dimension. */
  readonly isDimensionKnown: boolean;
}

/**
 * The fate of a row by the metering API's status. A duplicate is a success only if Microsoft has exactly the quantity
 * that was sent. Missing rights, a generic error and an unknown status say nothing about the row. Nor does InvalidDimension
 * for a dimension that the plan has: a plan that was just published reaches the metering API later than the catalogue.
 * Sending a row again is safe: Microsoft answers with Duplicate if it has already counted the hour.
 */
export function usageFate(status: string, row: AnsweredRow): UsageFate {
  switch (status) {
    case 'Accepted':
      return 'settled';
    case 'Duplicate':
      if (row.kept === undefined) return 'unknown';
      return row.kept.eq(row.sent) ? 'settled' : 'mismatch';
    case 'Expired':
      return 'expired';
    case 'ResourceNotActive':
      return 'hold';
    case 'InvalidDimension':
      return row.isDimensionKnown ? 'retry' : 'refused';
    case 'ResourceNotFound':
    case 'InvalidQuantity':
    case 'BadArgument':
      return 'refused';
    default:
      // Error, ResourceNotAuthorized, and statuses that Landfall does not know.
      return 'retry';
  }
}

/** Statuses that a change of the subscription at Microsoft can turn into a success. */
export const CURED_BY_SUBSCRIPTION: readonly string[] = [
  'ResourceNotFound',
  'BadArgument',
  'InvalidDimension',
];

/** Statuses that a change of the plan can turn into a success. */
export const CURED_BY_PLAN: readonly string[] = ['InvalidDimension'];
