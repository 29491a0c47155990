import { randomUUID } from 'node:crypto';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { callerId } from '@landfall/contracts/caller';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, invalidCursor } from '@landfall/service-kit/paging';
import { insertNote, notesById, readNotes, type Note } from '../store/notes.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { addToTimeline } from '../store/timeline.ts';
import type { ProcedureDeps } from './deps.ts';

type Subscriptions = Handlers<FulfillmentProcedures>['subscriptions'];

/** The timeline says when a note was added. Its text stays in a table of its own, where it can be erased. */
const NOTE_ADDED = 'noteAdded';

/** Notes of the publisher's own people. They are never part of a fact or an event. */
export function noteProcedures({
  db,
  now,
}: Pick<ProcedureDeps, 'db' | 'now'>): Pick<Subscriptions, 'notes' | 'addNote'> {
  return {
    notes: async ({ subscriptionId, cursor, limit }) => {
      const id = subscriptionId.toLowerCase();
      if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) return invalidCursor();
      const notes = await readNotes(db.kysely, id, { after: cursor, limit: limit + 1 });
      if (notes.length === 0 && !(await findSubscription(db.kysely, id))) {
        return notFound('subscription');
      }
      const page = cutPage(notes, limit, ({ sequence }) => sequence);
      return { items: page.rows.map((note) => noteView(note)), nextCursor: page.nextCursor };
    },

    addNote: async ({ subscriptionId, text }, { caller, correlationId }) => {
      const id = subscriptionId.toLowerCase();
      const at = now();
      const note = { id: randomUUID(), subscriptionId: id, author: callerId(caller), text, at };
      const isStored = await inTransaction(db, async (trx) => {
        if (!(await findSubscription(trx, id))) return false;
        await insertNote(trx, note);
        const details = { noteId: note.id };
        const entry = { subscriptionId: id, kind: NOTE_ADDED, at, details };
        await addToTimeline(trx, entry, { cause: 'command', correlationId });
        return true;
      });
      return isStored ? noteView(note) : notFound('subscription');
    },
  };
}

function noteView({ id, at, text, author }: Omit<Note, 'sequence'>) {
  return { noteId: id, at: at.toISOString(), text, author };
}

/** Adds author and text to the timeline's entries about notes. Entries of erased notes stay without them. */
export async function withNotes<
  Entry extends { readonly kind: string; readonly details: Record<string, unknown> },
>({ db }: Pick<ProcedureDeps, 'db'>, entries: readonly Entry[]): Promise<Entry[]> {
  const idOf = ({ kind, details }: Entry) =>
    kind === NOTE_ADDED ? String(details['noteId']) : undefined;
  const notes = await notesById(
    db.kysely,
    entries.flatMap((entry) => idOf(entry) ?? []),
  );
  return entries.map((entry) => {
    const note = notes.get(idOf(entry) ?? '');
    if (!note) return entry;
    return { ...entry, details: { ...entry.details, text: note.text, author: note.author } };
  });
}
