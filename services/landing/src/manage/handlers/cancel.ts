import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Landing } from '../../landing.ts';
import type { Admitted } from '../access.ts';
import { planNameIn } from '../history.ts';
import { obstacleTo } from '../obstacle.ts';
import { cancelPage } from '../pages/cancel.ts';
import { refuse, requestChange } from '../request-change.ts';

/** `GET …/cancel`: what follows from it, before anything happens. */
export async function showCancel(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const obstacle = obstacleTo('cancel', admitted.subscription);
  if (obstacle) return refuse(landing, c, { admitted, reason: obstacle });
  return consequences(landing, c, { admitted, request: randomUUID(), isTickMissing: false });
}

/** `POST …/cancel`: approved, with the box ticked. */
export async function cancel(landing: Landing, c: Context, admitted: Admitted): Promise<Response> {
  const { fields, subscription } = admitted;
  const obstacle = obstacleTo('cancel', subscription);
  if (fields['understood'] !== 'yes' && !obstacle) {
    const request = fields['request'] ?? '';
    return consequences(landing, c, { admitted, request, isTickMissing: true });
  }
  return requestChange(landing, c, {
    admitted,
    wanted: { kind: 'Unsubscribe' },
    problem: () => Promise.resolve(obstacle),
  });
}

async function consequences(
  { subscriptions }: Landing,
  c: Context,
  of: { admitted: Admitted; request: string; isTickMissing: boolean },
): Promise<Response> {
  const { frame, subscription } = of.admitted;
  const [days, plans] = await Promise.all([
    subscriptions.retentionDays(subscription),
    subscriptions.knownPlans(subscription),
  ]);
  const planName = planNameIn(plans, subscription.planId);
  const { request, isTickMissing } = of;
  const page = cancelPage(frame, { subscription, planName, days, request, isTickMissing });
  return c.html(page, isTickMissing ? 422 : 200);
}
