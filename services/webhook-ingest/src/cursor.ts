import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections.ts';

const position = z.tuple([z.iso.datetime(), z.uuid()]);

/** Opaque to callers; stable, because it is a place in time and not a count of rows. */
export function encodeCursor(row: { received_at: Date; id: string }): string {
  return Buffer.from(JSON.stringify([row.received_at.toISOString(), row.id])).toString('base64url');
}

export function decodeCursor(cursor: string): { at: Date; id: string } | Rejection {
  try {
    const [at, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { at: new Date(at), id };
  } catch {
    return new Rejection('cursor.invalid', 'The cursor is not one of ours. Begin without it.');
  }
}
