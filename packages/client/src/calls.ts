import { randomUUID } from 'node:crypto';
import {
  createTRPCClient,
  getUntypedClient,
  httpBatchLink,
  httpLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import type { PublicRouter } from '@landfall/contracts/api';
import type { CommandOptions } from './api.ts';
import type { Connection } from './connection.ts';
import { errorDetails } from './errors.ts';
import { ForeignAnswer } from './foreign-answer.ts';
import { pause, pauseAfter } from './pauses.ts';

/** Above the gateway's own deadline of 12 seconds, so that its answer comes first. */
const ATTEMPT_MS = 15_000;
/** Most queries in one HTTP request. With more, one slow query would delay too many others. */
const MAX_BATCH = 10;
const PAUSES = { firstMs: 250, longestMs: 5_000 };

/** Calls a procedure, again if that may help. */
export type Send = (
  kind: 'query' | 'mutation',
  path: string,
  given: { readonly input: unknown; readonly options?: CommandOptions | undefined },
) => Promise<unknown>;

/**
 * Queries made at the same time share one HTTP request. Each command has a request of its own with an idempotency key, so
 * that it can be repeated: Landfall carries it out once and answers a repetition with the first answer.
 */
export function createCalls(connection: Connection): Send {
  const { timeoutMs, maxAttempts } = connection;
  const send = oneAttempt(connection);
  return async (kind, path, { input, options = {} }) => {
    const { signal, idempotencyKey = randomUUID() } = options;
    const until = performance.now() + timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const leftMs = Math.max(1, Math.ceil(until - performance.now()));
      const limit = AbortSignal.timeout(Math.min(ATTEMPT_MS, leftMs));
      const both = signal ? AbortSignal.any([signal, limit]) : limit;
      try {
        const sent = send[kind](path, input, { context: { idempotencyKey }, signal: both });
        return await unlessAborted(sent, both);
      } catch (error) {
        const failed = errorDetails(error);
        if (signal?.aborted || !failed?.isRetryable || attempt >= maxAttempts) throw error;
        const waitMs = Math.max(failed.retryAfterMs ?? 0, pauseAfter(attempt, PAUSES));
        if (performance.now() + waitMs >= until) throw error;
        await pause(waitMs, signal);
        if (signal?.aborted) throw error;
      }
    }
  };
}

function oneAttempt(connection: Connection) {
  const common = {
    url: `${connection.url}/trpc`,
    fetch: async (url: unknown, init?: unknown) => {
      const answer = await connection.fetch(url as URL, init as RequestInit);
      if (/\bjson\b/.test(answer.headers.get('content-type') ?? '')) return answer;
      await answer.body?.cancel();
      throw new ForeignAnswer(answer);
    },
  };
  const client = createTRPCClient<PublicRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'mutation',
        true: httpLink({
          ...common,
          headers: ({ op: { context } }) => ({
            ...connection.headers(),
            'idempotency-key': String(context['idempotencyKey']),
          }),
        }),
        false: httpBatchLink({
          ...common,
          maxItems: MAX_BATCH,
          // Proxies write URLs to their logs, and a search may name a person.
          methodOverride: 'POST',
          headers: () => connection.headers(),
        }),
      }),
    ],
  });
  return getUntypedClient(client);
}

/** tRPC ends a batch when all its calls are aborted; this ends one call of it. */
async function unlessAborted<Answer>(sent: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const { promise, reject } = aborted(signal);
  try {
    return await Promise.race([sent, promise]);
  } finally {
    signal.removeEventListener('abort', reject);
  }
}

function aborted(signal: AbortSignal) {
  let reject = (): void => {};
  const promise = new Promise<never>((_resolve, fail) => {
    reject = () => fail(TRPCClientError.from(signal.reason as Error));
  });
  signal.addEventListener('abort', reject, { once: true });
  return { promise, reject };
}
