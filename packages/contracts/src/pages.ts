import { z } from 'zod';
import { text } from './text.ts';

/** Fits one screen of a console, and one NATS message with room to spare. */
const DEFAULT_PAGE = 50;
/** A page above this would hold a connection and memory for no reader's benefit. */
const MAX_PAGE = 200;

/** Longer than any that an owner makes; they hold a row's key. */
export const MAX_CURSOR_LENGTH = 500;

/** Every list is paged: `cursor` is opaque and comes from the page before. */
export const pageRequest = z.object({
  limit: z.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: text(MAX_CURSOR_LENGTH).optional(),
});

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}
