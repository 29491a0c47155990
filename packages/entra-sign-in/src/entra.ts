import { createHash } from 'node:crypto';
import type { ConfidentialClientApplication } from '@azure/msal-node';
import { decodeJwt } from 'jose';
import { Fault } from '@landfall/domain/fault';
import { browserUrl, isMsalError, msalAuthority } from '@landfall/marketplace/entra-network';
import { readIdToken, type IdTokenProblem, type Person } from './id-token.ts';
import type { SignInAttempt } from './sign-in-attempts.ts';

/** None of these needs an administrator's consent. msal adds `offline_access` itself. */
const SCOPES = ['openid', 'profile', 'email'];

/** Entra's errors if the person, or a policy of the organisation, declined the permissions. */
export const CONSENT_ERRORS: ReadonlySet<string> = new Set([
  'access_denied',
  'consent_required',
  'interaction_required',
]);

export type CodeOutcome =
  | { readonly person: Person }
  /** `invalid_grant`: the code was used before or is too old. Other codes say what is wrong with the ID token. */
  | { readonly problem: 'invalid_grant' | 'consent_required' | IdTokenProblem };

type Secrets = Omit<SignInAttempt, 'back' | 'invitation'>;

/** Our app registration in Entra, as an administrator needs it to approve the app. */
export interface SignInApp {
  readonly clientId: string;
  /** Entra's page on which an administrator approves the app for everyone. */
  readonly adminConsentUrl: string | undefined;
}

/** Sign-in with Microsoft Entra ID: authorization code flow with PKCE (RFC 7636) and a nonce. */
export interface Entra {
  readonly app: SignInApp;
  authorizeUrl(
    attempt: Secrets,
    options: {
      readonly askForAccount: boolean;
      /** The account that Entra proposes. */
      readonly loginHint?: string | undefined;
    },
  ): Promise<string>;
  /** Throws a `Fault` if Entra cannot be reached or refuses our own credentials. */
  redeem(code: string, attempt: Omit<Secrets, 'state'>): Promise<CodeOutcome>;
}

export function createEntra(options: {
  readonly authorityUrl: string;
  /** Whose accounts may sign in: `common`, `organizations` or the id of a tenant. */
  readonly accounts: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Names of the settings with the id and the secret, for the fault that says Entra refused them. */
  readonly settings: readonly [clientId: string, clientSecret: string];
  readonly now: () => Date;
}): Entra {
  const { authorityUrl, clientId, clientSecret, redirectUri, now } = options;
  const { networkClient, ...auth } = msalAuthority(authorityUrl, options.accounts);
  let opened: Promise<ConfidentialClientApplication> | undefined;
  /** Loaded for the first sign-in, not at the start of the service. */
  const openMsal = () => {
    opened ??= import('@azure/msal-node').then(
      (msal) =>
        new msal.ConfidentialClientApplication({
          auth: { clientId, clientSecret, ...auth },
          system: { networkClient },
        }),
    );
    return opened;
  };

  // A code has to be redeemed at the authority that issued it.
  const authorityOf = (tenant: string | undefined) =>
    tenant ? { authority: msalAuthority(authorityUrl, tenant).authority } : {};

  return {
    app: { clientId, adminConsentUrl: adminConsentUrl(authorityUrl, clientId) },
    async authorizeUrl({ state, nonce, codeVerifier, tenant }, { askForAccount, loginHint }) {
      const msal = await openMsal();
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
          ...(loginHint === undefined ? {} : { loginHint }),
        })
        .catch((error: unknown) => {
          throw authorityFault(error, options.settings);
        });
      return browserUrl(url, authorityUrl);
    },

    async redeem(code, { nonce, codeVerifier, tenant }) {
      const msal = await openMsal();
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
        throw authorityFault(error, options.settings);
      } finally {
        // msal would keep every account that ever signed in, and we do not need them again.
        msal.clearCache();
      }
    },
  };
}

/** A local authority has no such page. */
function adminConsentUrl(authorityUrl: string, clientId: string): string | undefined {
  const base = new URL(authorityUrl);
  if (base.protocol !== 'https:') return undefined;
  return `${authorityUrl}/organizations/adminconsent?client_id=${encodeURIComponent(clientId)}`;
}

function problemOf(error: unknown): 'invalid_grant' | 'consent_required' | undefined {
  if (!isMsalError(error)) return undefined;
  // Entra also answers missing consent with `invalid_grant` and gives the reason in the sub-error.
  const words = [error.errorCode, error.subError];
  if (words.some((word) => CONSENT_ERRORS.has(word))) return 'consent_required';
  return error.errorCode === 'invalid_grant' ? 'invalid_grant' : undefined;
}

/** Keeps only the code of msal's error, because the message comes from Entra and may name a person. */
function authorityFault(
  error: unknown,
  [clientId, clientSecret]: readonly [string, string],
): Fault {
  const isOurSecret = isMsalError(error) && error.errorCode === 'invalid_client';
  return new Fault(
    isOurSecret ? 'credentials.rejected' : 'authority.unavailable',
    isOurSecret
      ? `Entra refused ${clientId} with ${clientSecret}; renew the secret`
      : 'The sign-in service did not answer',
    { retry: 'later', cause: isMsalError(error) ? new Error(error.errorCode) : error },
  );
}
