import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { startLocalServer, type LocalServer, type ScriptedAnswer } from './local-server.ts';

export const TENANT = '11111111-aaaa-4bbb-8ccc-000000000001';
export const CLIENT = '22222222-aaaa-4bbb-8ccc-000000000002';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** Key pairs are slow to create, so each test file creates its own once. */
export async function makeKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

export function sign(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}

/** An Entra-like authority on plain http: discovery, two key sets and a token endpoint. */
export interface LocalAuthority extends AsyncDisposable {
  readonly url: string;
  readonly server: LocalServer;
  v1Keys: readonly SigningKey[];
  v2Keys: readonly SigningKey[];
  /** The token endpoint's answer; by default a numbered token. */
  token: (() => ScriptedAnswer) | undefined;
  /** Overrides every answer, to simulate an outage. */
  trouble: ScriptedAnswer | undefined;
  count(pathEnd: string): number;
}

export async function startLocalAuthority(): Promise<LocalAuthority> {
  const server = await startLocalServer();
  const { url } = server;
  let serial = 0;
  const authority: LocalAuthority = {
    url,
    server,
    v1Keys: [],
    v2Keys: [],
    token: undefined,
    trouble: undefined,
    count: (pathEnd) => server.requests.filter(({ path }) => path.endsWith(pathEnd)).length,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  server.answer(({ path }) => {
    if (authority.trouble) return authority.trouble;
    if (path.endsWith('/discovery/v2.0/keys')) return keySet(authority.v2Keys);
    if (path.endsWith('/discovery/keys')) return keySet(authority.v1Keys);
    if (path.endsWith('/.well-known/openid-configuration')) return discovery(url);
    if (path.endsWith('/oauth2/v2.0/token')) {
      serial += 1;
      return authority.token?.() ?? tokenAnswer(`token-${serial}`);
    }
    return { status: 404 };
  });
  return authority;
}

export function tokenAnswer(token: string, expiresIn: number | string = 3600): ScriptedAnswer {
  return {
    headers: { 'content-type': 'application/json' },
    body: { token_type: 'Bearer', expires_in: expiresIn, access_token: token },
  };
}

function keySet(keys: readonly SigningKey[]): ScriptedAnswer {
  return { body: { keys: keys.map(({ jwk }) => jwk) } };
}

function discovery(url: string): ScriptedAnswer {
  const base = `${url}/${TENANT}`;
  return {
    headers: { 'content-type': 'application/json' },
    body: {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    },
  };
}
