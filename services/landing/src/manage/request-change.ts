import type { Context } from 'hono';
import type { WantedChange } from '@landfall/domain/change';
import { correlationId } from '@landfall/service-kit/log';
import { type Landing } from '../landing.ts';
import { recordEvent } from '../store/events.ts';
import type { Admitted } from './access.ts';
import { refusedPage, type Reason } from './pages/refused.ts';
import { isGuid, managePath, seeOther } from '../web/paths.ts';

/**
 * Sends what a person has approved to the worker, which stores it, and leads to the page that follows
 * it. The form carries the change's id, so that it is one change however often it is sent; `problem` is
 * what speaks against it and is looked at after that, for a sent form is over whatever came since.
 */
export async function requestChange(
  landing: Landing,
  c: Context,
  approved: {
    readonly admitted: Admitted;
    readonly wanted: WantedChange;
    readonly problem: () => Promise<Reason | undefined>;
  },
): Promise<Response> {
  const { admitted, wanted } = approved;
  const { fields, session, subscription } = admitted;
  const changeId = fields['request'] ?? '';
  if (!isGuid(changeId)) return refuse(landing, c, { admitted, reason: 'change.id-reused' });
  const following = managePath(subscription.id, `/changes/${changeId}`);
  if (await landing.subscriptions.change(subscription.id, changeId)) {
    return seeOther(c, following);
  }
  const reason = await approved.problem();
  if (reason) return refuse(landing, c, { admitted, reason });
  const answer = await landing.subscriptions.request({
    ...wanted,
    subscriptionId: subscription.id,
    changeId,
    approvedBy: session.visitor,
  });
  if ('refused' in answer) return refuse(landing, c, { admitted, reason: answer.refused });
  await recordEvent(landing.db, {
    kind: 'change.requested',
    subscriptionId: subscription.id,
    visitor: session.visitor,
    correlation_id: correlationId(),
    detail: changeId,
  });
  return seeOther(c, following);
}

/** The page that says why not; noted where somebody had sent a form. */
export async function refuse(
  { db }: Pick<Landing, 'db'>,
  c: Context,
  { admitted, reason }: { admitted: Admitted; reason: Reason },
): Promise<Response> {
  const { frame, subscription, session } = admitted;
  if (c.req.method === 'POST') {
    await recordEvent(db, {
      kind: 'change.refused',
      subscriptionId: subscription.id,
      visitor: session.visitor,
      correlation_id: correlationId(),
      detail: reason,
    });
  }
  const status = reason === 'subscription.read-only' ? 403 : 409;
  return c.html(refusedPage(frame, { subscription, reason }), status);
}
