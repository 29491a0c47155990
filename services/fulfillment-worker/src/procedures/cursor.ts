import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections.ts';

const position = z.object({ at: z.iso.datetime(), id: z.string().min(1).max(100) });

/** A place in a list that is cut by time and id, newest first; stable while rows are added. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

export function encodeCursor(at: Position): string {
  const text = JSON.stringify({ at: at.at.toISOString(), id: at.id });
  return Buffer.from(text).toString('base64url');
}

export function decodeCursor(
  cursor: string | undefined,
): Position | undefined | Rejection<'cursor.invalid'> {
  if (cursor === undefined) return undefined;
  const parsed = position.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success) return invalidCursor();
  return { at: new Date(parsed.data.at), id: parsed.data.id };
}

export function invalidCursor(): Rejection<'cursor.invalid'> {
  return new Rejection('cursor.invalid', 'This cursor is none of ours. Start with the first page.');
}

/**
 * Cuts a page from one row more than was asked for: the extra row tells whether there is a next page.
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
