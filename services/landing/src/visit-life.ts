import { deleteExpired, type Db } from './store.ts';

/** Microsoft's purchase token lives 24 hours; a visit that was not confirmed has no use after it. */
export const VISIT_LIFE_MS = 24 * 60 * 60 * 1000;
/** How long the progress page of a confirmed purchase can be opened again, by link or bookmark. */
export const CONFIRMED_LIFE_MS = 90 * 24 * 60 * 60 * 1000;
/** Long enough for a dispute about last year's invoice. */
const EVENTS_LIFE_MS = 400 * 24 * 60 * 60 * 1000;
/** Short transactions: buyers are waiting beside the sweep. */
const BATCH = 1000;

/** Forgets what is over, personal data with it. */
export async function sweepExpired({ db, now }: { db: Db; now: () => Date }): Promise<void> {
  const at = now();
  const eventsBefore = new Date(at.getTime() - EVENTS_LIFE_MS);
  while ((await deleteExpired(db, { at, eventsBefore, limit: BATCH })) === BATCH);
}

/** What comes from a cookie, a path or a form is looked at before it goes into a query. */
export function isVisitId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
