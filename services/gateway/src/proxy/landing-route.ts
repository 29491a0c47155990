import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyBudget } from '@landfall/service-kit/body-budget';
import { hasBody, readBody } from '@landfall/service-kit/http-body';
import { bodyProblems, methodNotAllowed, send, tooMany, upstreamAway } from '../error-pages.ts';
import { addressGroup, clientAddress } from '../limits/client-address.ts';
import type { PagePlaces } from '../limits/page-places.ts';
import { createProxy, type Proxy, type ProxyOptions } from './proxy.ts';

/** A form of the landing page with long answers to a publisher's questions. */
const MAX_LANDING_BYTES = 256 * 1024;
/** A page takes about this long. */
const PLACES_RETRY_MS = 1_000;
/** The landing page waits for Microsoft's resolve. Browsers show nothing for longer than this. */
const LANDING_TIMEOUT_MS = 30_000;

/** The proxy to the landing service. */
export function createLandingProxy(
  options: Pick<ProxyOptions, 'target' | 'publicUrl' | 'securityHeaders' | 'log'>,
): Proxy {
  return createProxy({
    ...options,
    timeoutMs: LANDING_TIMEOUT_MS,
    isRepeatable: (req) => req.method !== 'POST',
  });
}

/** Passes browser requests to the landing service and limits the requests of each address. */
export function createLandingRoute(parts: {
  readonly proxy: Proxy;
  readonly places: PagePlaces;
  readonly bodies: BodyBudget;
  readonly trustedProxies: number;
  /** Sees the answer to each request of a buyer. */
  readonly watchPage: (res: ServerResponse) => void;
}): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    parts.watchPage(res);
    if (!['GET', 'HEAD', 'POST'].includes(req.method ?? '')) {
      return send(req, res, methodNotAllowed);
    }
    const address = clientAddress(req, parts.trustedProxies);
    const group = addressGroup(address);
    const place = await parts.places.take(group, res);
    if (place === 'full') return send(req, res, tooMany(PLACES_RETRY_MS));
    if (place === 'late') return send(req, res, upstreamAway);
    const body = hasBody(req)
      ? await readBody(req, MAX_LANDING_BYTES, parts.bodies.reserveFor(res, group))
      : Buffer.alloc(0);
    if (typeof body === 'string') return send(req, res, bodyProblems[body]);
    const whole = body.byteLength > 0 || req.method === 'POST' ? body : undefined;
    parts.proxy.forward({ req, res, body: whole, clientAddress: address }, () =>
      send(req, res, upstreamAway),
    );
  };
}
