import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections.ts';

/** An opaque cursor: the key of the last row of a page, so that new rows shift nothing. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key of a cursor that `schema` describes; a cursor that we never made is rejected. */
export function decodeCursor<Key>(
  cursor: string | undefined,
  schema: z.ZodType<Key>,
): Key | undefined | Rejection<'cursor.invalid'> {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  return parsed.success
    ? parsed.data
    : new Rejection('cursor.invalid', 'This cursor is not one of ours. Start at the first page.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A text of a key: bounded, and storable. */
export const cursorText = z
  .string()
  .max(200)
  .refine((value) => !value.includes('\u0000'));
