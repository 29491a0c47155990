import { knownAction } from './operation.ts';
import { baseOfferId, type Subscription } from './subscription.ts';

/** A rule for customers' plan and seat changes. Absent conditions always match. */
export interface DecisionRule {
  readonly id: string;
  readonly publisherId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly when:
    | {
        readonly action: 'ChangePlan';
        readonly fromPlanIds?: readonly string[] | undefined;
        readonly toPlanIds?: readonly string[] | undefined;
        /** Matches if the requested plan is not in the policy's list of sold plans. */
        readonly isNotSold?: true | undefined;
        /** Matches if the requested plan is below the current plan in that list. */
        readonly isDowngrade?: true | undefined;
      }
    | {
        readonly action: 'ChangeQuantity';
        readonly planIds?: readonly string[] | undefined;
        readonly below?: number | undefined;
        readonly above?: number | undefined;
      };
  readonly decision: 'accept' | 'refuse' | 'ask';
  /** Shown to the customer if the rule leads to a refusal. */
  readonly message?: Texts | undefined;
}

/** A text by language (`en`, `de`, …). */
export type Texts = Readonly<Record<string, string>>;

/** The plans that a publisher sells of an offer, from the lowest to the highest. */
export interface SoldPlans {
  /** Absent: every publisher. */
  readonly publisherId?: string | undefined;
  readonly offerId: string;
  readonly planIds: readonly string[];
}

/** A publisher's rules, and the plans that it sells. */
export interface DecisionPolicy {
  readonly rules: readonly DecisionRule[];
  readonly plans?: readonly SoldPlans[] | undefined;
}

/** A customer's change, with the target from Microsoft's operation. */
export type RequestedChange =
  | { readonly action: 'ChangePlan'; readonly planId: string }
  | { readonly action: 'ChangeQuantity'; readonly quantity: number };

/** `reason` is a code for people and programs. It is absent if no rule matched. */
export type PolicyDecision =
  | {
      readonly answer: 'accept';
      readonly reason?: string | undefined;
      readonly ruleId?: string | undefined;
    }
  | {
      readonly answer: 'refuse';
      readonly reason: string;
      readonly ruleId?: string | undefined;
      /** Shown to the customer. */
      readonly message?: Texts | undefined;
    };

/** The result of the rules: a decision, or the instruction to ask the publisher's product. */
export type Ruling =
  | PolicyDecision
  | { readonly answer: 'ask'; readonly ruleId: string; readonly message?: Texts | undefined };

type Changed = Pick<Subscription, 'publisherId' | 'offerId' | 'planId' | 'quantity'>;

/**
 * The first matching rule decides; without one, the change is accepted. A change to the current values is
 * Microsoft's own roll-back after a refusal and is always accepted. Fewer than one seat is always refused.
 */
export function decideChange(
  policy: DecisionPolicy,
  subscription: Changed,
  change: RequestedChange,
): Ruling {
  if (isRevert(subscription, change)) return { answer: 'accept' };
  if (change.action === 'ChangeQuantity' && !(change.quantity >= 1)) {
    return { answer: 'refuse', reason: 'quantity-invalid' };
  }
  const sold = soldPlans(policy, subscription);
  const rule = policy.rules.find((candidate) => fits(candidate, { subscription, change, sold }));
  if (!rule) return { answer: 'accept' };
  const { id: ruleId, decision: answer, message } = rule;
  if (answer === 'ask') return { answer, ruleId, message };
  const reason = `rule:${ruleId}`;
  return answer === 'refuse' ? { answer, reason, ruleId, message } : { answer, reason, ruleId };
}

/** Whether a rule could refuse such a change. If not, nothing has to wait for Microsoft's record of it. */
export function mayRefuse(policy: DecisionPolicy, action: string): boolean {
  const known = knownAction(action);
  return policy.rules.some((rule) => rule.decision !== 'accept' && rule.when.action === known);
}

