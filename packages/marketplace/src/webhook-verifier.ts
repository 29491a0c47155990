import { hash } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { MARKETPLACE_APPLICATION_ID } from './constants.ts';
import { authorityBaseUrl } from './entra-network.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokenMemory } from './token-memory.ts';

/** Allowed difference between clocks. Microsoft's tokens are valid for an hour. */
export const CLOCK_SKEW_MS = 60_000;

/** Four times the size of Entra's largest access tokens. Anything longer is refused without a signature check. */
export const MAX_TOKEN_LENGTH = 16 * 1024;

/** The verified claims of a webhook token. */
export interface WebhookCaller {
  /** 1 or 2, as set in the manifest of our application. */
  readonly tokenVersion: 1 | 2;
  readonly caller: string;
  readonly tenantId: string;
  /** Id of Microsoft's key that signed the token. */
  readonly keyId: string;
  /** As the token has them. */
  readonly issuer: string;
  readonly audience: string;
}

export type RefusalReason =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'signature'
  | 'unknown-key'
  | 'expired'
  | 'not-yet-valid'
  | 'audience'
  | 'tenant'
  | 'caller'
  | 'own-application'
  | 'issuer';

export type Verdict =
  | { readonly ok: true; readonly claims: WebhookCaller }
  | { readonly ok: false; readonly reason: RefusalReason };

/** Verifies the callers of one application's webhook. */
export interface WebhookVerifier {
  verify(authorizationHeader: string | undefined): Promise<Verdict>;
}

