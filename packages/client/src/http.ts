import { randomUUID } from 'node:crypto';
import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { PublicRouter } from '@landfall/contracts/api';

/** Above the gateway's own deadline, so that its answer comes first. */
const TIMEOUT_MS = 15_000;
/** Calls of one moment travel together; more would make one slow call hold up too many. */
const MAX_BATCH = 10;

/**
 * Landfall's API for an ISV's services: every public procedure, typed, over HTTP. Throws
 * `TRPCClientError`; `errorDetails` of this package tells the codes. Calls are not repeated by
 * themselves; queries and usage reports may be repeated safely.
 */
export function createLandfallClient(options: {
  /** The gateway's `/trpc`. */
  readonly url: string;
  readonly apiKey: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
  /** One per business flow of yours; a new one per request where it is absent. */
  readonly correlationId?: () => string;
}): TRPCClient<PublicRouter> {
  const { apiKey, timeoutMs = TIMEOUT_MS, correlationId = randomUUID } = options;
  const send = options.fetch ?? globalThis.fetch;
  return createTRPCClient<PublicRouter>({
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
}
