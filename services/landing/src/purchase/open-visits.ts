import type { Context } from 'hono';
import type { Db } from '../db/schema.ts';
import type { Session } from '../sign-in/session.ts';
import { findVisit, findVisitOf, latestVisitOf, type Visit } from '../store/visits.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { visitsInCookie } from './visit-cookie.ts';

/** A visit and the signed-in person who may open it. */
export interface OpenedVisit {
  readonly visit: Visit;
  readonly session: Session;
}

interface VisitDeps {
  readonly db: Db;
  readonly now: () => Date;
}

/**
 * The visit with this id if the person may open it: their own, or an unconfirmed one that this browser holds,
 * which may pass from account to account until one of them confirms it.
 */
export async function openableVisit(
  { db, now }: VisitDeps,
  { visitor }: Session,
  { id, isHeld }: { id: string; isHeld: boolean },
): Promise<Visit | undefined> {
  if (!isLowerCaseGuid(id)) return undefined;
  const own = await findVisitOf(db, id, { owner: visitor, at: now() });
  if (own || !isHeld) return own;
  const held = await findVisit(db, id, now());
  return held?.confirmedAt ? undefined : held;
}

/** The visit that a visitor without a token most likely came for. */
export async function knownVisit(
  { db, now }: VisitDeps,
  c: Context,
  session: Session | undefined,
): Promise<Visit | undefined> {
  for (const id of visitsInCookie(c)) {
    // At most a handful, and usually the first one is found.
    const visit = session
      ? await openableVisit({ db, now }, session, { id, isHeld: true })
      : await findVisit(db, id, now());
    // A refused visit opens only by its own address: without it, the person may have come for another one.
    if (visit && visit.refusedAt === null) return visit;
  }
  return session && (await latestVisitOf(db, session.visitor, now()));
}
