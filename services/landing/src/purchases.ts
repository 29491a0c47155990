import type { TRPCClient } from '@trpc/client';
import { errorDetails } from '@landfall/client/errors.ts';
import type { OwnerRouter } from '@landfall/contracts/api.ts';
import type { RejectionCode } from '@landfall/contracts/rejections.ts';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import { isFault } from '@landfall/domain/fault.ts';
import type { ContactPerson } from './contact-person.ts';
import type { PlanPrice } from './db/schema.ts';
import { asked } from './worker-answer.ts';

export type Answer =
  | { readonly subscription: SubscriptionView }
  | { readonly refused: RejectionCode };

export interface ListedPlan {
  readonly name: string;
  /** Of the subscription's own term; absent where Microsoft does not say. */
  readonly price: PlanPrice | undefined;
}

/** What the landing page asks of the fulfillment worker. Trouble is thrown as a `Fault`. */
export interface Purchases {
  /** Without a publisher: the only one, or the first. */
  resolve(purchaseToken: string, publisherId?: string): Promise<Answer>;
  get(subscriptionId: string): Promise<Answer>;
  activate(request: {
    subscriptionId: string;
    claimedBy: ContactPerson;
    answers: Record<string, string>;
  }): Promise<Answer>;
  /** What Microsoft lists of the plan; undefined when it cannot be had now. */
  plan(subscription: SubscriptionView): Promise<ListedPlan | undefined>;
  /** When the last suspension was noticed; undefined when unknown. */
  suspendedAt(subscriptionId: string): Promise<Date | undefined>;
}

/** The plan's name is a nicety: the page does not wait longer than a person notices. */
const PLAN_NAME_TIMEOUT_MS = 2_000;
/** A timeline of thousands of entries is read to its end, but not for ever. */
const MAX_TIMELINE_PAGES = 10;
const TIMELINE_PAGE = 200;

export function createPurchases(worker: TRPCClient<OwnerRouter<'fulfillment-worker'>>): Purchases {
  return {
    resolve: (purchaseToken, publisherId) =>
      answerOf(
        worker.purchases.resolve.mutate(
          publisherId ? { purchaseToken, publisherId } : { purchaseToken },
        ),
      ),
    get: (subscriptionId) => answerOf(worker.subscriptions.get.query({ subscriptionId })),
    activate: ({ answers, ...request }) =>
      answerOf(
        worker.subscriptions.activate.mutate(
          Object.keys(answers).length > 0 ? { ...request, answers } : request,
        ),
      ),
    async plan({ id, planId, term }) {
      try {
        const { plans } = await worker.subscriptions.availablePlans.query(
          { subscriptionId: id },
          { signal: AbortSignal.timeout(PLAN_NAME_TIMEOUT_MS) },
        );
        const plan = plans.find((one) => one.planId === planId);
        const priced = plan?.terms?.find(({ termUnit }) => termUnit === term.termUnit);
        const price = priced && priceOf(priced);
        return plan?.displayName ? { name: plan.displayName, price } : undefined;
      } catch {
        // The plan's id stands in for its name.
        return undefined;
      }
    },
    async suspendedAt(subscriptionId) {
      try {
        return await lastSuspension(worker, subscriptionId);
      } catch (error) {
        if (errorDetails(error) ?? isFault(error)) return undefined;
        throw error;
      }
    },
  };
}

function priceOf(term: { termUnit: string; price: number; currency: string }): PlanPrice {
  return { amount: term.price, currency: term.currency, termUnit: term.termUnit };
}

async function lastSuspension(
  worker: TRPCClient<OwnerRouter<'fulfillment-worker'>>,
  subscriptionId: string,
): Promise<Date | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_TIMELINE_PAGES; page += 1) {
    const { items, nextCursor } = await worker.subscriptions.timeline.query({
      subscriptionId,
      order: 'newest',
      limit: TIMELINE_PAGE,
      ...(cursor ? { cursor } : {}),
    });
    const found = items.find((entry) => entry.kind === 'suspended');
    if (found) return new Date(found.at);
    if (!nextCursor) return undefined;
    cursor = nextCursor;
  }
  return undefined;
}

async function answerOf(call: Promise<SubscriptionView>): Promise<Answer> {
  const answer = await asked(call);
  return 'value' in answer ? { subscription: answer.value } : answer;
}
