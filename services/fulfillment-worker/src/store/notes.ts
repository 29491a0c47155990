import type { Selectable } from 'kysely';
import type { Db, NotesTable, Trx } from '../db/schema.ts';

export type Note = Omit<Selectable<NotesTable>, 'sequence'> & { readonly sequence: string };

export async function insertNote(trx: Trx, note: Omit<Note, 'sequence'>): Promise<void> {
  await trx.insertInto('notes').values(note).execute();
}

/** Newest first. `after` is the sequence of the last note of the previous page. */
export async function readNotes(
  db: Db['kysely'],
  subscriptionId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<Note[]> {
  let query = db
    .selectFrom('notes')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('sequence', 'desc')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('sequence', '<', page.after);
  return await query.execute();
}

/** By id. Erased notes are absent. */
export async function notesById(
  db: Db['kysely'],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Note>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('notes').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}
