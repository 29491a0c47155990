import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections';

/** A place in a list that is ordered by time and id; stable while rows are added. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

const anyId = z
  .string()
  .min(1)
  .max(100)
  .refine((id) => !id.includes('\u0000'));

export function encodeCursor({ at, id }: Position): string {
  return encodeKey([at.toISOString(), id]);
}

/** The position of a cursor; undefined for the first page. `id` is the form of our ids; any other cursor is rejected. */
export function decodeCursor(
  cursor: string | undefined,
  id: z.ZodType<string> = anyId,
): Position | undefined | Rejection<'cursor.invalid'> {
  const key = decodeKey(cursor, z.tuple([z.iso.datetime(), id]));
  if (key === undefined || key instanceof Rejection) return key;
  return { at: new Date(key[0]), id: key[1] };
}

/** A cursor for a list in another order, from the key of the page's last row. */
export function encodeKey(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

export function decodeKey<Key>(
  cursor: string | undefined,
  schema: z.ZodType<Key>,
): Key | undefined | Rejection<'cursor.invalid'> {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const parsed = schema.safeParse(isStorable(text) ? parseJson(text) : undefined);
  return parsed.success ? parsed.data : invalidCursor();
}

export function invalidCursor(): Rejection<'cursor.invalid'> {
  return new Rejection('cursor.invalid', 'This cursor is not valid. Start with the first page.');
}

/**
 * Cuts a page. `rows` holds up to one row more than `limit`, which shows whether there is a next page.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
): { readonly rows: readonly Row[]; readonly nextCursor: string | undefined } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last ? cursorOf(last) : undefined };
}

/** PostgreSQL accepts neither NUL nor lone surrogates, not even as JSON escapes. */
function isStorable(text: string): boolean {
  return !/\\u(?:0000|d[89a-f])/i.test(text) && !text.includes('\u0000');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
