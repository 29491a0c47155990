import { forgetEndedSessions } from './ended-sessions.ts';
import { deleteExpired, type Db } from './store.ts';

/** Microsoft's purchase token lives 24 hours; a visit that was not confirmed has no use after it. */
export const VISIT_LIFE_MS = 24 * 60 * 60 * 1000;
/** How long the progress page of a confirmed purchase can be opened again, by link or bookmark. */
export const CONFIRMED_LIFE_MS = 90 * 24 * 60 * 60 * 1000;
/** Long enough for a dispute about last year's invoice. */
const EVENTS_LIFE_MS = 400 * 24 * 60 * 60 * 1000;
/** What was recorded of nobody in particular: anybody can fill a table with it. */
const ANONYMOUS_EVENTS_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
/** Short transactions: buyers are waiting beside the sweep. */
const BATCH = 1000;

/** Forgets what is over, personal data with it, batch after batch until `signal` is aborted. */
export async function sweepExpired(
  { db, now }: { db: Db; now: () => Date },
  signal: AbortSignal,
): Promise<void> {
  const at = now();
  await forgetEndedSessions(db, at);
  const expired = {
    at,
    eventsBefore: new Date(at.getTime() - EVENTS_LIFE_MS),
    anonymousBefore: new Date(at.getTime() - ANONYMOUS_EVENTS_LIFE_MS),
    limit: BATCH,
  };
  while (!signal.aborted && (await deleteExpired(db, expired)) === BATCH);
}

/** What comes from a cookie, a path or a form is looked at before it goes into a query. */
export function isVisitId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
