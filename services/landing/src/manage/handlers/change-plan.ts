import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Plan } from '../../clients/subscriptions.ts';
import { obstacleTo } from '../obstacle.ts';
import { confirmPlanPage, planPage } from '../pages/change-plan.ts';
import type { Reason } from '../pages/refused.ts';
import { planChoice } from '../plan-choice.ts';
import { refuse, requestChange, type ChangeDeps } from '../request-change.ts';
import type { Admitted } from '../visit.ts';

/** `GET …/plan`: the plans to choose from. With `?to=`, the consequences of changing to that plan. */
export async function showPlans(
  deps: ChangeDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  const obstacle = obstacleTo('plan', subscription);
  if (obstacle) return refuse(deps, c, { admitted, reason: obstacle });
  const { plans } = await deps.subscriptions.choices(subscription.id);
  const choice = planChoice(plans, subscription);
  const wanted = c.req.query('to');
  if (wanted === undefined) return c.html(planPage(frame, { subscription, choice }));
  const target = choice.targets.find(({ planId }) => planId === wanted);
  if (!target) {
    const reason = isAmong(choice.refused, wanted) ? 'plan-refused' : 'plan-unknown';
    return refuse(deps, c, { admitted, reason });
  }
  return c.html(confirmPlanPage(frame, { subscription, choice, target, request: randomUUID() }));
}

/** `POST …/plan`: requests the change. */
export async function changePlan(
  deps: ChangeDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, fields } = admitted;
  const planId = fields['to'] ?? '';
  const problem = async (): Promise<Reason | undefined> => {
    if (fields['from'] !== subscription.planId) return 'changed-meanwhile';
    const obstacle = obstacleTo('plan', subscription);
    if (obstacle) return obstacle;
    const { plans } = await deps.subscriptions.choices(subscription.id);
    const { targets, refused } = planChoice(plans, subscription);
    if (isAmong(targets, planId)) return undefined;
    // The worker decides, so that the refusal is in the history with the publisher's reason.
    return isAmong(refused, planId) ? undefined : 'plan-unknown';
  };
  return requestChange(deps, c, { admitted, wanted: { kind: 'ChangePlan', planId }, problem });
}

function isAmong(plans: readonly Plan[], planId: string): boolean {
  return plans.some((plan) => plan.planId === planId);
}
