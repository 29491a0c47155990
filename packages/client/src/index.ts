import { randomUUID } from 'node:crypto';
import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { PublicRouter } from '@landfall/contracts/api';
import type { Landfall } from './api.ts';

export type * from './api.ts';

/** Above the gateway's own deadline, so that its answer comes first. */
const TIMEOUT_MS = 15_000;
/** Most calls in one HTTP request. With more, one slow call would delay too many others. */
const MAX_BATCH = 10;

/** Options of {@link createLandfallClient}. */
export interface LandfallOptions {
  /** The gateway's `/trpc`, such as `https://marketplace.contoso.example/trpc`. */
  readonly url: string;
  /** An API key with the scopes of the procedures that you call. It is sent in a header, never in a URL. */
  readonly apiKey: string;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long one call may take, in milliseconds. Default: 15 000. */
  readonly timeoutMs?: number;
  /** Returns the id under which Landfall logs a request. Default: a new UUID for each request. */
  readonly correlationId?: () => string;
}

/**
 * Creates a client of Landfall's API over HTTP (tRPC). Each procedure is a typed function:
 * `landfall.subscriptions.list.query({ limit: 10 })`. Calls made at the same time share one HTTP request.
 *
 * A failed call throws; `errorDetails` of `@landfall/client/errors` reads the codes. The client never
 * repeats a call. Queries and `usage.report` are safe to repeat.
 */
export function createLandfallClient(options: LandfallOptions): Landfall {
  const { apiKey, timeoutMs = TIMEOUT_MS, correlationId = randomUUID } = options;
  const send = options.fetch ?? globalThis.fetch;
  const client: TRPCClient<PublicRouter> = createTRPCClient<PublicRouter>({
    links: [
      httpBatchLink({
        url: options.url,
        maxItems: MAX_BATCH,
        headers: () => ({
          authorization: `Bearer ${apiKey}`,
          'x-correlation-id': correlationId(),
        }),
        fetch: (url, init) => {
          const timeout = AbortSignal.timeout(timeoutMs);
          const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
          return send(url, { ...(init as RequestInit), signal });
        },
      }),
    ],
  });
  return client;
}
