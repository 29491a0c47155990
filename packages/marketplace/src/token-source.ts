import { createPrivateKey } from 'node:crypto';
import type { Configuration } from '@azure/msal-node';
import { doublingPause } from '@landfall/domain/back-off';
import { Fault, isFault } from '@landfall/domain/fault';
import { MARKETPLACE_APPLICATION_ID } from './constants.ts';
import { isMsalError, msalAuthority } from './entra-network.ts';
import { parseText } from './read.ts';

/** A token is valid for an hour. Renewing five minutes early hides a short outage of the authority. */
export const RENEW_EARLY_MS = 5 * 60_000;

/** A token is not used this shortly before its end, because it must reach Microsoft while it is valid. */
export const LAST_USE_BEFORE_EXPIRY_MS = 30_000;

/** Pause after a failure of the authority: first this long, then doubling up to the longest. */
export const FIRST_BACK_OFF_MS = 1_000;
export const LONGEST_BACK_OFF_MS = 60_000;

/** Refused credentials are not fixed within seconds, and frequent attempts can lock an application out. */
export const REJECTED_BACK_OFF_MS = 15_000;

/** If a renewed token is refused within this time, the token is not the cause, so it is kept. */
export const RENEWAL_INTERVAL_MS = 10_000;

export type Credential =
  | { readonly secret: string }
  | {
      readonly certificate: {
        readonly thumbprintSha256: string;
        readonly privateKey: string;
        readonly x5c?: string | undefined;
      };
    }
  | { readonly assertion: () => Promise<string> };

export interface TokenSourceOptions {
  readonly authorityUrl: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** A function is called before each request, so that a rotated secret needs no restart. */
  readonly credential: Credential | (() => Credential | Promise<Credential>);
  /** Called after every request to the authority. */
  readonly onRequest?: ((outcome: TokenOutcome) => void) | undefined;
  readonly resource?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly now?: (() => number) | undefined;
}

/** The result of one request for a token. */
export interface TokenOutcome {
  /** Code of the fault; undefined for success. */
  readonly code?: string | undefined;
}

/** Gives access tokens of one application. */
export interface TokenSource {
  /**
   * A valid access token. Throws the fault `credentials.rejected`, `credentials.unreadable` or
   * `authority.unavailable`, all with `retry: 'later'`.
   */
  get(): Promise<string>;
  /** Reports that Microsoft refused a token. The next `get` requests a new one. */
  invalidate(token: string): void;
}

/**
 * Access tokens of an application (client credentials flow) through msal. A token is kept until five minutes
 * before its end and then renewed in the background. All waiting callers share one request. After a
 * failure there is a growing pause in which callers get the same fault at once. A changed credential ends
 * the pause, so a rotation takes effect with the next call.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const now = options.now ?? Date.now;
  // Throws now, not at the first purchase, if the authority's URL is not allowed.
  msalAuthority(options.authorityUrl, options.tenantId);
  let held: HeldToken | undefined;
  let inFlight: Promise<HeldToken> | undefined;
  let block: Block | undefined;
  let failures = 0;
  let invalidatedAt = Number.NEGATIVE_INFINITY;

  const renew = async (): Promise<HeldToken> => {
    let credential: Credential | undefined;
    try {
      credential = await currentCredential(options);
      held = await requestToken(options, { credential, startedAt: now() });
    } catch (error: unknown) {
      const fault = faultOf(error);
      failures += 1;
      const isRejected = fault.code === 'credentials.rejected';
      const backOffMs = doublingPause(failures, {
        firstMs: isRejected ? REJECTED_BACK_OFF_MS : FIRST_BACK_OFF_MS,
        longestMs: LONGEST_BACK_OFF_MS,
      });
      block = { fault, credential, until: now() + backOffMs };
      options.onRequest?.({ code: fault.code });
      throw fault;
    }
    failures = 0;
    block = undefined;
    options.onRequest?.({});
    return held;
  };

  const renewUnlessBlocked = async (): Promise<HeldToken> => {
    const current = block;
    if (!current || now() >= current.until || (await isRotated(options, current))) {
      return await renew();
    }
    const { code, message } = current.fault;
    const retryAfterMs = current.until - now();
    throw new Fault(code, message, { retry: 'later', retryAfterMs, cause: current.fault });
  };

  const renewOnce = (): Promise<HeldToken> => {
    inFlight ??= renewUnlessBlocked().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };

  return {
    get: async () => {
      if (held && now() < held.renewAt) return held.token;
      if (held && now() < held.expiresAt - LAST_USE_BEFORE_EXPIRY_MS) {
        renewOnce().catch(() => undefined);
        return held.token;
      }
      return (await renewOnce()).token;
    },
    invalidate: (token) => {
      if (held?.token !== token || now() < invalidatedAt + RENEWAL_INTERVAL_MS) return;
      invalidatedAt = now();
      held = undefined;
    },
  };
}

/** Faults of a token source. Nothing was sent, and the waiting call itself is not the cause. */
const NO_TOKEN: ReadonlySet<string> = new Set([
  'credentials.rejected',
  'credentials.unreadable',
  'authority.unavailable',
]);

