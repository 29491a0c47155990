import { createHash, timingSafeEqual } from 'node:crypto';
import { entraError, isEntraError, type EntraError } from './entra-error.ts';
import type { Grants, SignIn } from './grants.ts';
import { sameGuid, tenants, type Identities, type RegisteredApp } from './identities.ts';
import type { Market } from '../market/market.ts';
import { sellers } from '../market/sellers.ts';
import {
  appToken,
  graphToken,
  idToken,
  TOKEN_LIFE_S,
  tokenForm,
  type TokenIssuer,
} from './tokens.ts';

/** Path segments that mean any tenant. */
export const ANY_TENANT: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers']);

interface TokenRequest {
  /** Path segment: a tenant id, or one of `ANY_TENANT`. */
  readonly tenant: string;
  readonly endpointVersion: 1 | 2;
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

interface TokenDeps {
  readonly market: Market;
  readonly issuer: TokenIssuer;
  readonly grants: Grants;
}

/**
 * Answers requests to the token endpoint: client credentials, authorization code and refresh token.
 */
export async function answerTokenRequest(
  deps: TokenDeps,
  request: TokenRequest,
): Promise<Record<string, unknown> | EntraError> {
  const identities = deps.market.state.identities;
  const tenantError = checkTenant(identities, request.tenant);
  if (tenantError) return tenantError;
  const app = authenticate(identities, request);
  if (isEntraError(app)) return app;
  const { form } = request;
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return clientCredentials(deps, request, app);
    case 'authorization_code': {
      const signIn = deps.grants.redeemCode(form.get('code') ?? '', {
        clientId: app.clientId,
        redirectUri: form.get('redirect_uri') ?? '',
        verifier: form.get('code_verifier') ?? '',
      });
      return isEntraError(signIn) ? signIn : signInTokens(deps, signIn, form);
    }
    case 'refresh_token': {
      const token = form.get('refresh_token') ?? '';
      const signIn = deps.grants.redeemRefreshToken(token, app.clientId);
      return isEntraError(signIn) ? signIn : signInTokens(deps, { ...signIn, nonce: null }, form);
    }
    case null:
      return entraError(
        'invalid_request',
        900144,
        "The request body must contain the following parameter: 'grant_type'.",
      );
    default:
      return entraError(
        'unsupported_grant_type',
        70003,
        'The app requested an unsupported grant type.',
      );
  }
}

export function checkTenant(identities: Identities, tenant: string): EntraError | undefined {
  if (ANY_TENANT.has(tenant) || tenants(identities).has(tenant.toLowerCase())) return undefined;
  return entraError('invalid_request', 90002, `Tenant '${tenant}' not found.`);
}

async function clientCredentials(
  deps: TokenDeps,
  request: TokenRequest,
  app: RegisteredApp,
): Promise<Record<string, unknown> | EntraError> {
  const { identities, settings } = deps.market.state;
  if (ANY_TENANT.has(request.tenant)) {
    return entraError('invalid_request', 900023, 'Client credentials need a tenant id.');
  }
  const seller = sellers(identities).find(({ fulfillmentApp }) =>
    sameGuid(app.clientId, fulfillmentApp.clientId),
  );
  if (seller && !sameGuid(request.tenant, seller.tenantId)) {
    return entraError(
      'unauthorized_client',
      700016,
      `Application with identifier '${app.clientId}' was not found in the directory.`,
    );
  }
  const resource = resourceOf(request);
  if (typeof resource !== 'string') return resource;
  const { version, audience } = tokenForm(identities, resource, settings.tokenVersion);
  const accessToken = await appToken(deps.issuer, {
    tenantId: request.tenant.toLowerCase(),
    clientId: app.clientId,
    audience,
    version,
  });
  const now = Math.floor(Date.now() / 1000);
  // The v1 endpoint writes numbers as strings.
  return request.endpointVersion === 2
    ? {
        token_type: 'Bearer',
        expires_in: TOKEN_LIFE_S,
        ext_expires_in: TOKEN_LIFE_S,
        access_token: accessToken,
      }
    : {
        token_type: 'Bearer',
        expires_in: String(TOKEN_LIFE_S),
        ext_expires_in: String(TOKEN_LIFE_S),
        expires_on: String(now + TOKEN_LIFE_S),
        not_before: String(now),
        resource,
        access_token: accessToken,
      };
}

function resourceOf(request: TokenRequest): string | EntraError {
  if (request.endpointVersion === 1) {
    return (
      request.form.get('resource') ??
      entraError(
        'invalid_request',
        900144,
        "The request body must contain the following parameter: 'resource'.",
      )
    );
  }
  const scope = request.form.get('scope') ?? '';
  const match = /^(\S+)\/\.default$/.exec(scope);
  return (
    match?.[1] ??
    entraError(
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    )
  );
}

async function signInTokens(
  { issuer, grants }: TokenDeps,
  signIn: SignIn,
  form: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { person, scope } = signIn;
  const scopes = new Set(scope.split(' '));
  const clientInfo = JSON.stringify({ uid: person.objectId, utid: person.tenantId });
  return {
    token_type: 'Bearer',
    scope,
    expires_in: TOKEN_LIFE_S,
    ext_expires_in: TOKEN_LIFE_S,
    access_token: await graphToken(issuer, signIn),
    ...(scopes.has('offline_access') && { refresh_token: grants.issueRefreshToken(signIn) }),
    ...(scopes.has('openid') && { id_token: await idToken(issuer, signIn) }),
    ...(form.get('client_info') === '1' && {
      client_info: Buffer.from(clientInfo).toString('base64url'),
    }),
  };
}

/** The calling application, identified by a secret in the form or in a Basic header. */
function authenticate(identities: Identities, request: TokenRequest): RegisteredApp | EntraError {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.authorization ?? '')?.[1];
  const [basicId, basicSecret] = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
    : [];
  const clientId = request.form.get('client_id') ?? basicId;
  const secret = request.form.get('client_secret') ?? basicSecret;
  if (!clientId) {
    return entraError(
      'invalid_request',
      900144,
      "The request body must contain the following parameter: 'client_id'.",
    );
  }
  const { landingApp, consoleApp, marketplaceClient } = identities;
  const fulfillmentApps = sellers(identities).map(({ fulfillmentApp }) => fulfillmentApp);
  const apps = [
    ...fulfillmentApps,
    landingApp,
    marketplaceClient,
    ...(consoleApp ? [consoleApp] : []),
  ];
  const app = apps.find((one) => sameGuid(clientId, one.clientId));
  if (!app) {
    return entraError(
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory.`,
    );
  }
  if (!secret) {
    return entraError(
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      401,
    );
  }
  if (!sameSecret(secret, app.clientSecret)) {
    return entraError(
      'invalid_client',
      7000215,
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
      401,
    );
  }
  return app;
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
