import { createHash } from 'node:crypto';
import { AuthError, ConfidentialClientApplication } from '@azure/msal-node';
import { decodeJwt } from 'jose';
import { Fault } from '@landfall/domain/fault';
import { browserUrl, msalAuthority } from '@landfall/marketplace/entra-network';
import { readIdToken, type IdTokenProblem } from './id-token.ts';
import type { SignInAttempt } from './sign-in-attempts.ts';
import type { Visitor } from '../web/visitor.ts';

/** Work, school and personal accounts alike: all of them buy. */
const ANY_ACCOUNT = 'common';
/** Nothing that needs an administrator's consent. msal adds `offline_access` by itself. */
const SCOPES = ['openid', 'profile', 'email'];

/** What Entra answers when the person, or the organisation's policy, said no. */
export const CONSENT_ERRORS: ReadonlySet<string> = new Set([
  'access_denied',
  'consent_required',
  'interaction_required',
]);

export type CodeOutcome =
  | { readonly visitor: Visitor }
  /** `invalid_grant`: the code was used or is too old. Otherwise what the ID token failed in. */
  | { readonly problem: 'invalid_grant' | 'consent_required' | IdTokenProblem };

type Secrets = Omit<SignInAttempt, 'back'>;

/** Sign-in with Microsoft Entra ID: authorization code with PKCE (RFC 7636) and a nonce. */
export interface Entra {
  authorizeUrl(attempt: Secrets, options: { askForAccount: boolean }): Promise<string>;
  /** Throws a `Fault` when the authority cannot be reached or refuses our own credentials. */
  redeem(code: string, attempt: Omit<Secrets, 'state'>): Promise<CodeOutcome>;
}

export function createEntra(options: {
  readonly authorityUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly now: () => Date;
}): Entra {
  const { authorityUrl, clientId, clientSecret, redirectUri, now } = options;
  const { networkClient, ...auth } = msalAuthority(authorityUrl, ANY_ACCOUNT);
  const msal = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, ...auth },
    system: { networkClient },
  });

  // A code is redeemed where it was asked for.
  const authorityOf = (tenant: string | undefined) =>
    tenant ? { authority: msalAuthority(authorityUrl, tenant).authority } : {};

  return {
    async authorizeUrl({ state, nonce, codeVerifier, tenant }, { askForAccount }) {
      const url = await msal
        .getAuthCodeUrl({
          ...authorityOf(tenant),
          scopes: SCOPES,
          redirectUri,
          responseMode: 'query',
          state,
          nonce,
          codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
          codeChallengeMethod: 'S256',
          ...(askForAccount ? { prompt: 'select_account' } : {}),
        })
        .catch((error: unknown) => {
          throw authorityFault(error);
        });
      return browserUrl(url, authorityUrl);
    },

    async redeem(code, { nonce, codeVerifier, tenant }) {
      try {
        const { idToken } = await msal.acquireTokenByCode({
          ...authorityOf(tenant),
          code,
          codeVerifier,
          nonce,
          redirectUri,
          scopes: SCOPES,
        });
        return readIdToken(decodeJwt(idToken), { clientId, nonce, authorityUrl, now: now() });
      } catch (error) {
        const problem = problemOf(error);
        if (problem) return { problem };
        throw authorityFault(error);
      } finally {
        // msal keeps every account that ever signed in; we ask for nothing in their name later.
        msal.clearCache();
      }
    },
  };
}

function problemOf(error: unknown): 'invalid_grant' | 'consent_required' | undefined {
  if (!(error instanceof AuthError)) return undefined;
  // Entra says `invalid_grant` for missing consent too; the finer word is beside it.
  const words = [error.errorCode, error.subError];
  if (words.some((word) => CONSENT_ERRORS.has(word))) return 'consent_required';
  return error.errorCode === 'invalid_grant' ? 'invalid_grant' : undefined;
}

/** Of msal's error the code alone: its message is the authority's, which may name a person. */
function authorityFault(error: unknown): Fault {
  const isOurSecret = error instanceof AuthError && error.errorCode === 'invalid_client';
  return new Fault(
    isOurSecret ? 'credentials.rejected' : 'authority.unavailable',
    isOurSecret
      ? 'Entra refused LANDING_CLIENT_ID with LANDING_CLIENT_SECRET; renew the secret'
      : 'The sign-in service did not answer',
    { retry: 'later', cause: error instanceof AuthError ? new Error(error.errorCode) : error },
  );
}
