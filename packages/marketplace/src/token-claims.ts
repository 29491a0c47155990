import { decodeJwt } from 'jose';

/** The claims of a token that help to find a wrong configuration. None of them is a secret or about a person. */
export function tokenClaims(token: string): Readonly<Record<string, string>> {
  const claims: Readonly<Record<string, unknown>> = decodeJwt(token);
  const { aud, exp, roles } = claims;
  const shown = {
    tenant: claims['tid'],
    appid: claims['appid'] ?? claims['azp'],
    audience: aud,
    issuer: claims['iss'],
    version: claims['ver'],
    roles: Array.isArray(roles) ? roles.join(' ') : 'none',
    expires: typeof exp === 'number' ? new Date(exp * 1000).toISOString() : undefined,
  };
  return Object.fromEntries(
    Object.entries(shown).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
