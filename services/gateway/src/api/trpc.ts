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
import { outcomeOf, type Audit } from '../audit/recorder.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { notFound, render } from '../error-pages.ts';
import { clientAddress } from '../limits/client-address.ts';
import type { RateLimit } from '../limits/rate-limit.ts';

/** The services answer within ten seconds. The published client waits fifteen, so it gets the reason of a timeout. */
export const CALL_TIMEOUT_MS = 12_000;
/** Calls that a client may put into one request. tRPC's batch link never needs more. */
const MAX_BATCH = 50;

const NO_KEY =
  'An API key is needed: send "Authorization: Bearer lf_…". This one is missing, unknown or revoked.';

export interface ApiParts {
  readonly router: PublicRouter;
  readonly keys: KeyRing;
  readonly perKey: RateLimit;
  readonly audit: Audit;
  readonly log: Logger;
  readonly machineNow: () => Date;
  readonly trustedProxies: number;
}

/** The tRPC API at `/trpc`, behind `admitCall`. */
export function createApi(parts: ApiParts): Hono<{ Bindings: { incoming: IncomingMessage } }> {
  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();
  app.all('/trpc/*', (context) => {
    const from = clientAddress(context.env.incoming, parts.trustedProxies);
    return answerCall(parts, context.req.raw, from);
  });
  return app;
}

/**
 * Answers 401 to a call without a valid key, before its body is read and before the answer can depend on its path or
 * input. Answers 404 to a path that does not exist.
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
      // The call itself answers it with 503.
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

function answerCall(parts: ApiParts, request: Request, from: string): Promise<Response> {
  const { router, audit, log } = parts;
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: request,
    router,
    maxBatchSize: MAX_BATCH,
    createContext: ({ info }) => callOf(parts, { request, from, calls: info.calls.length }),
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
    onError: noteFailure({ router, audit, log }),
  });
}

interface FailedProcedure {
  readonly error: TRPCError;
  readonly ctx: Call | undefined;
  readonly path: string | undefined;
  readonly type: string;
  readonly input: unknown;
}

/** Logs a bug, and writes failed commands and attempts to reach another publisher's data to the audit log. */
export function noteFailure(
  parts: Pick<ApiParts, 'router' | 'audit' | 'log'>,
): (failed: FailedProcedure) => void {
  const { router, audit, log } = parts;
  /** tRPC reports a refused stream twice: when it is called, and when the refusal is sent. */
  const noted = new WeakSet<TRPCError>();
  return ({ error, ctx, path, type, input }) => {
    if (noted.has(error)) return;
    noted.add(error);
    const isOurs = error.code === 'INTERNAL_SERVER_ERROR' && detailsOf(error).fault === undefined;
    if (isOurs) log.error({ err: error, path }, 'a call failed');
    if (ctx === undefined || path === undefined) return;
    if (type !== 'mutation' && !isTrespass(ctx.caller, error)) return;
    // Callers choose the path, so only existing procedures are written to the log.
    const procedure = path in router._def.procedures ? path : 'unknown';
    void audit.record(ctx, { procedure, input, outcome: outcomeOf(error) });
  };
}

/** Whether a limited key asked for something that is another publisher's or does not exist. Both get the same answer. */
function isTrespass(caller: Caller, error: TRPCError): boolean {
  const isLimited = publisherOfCaller(caller) !== undefined;
  return isLimited && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN');
}

/** The call's context. A batch needs one look-up of its key, and each of its calls counts for the rate. */
function callOf(
  parts: ApiParts,
  { request, ...of }: { readonly request: Request; readonly from: string; readonly calls: number },
): Promise<Call> {
  const { signal } = request;
  const authorization = request.headers.get('authorization') ?? undefined;
  return contextOf(parts, { authorization, signal, ...of });
}

/** The context for calls with a key. Throws UNAUTHORIZED without a valid key, and TOO_MANY_REQUESTS above its rate. */
export async function contextOf(
  parts: Pick<ApiParts, 'keys' | 'perKey' | 'machineNow'>,
  of: {
    readonly authorization: string | undefined;
    readonly calls: number;
    readonly signal: AbortSignal;
    /** The caller's address. */
    readonly from: string;
  },
): Promise<Call> {
  const look = async (): Promise<Caller | undefined> => {
    const found = await parts.keys.holderOf(of.authorization);
    return found && { kind: 'api-key', ...found };
  };
  const holder = await parts.keys.holderOf(of.authorization);
  if (!holder) throw new TRPCError({ code: 'UNAUTHORIZED', message: NO_KEY });
  const waitMs = parts.perKey.take(holder.keyId, of.calls);
  if (waitMs > 0) {
    const message = 'Too many calls with this key. Wait for the time in Retry-After.';
    throw new TRPCError({
      code: 'TOO_MANY_REQUESTS',
      message,
      cause: new RemoteError(message, { retryAfterMs: waitMs }),
    });
  }
  return {
    caller: { kind: 'api-key', ...holder },
    correlationId: correlationId(),
    deadline: new Date(parts.machineNow().getTime() + CALL_TIMEOUT_MS),
    signal: of.signal,
    readmit: look,
    from: of.from,
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
