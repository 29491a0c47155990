import {
  DECISION_REQUEST_VERSION,
  decisionAnswer,
  decisionRequest,
  type DecisionRequest,
} from '@landfall/contracts/decision-request';
import type { DecisionPolicy } from '@landfall/contracts/policy';
import type { CompleteSnapshot } from '@landfall/domain/complete';
import type { PolicyDecision, RequestedChange, Texts } from '@landfall/domain/policy';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { findDestination } from '../store/destinations.ts';
import { createNameLookup, type NameLookup } from '../deliveries/name-lookup.ts';
import { postEvent } from '../deliveries/post-event.ts';
import { secretsInForce } from '../store/destination-secrets.ts';
import { signedHeaders } from '../deliveries/sign.ts';

export interface AskDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  /** The marketplace is on this machine, so the product may be too. Absent means no. */
  readonly isLocal?: boolean | undefined;
  /** Resolves names of destinations, only for decisions. Absent: uses the machine's name servers. */
  readonly lookup?: NameLookup | undefined;
}

/** The part of a subscription that the product sees when it is asked. */
export type ChangedSubscription = Pick<
  CompleteSnapshot,
  'id' | 'publisherId' | 'offerId' | 'planId' | 'quantity' | 'status' | 'beneficiary'
>;

export interface Question {
  /** Id of Microsoft's operation, or of the change that the customer requested on the manage page. */
  readonly operationId: string;
  readonly askedIn: 'marketplace' | 'manage-page';
  readonly subscription: ChangedSubscription;
  readonly change: RequestedChange;
  /** The rule that asks the product. */
  readonly ruleId: string;
  /** The text for the customer if there is none for the reason of the refusal. */
  readonly message?: Texts | undefined;
}

/** Asks the ISV's product. See {@link askProduct}. */
export type AskProduct = (
  ask: DecisionPolicy['ask'],
  question: Question,
  timeoutMs: number,
) => Promise<PolicyDecision>;

/** Used if a rule says "ask" without a destination: our own mistake must not block a customer. */
const NO_DESTINATION = { onSilence: 'accept' } as const;

/**
 * Asks the ISV's product, once, with a signed post. Never throws if the product fails. On silence, an error
 * or an unreadable answer the policy decides, and the reason is `silence:<code>` instead of `product` or
 * `product:<its reason>`.
 */
export async function askProduct(
  deps: AskDeps,
  ask: DecisionPolicy['ask'],
  question: Question,
  timeoutMs: number,
): Promise<PolicyDecision> {
  const { ruleId, operationId, message } = question;
  const answer = ask ? await answerOf(deps, ask.destinationId, { question, timeoutMs }) : 'nobody';
  if (typeof answer !== 'string') {
    const reason = answer.reason === undefined ? 'product' : `product:${answer.reason}`;
    if (answer.answer === 'accept') return { answer: 'accept', reason, ruleId };
    const own = answer.reason === undefined ? undefined : ask?.messages?.[answer.reason];
    return { answer: 'refuse', reason, ruleId, message: own ?? message };
  }
  const { onSilence } = ask ?? NO_DESTINATION;
  const about = { operationId, ruleId, failure: answer, decision: onSilence };
  deps.log.error(about, 'the product gave no decision; the policy decided');
  const silent = { reason: `silence:${answer}`, ruleId };
  return onSilence === 'refuse'
    ? { answer: 'refuse', ...silent, message }
    : { answer: 'accept', ...silent };
}

/** The product's answer, or a code that says why there is none. */
async function answerOf(
  deps: AskDeps,
  destinationId: string,
  asked: { readonly question: Question; readonly timeoutMs: number },
) {
  const { question, timeoutMs } = asked;
  const db = deps.db.kysely;
  const destination = await findDestination(db, destinationId);
  if (!destination) return 'destination-unknown';
  const { publisherId: owner } = destination;
  // Whatever a policy says, a publisher's destination is never asked about another publisher's customers.
  if (owner !== null && owner !== question.subscription.publisherId) return 'destination-foreign';
  if (destination.state === 'disabled') return 'destination-disabled';
  if (timeoutMs <= 0) return 'no-time';
  const at = deps.now();
  // The product checks these times against its own clock.
  const sentAt = new Date();
  const request = requestOf(question, { at: sentAt, timeoutMs });
  const body = JSON.stringify(request);
  const secrets = await secretsInForce(db, destinationId, at);
  const answer = await postEvent({
    url: destination.url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Landfall-Decisions/1',
      ...signedHeaders({ id: request.id, body }, secrets, sentAt),
    },
    body,
    signal: AbortSignal.timeout(timeoutMs),
    isLocal: deps.isLocal === true,
    lookup: deps.lookup ?? createNameLookup(),
    wantsText: true,
  });
  if (answer.failure) return answer.failure;
  const parsed = decisionAnswer.safeParse(parseJson(answer.text));
  return parsed.success ? parsed.data : 'answer-unreadable';
}

function requestOf(
  question: Question,
  { at, timeoutMs }: { readonly at: Date; readonly timeoutMs: number },
): DecisionRequest {
  const { operationId, askedIn, subscription, change } = question;
  return decisionRequest.parse({
    id: `decision:${operationId}`,
    type: 'decision.requested',
    version: DECISION_REQUEST_VERSION,
    operationId,
    askedIn,
    subscription,
    change,
    answerBy: new Date(at.getTime() + timeoutMs).toISOString(),
    answerWithinMs: Math.round(timeoutMs),
  } satisfies DecisionRequest);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
