import { randomInt, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Db } from '../../db/schema.ts';
import type { BrandedFrames } from '../../offer-pages/branded-frame.ts';
import type { Sealer } from '@landfall/entra-sign-in/sealing';
import type { Sessions } from '../../sign-in/session.ts';
import { recordEvent } from '../../store/events.ts';
import { hasMemberships } from '../../store/members.ts';
import { insertVisit } from '../../store/visits.ts';
import { guidePage, linkExpiredPage } from '../../web/pages/guide.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { LIST_PATH, purchasePath, seeOther } from '../../web/paths.ts';
import { knownVisit } from '../open-visits.ts';
import { readPurchaseToken } from '../purchase-token.ts';
import { addVisitToCookie, VISIT_LIFE_MS } from '../visit-cookie.ts';

/** The worker accepts no longer id, and no publisher has one. */
const MAX_PUBLISHER_ID_LENGTH = 100;

export interface ArriveDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly sessions: Pick<Sessions, 'read'>;
  readonly frames: BrandedFrames;
  readonly tokens: Pick<Sealer<string>, 'seal'>;
}

/**
 * `GET /landing` and `GET /landing/p/:publisherId`: removes the purchase token from the address before it does
 * anything else. Without a token, leads the visitor to their own purchase or subscriptions, if they have any.
 */
export async function arrive(deps: ArriveDeps, c: Context): Promise<Response> {
  const { db, now, sessions, frames } = deps;
  const publisherId = c.req.param('publisherId');
  if ((publisherId ?? '').length > MAX_PUBLISHER_ID_LENGTH) {
    return c.html(notFoundPage(frames.of(c)), 404);
  }
  const arrived = readPurchaseToken(c.req.url);
  if (arrived.kind === 'token') return keepToken(deps, c, arrived.token);

  const session = await sessions.read(c);
  const offer = publisherId === undefined ? undefined : { publisherId };
  const { frame } = await frames.branded(c, { session, offer });
  if (arrived.kind === 'damaged') return c.html(linkExpiredPage(frame), 400);
  const known = await knownVisit({ db, now }, c, session);
  if (known) return seeOther(c, purchasePath(known.id));
  const isMember = session && (await hasMemberships(db, session.visitor));
  return isMember ? seeOther(c, LIST_PATH) : c.html(guidePage(frame));
}

/** Stores the token encrypted, puts the visit's id into a cookie, and redirects to an address without the token. */
async function keepToken(
  { db, now, tokens }: Pick<ArriveDeps, 'db' | 'now' | 'tokens'>,
  c: Context,
  token: string,
): Promise<Response> {
  const id = randomUUID();
  const expiresAt = new Date(now().getTime() + VISIT_LIFE_MS);
  const visit = {
    id,
    supportCode: newSupportCode(),
    correlationId: randomUUID(),
    publisherId: c.req.param('publisherId') ?? null,
    tokenSealed: await tokens.seal(token, { expiresAt, subject: id }),
    expiresAt,
  };
  await insertVisit(db, visit);
  await recordEvent(db, {
    kind: 'visit.opened',
    visit: { id, subscriptionId: null },
    correlationId: visit.correlationId,
  });
  addVisitToCookie(c, id);
  return seeOther(c, `${purchasePath(id)}?arrived`);
}

/** Crockford's base 32 has no I, L, O and U, so that a code can be read out on the telephone. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 2^40 codes: among a million visits, a new code exists already with a probability of one in a million. */
const CODE_LENGTH = 8;

/** A new support code such as `7K3M-9QXD`. It is random and reveals nothing. */
function newSupportCode(): string {
  const letters = Array.from(
    { length: CODE_LENGTH },
    () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)],
  );
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}
