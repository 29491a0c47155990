import type { WantedChange } from '@landfall/domain/change';
import { decideChange, type PolicyDecision, type RequestedChange } from '@landfall/domain/policy';
import type { Subscription } from '@landfall/domain/subscription';
import type { Trx } from '../db/schema.ts';
import { readPolicy, type PolicyInForce } from '../store/policy.ts';
import { askProduct, type AskDeps, type Question } from './ask-product.ts';

/** The product must be asked, outside any transaction. */
export interface OpenQuestion {
  readonly answer: 'ask';
  readonly policy: PolicyInForce;
  readonly question: Question;
}

/** The product's answer. It is valid only while the subscription is as the question described it. */
export interface ProductAnswer {
  readonly decision: PolicyDecision;
  readonly question: Question;
}

/**
 * Applies the publisher's rules to a change that a customer requests on our pages: the same rules as for
 * changes from the marketplace. Undefined: no rule can apply, for example to a cancellation, because
 * Microsoft does not let a publisher refuse it.
 */
export async function judgeChange(
  trx: Trx,
  asked: {
    readonly changeId: string;
    readonly subscription: Subscription;
    readonly wanted: WantedChange;
    readonly answered: ProductAnswer | undefined;
  },
): Promise<PolicyDecision | OpenQuestion | undefined> {
  const { changeId, subscription, wanted, answered } = asked;
  const change = ruledChange(wanted);
  if (!change) return undefined;
  const policy = await readPolicy(trx, subscription.publisherId);
  const ruling = decideChange(policy, subscription, change);
  if (ruling.answer !== 'ask') return ruling;
  if (answered && isAbout(answered.question, subscription)) return answered.decision;
  const { ruleId, message } = ruling;
  const question: Question = {
    operationId: changeId,
    askedIn: 'manage-page',
    subscription,
    change,
    ruleId,
    message,
  };
  return { answer: 'ask', policy, question };
}

/** Asks the product, for at most as long as the customer's page waits. */
export async function answerQuestion(
  deps: AskDeps,
  { policy, question }: OpenQuestion,
  deadline: Date,
): Promise<ProductAnswer> {
  const leftMs = deadline.getTime() - Date.now() - STORE_RESERVE_MS;
  const timeoutMs = Math.min(policy.ask?.timeoutMs ?? 0, leftMs);
  return { decision: await askProduct(deps, policy.ask, question, timeoutMs), question };
}

/** Time reserved for storing the change. */
const STORE_RESERVE_MS = 1_000;

function ruledChange(wanted: WantedChange): RequestedChange | undefined {
  switch (wanted.kind) {
    case 'ChangePlan':
      return { action: 'ChangePlan', planId: wanted.planId };
    case 'ChangeQuantity':
      return { action: 'ChangeQuantity', quantity: wanted.quantity };
    default:
      return undefined;
  }
}

function isAbout(
  { subscription: asked }: Question,
  { planId, quantity, offerId }: Subscription,
): boolean {
  return asked.planId === planId && asked.quantity === quantity && asked.offerId === offerId;
}
