import { createHash, randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { sameGuid, type Identities, type Person } from './identities.ts';
import type { Keyring } from './keyring.ts';
import { sellers, type Seller } from '../market/sellers.ts';

/** Lifetime of every token of the authority, in real seconds, as at Entra. */
export const TOKEN_LIFE_S = 3600;

/** Microsoft Graph, the audience of the access token that a sign-in also gets. */
const GRAPH_RESOURCE = '00000003-0000-0000-c000-000000000000';

/** What is needed to issue tokens; `authorityUrl` is the prefix of v2 issuers. */
export interface TokenIssuer {
  readonly keyring: Keyring;
  readonly authorityUrl: string;
  readonly identities: Identities;
}

export function issuerOf(authorityUrl: string, tenantId: string, version: 1 | 2): string {
  return version === 1
    ? `https://sts.windows.net/${tenantId}/`
    : `${authorityUrl}/${tenantId}/v2.0`;
}

/** An application's token for itself. v1 names the caller `appid`, v2 `azp`. */
export function appToken(
  issuer: TokenIssuer,
  claims: {
    readonly tenantId: string;
    readonly clientId: string;
    readonly audience: string;
    readonly version: 1 | 2;
  },
): Promise<string> {
  const { tenantId, clientId, version } = claims;
  const servicePrincipal = pseudonym(tenantId, clientId);
  return issuer.keyring.sign({
    aud: claims.audience,
    iss: issuerOf(issuer.authorityUrl, tenantId, version),
    ...lifetime(),
    aio: randomBytes(24).toString('base64'),
    ...(version === 1
      ? { appid: clientId, appidacr: '1', idp: issuerOf(issuer.authorityUrl, tenantId, 1) }
      : { azp: clientId, azpacr: '1' }),
    oid: servicePrincipal,
    rh: `0.${randomBytes(12).toString('base64url')}`,
    sub: servicePrincipal,
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: version === 1 ? '1.0' : '2.0',
  });
}

/** The token that the marketplace sends with a notification to a publisher. */
export function webhookToken(
  issuer: TokenIssuer,
  version: 1 | 2,
  { tenantId, fulfillmentApp }: Seller,
): Promise<string> {
  return appToken(issuer, {
    tenantId,
    clientId: issuer.identities.marketplaceClient.clientId,
    audience: fulfillmentApp.clientId,
    version,
  });
}

/** The id token of a sign-in. */
export function idToken(
  issuer: TokenIssuer,
  sign: { readonly person: Person; readonly clientId: string; readonly nonce: string | null },
): Promise<string> {
  const { person, clientId, nonce } = sign;
  return issuer.keyring.sign({
    ver: '2.0',
    iss: issuerOf(issuer.authorityUrl, person.tenantId, 2),
    sub: createHash('sha256').update(`${person.objectId}|${clientId}`).digest('base64url'),
    aud: clientId,
    ...lifetime(),
    name: person.name,
    preferred_username: person.emailClaim ? person.email : '+47 55 50 10 07',
    ...(person.emailClaim && { email: person.email }),
    oid: person.objectId,
    ...(person.homeTenantId && {
      acct: 1,
      idp: issuerOf(issuer.authorityUrl, person.homeTenantId, 1),
    }),
    tid: person.tenantId,
    // Entra leaves the claim out if the person has no role of the application.
    ...(person.appRoles &&
      sameGuid(clientId, issuer.identities.consoleApp?.clientId ?? '') && {
        roles: person.appRoles,
      }),
    ...(nonce !== null && { nonce }),
    uti: randomBytes(16).toString('base64url'),
    rh: `0.${randomBytes(12).toString('base64url')}`,
  });
}

/** The access token of a sign-in, for Graph with the scope `User.Read`. */
export function graphToken(
  issuer: TokenIssuer,
  grant: { readonly person: Person; readonly clientId: string; readonly scope: string },
): Promise<string> {
  const { person, clientId, scope } = grant;
  return issuer.keyring.sign({
    aud: GRAPH_RESOURCE,
    iss: issuerOf(issuer.authorityUrl, person.tenantId, 1),
    ...lifetime(),
    appid: clientId,
    name: person.name,
    oid: person.objectId,
    puid: person.puid,
    scp: scope,
    tid: person.tenantId,
    ver: '1.0',
  });
}

/** The version and audience of the token that an application gets for a resource. */
export function tokenForm(
  identities: Identities,
  resource: string,
  tokenVersion: 1 | 2,
): { readonly version: 1 | 2; readonly audience: string } {
  const bare = resource.replace(/^api:\/\//, '').replace(/\/$/, '');
  // The resource decides the version: ours by the setting; other resources use the default, v1.
  const isOurs = sellers(identities).some(({ fulfillmentApp }) =>
    sameGuid(bare, fulfillmentApp.clientId),
  );
  const version = isOurs ? tokenVersion : 1;
  return { version, audience: version === 2 ? bare : resource };
}

function lifetime(): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now, nbf: now, exp: now + TOKEN_LIFE_S };
}

/** An object id that is always the same for the same application and tenant. */
function pseudonym(tenantId: string, clientId: string): string {
  const hex = createHash('sha256').update(`${tenantId}|${clientId}`).digest('hex');
  return [8, 4, 4, 4, 12]
    .map((length, index, all) => {
      const from = all.slice(0, index).reduce((sum, part) => sum + part, 0);
      return hex.slice(from, from + length);
    })
    .join('-');
}
