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

/** Microsoft says to repeat a 500 and promises nothing; four refusals in a row are an outage. */
export const MAX_ATTEMPTS = 4;

/** A whole call with its repeats and pauses, where the caller names no other limit. */
export const CALL_TIMEOUT_MS = 60_000;

/** No rate limit is documented: this bounds a burst of ours and still drains one of Microsoft's. */
export const DEFAULT_CONCURRENT_CALLS = 16;

/**
 * For calls that a decision inside Microsoft's ten seconds is made upon, beside all others: two at a time for
 * each of a dozen changes that come at once.
 */
export const DECISION_CALLS = 24;

/** For calls behind a page that somebody looks at; a person opens one at a time. */
export const PAGE_CALLS = 16;
/** At half a second each, the last of them is answered before its page gives up. */
const MAX_WAITING_PAGES = 64;

/**
 * What a call is for. Decisions and pages have slots of their own, so that neither a crowd in front of a page nor
 * the work of the lanes is in front of a decision; of the others `background` waits for `customer`.
 */
export type Purpose = 'decision' | 'page' | Priority;

/**
 * How one call behaves: one correlation id per business flow, a limit for the whole call in
 * milliseconds (repeats and pauses included), a signal that ends it, and what it is for.
 */
export interface Call {
  readonly correlationId?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly priority?: Purpose | undefined;
}

/** One attempt, for logs and metrics: no address, no content, no personal data. */
export interface CallRecord {
  readonly operation: string;
  readonly status?: number | undefined;
  readonly code?: MarketplaceErrorCode | undefined;
  readonly durationMs: number;
  readonly requestId: string;
  readonly correlationId: string;
  readonly attempt: number;
}

/** The one door to Microsoft's marketplace; everything else of this package builds requests for it. */
export interface MarketplaceHttp {
  readonly baseUrl: string;
  send(request: MarketplaceRequest, call: Call): Promise<MarketplaceAnswer>;
}

export interface MarketplaceHttpOptions {
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  readonly fetch?: typeof fetch | undefined;
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  readonly concurrentCalls?: number | undefined;
}

/**
 * Sends requests with token, api-version, request and correlation ids, within a time limit; repeats what
 * may be repeated, with growing pauses or the one Microsoft asks for; renews a refused token once.
 * Throws a `MarketplaceError` for everything but a success (or one of the request's `answers`), and the
 * token source's fault where there is no token and nothing was sent that may have arrived.
 */
export function createMarketplaceHttp(options: MarketplaceHttpOptions): MarketplaceHttp {
  const baseUrl = secureBaseUrl(options.baseUrl, 'config.marketplace-not-https');
  const takeSlot = slotsByPurpose(options.concurrentCalls ?? DEFAULT_CONCURRENT_CALLS);
  const { tokens, fetch: send = fetch, onCall } = options;

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
            // An earlier attempt may have had its effect, which the token's fault cannot tell.
            throw error.outcomeUnknown ? error : cause;
          });
        const token = await nextToken();
        if (token === undefined) throw failed('marketplace.timeout');
        const release = await takeSlot(call.priority ?? 'customer', signal);
        if (!release) throw failed('marketplace.busy');
        const context = { url, token, correlationId, signal, fetch: send };
        const result = await attempt(request, context).finally(release);
        onCall?.(recordOf(request, result, { correlationId, attempt: number }));
        if (result.kind === 'answer') return result.answer;

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

function urlOf(baseUrl: string, request: MarketplaceRequest): string {
  const url = new URL(request.path.startsWith('/') ? baseUrl + request.path : request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', API_VERSION);
  return url.href;
}

/** The value, or undefined once the signal is aborted; the work itself goes on for its other callers. */
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
