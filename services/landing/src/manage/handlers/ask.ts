import type { Context } from 'hono';
import { isTerminal } from '@landfall/domain/subscription';
import { correlationId } from '@landfall/service-kit/log';
import type { Db } from '../../db/schema.ts';
import { insertRequest } from '../../store/access-requests.ts';
import { recordEvent } from '../../store/events.ts';
import { managePath, seeOther } from '../../web/paths.ts';
import { askPage } from '../pages/ask.ts';
import { refusedPage } from '../pages/refused.ts';
import { refusedBefore } from '../standing.ts';
import type { Visited } from '../visit.ts';

interface AskDeps {
  readonly db: Db;
  readonly now: () => Date;
}

/** `GET …/access`: the state of a colleague's request. */
export async function showAsk(
  c: Context,
  { subscription, standing, frame }: Visited,
): Promise<Response> {
  if (standing.kind === 'member') return seeOther(c, managePath(subscription.id));
  const { request } = standing;
  return c.html(askPage(frame, { subscriptionId: subscription.id, request }));
}

/** `POST …/access`: a colleague requests access. People who manage the subscription see the request. */
export async function askForAccess(
  { db, now }: AskDeps,
  c: Context,
  { subscription, standing, frame, session }: Visited,
): Promise<Response> {
  const { visitor } = session;
  const subscriptionId = subscription.id;
  const here = managePath(subscriptionId, '/access');
  if (standing.kind === 'member' || standing.request !== 'none') return seeOther(c, here);
  // After the end, nothing would erase the request.
  if (isTerminal(subscription)) {
    return c.html(refusedPage(frame, { subscription, reason: 'subscription.ended' }), 409);
  }
  const at = now();
  const { publisherId } = subscription;
  const limits = { at, refusedBefore: refusedBefore(at) };
  const asking = { subscriptionId, publisherId, who: visitor, ...limits };
  if (!(await insertRequest(db, asking))) {
    return c.html(askPage(frame, { subscriptionId, request: 'full' }), 409);
  }
  await recordEvent(db, {
    kind: 'access.asked',
    subscriptionId,
    visitor,
    correlationId: correlationId(),
  });
  return seeOther(c, here);
}
