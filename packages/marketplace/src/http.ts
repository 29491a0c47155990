import { randomUUID } from 'node:crypto';
import { isFault } from '@landfall/domain/fault';
import { attempt, type Answered, type Failed } from './attempt.ts';
import type { MarketplaceAnswer, MarketplaceRequest } from './attempt.ts';
import { API_VERSION } from './constants.ts';
import { MarketplaceError, type MarketplaceErrorCode } from './marketplace-error.ts';
import { secureBaseUrl } from './origin.ts';
import { pause, pauseBefore } from './pauses.ts';
import { createSlots, type Priority } from './slots.ts';
import type { TokenSource } from './token-source.ts';

/** Microsoft says to repeat a 500, without saying how often. Four failures in a row mean an outage. */
export const MAX_ATTEMPTS = 4;

/** Default limit of a whole call, including repeats and pauses. */
export const CALL_TIMEOUT_MS = 60_000;

/** Microsoft documents no rate limit. This bounds our own bursts, and is enough to process one from Microsoft. */
export const DEFAULT_CONCURRENT_CALLS = 16;

/**
 * Extra slots for calls on which a decision within Microsoft's ten seconds depends: two at a time for each
 * of a dozen simultaneous changes.
 */
export const DECISION_CALLS = 24;

/** Extra slots for calls behind a page that a person has opened. */
export const PAGE_CALLS = 16;
/** At half a second per call, the last one waiting is answered before its page times out. */
const MAX_WAITING_PAGES = 64;

/**
 * What a call is for. Decisions and pages have their own slots, so that neither many visitors nor the work of
 * the lanes delays a decision. Among the others, `customer` calls go before `background` calls.
 */
export type Purpose = 'decision' | 'page' | Priority;

/**
 * Options of one call: the correlation id of the business flow, a limit in milliseconds for the whole call
 * (including repeats and pauses), a signal that ends it, and its purpose.
 */
export interface Call {
  readonly correlationId?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly priority?: Purpose | undefined;
}

/** One attempt, for logs and metrics. Contains no address, content or personal data. */
export interface CallRecord {
  readonly operation: string;
  readonly status?: number | undefined;
  readonly code?: MarketplaceErrorCode | undefined;
  readonly durationMs: number;
  readonly requestId: string;
  readonly correlationId: string;
  readonly attempt: number;
}

/**
 * One attempt with what was sent and answered, except the token. The contents may name people and hold a purchase token: a
 * recorder removes them.
 */
export interface Exchange extends CallRecord {
  readonly path: string;
  readonly purpose: Purpose | undefined;
  readonly sent: unknown;
  /** The parsed body of an answer; after a failure, Microsoft's code and explanation. */
  readonly answer: unknown;
}

/** Sends all requests to Microsoft's marketplace. The rest of this package only builds requests. */
export interface MarketplaceHttp {
  readonly baseUrl: string;
  send(request: MarketplaceRequest, call: Call): Promise<MarketplaceAnswer>;
}

export interface MarketplaceHttpOptions {
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
  readonly concurrentCalls?: number | undefined;
}

/**
 * Sends requests with token, api-version, request id and correlation id, within a time limit. Repeats what
 * may be repeated, after growing pauses or the one that Microsoft asks for. Renews a refused token once.
 * Throws a `MarketplaceError` for anything but a success or one of the request's `answers`. If there is no
 * token and no earlier attempt can have arrived, it throws the fault of the token source.
 */
