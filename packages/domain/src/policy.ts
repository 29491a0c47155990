import { baseOfferId, type Subscription } from './subscription.ts';

/** A rule for customers' plan and seat changes; absent conditions fit everything. */
export interface DecisionRule {
  readonly id: string;
  readonly offerId?: string | undefined;
  readonly when:
    | {
        readonly action: 'ChangePlan';
        readonly fromPlanIds?: readonly string[] | undefined;
        readonly toPlanIds?: readonly string[] | undefined;
      }
    | {
        readonly action: 'ChangeQuantity';
        readonly planIds?: readonly string[] | undefined;
        readonly below?: number | undefined;
        readonly above?: number | undefined;
      };
  readonly decision: 'accept' | 'refuse';
}

export interface DecisionPolicy {
  readonly rules: readonly DecisionRule[];
}

/** A customer's change with its target as Microsoft's operation has it. */
export type RequestedChange =
  | { readonly action: 'ChangePlan'; readonly planId: string }
  | { readonly action: 'ChangeQuantity'; readonly quantity: number };

export type PolicyDecision =
  | { readonly answer: 'accept' }
  | { readonly answer: 'refuse'; readonly reason: string };

/**
 * Accepts unless the first fitting rule refuses. A change to what is already in force is Microsoft's
 * own roll-back after a refusal and is always accepted. Seats below one are refused without a rule.
 */
export function decideChange(
  policy: DecisionPolicy,
  subscription: Pick<Subscription, 'offerId' | 'planId' | 'quantity'>,
  change: RequestedChange,
): PolicyDecision {
  if (isRevert(subscription, change)) return { answer: 'accept' };
  if (change.action === 'ChangeQuantity' && !(change.quantity >= 1)) {
    return { answer: 'refuse', reason: 'quantity-invalid' };
  }
  const rule = policy.rules.find((candidate) => fits(candidate, subscription, change));
  return rule?.decision === 'refuse'
    ? { answer: 'refuse', reason: `rule:${rule.id}` }
    : { answer: 'accept' };
}

/** False: no rule can refuse such a change, so nobody needs to wait for Microsoft's record of it. */
export function mayRefuse(policy: DecisionPolicy, action: string): boolean {
  return policy.rules.some((rule) => rule.decision === 'refuse' && rule.when.action === action);
}

function isRevert(
  subscription: Pick<Subscription, 'planId' | 'quantity'>,
  change: RequestedChange,
): boolean {
  return change.action === 'ChangePlan'
    ? change.planId === subscription.planId
    : change.quantity === subscription.quantity;
}

function fits(
  rule: DecisionRule,
  subscription: Pick<Subscription, 'offerId' | 'planId'>,
  change: RequestedChange,
): boolean {
  if (rule.offerId !== undefined && !isSameOffer(rule.offerId, subscription.offerId)) return false;
  const { when } = rule;
  if (when.action === 'ChangePlan') {
    return (
      change.action === 'ChangePlan' &&
      isAmong(when.fromPlanIds, subscription.planId) &&
      isAmong(when.toPlanIds, change.planId)
    );
  }
  if (change.action !== 'ChangeQuantity' || !isAmong(when.planIds, subscription.planId))
    return false;
  const { below, above } = when;
  if (below === undefined && above === undefined) return true;
  return (
    (below !== undefined && change.quantity < below) ||
    (above !== undefined && change.quantity > above)
  );
}

/** A rule that names the preview listing means the offer, and must not silently fit nothing. */
function isSameOffer(left: string, right: string): boolean {
  return baseOfferId(left) === baseOfferId(right);
}

function isAmong(planIds: readonly string[] | undefined, planId: string): boolean {
  return planIds === undefined || planIds.includes(planId);
}
