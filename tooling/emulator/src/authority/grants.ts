import { createHash, randomBytes } from 'node:crypto';
import { entraError, type EntraError } from './entra-error.ts';
import type { Person } from './identities.ts';

/**
 * Entra's authorization codes are valid for ten minutes. Real time, because they belong to a
 * browser.
 */
const CODE_LIFE_MS = 600_000;

/** A person opens the link within minutes of the start. */
const HINT_LIFE_MS = 3_600_000;

/** When a long run has collected this many, the oldest grants are removed. */
const GRANTS_MAX = 1000;

export interface SignIn {
  readonly person: Person;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | null;
  /** S256 challenge, if the client sent one. */
  readonly codeChallenge: string | null;
}

interface CodeGrant extends SignIn {
  readonly expiresAt: number;
  isRedeemed: boolean;
}

/**
 * Codes, refresh tokens and browser sessions. They are kept in memory only: after a restart, people
 * sign in again.
 */
export class Grants {
  readonly #codes = new Map<string, CodeGrant>();
  readonly #refreshTokens = new Map<string, SignIn>();
  readonly #sessions = new Map<string, Person>();
  readonly #hints = new Map<string, { readonly person: Person; readonly expiresAt: number }>();

  /** A login hint that signs this person in once, without a click. Only the control API gives one away. */
  issueHint(person: Person): string {
    return put(this.#hints, { person, expiresAt: Date.now() + HINT_LIFE_MS });
  }

  redeemHint(hint: string): Person | undefined {
    const found = this.#hints.get(hint);
    this.#hints.delete(hint);
    return found && Date.now() < found.expiresAt ? found.person : undefined;
  }

  issueCode(signIn: SignIn): string {
    return put(this.#codes, { ...signIn, expiresAt: Date.now() + CODE_LIFE_MS, isRedeemed: false });
  }

  /** A code works once, for the client, redirect URI and PKCE verifier for which it was issued. */
  redeemCode(
    code: string,
    by: { readonly clientId: string; readonly redirectUri: string; readonly verifier: string },
  ): SignIn | EntraError {
    const grant = this.#codes.get(code);
    if (!grant || grant.clientId !== by.clientId) {
      return entraError('invalid_grant', 9002313, 'Invalid request. The code is malformed.');
    }
    if (grant.isRedeemed) {
      return entraError('invalid_grant', 54005, 'OAuth2 Authorization code was already redeemed.');
    }
    if (Date.now() > grant.expiresAt) {
      return entraError('invalid_grant', 70008, 'The provided authorization code has expired.');
    }
    if (grant.redirectUri !== by.redirectUri) {
      return entraError(
        'invalid_grant',
        500112,
        'The reply address does not match the address provided when requesting Authorization code.',
      );
    }
    const challenge = createHash('sha256').update(by.verifier).digest('base64url');
    if (grant.codeChallenge !== null && grant.codeChallenge !== challenge) {
      return entraError(
        'invalid_grant',
        501481,
        'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
      );
    }
    grant.isRedeemed = true;
    return grant;
  }

  issueRefreshToken(signIn: SignIn): string {
    return put(this.#refreshTokens, signIn);
  }

  redeemRefreshToken(token: string, clientId: string): SignIn | EntraError {
    const signIn = this.#refreshTokens.get(token);
    return signIn?.clientId === clientId
      ? signIn
      : entraError('invalid_grant', 9002313, 'Invalid request. The refresh token is malformed.');
  }

  openSession(person: Person): string {
    return put(this.#sessions, person);
  }

  session(id: string | undefined): Person | undefined {
    return id === undefined ? undefined : this.#sessions.get(id);
  }

  closeSession(id: string | undefined): void {
    if (id !== undefined) this.#sessions.delete(id);
  }
}

function put<T>(map: Map<string, T>, value: T): string {
  const [oldest] = map.keys();
  if (map.size >= GRANTS_MAX && oldest !== undefined) map.delete(oldest);
  const id = randomBytes(48).toString('base64url');
  map.set(id, value);
  return id;
}
