import { isExactNumber } from './exact-json.ts';
import type { Market } from './market.ts';
import type { RefusedUsage } from './state.ts';

/** The last ones. A program that repeats a refused row would otherwise fill the memory. */
const ROWS_MAX = 500;

const FIELDS = ['resourceId', 'dimension', 'planId', 'quantity', 'effectiveStartTime'] as const;

/** Keeps a usage row that was not accepted, for the page and the control API. */
export function keepRefusedUsage(
  market: Market,
  event: Readonly<Record<string, unknown>>,
  verdict: Pick<RefusedUsage, 'status' | 'target' | 'isForced' | 'publisherId'>,
): void {
  const { refusedUsage } = market.state;
  const row = Object.fromEntries(
    FIELDS.filter((field) => event[field] !== undefined).map((field) => [
      field,
      written(event[field]),
    ]),
  );
  refusedUsage.push({ at: market.clock.now(), ...verdict, row });
  if (refusedUsage.length > ROWS_MAX) refusedUsage.shift();
}

function written(value: unknown): string {
  if (isExactNumber(value)) return value.rawJSON;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, 200);
}
