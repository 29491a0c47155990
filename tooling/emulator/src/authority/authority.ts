import { Hono, type Context } from 'hono';
import type { CallLog } from '../calls/call-log.ts';
import { captureCalls } from '../calls/capture.ts';
import { signInRoutes } from './authorize.ts';
import { entraErrorBody, isEntraError, type EntraError } from './entra-error.ts';
import type { Grants } from './grants.ts';
import { withFaults, type ApiEnv } from '../api/http-faults.ts';
import { localOnly } from './local-only.ts';
import type { Market } from '../market/market.ts';
import { assetRoutes } from '../pages/assets.ts';
import { answerTokenRequest, checkTenant } from './token-endpoint.ts';
import { issuerOf, type TokenIssuer } from './tokens.ts';

/**
 * An authority that behaves like Microsoft Entra ID: discovery, key sets, token endpoint and
 * sign-in, for the tenants of the test people. Its tokens use real time.
 */
export function createAuthority(
  market: Market,
  issuer: TokenIssuer,
  { calls, grants }: { readonly calls: CallLog; readonly grants: Grants },
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const base = issuer.authorityUrl;
  app.use(localOnly());
  app.use(captureCalls({ calls }));
  app.route('/', assetRoutes());
  app.get('/healthz', (c) => c.text('ok'));

  app.get('/common/discovery/instance', (c) => {
    const { host } = new URL(base);
    return c.json({
      tenant_discovery_endpoint: `${base}/common/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    });
  });
  app.get('/:tenant/v2.0/.well-known/openid-configuration', (c) =>
    withTenant(c, market, (tenant) => discovery(base, tenant, 2)),
  );
  app.get('/:tenant/.well-known/openid-configuration', (c) =>
    withTenant(c, market, (tenant) => discovery(base, tenant, 1)),
  );

  for (const [path, version] of [
    ['/:tenant/discovery/v2.0/keys', 2],
    ['/:tenant/discovery/keys', 1],
  ] as const) {
    app.get(path, withFaults(market, 'keys'), (c) =>
      withTenant(c, market, (tenant) => ({
        keys: issuer.keyring
          .publicKeys()
          .map((key) => Object.assign(key, { issuer: issuerOf(base, tenant, version) })),
      })),
    );
  }

  for (const [path, endpointVersion] of [
    ['/:tenant/oauth2/v2.0/token', 2],
    ['/:tenant/oauth2/token', 1],
  ] as const) {
    app.post(path, withFaults(market, 'token'), async (c) => {
      c.header('cache-control', 'no-store');
      const answer = await answerTokenRequest(
        { market, issuer, grants },
        {
          tenant: c.req.param('tenant').toLowerCase(),
          endpointVersion,
          form: new URLSearchParams(await c.req.text()),
          authorization: c.req.header('authorization'),
        },
      );
      return isEntraError(answer) ? errorAnswer(c, answer) : c.json(answer);
    });
  }

  app.route('/', signInRoutes(market, grants));
  return app;
}

function withTenant(
  c: Context<ApiEnv>,
  market: Market,
  render: (tenant: string) => Record<string, unknown>,
): Response {
  const tenant = (c.req.param('tenant') ?? '').toLowerCase();
  const error = checkTenant(market.state.identities, tenant);
  return error ? errorAnswer(c, error) : c.json(render(tenant));
}

function errorAnswer(c: Context<ApiEnv>, error: EntraError): Response {
  return c.json(entraErrorBody(error), error.status);
}

/** The OpenID provider metadata. For `common`, the issuer contains the placeholder `{tenantid}`. */
function discovery(base: string, tenant: string, version: 1 | 2): Record<string, unknown> {
  const isAny = ['common', 'organizations'].includes(tenant);
  const oauth = version === 2 ? 'oauth2/v2.0' : 'oauth2';
  const keys = version === 2 ? 'discovery/v2.0/keys' : 'discovery/keys';
  return {
    issuer: issuerOf(base, isAny ? '{tenantid}' : tenant, version),
    authorization_endpoint: `${base}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/${tenant}/${oauth}/token`,
    jwks_uri: `${base}/${tenant}/${keys}`,
    end_session_endpoint: `${base}/${tenant}/oauth2/v2.0/logout`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    response_modes_supported: ['query', 'form_post'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'oid',
      'ver',
      'email',
    ],
    request_uri_parameter_supported: false,
    cloud_instance_name: 'localhost',
  };
}
