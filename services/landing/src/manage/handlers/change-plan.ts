import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Landing } from '../../landing.ts';
import type { Admitted } from '../access.ts';
import { obstacleTo } from '../obstacle.ts';
import { confirmPlanPage, planPage } from '../pages/change-plan.ts';
import type { Reason } from '../pages/refused.ts';
import { planChoice } from '../plan-choice.ts';
import { refuse, requestChange } from '../request-change.ts';

/** `GET …/plan`: the plans to choose from; with `?to=`, what a change to that one means. */
export async function showPlans(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  const obstacle = obstacleTo('plan', subscription);
  if (obstacle) return refuse(landing, c, { admitted, reason: obstacle });
  const choice = planChoice(await landing.subscriptions.plans(subscription.id), subscription);
  const wanted = c.req.query('to');
  if (wanted === undefined) return c.html(planPage(frame, { subscription, choice }));
  const target = choice.targets.find(({ planId }) => planId === wanted);
  if (!target) return refuse(landing, c, { admitted, reason: 'plan-unknown' });
  return c.html(confirmPlanPage(frame, { subscription, choice, target, request: randomUUID() }));
}

/** `POST …/plan`: approved. */
export async function changePlan(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, fields } = admitted;
  const planId = fields['to'] ?? '';
  const problem = async (): Promise<Reason | undefined> => {
    if (fields['from'] !== subscription.planId) return 'changed-meanwhile';
    const obstacle = obstacleTo('plan', subscription);
    if (obstacle) return obstacle;
    const { targets } = planChoice(
      await landing.subscriptions.plans(subscription.id),
      subscription,
    );
    return targets.some((plan) => plan.planId === planId) ? undefined : 'plan-unknown';
  };
  return requestChange(landing, c, { admitted, wanted: { kind: 'ChangePlan', planId }, problem });
}
