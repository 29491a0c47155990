import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeOrigin } from '@landfall/domain/change';
import { Fault } from '@landfall/domain/fault';
import { DECISION_BUDGET_MS } from '@landfall/domain/operation';
import {
  decideChange,
  type PolicyDecision,
  type RequestedChange,
  type Ruling,
} from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import { inTransaction, withOneRepeat } from '@landfall/service-kit/database';
import {
  claimAsking,
  findOperation,
  recordDecision,
  toDecision,
  type MadeDecision,
} from '../store/operations.ts';
import type { PolicyInForce } from '../store/policy.ts';
import { addToTimeline, type Context } from '../store/timeline.ts';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import type { AskProduct, ChangedSubscription } from './ask-product.ts';

/** Time reserved for storing the decision. */
const STORE_RESERVE_MS = 300;
/** Far longer than asking takes: by then the asking process has stored the answer or has crashed. */
const ASK_LEASE_MARGIN_MS = 1_000;
/** How often to look for the answer that another process gets. */
const WAIT_STEP_MS = 100;

/** A customer's change to be decided, as Microsoft's own records show it. */
export interface OpenQuestion {
  readonly operation: MarketplaceOperation;
  /** The subscription before the change. */
  readonly subscription: ChangedSubscription;
  readonly change: RequestedChange;
  /** A change from our page was decided before it was sent, and rules never apply to the publisher's own changes. */
  readonly origin: ChangeOrigin;
  /** When the notification arrived. */
  readonly receivedAt: Date | undefined;
  /** No one waits for the decision longer than this, by the machine's time. */
  readonly answerBy?: Date | undefined;
}

/**
 * Decides by the policy, asks the product if a rule says so, and stores the decision with its time, once per
 * operation: the first stored decision is in force for all processes. A late decision by a rule is logged as
 * an error. Throws `decision.pending` (later) if another process is asking and does not finish in time.
 */
export type MakeDecision = (
  policy: PolicyInForce,
  open: OpenQuestion,
  context: Context,
) => Promise<PolicyDecision>;

interface MakeDeps {
  readonly db: Db;
  readonly ask: AskProduct;
  readonly log: Logger;
  readonly now: () => Date;
}

export function createDecisionMaker(deps: MakeDeps): MakeDecision {
  return async (policy, open, context) => {
    const { operation, subscription, change, origin, receivedAt } = open;
    const ruling = origin === 'marketplace' ? decideChange(policy, subscription, change) : ACCEPTED;
    const decided = ruling.answer === 'ask' ? await asked(deps, policy, open, ruling) : ruling;
    const made: MadeDecision = {
      action: operation.action,
      origin,
      decision: decided,
      at: deps.now(),
      deadline: receivedAt && new Date(receivedAt.getTime() + DECISION_BUDGET_MS),
      from: { planId: subscription.planId, quantity: subscription.quantity },
      change,
    };
    return await store(deps, open, made, context);
  };
}

const ACCEPTED: PolicyDecision = { answer: 'accept' };

/** Asks, or waits for the process that is asking. A crashed one is replaced after its lease. */
async function asked(
  deps: MakeDeps,
  policy: PolicyInForce,
  open: OpenQuestion,
  { ruleId, message }: Extract<Ruling, { answer: 'ask' }>,
): Promise<PolicyDecision> {
  const { operation, subscription, change, answerBy } = open;
  const key = { subscriptionId: operation.subscriptionId, operationId: operation.id };
  const db = deps.db.kysely;
  const ownTimeMs = policy.ask?.timeoutMs ?? 0;
  const waitUntil = (answerBy?.getTime() ?? Date.now() + ownTimeMs) - STORE_RESERVE_MS;
  const leftMs = () => waitUntil - Date.now();
  const claim = { action: operation.action, leaseMs: ownTimeMs + ASK_LEASE_MARGIN_MS };
  while (!(await claimAsking(db, key, claim))) {
    const made = toDecision(await findOperation(db, key));
    if (made) return made;
    if (answerBy && leftMs() < WAIT_STEP_MS) throw pending();
    await delay(WAIT_STEP_MS);
  }
  const timeoutMs = answerBy ? Math.min(ownTimeMs, leftMs()) : ownTimeMs;
  const question = {
    operationId: operation.id,
    askedIn: 'marketplace',
    subscription,
    change,
    ruleId,
    message,
  } as const;
  return await deps.ask(policy.ask, question, timeoutMs);
}

async function store(
  deps: Pick<MakeDeps, 'db' | 'log'>,
  { operation, change, origin, subscription }: OpenQuestion,
  made: MadeDecision,
  context: Context,
): Promise<PolicyDecision> {
  const { at, deadline } = made;
  const key = { subscriptionId: operation.subscriptionId, operationId: operation.id };
  const isInTime = deadline === undefined ? undefined : at <= deadline;
  // A lost connection must not lose the product's answer. Repeating is safe, because the first decision stands.
  const { decision, isFirst } = await withOneRepeat(() =>
    inTransaction(deps.db, async (trx) => {
      const stored = await recordDecision(trx, key, made);
      if (!stored.isFirst) return stored;
      const { answer, reason } = stored.decision;
      const from = change.action === 'ChangePlan' ? subscription.planId : subscription.quantity;
      const details = {
        ...change,
        from,
        origin,
        answer,
        reason,
        deadline: deadline?.toISOString(),
        isInTime,
      };
      const { subscriptionId } = key;
      const entry = { subscriptionId, kind: 'changeDecided', at, details };
      await addToTimeline(trx, entry, { ...context, operationId: key.operationId });
      return stored;
    }),
  );
  // A late acceptance without a rule is not a missed deadline, because Microsoft takes silence for
  // acceptance.
  const isByRule = decision.ruleId !== undefined || decision.answer === 'refuse';
  if (isFirst && isByRule && isInTime === false) {
    const lateMs = deadline === undefined ? undefined : at.getTime() - deadline.getTime();
    deps.log.error({ ...key, ...decision, lateMs }, 'a decision missed its deadline');
  }
  return decision;
}

function pending(): Fault {
  return new Fault('decision.pending', 'another process is asking the product', {
    retry: 'later',
  });
}
