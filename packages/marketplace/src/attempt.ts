import { randomUUID } from 'node:crypto';
import { parseExactly } from './exact-json.ts';
import {
  codeOfStatus,
  explanationOf,
  microsoftCodeOf,
  type MarketplaceErrorCode,
} from './marketplace-error.ts';
import { parseRetryAfter } from './pauses.ts';
import { CONNECT_TIMEOUT, send, TimedOut, type Received, type ReceivedHeaders } from './send.ts';

/** Limit of one attempt. Microsoft documents none; a connection that is silent for longer is dead. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

/** A page of a hundred subscriptions has about 150 KB. A larger answer does not come from this API. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** A request to Microsoft's API, before token and ids are added. */
export interface MarketplaceRequest {
  /** Name of the call for errors and logs, such as `getOperation`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** An encoded path below the base URL, or a full URL that the caller has checked. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** False if a second arrival could have a second effect. */
  readonly isRepeatable: boolean;
  /** Whether a success must have a JSON body. Otherwise its body is ignored. */
  readonly readsBody: boolean;
  /** The path exists for every input, so a 404 without Microsoft's error code means a wrong base address. */
  readonly isAlwaysThere?: boolean;
  /** Statuses that count as answers to this request, not as errors. */
  readonly answers?: readonly number[];
}

/** A successful answer, or one with a status that the request accepts. */
export interface MarketplaceAnswer {
  readonly status: number;
  readonly headers: ReceivedHeaders;
  /**
   * Parsed JSON; undefined if the answer was empty or is not read. Numbers that a double cannot hold exactly
   * are text.
   */
  readonly body: unknown;
  /** Microsoft may have acted on an earlier attempt of the same call, whose answer was lost. */
  readonly mayHaveArrivedBefore: boolean;
}

interface Timing {
  readonly requestId: string;
  readonly durationMs: number;
}
export interface Answered extends Timing {
  readonly kind: 'answer';
  readonly answer: Omit<MarketplaceAnswer, 'mayHaveArrivedBefore'>;
}
export interface Failed extends Timing {
  readonly kind: 'failure';
  readonly code: MarketplaceErrorCode;
  /** Whether Microsoft may have acted on the request despite the failure. */
  readonly mayHaveArrived: boolean;
  readonly status?: number;
  readonly microsoftCode?: string | undefined;
  readonly explanation?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** What one attempt needs besides the request. */
export interface AttemptContext {
  readonly url: string;
  readonly token: string;
  readonly correlationId: string;
  readonly signal: AbortSignal;
}

/** Sends a request once, with its own request id. Returns failures, so that the caller decides on a repeat. */
export async function attempt(
  request: MarketplaceRequest,
  context: AttemptContext,
): Promise<Answered | Failed> {
  const sentId = randomUUID();
  const startedAt = performance.now();
  const timing = (requestId: string): Timing => ({
    requestId,
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    const received = await send({
      url: context.url,
      method: request.method,
      headers: {
        ...request.headers,
        authorization: `Bearer ${context.token}`,
        'content-type': 'application/json',
        'x-ms-requestid': sentId,
        'x-ms-correlationid': context.correlationId,
      },
      body: request.body === undefined ? '' : JSON.stringify(request.body),
      signal: context.signal,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    });
    const content = parseJson(received.text);
    const requestId = received.headers['x-ms-requestid'] ?? sentId;
    return { ...resultOf(request, received, content), ...timing(requestId) };
  } catch (cause) {
    return {
      kind: 'failure',
      code: cause instanceof TimedOut ? 'marketplace.timeout' : 'marketplace.unreachable',
      mayHaveArrived: !neverConnected(cause),
      cause,
      ...timing(sentId),
    };
  }
}

function resultOf(
  request: MarketplaceRequest,
  { status, headers }: Received,
  content: Content,
): Omit<Answered, keyof Timing> | Omit<Failed, keyof Timing> {
  const isSuccess = status >= 200 && status < 300;
  const body = content === 'unreadable' ? undefined : content.json;
  const isAnswer = request.answers?.includes(status) ?? false;
  const isUsable = !request.readsBody || content !== 'unreadable';
  if (isAnswer || (isSuccess && isUsable)) {
    return { kind: 'answer', answer: { status, headers, body } };
  }
  const microsoftCode = microsoftCodeOf(body);
  const isWrongAddress = status === 404 && request.isAlwaysThere && microsoftCode === undefined;
  const refusal = isWrongAddress ? 'marketplace.wrong-address' : codeOfStatus(status);
  return {
    kind: 'failure',
    code: isSuccess ? 'marketplace.unexpected-answer' : refusal,
    // Redirects and 4xx are refusals before any effect. A 5xx may come after an effect.
    mayHaveArrived: isSuccess || status === 408 || status >= 500,
    status,
    microsoftCode,
    explanation: explanationOf(body),
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
  };
}

// Errors while connecting: nothing was sent, so nothing can have happened.
const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  CONNECT_TIMEOUT,
]);

function neverConnected(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NEVER_CONNECTED.has(error.code);
}

type Content = { readonly json: unknown } | 'unreadable';

function parseJson(text: string | undefined): Content {
  if (text === undefined) return 'unreadable';
  if (text.trim() === '') return { json: undefined };
  try {
    return { json: parseExactly(text) };
  } catch {
    return 'unreadable';
  }
}
