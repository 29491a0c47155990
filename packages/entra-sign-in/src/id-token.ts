import { z } from 'zod';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';

/** Who signed in. `tenantId` and `objectId` identify the person; name, e-mail and language are only for display. */
export interface Person {
  readonly tenantId: string;
  readonly objectId: string;
  readonly name?: string;
  readonly email?: string;
  /** A language tag such as `de-AT`. */
  readonly languageTag?: string;
  /** Invited into the tenant from another one. A guest does not count as a member of the organisation. */
  readonly isGuest?: true;
  /** Values of the app roles that the organisation gave the person for this app. */
  readonly appRoles: readonly string[];
}

export type IdTokenProblem = 'audience' | 'nonce' | 'issuer' | 'expired' | 'identity';

/** Our clock and Entra's may differ by a minute. Microsoft's own libraries allow five minutes. */
const CLOCK_SKEW_MS = 60_000;
/** Limits the session cookie, because browsers drop cookies above 4 KB. */
const MAX_DISPLAY_LENGTH = 200;

/** Excludes control characters. PostgreSQL cannot store NUL. */
const EMAIL = /^[^\s\p{Cc}@]{1,64}@[^\s\p{Cc}@]+\.[^\s\p{Cc}@]+$/u;

/** Control characters, and characters that change the text direction (Unicode Standard Annex 9). */
const UNSHOWN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const claimsSchema = z.object({
  aud: z.string(),
  iss: z.string(),
  exp: z.number(),
  nonce: z.string().optional(),
  tid: z.string().transform((text) => text.toLowerCase()),
  oid: z.string().transform((text) => text.toLowerCase()),
  name: z.string().optional().catch(undefined),
  email: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
  // `acct` is 1 for a guest. Members have neither claim unless the app registration requests it.
  acct: z.coerce.number().optional().catch(undefined),
  idp: z.string().optional().catch(undefined),
  // The person's language: Entra's optional claim, and the one of OpenID Connect Core 1.0, 5.1.
  xms_pl: z.string().optional().catch(undefined),
  locale: z.string().optional().catch(undefined),
  roles: z.array(z.string()).catch([]),
});

/**
 * Checks the claims of an ID token that came directly from the token endpoint over TLS, so its signature need
 * not be checked (OpenID Connect Core 1.0, 3.1.3.7 rule 6). A sign-in on `common` has the person's own tenant
 * as the issuer, so the issuer is compared with the token's own `tid`.
 */
export function readIdToken(
  claims: unknown,
  expected: { clientId: string; nonce: string; authorityUrl: string; now: Date },
): { person: Person } | { problem: IdTokenProblem } {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return { problem: 'identity' };
  const { aud, iss, exp, nonce, tid, oid, name, email, preferred_username } = parsed.data;
  const languageTag = parsed.data.xms_pl ?? parsed.data.locale;
  if (aud !== expected.clientId) return { problem: 'audience' };
  if (nonce !== expected.nonce) return { problem: 'nonce' };
  if (!isLowerCaseGuid(tid) || !isLowerCaseGuid(oid)) return { problem: 'identity' };
  if (iss.toLowerCase() !== `${expected.authorityUrl}/${tid}/v2.0`.toLowerCase()) {
    return { problem: 'issuer' };
  }
  if (exp * 1000 + CLOCK_SKEW_MS < expected.now.getTime()) return { problem: 'expired' };
  return {
    person: {
      tenantId: tid,
      objectId: oid,
      ...nameOf(name),
      ...emailOf(email, preferred_username),
      ...(languageTag === undefined ? {} : { languageTag }),
      ...(isGuest(parsed.data) ? { isGuest: true } : {}),
      appRoles: parsed.data.roles,
    },
  };
}

/**
 * For a guest, `idp` names the identity provider of the person's home tenant. Personal accounts are never
 * guests, whatever the claim says.
 *
 * Source: ID token claims reference, `idp`; optional claims reference, `acct` (Microsoft Learn).
 */
function isGuest({ tid, acct, idp }: z.output<typeof claimsSchema>): boolean {
  if (tid === PERSONAL_ACCOUNTS_TENANT) return false;
  return acct === 1 || (idp !== undefined && !idp.toLowerCase().includes(tid));
}

/** Colleagues read the name, so characters that PostgreSQL refuses or that change the text direction are removed. */
function nameOf(claim = ''): { name?: string } {
  const name = claim.replaceAll(UNSHOWN, ' ').slice(0, MAX_DISPLAY_LENGTH).toWellFormed().trim();
  return name ? { name } : {};
}

/** `preferred_username` may be a phone number or a plain name. It is used only if it looks like an e-mail address. */
function emailOf(...candidates: readonly (string | undefined)[]): { email?: string } {
  const email = candidates.find((text) => text !== undefined && isEmail(text));
  return email ? { email } : {};
}

export function isEmail(text: string): boolean {
  return text.length <= MAX_DISPLAY_LENGTH && EMAIL.test(text);
}
