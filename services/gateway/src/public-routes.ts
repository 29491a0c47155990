import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyBudget } from '@landfall/service-kit/body-budget';
import { canonicalPath } from '@landfall/service-kit/http-target';
import type { Logger } from '@landfall/service-kit/log';
import { addressGroup, clientAddress } from './limits/client-address.ts';
import { bodyTooLarge, notFound, send, tooMany, upstreamAway, type Answer } from './error-pages.ts';
import type { Proxy } from './proxy/proxy.ts';
import type { RateLimit } from './limits/rate-limit.ts';
import type { PagePlaces } from './limits/page-places.ts';
import {
  declaredLength,
  hasBody,
  isChunked,
  readBody,
  type BodyFault,
} from './proxy/request-body.ts';
import { DEFAULT_POLICY } from './proxy/security-headers.ts';
import type { WebhookLimit } from './limits/webhook-limit.ts';

/** Microsoft's bodies are about 2 KB. */
const MAX_WEBHOOK_BYTES = 64 * 1024;
/** A form of the landing page with a publisher's questions, answered at length. */
const MAX_LANDING_BYTES = 256 * 1024;
/** Less than the headers beside it may be, so it is read before anybody knows who calls. */
const SMALL_BODY_BYTES = 8 * 1024;
/** A page takes about this long. */
const PLACES_RETRY_MS = 1_000;

export interface PublicRoutesParts {
  readonly landing: Proxy;
  readonly webhook: Proxy;
  readonly perAddress: RateLimit;
  readonly arrivalsPerAddress: RateLimit;
  readonly webhookLimit: WebhookLimit;
  readonly pagePlaces: PagePlaces;
  /** Apart, so that strangers' forms take no room from Microsoft's calls. */
  readonly landingBodies: BodyBudget;
  readonly webhookBodies: BodyBudget;
  readonly trustedProxies: number;
  /** Sees each request, and the answer to each of a buyer's. */
  readonly watchRequest: (req: IncomingMessage) => void;
  readonly watchPage: (res: ServerResponse) => void;
  readonly securityHeaders: ReadonlyMap<string, string>;
  readonly log: Logger;
}

/** Where webhook-ingest serves it. */
const WEBHOOK_PATH = '/webhook';

/** Whether a path is the webhook's address, in any spelling that may stand in Partner Center. */
export function isWebhook(path: string): boolean {
  return canonicalPath(path) === WEBHOOK_PATH;
}

/**
 * Browser and webhook traffic, natively. Answers true for what it takes: `/`, `/landing…` and
 * `/webhook`; everything else is the API's.
 *
 * Microsoft reads a 4xx to a plan or seat change as the publisher's refusal, so `/webhook` has only one
 * of its own: 413, as the ingest has it. Over the limit or without an upstream it is 503, every spelling
 * of the address is taken, and any method: the ingest answers 401 to whoever has no valid token.
 */
export function createPublicRoutes(
  parts: PublicRoutesParts,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    for (const [name, value] of parts.securityHeaders) res.setHeader(name, value);
    res.setHeader('content-security-policy', DEFAULT_POLICY);
    parts.watchRequest(req);
    const url = req.url ?? '/';
    const path = url.split('?', 1)[0] ?? '/';
    if (isWebhook(path)) {
      req.url = WEBHOOK_PATH + url.slice(path.length);
      return handled(parts, req, res, takeWebhook);
    }
    const address = addressGroup(clientAddress(req, parts.trustedProxies));
    const waitMs = Math.max(
      parts.perAddress.take(address),
      isArrival(url) ? parts.arrivalsPerAddress.take(address) : 0,
    );
    if (waitMs > 0) send(req, res, tooMany(waitMs));
    else if (isClimbing(path)) send(req, res, notFound);
    else if (path === '/') res.writeHead(302, { location: `/landing${url.slice(1)}` }).end();
    else if (path === '/landing' || path.startsWith('/landing/'))
      return handled(parts, req, res, takeLanding);
    else return false;
    return true;
  };
}

type Take = (parts: PublicRoutesParts, req: IncomingMessage, res: ServerResponse) => Promise<void>;

function handled(
  parts: PublicRoutesParts,
  req: IncomingMessage,
  res: ServerResponse,
  take: Take,
): true {
  take(parts, req, res).catch((err: unknown) => {
    // A caller that left in the middle of its request; anything else is a bug, and 503 is safe for both.
    if (!req.destroyed) parts.log.error({ err }, 'could not hand a request on');
    send(req, res, upstreamAway);
  });
  return true;
}

/**
 * A small body goes with the request at once. Any other is read only when the ingest asks for it, which it
 * does for genuine callers, so a stranger's is never held in memory.
 */
async function takeWebhook(
  parts: PublicRoutesParts,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const address = clientAddress(req, parts.trustedProxies);
  const { authorization } = req.headers;
  const counted = parts.webhookLimit.take({ address: addressGroup(address), authorization });
  if (counted.waitMs > 0) return send(req, res, upstreamAway);
  res.once('finish', () => counted.settle(res.statusCode));
  if (declaredLength(req) > MAX_WEBHOOK_BYTES) return send(req, res, bodyTooLarge);
  const load = once(async () => {
    const body = await readBody(req, MAX_WEBHOOK_BYTES, parts.webhookBodies.reserveFor(res));
    if (typeof body !== 'string') return body;
    send(req, res, faultAnswers[body]);
    return undefined;
  });
  const isAsked = isChunked(req) || declaredLength(req) > SMALL_BODY_BYTES;
  const isPosted = ['POST', 'PUT', 'PATCH'].includes(req.method ?? '');
  // Of other methods no body is handed on: it would have to be read first.
  const body = isAsked ? (isPosted ? load : Buffer.alloc(0)) : await load();
  if (body === undefined) return;
  parts.webhook.forward({ req, res, body, clientAddress: address }, () =>
    send(req, res, upstreamAway),
  );
}

async function takeLanding(
  parts: PublicRoutesParts,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  parts.watchPage(res);
  if (!['GET', 'HEAD', 'POST'].includes(req.method ?? '')) return send(req, res, methodNotAllowed);
  const address = clientAddress(req, parts.trustedProxies);
  const place = await parts.pagePlaces.take(addressGroup(address), res);
  if (place === 'full') return send(req, res, tooMany(PLACES_RETRY_MS));
  if (place === 'late') return send(req, res, upstreamAway);
  const body = hasBody(req)
    ? await readBody(req, MAX_LANDING_BYTES, parts.landingBodies.reserveFor(res))
    : Buffer.alloc(0);
  if (typeof body === 'string') return send(req, res, faultAnswers[body]);
  const whole = body.byteLength > 0 || req.method === 'POST' ? body : undefined;
  parts.landing.forward({ req, res, body: whole, clientAddress: address }, () =>
    send(req, res, upstreamAway),
  );
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}

const faultAnswers: Readonly<Record<BodyFault, Answer>> = {
  'too-large': bodyTooLarge,
  'no-room': upstreamAway,
};
const methodNotAllowed: Answer = { ...notFound, status: 405, error: 'method-not-allowed' };

/** Microsoft sends a buyer with `token=…`, which the landing page keeps for a day. */
function isArrival(url: string): boolean {
  return /^\/landing(?:\/p\/[^/?]*)?\/?\?(?:.*&)?token=/.test(url);
}

/** Dots and backslashes that a URL parser further on would resolve lead out of the public part. */
function isClimbing(path: string): boolean {
  return path.includes('\\') || /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}
