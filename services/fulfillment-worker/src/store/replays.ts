import { randomUUID } from 'node:crypto';
import type { Db, ReplaysTable, Trx } from '../db/schema.ts';

/** Stores who replayed what. */
export async function recordReplay(
  db: Db['kysely'] | Trx,
  replay: {
    readonly what: ReplaysTable['what'];
    readonly requestedBy: string;
    readonly wanted: object;
    readonly matched: number;
    readonly replayed: number;
    readonly at: Date;
  },
): Promise<void> {
  const { what, requestedBy, wanted, matched, replayed, at } = replay;
  await db
    .insertInto('replays')
    .values({
      id: randomUUID(),
      what,
      requestedBy,
      wanted: JSON.stringify(wanted),
      matched,
      replayed,
      at,
    })
    .execute();
}
