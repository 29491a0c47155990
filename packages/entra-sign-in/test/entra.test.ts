import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { redact } from '@landfall/service-kit/redaction';
import { createEntra, type Entra } from '../src/entra.ts';

const attempt = { state: 's', nonce: 'n', codeVerifier: 'v'.repeat(43) };

/** A sign-in service whose token endpoint answers every code with this error. */
async function entraThatAnswers(error: object): Promise<AsyncDisposable & { entra: Entra }> {
  const server = createServer((req, res) => {
    const base = `http://${req.headers.host}/common`;
    const isDiscovery = req.url?.includes('openid-configuration') ?? false;
    const discovery = {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      jwks_uri: `${base}/keys`,
    };
    res.writeHead(isDiscovery ? 200 : 400, { 'content-type': 'application/json' });
    res.end(JSON.stringify(isDiscovery ? discovery : error));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const entra = createEntra({
    authorityUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accounts: 'common',
    clientId: 'app',
    clientSecret: 'secret',
    redirectUri: 'http://127.0.0.1/landing/signed-in',
    settings: ['CLIENT_ID', 'CLIENT_SECRET'],
    now: () => new Date(),
  });
  return {
    entra,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

test('a fault contains no text of the sign-in service, which may name a person, so it can be logged', async () => {
  await using away = await entraThatAnswers({
    error: 'invalid_client',
    error_description: 'AADSTS50020: the account of Ada Fabrikam does not exist here',
  });
  const fault = await away.entra.redeem('code', attempt).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'credentials.rejected', retry: 'later' });
  const logged = JSON.stringify(redact(fault));
  expect(logged).toContain('invalid_client');
  expect(logged).not.toContain('Ada Fabrikam');
});

test('consent that is missing when the code is redeemed is reported as missing consent', async () => {
  await using strict = await entraThatAnswers({
    error: 'invalid_grant',
    suberror: 'consent_required',
    error_description: 'AADSTS65001: not consented',
  });
  await expect(strict.entra.redeem('code', attempt)).resolves.toEqual({
    problem: 'consent_required',
  });
});
