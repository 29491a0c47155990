import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import type { Db } from '../../db/schema.ts';
import type { Sessions } from '../../sign-in/session.ts';
import { recordEvent } from '../../store/events.ts';
import type { Frames } from '../../web/frames.ts';
import { cookiesPage, linkExpiredPage } from '../../web/pages/guide.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { purchasePath, seeOther, toSignIn } from '../../web/paths.ts';
import { openableVisit, type OpenedVisit } from '../open-visits.ts';
import { visitsInCookie } from '../visit-cookie.ts';

export interface OpenPurchaseDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly sessions: Pick<Sessions, 'read'>;
  readonly frames: Frames;
}

/**
 * `GET /landing/purchase/:visit`: passes one purchase to `show`, for the browser that opened it or the person
 * it belongs to. If the cookie is missing directly after arrival, the browser rejects cookies.
 */
export async function openPurchase(
  deps: OpenPurchaseDeps,
  c: Context,
  show: (opened: OpenedVisit) => Promise<Response>,
): Promise<Response> {
  const { db, sessions, frames } = deps;
  const id = c.req.param('visit') ?? '';
  const isHeld = visitsInCookie(c).includes(id);
  if (c.req.query('arrived') !== undefined) {
    if (isHeld) return seeOther(c, purchasePath(id));
    return c.html(cookiesPage(frames.of(c), hostOf(c)), 400);
  }
  const session = await sessions.read(c);
  if (!session) return toSignIn(c, isLowerCaseGuid(id) ? purchasePath(id) : '/landing');
  const visit = await openableVisit(deps, session, { id, isHeld });
  if (visit) return show({ visit, session });
  await recordEvent(db, {
    kind: 'progress.denied',
    visitor: session.visitor,
    correlationId: correlationId(),
  });
  // The answer is the same for an expired visit, another person's visit and an unknown one.
  return c.html(linkExpiredPage(frames.of(c, session)), 404);
}

/** The host as the browser knows it, which is the gateway's. Our own address is internal. */
function hostOf(c: Context): string {
  const host = c.req.header('x-forwarded-host');
  return (host && URL.parse(`http://${host}`)?.hostname) || new URL(c.req.url).hostname;
}
