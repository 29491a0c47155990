import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type Operation,
} from '@trpc/client';
import type { PublicRouter } from '@landfall/contracts/api';
import { chosenPublisher } from '../app/publisher.ts';

const URL_OF_API = '/trpc';

/** Calls in one request. The gateway takes at most 50; ten keep a slow one from delaying many. */
const MAX_BATCH = 10;

/** What a page shows arrives in one request, if its parts ask in the same moment. */
const queries = httpBatchLink({
  url: URL_OF_API,
  maxItems: MAX_BATCH,
  // Names and addresses that people search for stand in no URL.
  methodOverride: 'POST',
  headers: () => ownHeaders(),
});

/** A command travels on its own, because its `Idempotency-Key` names one call. */
const commands = httpLink({
  url: URL_OF_API,
  headers: ({ op }) => ({ ...ownHeaders(), ...idempotencyOf(op) }),
});

const streams = httpSubscriptionLink({ url: URL_OF_API });

/** The gateway's API, as the person who is signed in and for the publisher that is chosen. */
export const api = createTRPCClient<PublicRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: streams,
      false: splitLink({
        condition: ({ type }) => type === 'mutation',
        true: commands,
        false: queries,
      }),
    }),
  ],
});

/** Options of one attempt of a command. A second attempt with the same key is not carried out twice. */
export function withKey(idempotencyKey: string): { context: { idempotencyKey: string } } {
  return { context: { idempotencyKey } };
}

export function ownHeaders(): Record<string, string> {
  const publisher = chosenPublisher();
  return {
    // Other sites cannot set it.
    'landfall-console': '1',
    ...(publisher === undefined ? {} : { 'landfall-publisher': publisher }),
  };
}

function idempotencyOf({ context }: Pick<Operation, 'context'>): Record<string, string> {
  const key = context['idempotencyKey'];
  return typeof key === 'string' ? { 'idempotency-key': key } : {};
}
