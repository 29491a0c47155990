import type { HistoryEntry } from '../db/schema.ts';
import type { Delivery } from '../delivery/delivery.ts';

/** Microsoft calls up to 500 times in eight hours. The first call and the latest ones are enough to understand it. */
export const MAX_HISTORY = 20;

/** Entries for deliveries of one notification that are stored together. */
export function entriesOf(deliveries: readonly Delivery[]): HistoryEntry[] {
  const entries = deliveries.map(({ receivedAt, tokenVersion, judgement }) => ({
    at: receivedAt.toISOString(),
    v: tokenVersion,
    answer: judgement === 'none' ? 200 : null,
  }));
  const [first] = entries;
  if (!first || entries.length <= MAX_HISTORY) return entries;
  return [first, ...entries.slice(1 - MAX_HISTORY)];
}

/** SQL expression: a row's history with `more` appended, cut to `MAX_HISTORY` entries. */
export function appendedHistory(row: string, more: string): string {
  return `case
    when jsonb_array_length(${row}.history) + jsonb_array_length(${more}) <= ${MAX_HISTORY}
      then ${row}.history || ${more}
    else jsonb_build_array(${row}.history -> 0) || jsonb_path_query_array(
      ${row}.history || ${more}, '$[last - ${MAX_HISTORY - 2} to last]')
  end`;
}