export interface WebhookVerifierOptions {
  readonly authorityUrl: string;
  /** The publisher's tenant and fulfillment application, from the offer's technical configuration. */
  readonly tenantId: string;
  readonly clientId: string;
  readonly fetch?: typeof fetch | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * Verifies that Microsoft's marketplace called the connection webhook for this application. It checks v1
 * and v2 tokens: the RS256 signature by the tenant's keys, times, audience, tenant, caller and issuer.
 * Returns a refusal with its reason. Throws the fault `keys.unavailable` if it cannot decide; answer that
 * with a 5xx, because a 4xx would refuse a customer's change.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-fulfillment-webhook
 */
export function createWebhookVerifier(options: WebhookVerifierOptions): WebhookVerifier {
  const now = options.now ?? Date.now;
  const authority = authorityBaseUrl(options.authorityUrl);
  const tenantId = options.tenantId.toLowerCase();
  const clientId = options.clientId.toLowerCase();
  const expected: Expected = {
    tenantId,
    clientId,
    audiences: [clientId, `api://${clientId}`],
    issuers: new Map([
      [`https://sts.windows.net/${tenantId}/`, 1],
      [`${authority}/${tenantId}/v2.0`.toLowerCase(), 2],
    ]),
  };
  const keys = createSigningKeys({
    urls: [
      `${authority}/${encodeURIComponent(tenantId)}/discovery/v2.0/keys`,
      `${authority}/${encodeURIComponent(tenantId)}/discovery/keys`,
    ],
    fetch: options.fetch ?? fetch,
    now,
  });
  const memory = createTokenMemory<Verdict & { readonly ok: true }>(now);
  /** The header of the last genuine call. Microsoft uses one token for an hour, and comparing it is cheaper than hashing. */
  let last: { readonly header: string; readonly fingerprint: string } | undefined;

  return {
    verify: async (authorizationHeader) => {
      const known =
        authorizationHeader !== undefined && authorizationHeader === last?.header
          ? memory.recall(last.fingerprint, keys.generation())
          : undefined;
      if (known) return known;
      const token = bearerToken(authorizationHeader);
      if (typeof token !== 'string') return token;
      const fingerprint = hash('sha256', token, 'base64');
      const remembered = memory.recall(fingerprint, keys.generation());
      if (remembered) {
        last = { header: authorizationHeader ?? '', fingerprint };
        return remembered;
      }

      const header = readHeader(token);
      if (!('keyId' in header)) return header;
      const key = await keys.find(header.keyId);
      if (!key) return refused('unknown-key');
      const generation = keys.generation();
      const verified = await jwtVerify(token, key, {
        algorithms: ['RS256'],
        currentDate: new Date(now()),
        clockTolerance: CLOCK_SKEW_MS / 1_000,
        requiredClaims: ['exp'],
      }).catch(reasonOf);
      if (typeof verified === 'string') return refused(verified);

      const verdict = checkClaims(verified.payload, expected, header.keyId);
      if (verdict.ok) {
        const until = (verified.payload.exp ?? 0) * 1_000 + CLOCK_SKEW_MS;
        memory.remember(fingerprint, verdict, { generation, until });
      }
      return verdict;
    },
  };
}

interface Expected {
  readonly tenantId: string;
  readonly clientId: string;
  readonly audiences: readonly string[];
  readonly issuers: ReadonlyMap<string, 1 | 2>;
}

function checkClaims(claims: JWTPayload, expected: Expected, keyId: string): Verdict {
  const audience = [claims.aud].flat().find((one) => expected.audiences.includes(lower(one)));
  if (audience === undefined) return refused('audience');
  if (lower(claims['tid']) !== expected.tenantId) return refused('tenant');
  // v1 tokens name the caller in appid, v2 tokens in azp. If a token has both, they must agree.
  const callers = [claims['appid'], claims['azp']].filter((caller) => caller !== undefined);
  const isMarketplace = callers.every((caller) => lower(caller) === MARKETPLACE_APPLICATION_ID);
  if (callers.length === 0 || !isMarketplace) {
    const isOwn =
      callers.length > 0 && callers.every((caller) => lower(caller) === expected.clientId);
    return refused(isOwn ? 'own-application' : 'caller');
  }
  const issuer = claims.iss ?? '';
  const tokenVersion = expected.issuers.get(lower(issuer));
  if (tokenVersion === undefined) return refused('issuer');
  const { tenantId } = expected;
  const caller = MARKETPLACE_APPLICATION_ID;
  return { ok: true, claims: { tokenVersion, caller, tenantId, keyId, issuer, audience } };
}

/**
 * The `WWW-Authenticate` header of a refusal (RFC 6750, section 3). Without a token it names only the scheme.
 * It gives a reason only for a genuine token of our own audience, so that the doctor can tell a call that
 * arrived from one that lost its token on the way. Other callers learn nothing.
 */
export function challengeOf(reason: RefusalReason): string {
  if (reason === 'missing') return 'Bearer';
  const text = GENUINE[reason];
  const description = text === undefined ? '' : `, error_description="${text}"`;
  return `Bearer error="invalid_token"${description}`;
}

const GENUINE: Readonly<Partial<Record<RefusalReason, string>>> = {
  caller: "The token is genuine, but its caller is not Microsoft's marketplace.",
  'own-application':
    "The token is genuine, but it is the publisher's own, not one of Microsoft's marketplace.",
};

/** The token of an Authorization header, or the reason for a refusal. */
export function bearerToken(
  header: string | undefined,
): string | (Verdict & { readonly ok: false }) {
  if (header === undefined || header.trim() === '') return refused('missing');
  const token = /^Bearer +([\w.-]+)$/i.exec(header.trim())?.[1];
  return token === undefined || token.length > MAX_TOKEN_LENGTH ? refused('malformed') : token;
}

function readHeader(token: string): { readonly keyId: string } | Verdict {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (token.split('.').length !== 3) return refused('malformed');
    if (alg !== 'RS256') return refused('algorithm');
    return typeof kid === 'string' && kid !== '' ? { keyId: kid } : refused('unknown-key');
  } catch {
    return refused('malformed');
  }
}

/** Maps jose's errors to reasons. Any other error is a bug and is rethrown. */
function reasonOf(error: unknown): RefusalReason {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const isTooEarly = error.claim === 'nbf' && error.reason === 'check_failed';
    return isTooEarly ? 'not-yet-valid' : 'malformed';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JOSEError) return 'malformed';
  throw error;
}

function refused(reason: RefusalReason): Verdict & { readonly ok: false } {
  return { ok: false, reason };
}

function lower(claim: unknown): string {
  return typeof claim === 'string' ? claim.toLowerCase() : '';
}
