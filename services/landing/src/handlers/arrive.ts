import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { readCookie, writeCookie } from '../cookies.ts';
import { seeOther, type Landing } from '../landing.ts';
import { guidePage, linkExpiredPage } from '../pages/guide.ts';
import { readPurchaseToken } from '../purchase-token.ts';
import type { Session } from '../session.ts';
import { findVisit, insertVisit, latestVisitOf, recordEvent, type Visit } from '../store.ts';
import { newSupportCode } from '../support-code.ts';
import { isVisitId, VISIT_LIFE_MS } from '../visit-life.ts';
import { showPurchase } from './show-purchase.ts';

/**
 * `GET /landing`: takes a purchase token out of the address before anything else happens, sends the
 * buyer to sign in, and shows the purchase.
 */
export async function arrive(landing: Landing, c: Context): Promise<Response> {
  const { db, now, sessions, frames } = landing;
  const arrived = readPurchaseToken(c.req.url);
  if (arrived.kind === 'token') return keepToken(landing, c, arrived.token);

  const session = await sessions.read(c);
  if (arrived.kind === 'damaged') return c.html(linkExpiredPage(frames.of(c, session)), 400);

  const visit = await visitOf(c, landing, session);
  if (visit && session) return showPurchase(landing, c, { visit, session });
  if (visit) return seeOther(c, '/landing/sign-in');
  const latest = session && (await latestVisitOf(db, session.visitor, now()));
  if (latest) return showPurchase(landing, c, { visit: latest, session });
  return c.html(guidePage(frames.of(c, session)));
}

/** The token goes into our table, encrypted; a cookie names the row; the address is clean again. */
async function keepToken(
  { db, now, tokens }: Pick<Landing, 'db' | 'now' | 'tokens'>,
  c: Context,
  token: string,
): Promise<Response> {
  const id = randomUUID();
  const expiresAt = new Date(now().getTime() + VISIT_LIFE_MS);
  const visit = {
    id,
    support_code: newSupportCode(),
    correlation_id: randomUUID(),
    token_sealed: await tokens.seal(token, { expiresAt, subject: id }),
    expires_at: expiresAt,
  };
  await insertVisit(db, visit);
  await recordEvent(db, {
    kind: 'visit.opened',
    visit: { id, subscription_id: null },
    correlation_id: visit.correlation_id,
  });
  writeCookie(c, 'landfall-visit', { value: id, maxAgeMs: VISIT_LIFE_MS });
  return seeOther(c, '/landing');
}

/** The visit that this browser holds, unless somebody else has confirmed it in the meantime. */
async function visitOf(
  c: Context,
  { db, now }: Pick<Landing, 'db' | 'now'>,
  session: Session | undefined,
): Promise<Visit | undefined> {
  const id = readCookie(c, 'landfall-visit');
  if (!id || !isVisitId(id)) return undefined;
  const visit = await findVisit(db, id, now());
  if (!visit || !session || !visit.confirmed_at) return visit;
  const { tenantId, objectId } = session.visitor;
  return visit.tenant_id === tenantId && visit.object_id === objectId ? visit : undefined;
}
