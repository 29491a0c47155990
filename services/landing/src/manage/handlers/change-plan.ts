import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Landing } from '../../landing.ts';
import type { Admitted } from '../access.ts';
import { obstacleTo } from '../obstacle.ts';
import { confirmPlanPage, planPage } from '../pages/change-plan.ts';
import type { Reason } from '../pages/refused.ts';
import { planChoice } from '../plan-choice.ts';
import { refuse, requestChange } from '../request-change.ts';
import type { Plan } from '../../clients/subscriptions.ts';

/** `GET …/plan`: the plans to choose from; with `?to=`, what a change to that one means. */
export async function showPlans(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  const obstacle = obstacleTo('plan', subscription);
  if (obstacle) return refuse(landing, c, { admitted, reason: obstacle });
  const { plans } = await landing.subscriptions.choices(subscription.id);
  const choice = planChoice(plans, subscription);
  const wanted = c.req.query('to');
  if (wanted === undefined) return c.html(planPage(frame, { subscription, choice }));
  const target = choice.targets.find(({ planId }) => planId === wanted);
  if (!target) {
    const reason = isAmong(choice.refused, wanted) ? 'plan-refused' : 'plan-unknown';
    return refuse(landing, c, { admitted, reason });
  }
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
    const { plans } = await landing.subscriptions.choices(subscription.id);
    const { targets, refused } = planChoice(plans, subscription);
    if (isAmong(targets, planId)) return undefined;
    // The worker judges it, so that the refusal has its place in the history with the publisher's words.
    return isAmong(refused, planId) ? undefined : 'plan-unknown';
  };
  return requestChange(landing, c, { admitted, wanted: { kind: 'ChangePlan', planId }, problem });
}

function isAmong(plans: readonly Plan[], planId: string): boolean {
  return plans.some((plan) => plan.planId === planId);
}
