import type { IncomingMessage } from 'node:http';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { Hono } from 'hono';
import type { PublicRouter } from '@landfall/contracts/api';
import type { Caller } from '@landfall/contracts/caller';
import { RemoteError, type Call } from '@landfall/contracts/procedures';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import { isFault } from '@landfall/domain/fault';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import { outcomeOf, type Audit } from './audit.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { notFound, render } from '../error-pages.ts';
import type { RateLimit } from '../limits/rate-limit.ts';

/** Our own services answer within ten seconds; our client waits fifteen and so learns the reason. */
export const CALL_TIMEOUT_MS = 12_000;
/** Calls that a client may put into one request; the official batch link never needs more. */
const MAX_BATCH = 50;

const NO_KEY =
  'An API key is needed: send "Authorization: Bearer lf_…". This one is missing, unknown or revoked.';

export interface ApiParts {
  readonly router: PublicRouter;
  readonly keys: KeyRing;
  readonly perKey: RateLimit;
  readonly audit: Audit;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The tRPC API at `/trpc`, behind `admitCall`. */
export function createApi(parts: ApiParts): Hono<{ Bindings: { incoming: IncomingMessage } }> {
  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();
  app.all('/trpc/*', (context) => answerCall(parts, context.req.raw));
  return app;
}

/**
 * 401 for a call without a valid key, before its body is read and before anything is said about its path
 * or its input; 404 for a path that nobody serves.
 */
export async function admitCall(
  { keys }: Pick<ApiParts, 'keys'>,
  request: Request,
): Promise<Response | undefined> {
  if (!new URL(request.url).pathname.startsWith('/trpc/')) {
    const { status, headers, body } = render(notFound, request.headers.get('accept') ?? undefined);
    return new Response(body, { status, headers });
  }
  const holder = await keys
    .holderOf(request.headers.get('authorization') ?? undefined)
    .catch((error: unknown) => {
      // Told by the call itself, as 503.
      if (isFault(error)) return 'unknown';
      throw error;
    });
  if (holder) return undefined;
  const data = { code: 'UNAUTHORIZED', httpStatus: 401, correlationId: correlationId() };
  return Response.json(
    { error: { message: NO_KEY, code: TRPC_ERROR_CODES_BY_KEY.UNAUTHORIZED, data } },
    { status: 401, headers: { 'cache-control': 'no-store', 'www-authenticate': 'Bearer' } },
  );
}

function answerCall(parts: ApiParts, request: Request): Promise<Response> {
  const { router, audit, log } = parts;
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: request,
    router,
    maxBatchSize: MAX_BATCH,
    createContext: ({ info }) => callOf(parts, request, info.calls.length),
    responseMeta({ errors }) {
      const waits = errors.map((error) => detailsOf(error).retryAfterMs ?? 0);
      const waitMs = Math.max(0, ...waits);
      return {
        headers: {
          'cache-control': 'no-store',
          ...(errors.some((error) => error.code === 'UNAUTHORIZED')
            ? { 'www-authenticate': 'Bearer' }
            : {}),
          ...(waitMs > 0 ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {}),
        },
      };
    },
    onError({ error, ctx, path, type, input }) {
      const isOurs = error.code === 'INTERNAL_SERVER_ERROR' && detailsOf(error).fault === undefined;
      if (isOurs) log.error({ err: error, path }, 'a call failed');
      if (ctx === undefined || path === undefined) return;
      if (type !== 'mutation' && !isTrespass(ctx.caller, error)) return;
      // A path is whatever a caller has written: only those that there are become part of the log.
      const procedure = path in router._def.procedures ? path : 'unknown';
      void audit.record(ctx, { procedure, input, outcome: outcomeOf(error) });
    },
  });
}

/** A limited key asked for what is not its own, or not there: the two look the same from outside. */
function isTrespass(caller: Caller, error: TRPCError): boolean {
  const isLimited = publisherOfCaller(caller) !== undefined;
  return isLimited && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN');
}

/** Who calls, and may he call now? One look-up for a whole batch; each of its calls costs a token. */
async function callOf(parts: ApiParts, request: Request, calls: number): Promise<Call> {
  const holder = await parts.keys.holderOf(request.headers.get('authorization') ?? undefined);
  if (!holder) throw new TRPCError({ code: 'UNAUTHORIZED', message: NO_KEY });
  const waitMs = parts.perKey.take(holder.keyId, calls);
  if (waitMs > 0) {
    const message = 'Too many calls with this key. Wait as long as Retry-After says.';
    throw new TRPCError({
      code: 'TOO_MANY_REQUESTS',
      message,
      cause: new RemoteError(message, { retryAfterMs: waitMs }),
    });
  }
  return {
    caller: { kind: 'api-key', ...holder },
    correlationId: correlationId(),
    deadline: new Date(parts.now().getTime() + CALL_TIMEOUT_MS),
    signal: request.signal,
  };
}

function detailsOf(error: TRPCError): {
  fault?: string | undefined;
  retryAfterMs?: number | undefined;
} {
  const { cause } = error;
  if (cause instanceof RemoteError) return cause.details;
  return isFault(cause) ? { fault: cause.code, retryAfterMs: cause.retryAfterMs } : {};
}
