import type { Context } from 'hono';
import type { WantedChange } from '@landfall/domain/change';
import { correlationId } from '@landfall/service-kit/log';
import type { Subscriptions } from '../clients/subscriptions.ts';
import type { Db } from '../db/schema.ts';
import { recordEvent } from '../store/events.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { managePath, seeOther } from '../web/paths.ts';
import { refusedPage, type Reason } from './pages/refused.ts';
import type { Admitted } from './visit.ts';

export interface ChangeDeps {
  readonly db: Db;
  readonly subscriptions: Pick<Subscriptions, 'choices' | 'change' | 'request'>;
}

/**
 * Sends a change that a person approved to the worker, which stores it, and leads to the page that follows it.
 * The form contains the change's id, so sending it again does not repeat the change. `problem` finds what
 * prevents the change. It runs only for a new change: one that was sent already stays sent.
 */
export async function requestChange(
  deps: ChangeDeps,
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
  if (!isLowerCaseGuid(changeId)) return refuse(deps, c, { admitted, reason: 'change.id-reused' });
  const following = managePath(subscription.id, `/changes/${changeId}`);
  if (await deps.subscriptions.change(subscription.id, changeId)) {
    return seeOther(c, following);
  }
  const reason = await approved.problem();
  if (reason) return refuse(deps, c, { admitted, reason });
  const answer = await deps.subscriptions.request({
    ...wanted,
    subscriptionId: subscription.id,
    changeId,
    approvedBy: session.visitor,
  });
  if ('refused' in answer) return refuse(deps, c, { admitted, reason: answer.refused });
  await recordEvent(deps.db, {
    kind: 'change.requested',
    subscriptionId: subscription.id,
    visitor: session.visitor,
    correlationId: correlationId(),
    detail: changeId,
  });
  return seeOther(c, following);
}

/** Shows the page with the reason. If a form was sent, records the refusal. */
export async function refuse(
  { db }: Pick<ChangeDeps, 'db'>,
  c: Context,
  { admitted, reason }: { admitted: Admitted; reason: Reason },
): Promise<Response> {
  const { frame, subscription, session } = admitted;
  if (c.req.method === 'POST') {
    await recordEvent(db, {
      kind: 'change.refused',
      subscriptionId: subscription.id,
      visitor: session.visitor,
      correlationId: correlationId(),
      detail: reason,
    });
  }
  const status = reason === 'subscription.read-only' ? 403 : 409;
  return c.html(refusedPage(frame, { subscription, reason }), status);
}
