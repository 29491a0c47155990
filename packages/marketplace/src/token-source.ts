import { createPrivateKey } from 'node:crypto';
import { AuthError, ConfidentialClientApplication, type Configuration } from '@azure/msal-node';
import { Fault, isFault } from '@landfall/domain/fault';
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
  /** Told of every request to the authority: no code where it gave a token. */
  readonly onRequest?: ((outcome: TokenOutcome) => void) | undefined;
  readonly resource?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly now?: (() => number) | undefined;
}

export interface TokenOutcome {
  /** The fault's code; undefined for success. */
  readonly code?: string | undefined;
}

export interface TokenSource {
  /**
   * A valid access token. Throws `credentials.rejected`, `credentials.unreadable` or
   * `authority.unavailable`, all for later.
   */
  get(): Promise<string>;
  /** Tells that a token was refused: the next `get` asks the authority for another one. */
  invalidate(token: string): void;
}

/**
 * Access tokens of an application (client credentials) through msal: kept until five minutes before
 * their end, then renewed in the background; one request to the authority however many callers wait;
 * after a failure a growing pause in which callers are answered at once with the same fault. Another
 * credential than the refused one ends the pause: a rotation is in force with the next call.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const now = options.now ?? Date.now;
  // Fails here, not at the first purchase, when the authority may not be talked to.
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
      const first =
        fault.code === 'credentials.rejected' ? REJECTED_BACK_OFF_MS : FIRST_BACK_OFF_MS;
      const backOffMs = Math.min(first * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
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

/** The faults of a source: nothing was sent, and what waits for a token is not to blame. */
const NO_TOKEN: ReadonlySet<string> = new Set([
  'credentials.rejected',
  'credentials.unreadable',
  'authority.unavailable',
]);

/** Whether a call failed for want of a token, or was refused for the sake of its token. */
export function isForWantOfToken(error: unknown): boolean {
  if (!isFault(error)) return false;
  return NO_TOKEN.has(error.code) || error.code === 'marketplace.not-authorized';
}

interface Block {
  readonly fault: Fault;
  /** What was refused; undefined where it could not be read. */
  readonly credential: Credential | undefined;
  readonly until: number;
}

/** A file that was unreadable, or held what was refused, has something else in it now. */
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
  // What a function will say is not compared: these tokens change by themselves all the time.
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
  // Read here, where its fault is ours and not one of msal's.
  const assertion = await current.assertion();
  return { assertion: () => Promise.resolve(assertion) };
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
async function requestToken(
  options: TokenSourceOptions,
  of: { readonly credential: Credential; readonly startedAt: number },
): Promise<HeldToken> {
  const { credential, startedAt } = of;
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
    { retry: 'later', retryAfterMs: FIRST_BACK_OFF_MS, cause: error },
  );
}
