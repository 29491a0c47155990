import type { IncomingMessage, ServerResponse } from 'node:http';
import { canonicalPath } from '@landfall/service-kit/http-target';
import type { Logger } from '@landfall/service-kit/log';
import { notFound, send, tooMany, upstreamAway } from './error-pages.ts';
import { addressGroup, clientAddress } from './limits/client-address.ts';
import type { RateLimit } from './limits/rate-limit.ts';
import { DEFAULT_POLICY } from './proxy/security-headers.ts';
import { EVENTS_PATH } from './live/events-route.ts';
import { docsPaths, isDocsPath } from './rest/docs-route.ts';
import { isRestPath, restPaths } from './rest/rest-route.ts';

type Handle = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export interface PublicRoutesParts {
  readonly landing: Handle;
  readonly webhook: Handle;
  readonly events: Handle;
  readonly rest: Handle;
  readonly docs: Handle;
  readonly perAddress: RateLimit;
  readonly arrivalsPerAddress: RateLimit;
  readonly trustedProxies: number;
  readonly watchRequest: (req: IncomingMessage) => void;
  readonly securityHeaders: ReadonlyMap<string, string>;
  readonly log: Logger;
}

/** The path at which webhook-ingest serves it. */
const WEBHOOK_PATH = '/webhook';

/** Whether a path is the webhook's address, in any spelling that may be configured in Partner Center. */
export function isWebhook(path: string): boolean {
  return canonicalPath(path) === WEBHOOK_PATH;
}

/** Each public address except the webhook's: what it matches, the names under which it is counted, and its handler. */
const pageRoutes = [
  {
    counted: ['/'],
    matches: (path: string) => path === '/',
    handle: () => redirectToLanding,
  },
  {
    counted: ['/landing', '/landing/*'],
    matches: (path: string) => path === '/landing' || path.startsWith('/landing/'),
    handle: ({ landing }: PublicRoutesParts): Handle => landing,
  },
  {
    counted: [EVENTS_PATH],
    matches: (path: string) => path === EVENTS_PATH,
    handle: ({ events }: PublicRoutesParts): Handle => events,
  },
  {
    counted: docsPaths,
    matches: isDocsPath,
    handle: ({ docs }: PublicRoutesParts): Handle => docs,
  },
  {
    counted: restPaths,
    matches: isRestPath,
    handle: ({ rest }: PublicRoutesParts): Handle => rest,
  },
] as const;

/** Requests are counted in the metrics by one of these. */
export const countedRoutes: readonly string[] = [
  ...pageRoutes.flatMap(({ counted }) => counted),
  WEBHOOK_PATH,
  '/trpc/*',
  '/console',
  '/console/*',
];

/**
 * Answers the requests of browsers and of Microsoft, before any framework sees them. Returns false for a request that
 * belongs to the API. Rates are counted by address, except for the webhook, which has its own limit.
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
      return handled(parts, { req, res, handle: parts.webhook });
    }
    const address = addressGroup(clientAddress(req, parts.trustedProxies));
    const waitMs = Math.max(
      parts.perAddress.take(address),
      isArrival(url) ? parts.arrivalsPerAddress.take(address) : 0,
    );
    if (waitMs > 0) {
      send(req, res, tooMany(waitMs));
      return true;
    }
    if (isClimbing(path)) {
      send(req, res, notFound);
      return true;
    }
    const route = pageRoutes.find(({ matches }) => matches(path));
    return route !== undefined && handled(parts, { req, res, handle: route.handle(parts) });
  };
}

function handled(
  { log }: PublicRoutesParts,
  call: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly handle: Handle },
): true {
  const { req, res, handle } = call;
  handle(req, res).catch((err: unknown) => {
    // A caller that disconnects during its request is not an error. Anything else is a bug; 503 is safe for both.
    if (!req.destroyed) log.error({ err }, 'could not pass a request on');
    send(req, res, upstreamAway);
  });
  return true;
}

async function redirectToLanding(req: IncomingMessage, res: ServerResponse): Promise<void> {
  res.writeHead(302, { location: `/landing${(req.url ?? '/').slice(1)}` }).end();
}

/** Microsoft sends a buyer with `token=…`, which the landing page keeps for a day. */
function isArrival(url: string): boolean {
  return /^\/landing(?:\/p\/[^/?]*)?\/?\?(?:.*&)?token=/.test(url);
}

/** Whether a path has dots or backslashes that an upstream could resolve to a path that is not public. */
function isClimbing(path: string): boolean {
  return path.includes('\\') || /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}
