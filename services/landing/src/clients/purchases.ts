import type { TRPCClient } from '@trpc/client';
import type { OwnerRouter } from '@landfall/contracts/api';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isFault } from '@landfall/domain/fault';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import type { ContactPerson } from '../db/schema.ts';
import { asked } from './answer.ts';

export type Answer =
  | { readonly subscription: SubscriptionView }
  | { readonly refused: RejectionCode };

/** Calls to the fulfillment worker about a purchase. They throw a `Fault` if it does not answer. */
export interface Purchases {
  /** Without a publisher id, the worker uses its only or first publisher. */
  resolve(purchaseToken: string, publisherId?: string): Promise<Answer>;
  get(subscriptionId: string): Promise<Answer>;
  activate(request: {
    subscriptionId: string;
    claimedBy: ContactPerson;
    answers: Record<string, string>;
  }): Promise<Answer>;
  /** When the last suspension was noticed. Undefined if unknown. */
  suspendedAt(subscriptionId: string): Promise<Date | undefined>;
}

/** With 200 entries per page, this reaches the end of all but extreme timelines. */
const MAX_TIMELINE_PAGES = 10;
const TIMELINE_PAGE = 200;

export function createPurchases(worker: TRPCClient<OwnerRouter<'fulfillment-worker'>>): Purchases {
  return {
    resolve: (purchaseToken, publisherId) =>
      answerOf(() =>
        worker.purchases.resolve.mutate(
          publisherId ? { purchaseToken, publisherId } : { purchaseToken },
        ),
      ),
    get: (subscriptionId) => answerOf(() => worker.subscriptions.get.query({ subscriptionId })),
    activate: ({ answers, ...request }) =>
      answerOf(() =>
        worker.subscriptions.activate.mutate(
          Object.keys(answers).length > 0 ? { ...request, answers } : request,
        ),
      ),
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

/** Calls twice if the connection was lost, as after the death of a NATS node. The worker gives a repeated call the same answer. */
async function answerOf(call: () => Promise<SubscriptionView>): Promise<Answer> {
  const answer = await asked(call()).catch((error: unknown) => {
    if (!isFault(error) || error.code !== 'rpc.disconnected') throw error;
    return asked(call());
  });
  return 'value' in answer ? { subscription: answer.value } : answer;
}
