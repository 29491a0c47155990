import { createHash } from 'node:crypto';
import type { Db } from '../db/schema.ts';

/** Stores a file under the hash of its content and returns its name. Storing it again changes nothing else. */
export async function keepFile(
  db: Db,
  file: {
    readonly content: Buffer;
    readonly extension: string;
    readonly publisherId: string;
    readonly at: Date;
  },
): Promise<string> {
  const { content, extension, publisherId, at } = file;
  const name = `${createHash('sha256').update(content).digest('hex')}.${extension}`;
  await db
    .insertInto('brandFiles')
    .values({ name, content, publisherId, usedAt: at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ usedAt: at }))
    .execute();
  return name;
}

/** Finds a file of any type by its hash and marks it as used, so that retention does not delete it now. */
export async function findFile(db: Db, hash: string, at: Date): Promise<string | undefined> {
  const found = await db
    .updateTable('brandFiles')
    .set({ usedAt: at })
    .where('name', 'like', `${hash}.%`)
    .returning('name')
    .executeTakeFirst();
  return found?.name;
}

export async function readFile(db: Db, name: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('brandFiles')
    .select('content')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.content;
}

/** Finds a logo by its hash. Unlike `findFile`, it changes nothing. */
export async function nameOfFile(db: Db, hash: string): Promise<string | undefined> {
  const found = await db
    .selectFrom('brandFiles')
    .select('name')
    .where('name', 'like', `${hash}.%`)
    .where('name', 'not like', '%.css')
    .executeTakeFirst();
  return found?.name;
}