/** Whether a change asks for the current values. */
export function isRevert(
  subscription: Pick<Subscription, 'planId' | 'quantity'>,
  change: RequestedChange,
): boolean {
  return change.action === 'ChangePlan'
    ? change.planId === subscription.planId
    : change.quantity === subscription.quantity;
}

/** The plans listed for an offer; undefined without a list. The publisher's own list comes first. */
export function soldPlans(
  policy: Pick<DecisionPolicy, 'plans'>,
  { publisherId, offerId }: Pick<Subscription, 'publisherId' | 'offerId'>,
): readonly string[] | undefined {
  const lists = (policy.plans ?? []).filter((list) => isSameOffer(list.offerId, offerId));
  const own = lists.find((list) => list.publisherId === publisherId);
  return (own ?? lists.find((list) => list.publisherId === undefined))?.planIds;
}

interface Case {
  readonly subscription: Changed;
  readonly change: RequestedChange;
  readonly sold: readonly string[] | undefined;
}

/** The condition of a rule that a change does not meet. */
export type Unmet =
  | 'publisher'
  | 'offer'
  | 'action'
  | 'from-plan'
  | 'to-plan'
  | 'sold'
  | 'no-downgrade'
  | 'plan'
  | 'seats';

/** The rules before the deciding one (all of them if none decides), with the first condition that the change does not meet. */
export function passedOver(
  policy: DecisionPolicy,
  subscription: Changed,
  change: RequestedChange,
): { readonly ruleId: string; readonly unmet: Unmet }[] {
  const sold = soldPlans(policy, subscription);
  const passed: { ruleId: string; unmet: Unmet }[] = [];
  for (const rule of policy.rules) {
    const unmet = unmetBy(rule, { subscription, change, sold });
    if (unmet === undefined) break;
    passed.push({ ruleId: rule.id, unmet });
  }
  return passed;
}

function fits(rule: DecisionRule, situation: Case): boolean {
  return unmetBy(rule, situation) === undefined;
}

function unmetBy(rule: DecisionRule, { subscription, change, sold }: Case): Unmet | undefined {
  const { publisherId, offerId, when } = rule;
  if (publisherId !== undefined && publisherId !== subscription.publisherId) return 'publisher';
  if (offerId !== undefined && !isSameOffer(offerId, subscription.offerId)) return 'offer';
  if (when.action === 'ChangePlan') {
    if (change.action !== 'ChangePlan') return 'action';
    if (!isAmong(when.fromPlanIds, subscription.planId)) return 'from-plan';
    if (!isAmong(when.toPlanIds, change.planId)) return 'to-plan';
    if (when.isNotSold && !isNotSold(sold, change.planId)) return 'sold';
    if (when.isDowngrade && !isBelow(sold, change.planId, subscription.planId)) {
      return 'no-downgrade';
    }
    return undefined;
  }
  if (change.action !== 'ChangeQuantity') return 'action';
  if (!isAmong(when.planIds, subscription.planId)) return 'plan';
  const { below, above } = when;
  if (below === undefined && above === undefined) return undefined;
  const isMet =
    (below !== undefined && change.quantity < below) ||
    (above !== undefined && change.quantity > above);
  return isMet ? undefined : 'seats';
}

/** False for an offer without a list. */
function isNotSold(sold: readonly string[] | undefined, planId: string): boolean {
  return sold !== undefined && !sold.includes(planId);
}

/** A plan outside the list is neither above nor below. */
function isBelow(sold: readonly string[] | undefined, target: string, current: string): boolean {
  const [to, from] = [sold?.indexOf(target) ?? -1, sold?.indexOf(current) ?? -1];
  return to !== -1 && to < from;
}

/** Whether two ids name the same offer. A rule that names the preview listing means the offer as well. */
export function isSameOffer(left: string, right: string): boolean {
  return baseOfferId(left) === baseOfferId(right);
}

function isAmong(planIds: readonly string[] | undefined, planId: string): boolean {
  return planIds === undefined || planIds.includes(planId);
}
