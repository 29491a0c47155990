import { z } from 'zod';
import { text } from './text.ts';

/** Fits on one screen, and easily into one NATS message. */
const DEFAULT_PAGE = 50;
/** Larger pages would hold a connection and memory for longer, and people do not read that many rows. */
const MAX_PAGE = 200;

/** Longer than any real cursor: a cursor holds the key of one row. */
export const MAX_CURSOR_LENGTH = 500;

/** Days in a summary: two weeks, so that each day stands beside the same day of the week before. */
export const SUMMARY_DAYS = 14;

/** Input of every list. `cursor` is the previous page's `nextCursor`; its content is opaque. */
export const pageRequest = z.object({
  limit: z.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: text(MAX_CURSOR_LENGTH).optional(),
});

/** Output of every list. `nextCursor` is absent on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}
