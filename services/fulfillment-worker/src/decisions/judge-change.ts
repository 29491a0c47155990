import type { WantedChange } from '@landfall/domain/change.ts';
import {
  decideChange,
  type PolicyDecision,
  type RequestedChange,
} from '@landfall/domain/policy.ts';
import type { Subscription } from '@landfall/domain/subscription.ts';
import type { Trx } from '../db/schema.ts';
import { readPolicy, type PolicyInForce } from '../store/policy.ts';
import { askProduct, type AskDeps, type Question } from './ask-product.ts';

/** The product has to be asked, outside any transaction. */
export interface OpenQuestion {
  readonly answer: 'ask';
  readonly policy: PolicyInForce;
  readonly question: Question;
}

/** The product's answer, which counts while what it was asked about is still in force. */
export interface ProductAnswer {
  readonly decision: PolicyDecision;
  readonly question: Question;
}

/**
 * What the publisher's rules say about a change that a customer asks for on our pages: the same rules as
 * for changes from the marketplace. Undefined: no rule can have a say, as with a cancellation, which
 * Microsoft lets no publisher refuse.
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

/** Asks the product, for as long as the customer's page waits at the most. */
export async function answerQuestion(
  deps: AskDeps,
  { policy, question }: OpenQuestion,
  deadline: Date,
): Promise<ProductAnswer> {
  const leftMs = deadline.getTime() - deps.now().getTime() - STORE_RESERVE_MS;
  const timeoutMs = Math.min(policy.ask?.timeoutMs ?? 0, leftMs);
  return { decision: await askProduct(deps, policy.ask, question, timeoutMs), question };
}

/** Kept back from the time to answer for storing the change. */
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
