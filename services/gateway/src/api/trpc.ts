import type { IncomingMessage } from 'node:http';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { Hono, type Context } from 'hono';
import type { PublicRouter } from '@landfall/contracts/api';
import { RemoteError, type Call } from '@landfall/contracts/procedures';
import { fieldOf, publisherOfCaller } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { isFault } from '@landfall/domain/fault';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import type { Admission, RequestFacts } from './admission.ts';
import { outcomeOf, type Audit } from '../audit/recorder.ts';
import { idempotencyKey } from '../commands/idempotent.ts';
import { notFound, render } from '../error-pages.ts';
import { retryHeaders } from '../limits/retry-headers.ts';

/** Calls that a client may put into one request. tRPC's batch link never needs more. */
const MAX_BATCH = 50;

export interface ApiParts {
  readonly router: PublicRouter;
  readonly admission: Admission;
  /** The caller's address. */
  readonly addressOf: (req: IncomingMessage) => string;
  readonly audit: Audit;
  readonly log: Logger;
  readonly console: Hono<ApiEnv>;
}

interface ApiEnv {
  Bindings: { incoming: IncomingMessage };
}

type ApiContext = Context<ApiEnv>;

export function isConsole(path: string): boolean {
  return path === '/console' || path.startsWith('/console/');
}

/** The tRPC API at `/trpc`, behind `admitCall`, and the pages at `/console`. */
export function createApi(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.all('/trpc/*', (context) => answerCall(parts, context));
  app.all('/console', (context) => parts.console.fetch(context.req.raw, context.env));
  app.all('/console/*', (context) => parts.console.fetch(context.req.raw, context.env));
  return app;
}

/**
 * Answers 401 to a call of someone unknown, before its body is read and before the answer can depend on its path or
 * input. Answers 404 to a path that does not exist.
 */
export async function admitCall(
  { admission }: Pick<ApiParts, 'admission'>,
  request: Request,
): Promise<Response | undefined> {
  const { pathname } = new URL(request.url);
  // The console shows its own pages to people who have not signed in.
  if (isConsole(pathname)) return undefined;
  if (!pathname.startsWith('/trpc/')) {
    const { status, headers, body } = render(notFound, request.headers.get('accept') ?? undefined);
    return new Response(body, { status, headers });
  }
  try {
    const header = (name: string) => request.headers.get(name) ?? undefined;
    await admission.check({ method: request.method, header });
    return undefined;
  } catch (error) {
    // The call itself answers it with 503.
    if (isFault(error)) return undefined;
    if (error instanceof TRPCError) return refusal(error);
    throw error;
  }
}

function refusal(error: TRPCError): Response {
  const status = getHTTPStatusCodeFromError(error);
  const data = {
    code: error.code,
    httpStatus: status,
    ...detailsOf(error),
    correlationId: correlationId(),
  };
  const headers = {
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  const code = TRPC_ERROR_CODES_BY_KEY[error.code];
  return Response.json({ error: { message: error.message, code, data } }, { status, headers });
}

function answerCall(parts: ApiParts, context: ApiContext): Promise<Response> {
  const { router, audit, log, admission } = parts;
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: context.req.raw,
    router,
    maxBatchSize: MAX_BATCH,
    // Queries may come by POST, so that names and addresses are in no URL. Commands never come by GET.
    allowMethodOverride: true,
    // A batch needs one look-up of its caller, and each of its calls counts for the rate.
    createContext: async ({ info }) => {
      const calls = info.calls.length;
      const facts = factsOf(parts, context);
      const call = await admission.admit(facts, calls);
      return { ...call, idempotencyKey: idempotencyKey(facts.header('idempotency-key'), calls) };
    },
    responseMeta({ errors }) {
      const waits = errors.map((error) => detailsOf(error).retryAfterMs ?? 0);
      const waitMs = Math.max(0, ...waits);
      const isLimited = errors.some(({ code }) => code === 'TOO_MANY_REQUESTS');
      return {
        headers: {
          'cache-control': 'no-store',
          ...(errors.some((error) => error.code === 'UNAUTHORIZED')
            ? { 'www-authenticate': 'Bearer' }
            : {}),
          ...(waitMs > 0 ? retryHeaders(isLimited ? 429 : 503, waitMs) : {}),
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
    const call = actingFor(ctx, input);
    if (type !== 'mutation' && !isTrespass(call, error)) return;
    // Callers choose the path, so only existing procedures are written to the log.
    const procedure = path in router._def.procedures ? path : 'unknown';
    void audit.record(call, { procedure, input, outcome: outcomeOf(error) });
  };
}

/** The call with the caller that the person was in it. Refusals are reported with the call as it was before that. */
function actingFor(call: Call, input: unknown): Call {
  const caller = call.callerFor?.(fieldOf(input, 'publisherId'));
  return caller === undefined || caller instanceof Rejection ? call : { ...call, caller };
}

/**
 * Whether a limited caller asked for something that is another publisher's or does not exist, which get the same answer, or
 * a person for a publisher of which the person has no role.
 */
function isTrespass({ caller, callerFor }: Call, error: TRPCError): boolean {
  const isRefusedPerson =
    callerFor !== undefined &&
    caller.kind === 'operator' &&
    caller.scopes.length === 0 &&
    outcomeOf(error) === 'publisher.not-found';
  const isLimited = publisherOfCaller(caller) !== undefined || isRefusedPerson;
  return isLimited && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN');
}

/** The facts of a request that admission needs. */
function factsOf(parts: Pick<ApiParts, 'addressOf'>, context: ApiContext): RequestFacts {
  const { raw } = context.req;
  return {
    method: raw.method,
    header: (name) => raw.headers.get(name) ?? undefined,
    from: parts.addressOf(context.env.incoming),
    signal: raw.signal,
  };
}

function detailsOf(error: TRPCError): {
  rejection?: string | undefined;
  fault?: string | undefined;
  retryAfterMs?: number | undefined;
} {
  const { cause } = error;
  if (cause instanceof RemoteError) return cause.details;
  return isFault(cause) ? { fault: cause.code, retryAfterMs: cause.retryAfterMs } : {};
}