export function createMarketplaceHttp(options: MarketplaceHttpOptions): MarketplaceHttp {
  const baseUrl = secureBaseUrl(options.baseUrl, 'config.marketplace-not-https');
  const takeSlot = slotsByPurpose(options.concurrentCalls ?? DEFAULT_CONCURRENT_CALLS);
  const { tokens, onCall, onExchange } = options;

  return {
    baseUrl,
    send: async (request, call) => {
      const correlationId = call.correlationId ?? randomUUID();
      const url = urlOf(baseUrl, request);
      const limitMs = call.timeoutMs ?? CALL_TIMEOUT_MS;
      const deadline = Date.now() + limitMs;
      const limit = AbortSignal.timeout(limitMs);
      const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
      let renewed = false;
      let mayHaveArrived = false;

      for (let number = 1; ; number += 1) {
        const failed = (code: MarketplaceErrorCode, failure?: Partial<Failed>): MarketplaceError =>
          new MarketplaceError(call.signal?.aborted ? 'marketplace.aborted' : code, {
            ...failure,
            operation: request.operation,
            correlationId,
            attempts: failure ? number : number - 1,
            outcomeUnknown: mayHaveArrived && request.method !== 'GET',
          });

        const nextToken = (): Promise<string | undefined> =>
          unlessAborted(tokens.get(), signal).catch((cause: unknown) => {
            if (!isFault(cause)) throw cause;
            const { retryAfterMs } = cause;
            const error = failed('marketplace.not-authorized', { retryAfterMs, cause });
            // An earlier attempt may have had an effect, which the token's fault cannot express.
            throw error.outcomeUnknown ? error : cause;
          });
        const token = await nextToken();
        if (token === undefined) throw failed('marketplace.timeout');
        const release = await takeSlot(call.priority ?? 'customer', signal);
        if (!release) throw failed('marketplace.busy');
        const context = { url, token, correlationId, signal };
        const result = await attempt(request, context).finally(release);
        const record = recordOf(request, result, { correlationId, attempt: number });
        onCall?.(record);
        onExchange?.(exchangeOf(request, result, { record, purpose: call.priority }));
        if (result.kind === 'answer') {
          return { ...result.answer, mayHaveArrivedBefore: mayHaveArrived };
        }

        mayHaveArrived ||= result.mayHaveArrived;
        if (signal.aborted) throw failed('marketplace.timeout', result);
        if (result.code === 'marketplace.not-authorized') {
          tokens.invalidate(token);
          const fresh = renewed ? token : await nextToken();
          if (fresh === undefined || fresh === token) throw failed(result.code, result);
          renewed = true;
          continue;
        }
        const pauseMs = pauseBefore(number, result.retryAfterMs, Math.random());
        const isInTime = number < MAX_ATTEMPTS && Date.now() + pauseMs < deadline;
        if (!isInTime || !mayRepeat(request, result)) throw failed(result.code, result);
        await pause(pauseMs, signal);
        if (signal.aborted) throw failed('marketplace.timeout', result);
      }
    },
  };
}

function slotsByPurpose(concurrentCalls: number) {
  const own = {
    decision: createSlots(DECISION_CALLS),
    page: createSlots(PAGE_CALLS, MAX_WAITING_PAGES),
  };
  const others = createSlots(concurrentCalls);
  return (purpose: Purpose, signal: AbortSignal): Promise<(() => void) | undefined> =>
    purpose === 'decision' || purpose === 'page'
      ? own[purpose].take('customer', signal)
      : others.take(purpose, signal);
}

const WORTH_REPEATING: ReadonlySet<MarketplaceErrorCode> = new Set([
  'marketplace.throttled',
  'marketplace.unavailable',
  'marketplace.unreachable',
  'marketplace.timeout',
]);

function mayRepeat(request: MarketplaceRequest, failure: Failed): boolean {
  const isSafe = request.isRepeatable || !failure.mayHaveArrived;
  return isSafe && WORTH_REPEATING.has(failure.code);
}

function recordOf(
  request: MarketplaceRequest,
  result: Answered | Failed,
  rest: { readonly correlationId: string; readonly attempt: number },
): CallRecord {
  return {
    operation: request.operation,
    status: result.kind === 'answer' ? result.answer.status : result.status,
    code: result.kind === 'answer' ? undefined : result.code,
    durationMs: result.durationMs,
    requestId: result.requestId,
    ...rest,
  };
}

function exchangeOf(
  { path, body: sent }: MarketplaceRequest,
  result: Answered | Failed,
  { record, purpose }: { readonly record: CallRecord; readonly purpose: Purpose | undefined },
): Exchange {
  const answer =
    result.kind === 'answer'
      ? result.answer.body
      : { code: result.microsoftCode, message: result.explanation };
  return { ...record, path, purpose, sent, answer };
}

function urlOf(baseUrl: string, request: MarketplaceRequest): string {
  const url = new URL(request.path.startsWith('/') ? baseUrl + request.path : request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', API_VERSION);
  return url.href;
}

/** The value, or undefined once the signal is aborted. The work itself continues for its other callers. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp))
      .catch(() => undefined);
  });
}
