import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Subscriptions } from '../../clients/subscriptions.ts';
import { planNameIn } from '../history.ts';
import { obstacleTo } from '../obstacle.ts';
import { cancelPage } from '../pages/cancel.ts';
import { refuse, requestChange, type ChangeDeps } from '../request-change.ts';
import type { Admitted } from '../visit.ts';

type CancelDeps = ChangeDeps & {
  readonly subscriptions: Pick<Subscriptions, 'retentionDays' | 'knownPlans'>;
};

/** `GET …/cancel`: shows the consequences before anything happens. */
export async function showCancel(
  deps: CancelDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const obstacle = obstacleTo('cancel', admitted.subscription);
  if (obstacle) return refuse(deps, c, { admitted, reason: obstacle });
  return consequences(deps, c, { admitted, request: randomUUID(), isTickMissing: false });
}

/** `POST …/cancel`: cancels if the check box is ticked. */
export async function cancel(deps: CancelDeps, c: Context, admitted: Admitted): Promise<Response> {
  const { fields, subscription } = admitted;
  const obstacle = obstacleTo('cancel', subscription);
  if (fields['understood'] !== 'yes' && !obstacle) {
    const request = fields['request'] ?? '';
    return consequences(deps, c, { admitted, request, isTickMissing: true });
  }
  return requestChange(deps, c, {
    admitted,
    wanted: { kind: 'Unsubscribe' },
    problem: () => Promise.resolve(obstacle),
  });
}

async function consequences(
  { subscriptions }: CancelDeps,
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
