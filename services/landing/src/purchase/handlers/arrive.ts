import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import { addVisitToCookie, VISIT_LIFE_MS, visitsInCookie } from '../visit-cookie.ts';
import { type Landing } from '../../landing.ts';
import { hasMemberships } from '../../store/members.ts';
import { brandedFrame } from '../../offer-pages/branded-frame.ts';
import { cookiesPage, guidePage, linkExpiredPage } from '../../web/pages/guide.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { isGuid, LIST_PATH, purchasePath, seeOther, toSignIn } from '../../web/paths.ts';
import { readPurchaseToken } from '../purchase-token.ts';
import type { Session } from '../../sign-in/session.ts';
import { recordEvent } from '../../store/events.ts';
import {
  findVisit,
  findVisitOf,
  insertVisit,
  latestVisitOf,
  type Visit,
} from '../../store/visits.ts';
import { newSupportCode } from '../support-code.ts';
import { showPurchase } from './show-purchase.ts';

/** The worker takes no longer one, and no publisher has one. */
const MAX_PUBLISHER_ID_LENGTH = 100;

/**
 * `GET /landing` and `GET /landing/p/:publisherId`: takes a purchase token out of the address before
 * anything else happens. Whoever comes without one is led to the purchase that is known of them.
 */
export async function arrive(landing: Landing, c: Context): Promise<Response> {
  if ((c.req.param('publisherId') ?? '').length > MAX_PUBLISHER_ID_LENGTH) {
    return c.html(notFoundPage(landing.frames.of(c)), 404);
  }
  const arrived = readPurchaseToken(c.req.url);
  if (arrived.kind === 'token') return keepToken(landing, c, arrived.token);

  const session = await landing.sessions.read(c);
  const publisherId = c.req.param('publisherId');
  const offer = publisherId === undefined ? undefined : { publisherId };
  const { frame } = await brandedFrame(landing, c, { session, offer });
  if (arrived.kind === 'damaged') return c.html(linkExpiredPage(frame), 400);
  const known = await knownVisit(landing, c, session);
  if (known) return seeOther(c, purchasePath(known.id));
  const isMember = session && (await hasMemberships(landing.db, session.visitor));
  return isMember ? seeOther(c, LIST_PATH) : c.html(guidePage(frame));
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
    publisher_id: c.req.param('publisherId') ?? null,
    token_sealed: await tokens.seal(token, { expiresAt, subject: id }),
    expires_at: expiresAt,
  };
  await insertVisit(db, visit);
  await recordEvent(db, {
    kind: 'visit.opened',
    visit: { id, subscription_id: null },
    correlation_id: visit.correlation_id,
  });
  addVisitToCookie(c, id);
  return seeOther(c, `${purchasePath(id)}?arrived`);
}

/**
 * `GET /landing/purchase/:visit`: one purchase, for the browser that opened it or the person whose it
 * is. Right after arrival a cookie that is missing means that the browser keeps none.
 */
export async function openPurchase(landing: Landing, c: Context): Promise<Response> {
  const id = c.req.param('visit') ?? '';
  const isHeld = visitsInCookie(c).includes(id);
  if (c.req.query('arrived') !== undefined) {
    if (isHeld) return seeOther(c, purchasePath(id));
    return c.html(cookiesPage(landing.frames.of(c), hostOf(c)), 400);
  }
  const session = await landing.sessions.read(c);
  if (!session) return toSignIn(c, isGuid(id) ? purchasePath(id) : '/landing');
  const visit = await visitOf(landing, session, { id, isHeld });
  if (visit) return showPurchase(landing, c, { visit, session });
  await recordEvent(landing.db, {
    kind: 'progress.denied',
    visitor: session.visitor,
    correlation_id: correlationId(),
  });
  // Over, somebody else's, or never there: the answer does not tell which.
  return c.html(linkExpiredPage(landing.frames.of(c, session)), 404);
}

/** As the browser knows it: what the gateway says, for ours is an address inside. */
function hostOf(c: Context): string {
  const host = c.req.header('x-forwarded-host');
  return (host && URL.parse(`http://${host}`)?.hostname) || new URL(c.req.url).hostname;
}

/** A visit that the browser holds may pass from account to account until one of them confirms it. */
async function visitOf(
  { db, now }: Pick<Landing, 'db' | 'now'>,
  { visitor }: Session,
  { id, isHeld }: { id: string; isHeld: boolean },
): Promise<Visit | undefined> {
  if (!isGuid(id)) return undefined;
  const own = await findVisitOf(db, id, { owner: visitor, at: now() });
  if (own || !isHeld) return own;
  const held = await findVisit(db, id, now());
  return held?.confirmed_at ? undefined : held;
}

async function knownVisit(
  { db, now }: Pick<Landing, 'db' | 'now'>,
  c: Context,
  session: Session | undefined,
): Promise<Visit | undefined> {
  for (const id of visitsInCookie(c)) {
    // oxlint-disable-next-line no-await-in-loop -- a handful, and the first one is the rule
    const visit = session
      ? await visitOf({ db, now }, session, { id, isHeld: true })
      : await findVisit(db, id, now());
    // A refused one is opened by its own address alone: whoever comes without it may be here for another.
    if (visit && visit.refused_at === null) return visit;
  }
  return session && (await latestVisitOf(db, session.visitor, now()));
}
