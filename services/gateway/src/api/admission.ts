import type { IncomingMessage } from 'node:http';
import { parse } from 'hono/utils/cookie';
import { TRPCError } from '@trpc/server';
import type { Caller } from '@landfall/contracts/caller';
import { RemoteError, type Call } from '@landfall/contracts/procedures';
import { Rejection, rejectionCodes } from '@landfall/contracts/rejections';
import { correlationId } from '@landfall/service-kit/log';
import type { KeyHolder, KeyRing } from '../keys/key-ring.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import { callerOf, noScopes } from '../operators/caller.ts';
import type { OpenSession, OperatorSessions } from '../operators/sessions.ts';

/** The services answer within ten seconds. The published client waits fifteen, so it gets the reason of a timeout. */
export const CALL_TIMEOUT_MS = 12_000;

/** The cookie with the token of a person's session; on the wire, it begins with `__Host-`. */
export const SESSION_COOKIE = 'landfall-console';
/** Names the publisher for which a person acts. */
export const PUBLISHER_HEADER = 'landfall-publisher';
/** Sent with every command of a session. Forms of other sites cannot set it. */
export const COMMAND_HEADER = 'landfall-console';

export const NO_KEY =
  'An API key is needed: send "Authorization: Bearer lf_…". This one is missing, unknown, expired or revoked.';

/** What admission needs to know of a request. `header` takes names in lower case. */
export interface RequestFacts {
  readonly method: string;
  readonly header: (name: string) => string | undefined;
  /** The caller's address. */
  readonly from: string | undefined;
  readonly signal: AbortSignal;
}

/** How a request becomes a call: the only place that decides who is calling. */
export interface Admission {
  /**
   * Whether the request comes from someone known, by its headers only. Throws UNAUTHORIZED, or FORBIDDEN for a session that
   * is used from another site.
   */
  check(request: Pick<RequestFacts, 'method' | 'header'>): Promise<void>;
  /** The context of `calls` calls in one request. Also throws TOO_MANY_REQUESTS above the caller's rate. */
  admit(request: RequestFacts, calls: number): Promise<Call>;
  /**
   * The session of a person who opens one of our pages. It counts as a call for the rate. Undefined if the token belongs to no
   * open session. The caller checks whether the request comes from a page of ours.
   */
  admitSession(token: string | undefined): Promise<OpenSession | undefined>;
}

type Known = { readonly key: KeyHolder } | { readonly session: OpenSession };

export function createAdmission(deps: {
  readonly keys: Pick<KeyRing, 'holderOf'>;
  readonly sessions: Pick<OperatorSessions, 'find'>;
  readonly perKey: RateLimit;
  readonly publicUrl: string;
  readonly machineNow: () => Date;
}): Admission {
  const { keys, sessions, perKey, machineNow } = deps;
  const ownOrigin = new URL(deps.publicUrl).origin;

  const find = async ({ header }: Pick<RequestFacts, 'header'>): Promise<Known | undefined> => {
    const authorization = header('authorization');
    if (authorization !== undefined) {
      const key = await keys.holderOf(authorization);
      return key && { key };
    }
    const session = await sessions.find(sessionToken(header('cookie')));
    return session && { session };
  };
  const identify = async (request: Pick<RequestFacts, 'method' | 'header'>): Promise<Known> => {
    const known = await find(request);
    if (!known) throw unauthorized();
    if ('session' in known && !isOwnPage(request, ownOrigin)) throw foreignOrigin();
    return known;
  };

  const count = (known: Known, calls: number) => {
    const waitMs = perKey.take(idOf(known), calls);
    if (waitMs > 0) throw tooManyCalls(waitMs);
  };

  return {
    check: async (request) => void (await identify(request)),
    async admit(request, calls) {
      const known = await identify(request);
      count(known, calls);
      const call = {
        correlationId: correlationId(),
        deadline: new Date(machineNow().getTime() + CALL_TIMEOUT_MS),
        signal: request.signal,
        from: request.from,
      };
      const chosen = request.header(PUBLISHER_HEADER)?.trim() || undefined;
      const readmit = async (named?: string) => {
        const again = await find(request);
        const caller = again && callerIn(again, chosen ?? named);
        return caller instanceof Rejection ? undefined : caller;
      };
      if ('key' in known) return { ...call, caller: keyCaller(known.key), readmit };
      const { session } = known;
      return {
        ...call,
        caller: noScopes(session),
        sessionEndsAt: session.expiresAt,
        callerFor: (named) => callerOf(session, chosen ?? named),
        readmit,
      };
    },
    async admitSession(token) {
      const session = await sessions.find(token);
      if (session) count({ session }, 1);
      return session;
    },
  };
}

function idOf(known: Known): string {
  return 'key' in known
    ? known.key.keyId
    : `operator ${known.session.tenantId}/${known.session.objectId}`;
}

function callerIn(known: Known, publisherId: string | undefined): Caller | Rejection {
  return 'key' in known ? keyCaller(known.key) : callerOf(known.session, publisherId);
}

/** The facts of a request that Node's server handles directly. */
export function factsOfMessage(
  req: IncomingMessage,
  from: string,
  signal: AbortSignal,
): RequestFacts {
  const header = (name: string) => {
    const value = req.headers[name];
    return Array.isArray(value) ? undefined : value;
  };
  return { method: req.method ?? '', header, from, signal };
}

export function sessionToken(cookies: string | undefined): string | undefined {
  const name = `__Host-${SESSION_COOKIE}`;
  return cookies === undefined ? undefined : parse(cookies, name)[name];
}

/**
 * Whether a request with a session comes from our own pages. Browsers send Sec-Fetch-Site, or at least Origin with
 * commands (Fetch Metadata, W3C). A command also needs a header that only scripts of our own origin can set.
 */
function isOwnPage(
  { method, header }: Pick<RequestFacts, 'method' | 'header'>,
  ownOrigin: string,
): boolean {
  return isSameOrigin(header, ownOrigin) && (isRead(method) || header(COMMAND_HEADER) === '1');
}

/**
 * Whether the request comes from a page of ours. Fails closed without either header. Our pages send no referrer, so browsers
 * write `null` as the origin of their forms (Fetch Standard, 3.1); Sec-Fetch-Site then decides.
 */
export function isSameOrigin(header: RequestFacts['header'], ownOrigin: string): boolean {
  const [origin, site] = [header('origin'), header('sec-fetch-site')];
  if (site === undefined) return origin === ownOrigin;
  const isForeign = origin !== undefined && origin !== 'null' && origin !== ownOrigin;
  return site === 'same-origin' && !isForeign;
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function keyCaller(key: KeyHolder): Caller {
  return { kind: 'api-key', ...key };
}

function unauthorized(): TRPCError {
  return new TRPCError({ code: 'UNAUTHORIZED', message: NO_KEY });
}

function foreignOrigin(): TRPCError {
  const message = `A session works only from the console itself. Commands need the header ${COMMAND_HEADER}: 1. Programs use an API key.`;
  const rejection = 'session.foreign-origin';
  const cause = new RemoteError(message, { rejection });
  return new TRPCError({ code: rejectionCodes[rejection], message, cause });
}

function tooManyCalls(retryAfterMs: number): TRPCError {
  const message = 'You have made too many calls. Wait for the time in the Retry-After header.';
  const cause = new RemoteError(message, { retryAfterMs });
  return new TRPCError({ code: 'TOO_MANY_REQUESTS', message, cause });
}
