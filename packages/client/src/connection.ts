import { randomUUID } from 'node:crypto';

/** Three attempts with their pauses fit in; see `timeoutMs`. */
const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 5;

/** Options of `createLandfallClient`. */
export interface LandfallOptions {
  /** The address of the installation, such as `https://marketplace.contoso.example`. */
  readonly url: string;
  /** An API key with the scopes of the procedures that you call. It is sent in a header, never in a URL. */
  readonly apiKey: string;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long one call may take with all its attempts, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number;
  /**
   * The maximum number of times that a call is sent. It is sent again after a network failure, and when Landfall asks to try later. Default:
   * 5. With 1, it is never sent again.
   */
  readonly maxAttempts?: number;
  /** Returns the id under which Landfall logs a request. Default: a new UUID for each request. */
  readonly correlationId?: () => string;
}

/** The options with their defaults. */
export interface Connection {
  /** Without a slash at the end. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  /** The headers of a new request. */
  readonly headers: () => Record<string, string>;
}

export function connectionOf(options: LandfallOptions): Connection {
  const { apiKey, correlationId = randomUUID, timeoutMs = TIMEOUT_MS } = options;
  return {
    // Addresses with the path of the tRPC API are accepted too.
    url: options.url.replace(/(?:\/trpc)?\/*$/, ''),
    fetch: options.fetch ?? globalThis.fetch,
    timeoutMs,
    maxAttempts: options.maxAttempts ?? MAX_ATTEMPTS,
    headers: () => ({ authorization: `Bearer ${apiKey}`, 'x-correlation-id': correlationId() }),
  };
}