/** Whether a call failed because there was no token, or because its token was refused. */
export function isForWantOfToken(error: unknown): boolean {
  if (!isFault(error)) return false;
  return NO_TOKEN.has(error.code) || error.code === 'marketplace.not-authorized';
}

interface Block {
  readonly fault: Fault;
  /** The refused credential; undefined if it could not be read. */
  readonly credential: Credential | undefined;
  readonly until: number;
}

/** Whether the credential is now readable and differs from the refused one. */
async function isRotated(options: TokenSourceOptions, { fault, credential }: Block) {
  if (!fault.code.startsWith('credentials.') || typeof options.credential !== 'function') {
    return false;
  }
  try {
    return !isSame(await options.credential(), credential);
  } catch {
    return false;
  }
}

function isSame(one: Credential, other: Credential | undefined): boolean {
  if (other === undefined) return false;
  if ('secret' in one) return 'secret' in other && one.secret === other.secret;
  // Federated tokens change all the time, so a difference is no rotation.
  if ('assertion' in one) return 'assertion' in other;
  return (
    'certificate' in other &&
    one.certificate.thumbprintSha256 === other.certificate.thumbprintSha256 &&
    one.certificate.privateKey === other.certificate.privateKey
  );
}

async function currentCredential({ credential }: TokenSourceOptions): Promise<Credential> {
  const current = typeof credential === 'function' ? await credential() : credential;
  if (!('assertion' in current)) return current;
  // Read here, so that a failure is our own fault and not an error of msal.
  const assertion = await current.assertion();
  return { assertion: () => Promise.resolve(assertion) };
}

interface HeldToken {
  readonly token: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * Requests a token with a new msal client, because msal's own cache and its one-minute pause after a 5xx would
 * conflict with ours.
 */
async function requestToken(
  options: TokenSourceOptions,
  of: { readonly credential: Credential; readonly startedAt: number },
): Promise<HeldToken> {
  const { credential, startedAt } = of;
  const { AuthError, ConfidentialClientApplication } = await import('@azure/msal-node');
  const { networkClient, ...authority } = msalAuthority(
    options.authorityUrl,
    options.tenantId,
    options.fetch,
  );
  const client = new ConfidentialClientApplication({
    auth: { clientId: options.clientId, ...authority, ...authOf(credential) },
    system: { networkClient },
  });
  const resource = options.resource ?? MARKETPLACE_APPLICATION_ID;
  const result = await client.acquireTokenByClientCredential({ scopes: [`${resource}/.default`] });
  if (!result?.accessToken) throw new AuthError('no_token', '');
  const expiresAt = result.expiresOn?.getTime() ?? startedAt;
  // Without this, a token that is valid for only a few minutes would be renewed at every call.
  const halfLife = startedAt + (expiresAt - startedAt) / 2;
  const renewAt = Math.max(expiresAt - RENEW_EARLY_MS, halfLife);
  return { token: result.accessToken, renewAt, expiresAt };
}

function authOf(credential: Credential): Partial<Configuration['auth']> {
  if ('secret' in credential) return { clientSecret: credential.secret };
  if ('assertion' in credential) return { clientAssertion: credential.assertion };
  const { thumbprintSha256, privateKey, x5c } = credential.certificate;
  requireReadableKey(privateKey);
  return {
    clientCertificate: { thumbprintSha256, privateKey, ...(x5c === undefined ? {} : { x5c }) },
  };
}

/** Omits the cause, because it could contain the key. */
function requireReadableKey(privateKey: string): void {
  try {
    createPrivateKey(privateKey);
  } catch {
    throw new Fault('credentials.rejected', "The certificate's private key cannot be read", {
      retry: 'later',
    });
  }
}

// Entra's error codes for a wrong application, credential, tenant or resource.
const REJECTED: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_resource',
  'invalid_scope',
  'invalid_request',
  'invalid_grant',
  'invalid_tenant',
  'access_denied',
]);

/** Turns errors of msal into faults. Any other error stays as it is. */
function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!isMsalError(error)) throw error;
  const number = 'errorNo' in error ? `, AADSTS${parseText(error.errorNo) ?? '?'}` : '';
  if (REJECTED.has(error.errorCode)) {
    return new Fault(
      'credentials.rejected',
      `The authority refused the application's credentials (${error.errorCode}${number})`,
      { retry: 'later', retryAfterMs: REJECTED_BACK_OFF_MS, cause: error },
    );
  }
  return new Fault(
    'authority.unavailable',
    `The authority did not issue a token (${error.errorCode}${number})`,
    { retry: 'later', retryAfterMs: FIRST_BACK_OFF_MS, cause: error },
  );
}
