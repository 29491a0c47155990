import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyBudget } from '@landfall/service-kit/body-budget';
import { declaredLength, isChunked, readBody } from '@landfall/service-kit/http-body';
import { bodyProblems, bodyTooLarge, send, upstreamAway } from '../error-pages.ts';
import { addressGroup, clientAddress } from '../limits/client-address.ts';
import type { WebhookLimit } from '../limits/webhook-limit.ts';
import { createProxy, type Proxy, type ProxyOptions } from './proxy.ts';

/** Microsoft's bodies are about 2 KB. */
const MAX_WEBHOOK_BYTES = 64 * 1024;
/** A body of this size is smaller than headers may be, so it is read before the caller is verified. */
const SMALL_BODY_BYTES = 8 * 1024;
/** Above the ingest's eight seconds and below the ten that Microsoft waits. */
const WEBHOOK_TIMEOUT_MS = 9_500;
/** The statuses of webhook-ingest. Any other 4xx would be a refusal that was not decided. */
const WEBHOOK_ANSWERS: ReadonlySet<number> = new Set([200, 400, 401, 413, 500, 503]);

/** The proxy to webhook-ingest. */
export function createWebhookProxy(
  options: Pick<ProxyOptions, 'target' | 'publicUrl' | 'securityHeaders' | 'log'>,
): Proxy {
  return createProxy({
    ...options,
    timeoutMs: WEBHOOK_TIMEOUT_MS,
    // The ingest only counts a second delivery of the same notification.
    isRepeatable: () => true,
    isExpected: (status) => WEBHOOK_ANSWERS.has(status),
  });
}

/**
 * Passes webhook calls to the ingest. Microsoft reads a 4xx to a plan or seat change as the publisher's refusal, so the
 * gateway's own answers are only 413, like the ingest's, and 503, if the rate is exceeded or the ingest does not answer.
 * It accepts any method: the ingest answers 401 to every caller without a valid token.
 *
 * A small body is sent with the request at once. Any other body is read only when the ingest asks for it, which it does
 * for verified callers, so the large body of a forged call is never held in memory.
 */
export function createWebhookRoute(parts: {
  readonly proxy: Proxy;
  readonly limit: WebhookLimit;
  readonly bodies: BodyBudget;
  readonly trustedProxies: number;
  /** Sees the answer to each call that was not refused for its rate, which anyone can exceed. */
  readonly watchCall: (res: ServerResponse) => void;
}): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    const address = clientAddress(req, parts.trustedProxies);
    const { authorization } = req.headers;
    const counted = parts.limit.take({ address: addressGroup(address), authorization });
    if (!counted) return send(req, res, upstreamAway);
    parts.watchCall(res);
    res.once('close', () => counted.settle(res.writableFinished ? res.statusCode : undefined));
    if (declaredLength(req) > MAX_WEBHOOK_BYTES) return send(req, res, bodyTooLarge);
    const load = once(async () => {
      const body = await readBody(req, MAX_WEBHOOK_BYTES, parts.bodies.reserveFor(res));
      if (typeof body !== 'string') return body;
      send(req, res, bodyProblems[body]);
      return undefined;
    });
    const isAsked = isChunked(req) || declaredLength(req) > SMALL_BODY_BYTES;
    const isPosted = ['POST', 'PUT', 'PATCH'].includes(req.method ?? '');
    // The body of another method is not passed on, because it would have to be read first.
    const body = isAsked ? (isPosted ? load : Buffer.alloc(0)) : await load();
    if (body === undefined) return;
    parts.proxy.forward({ req, res, body, clientAddress: address }, () =>
      send(req, res, upstreamAway),
    );
  };
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}
