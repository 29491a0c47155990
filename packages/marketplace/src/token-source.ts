import { createPrivateKey } from 'node:crypto';
import { AuthError, ConfidentialClientApplication, type Configuration } from '@azure/msal-node';
import { Fault } from '@landfall/domain/fault.ts';
import { MARKETPLACE_APPLICATION_ID } from './constants.ts';
import { msalAuthority } from './entra-network.ts';
import { parseText } from './read.ts';

/** A token lives an hour; renewing five minutes early keeps an outage of the authority unnoticed. */
export const RENEW_EARLY_MS = 5 * 60_000;

/** A token about to end is not handed out: it has to reach Microsoft while it is valid. */
export const LAST_USE_BEFORE_EXPIRY_MS = 30_000;

/** After a failure the authority is left alone: first this long, doubling up to the longest. */
export const FIRST_BACK_OFF_MS = 1_000;
export const LONGEST_BACK_OFF_MS = 60_000;

/** Refused credentials do not heal in a second, and hammering locks an application out. */
export const REJECTED_BACK_OFF_MS = 15_000;

/** A token refused again so soon after a renewal is not at fault, so it is kept. */
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
  /** A function is asked before each request, so that a rotated secret needs no restart. */
  readonly credential: Credential | (() => Credential | Promise<Credential>);
  readonly resource?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly now?: (() => number) | undefined;
}

export interface TokenSource {
  /** A valid access token. Throws `credentials.rejected` or `authority.unavailable`, both for later. */
  get(): Promise<string>;
  /** Tells that a token was refused: the next `get` asks the authority for another one. */
  invalidate(token: string): void;
}

/**
 * Access tokens of an application (client credentials) through msal: kept until five minutes before
 * their end, then renewed in the background; one request to the authority however many callers wait;
 * after a failure a growing pause in which callers are answered at once with the same fault.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const now = options.now ?? Date.now;
  // Fails here, not at the first purchase, when the authority may not be talked to.
  msalAuthority(options.authorityUrl, options.tenantId);
  let held: HeldToken | undefined;
  let inFlight: Promise<HeldToken> | undefined;
  let block: { readonly fault: Fault; readonly until: number } | undefined;
  let failures = 0;
  let invalidatedAt = Number.NEGATIVE_INFINITY;

  const renew = async (): Promise<HeldToken> => {
    try {
      held = await requestToken(options, now());
      failures = 0;
      block = undefined;
      return held;
    } catch (error: unknown) {
      const fault = faultOf(error);
      failures += 1;
      const first =
        fault.code === 'credentials.rejected' ? REJECTED_BACK_OFF_MS : FIRST_BACK_OFF_MS;
      const backOffMs = Math.min(first * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
      block = { fault, until: now() + backOffMs };
      throw fault;
    }
  };

  const renewOnce = (): Promise<HeldToken> => {
    if (inFlight) return inFlight;
    if (block && now() < block.until) {
      const { code, message } = block.fault;
      const retryAfterMs = block.until - now();
      throw new Fault(code, message, { retry: 'later', retryAfterMs, cause: block.fault });
    }
    inFlight = renew().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };

  return {
    get: async () => {
      if (held && now() < held.renewAt) return held.token;
      if (held && now() < held.expiresAt - LAST_USE_BEFORE_EXPIRY_MS) {
        if (!block || now() >= block.until) renewOnce().catch(() => undefined);
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

interface HeldToken {
  readonly token: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * A client per request, so that msal's own cache and its minute of silence after a 5xx do not stand
 * beside ours.
 */
async function requestToken(options: TokenSourceOptions, startedAt: number): Promise<HeldToken> {
  const { networkClient, ...authority } = msalAuthority(
    options.authorityUrl,
    options.tenantId,
    options.fetch,
  );
  const { credential } = options;
  const current = typeof credential === 'function' ? await credential() : credential;
  const client = new ConfidentialClientApplication({
    auth: { clientId: options.clientId, ...authority, ...authOf(current) },
    system: { networkClient },
  });
  const resource = options.resource ?? MARKETPLACE_APPLICATION_ID;
  const result = await client.acquireTokenByClientCredential({ scopes: [`${resource}/.default`] });
  if (!result?.accessToken) throw new AuthError('no_token', '');
  const expiresAt = result.expiresOn?.getTime() ?? startedAt;
  // Tokens of a few minutes would otherwise be renewed at every call.
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

/** The cause is left out on purpose: it could quote the key. */
function requireReadableKey(privateKey: string): void {
  try {
    createPrivateKey(privateKey);
  } catch {
    throw new Fault('credentials.rejected', "The certificate's private key cannot be read", {
      retry: 'later',
    });
  }
}

// What Entra answers when the application, its credential, tenant or resource is not right.
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

/** Errors of msal become faults; an error of ours stays what it is. */
function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof AuthError)) throw error;
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
    `The authority gave no token (${error.errorCode}${number})`,
    { retry: 'later', cause: error },
  );
}
