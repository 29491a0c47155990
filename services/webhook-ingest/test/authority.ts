import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** Microsoft's marketplace in Entra, written down independently of the code under test. */
export const MARKETPLACE = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';

export interface TestAuthority extends AsyncDisposable {
  readonly url: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** A genuine webhook token; `claims` replaces claims, undefined removes one. */
  token(claims?: Record<string, unknown>, version?: 1 | 2): Promise<string>;
  /** The claims of such a token, for a test that signs them itself. */
  claims(version: 1 | 2, changes?: Record<string, unknown>): JWTPayload;
  keyRequests(): number;
  /** Sets the status of the key sets. */
  answerKeysWith(status: number): void;
  /** Sets the delay of the key sets. */
  delayKeys(ms: number): void;
}

/** An authority that signs any claims. The emulator's authority only signs correct ones. */
export async function testAuthority(): Promise<TestAuthority> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig' };
  let status = 200;
  let delayMs = 0;
  let requests = 0;
  const server = createServer((req, res) => {
    if (!req.url?.endsWith('/keys')) return void res.writeHead(404).end();
    requests += 1;
    return void setTimeout(() => {
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(status === 200 ? { keys: [key] } : {}));
    }, delayMs);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tenantId = randomUUID();
  const clientId = randomUUID();

  const claims: TestAuthority['claims'] = (version, changes = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const all: Record<string, unknown> = {
      aud: clientId,
      tid: tenantId,
      iss: version === 1 ? `https://sts.windows.net/${tenantId}/` : `${url}/${tenantId}/v2.0`,
      ...(version === 1 ? { appid: MARKETPLACE, ver: '1.0' } : { azp: MARKETPLACE, ver: '2.0' }),
      iat: now,
      nbf: now,
      exp: now + 3600,
      uti: randomUUID(),
      ...changes,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };
  return {
    url,
    tenantId,
    clientId,
    claims,
    token: (changes = {}, version = 2) =>
      new SignJWT(claims(version, changes))
        .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
        .sign(privateKey),
    keyRequests: () => requests,
    answerKeysWith(next) {
      status = next;
    },
    delayKeys(ms) {
      delayMs = ms;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
