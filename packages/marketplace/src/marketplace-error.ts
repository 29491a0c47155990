import { Fault, type Retry } from '@landfall/domain/fault';
import { isObject, parseText } from './read.ts';

export type MarketplaceErrorCode =
  | 'marketplace.bad-request'
  | 'marketplace.not-authorized'
  | 'marketplace.not-found'
  | 'marketplace.wrong-address'
  | 'marketplace.conflict'
  | 'marketplace.refused'
  | 'marketplace.throttled'
  | 'marketplace.unavailable'
  | 'marketplace.unreachable'
  | 'marketplace.timeout'
  | 'marketplace.aborted'
  | 'marketplace.busy'
  | 'marketplace.invalid-id'
  | 'marketplace.unexpected-answer';

export interface MarketplaceErrorDetails {
  readonly operation: string;
  readonly correlationId: string;
  readonly requestId?: string | undefined;
  readonly status?: number | undefined;
  readonly microsoftCode?: string | undefined;
  readonly explanation?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly attempts?: number | undefined;
  readonly outcomeUnknown?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * A failed call to Microsoft, in one form for all error bodies and broken connections. `outcomeUnknown` is
 * true if this or an earlier attempt may have had its effect although no success was seen; read again
 * before acting. Microsoft's support asks for `requestId` and `correlationId`. Messages contain neither
 * bodies nor tokens.
 */
export class MarketplaceError extends Fault {
  readonly #explanation: string | undefined;
  declare readonly code: MarketplaceErrorCode;
  readonly operation: string;
  readonly status: number | undefined;
  readonly microsoftCode: string | undefined;
  readonly requestId: string | undefined;
  readonly correlationId: string;
  readonly attempts: number;
  readonly outcomeUnknown: boolean;

  constructor(code: MarketplaceErrorCode, details: MarketplaceErrorDetails) {
    const status = details.status === undefined ? '' : ` with ${details.status}`;
    const reason = details.microsoftCode === undefined ? '' : ` (${details.microsoftCode})`;
    super(code, `${details.operation} ended${status}: ${code}${reason}`, {
      retry: RETRY[code],
      retryAfterMs: details.retryAfterMs,
      cause: details.cause,
    });
    this.operation = details.operation;
    this.status = details.status;
    this.microsoftCode = details.microsoftCode;
    this.#explanation = details.explanation;
    this.requestId = details.requestId;
    this.correlationId = details.correlationId;
    this.attempts = details.attempts ?? 0;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
  }

  /** Microsoft's own explanation, for an operator. It is a getter, so that logs do not write it with the error. */
  get explanation(): string | undefined {
    return this.#explanation;
  }
}

/** Recognises the error by its fields, because it may come from another copy of this package. */
export function isMarketplaceError(error: unknown): error is MarketplaceError {
  return (
    error instanceof Error &&
    error.name === 'Fault' &&
    'code' in error &&
    String(error.code).startsWith('marketplace.') &&
    'outcomeUnknown' in error
  );
}

// `not-authorized` is retried later: the work waits until an operator has fixed the credential.
const RETRY: Readonly<Record<MarketplaceErrorCode, Retry>> = {
  'marketplace.bad-request': 'never',
  'marketplace.not-authorized': 'later',
  'marketplace.not-found': 'never',
  'marketplace.wrong-address': 'later',
  'marketplace.conflict': 'never',
  'marketplace.refused': 'never',
  'marketplace.throttled': 'later',
  'marketplace.unavailable': 'later',
  'marketplace.unreachable': 'later',
  'marketplace.timeout': 'later',
  'marketplace.aborted': 'later',
  'marketplace.busy': 'later',
  'marketplace.invalid-id': 'never',
  'marketplace.unexpected-answer': 'later',
};

/** The code for an unsuccessful HTTP status. Only the status decides; the body merely explains. */
export function codeOfStatus(status: number): MarketplaceErrorCode {
  if (status === 400) return 'marketplace.bad-request';
  if (status === 401 || status === 403) return 'marketplace.not-authorized';
  if (status === 404) return 'marketplace.not-found';
  if (status === 409) return 'marketplace.conflict';
  if (status === 429) return 'marketplace.throttled';
  if (status === 408 || status >= 500) return 'marketplace.unavailable';
  if (status >= 400) return 'marketplace.refused';
  return 'marketplace.unexpected-answer';
}

// A code is one word. Anything longer is a page, and stays out of messages and logs.
const CODE = /^[\w.-]{1,64}$/;

/**
 * Microsoft's own error code from its five forms of bodies: `{code}`, `{error: {code}}`, `{Error: {Code}}`,
 * `{message}` only, and text or nothing. The last two have no code.
 */
export function microsoftCodeOf(body: unknown): string | undefined {
  const outer = lowerKeys(body);
  const inner = lowerKeys(outer['error']);
  const code = parseText(outer['code']) ?? parseText(inner['code']);
  return code !== undefined && CODE.test(code) ? code : undefined;
}

/** Longer texts are pages or dumps. Their beginning is enough. */
const MAX_EXPLANATION_LENGTH = 500;
/** E-mail addresses, and strings longer than any id: tokens, secrets, signatures. */
const SENSITIVE = /eyJ[\w.-]+|[^\s@<>]+@[^\s@<>]+|[\w+/=%.~-]{40,}/g;

/**
 * Microsoft's own explanation of an error, from the same forms of bodies, without tokens and e-mail
 * addresses; undefined if there is none.
 */
export function explanationOf(body: unknown): string | undefined {
  const outer = lowerKeys(body);
  const inner = lowerKeys(outer['error']);
  const text = parseText(outer['message']) ?? parseText(inner['message']);
  const shown = text?.replace(SENSITIVE, '…').replaceAll('\u0000', '');
  return shown?.slice(0, MAX_EXPLANATION_LENGTH).toWellFormed();
}

function lowerKeys(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));
}
