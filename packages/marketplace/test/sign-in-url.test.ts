import { ConfidentialClientApplication } from '@azure/msal-node';
import { expect, test } from 'vitest';
import { browserUrl, msalAuthority } from '../src/entra-network.ts';
import { CLIENT, startLocalAuthority, TENANT } from '@landfall/servers/local-authority';

test('a sign-in URL from msal leads the browser to the local authority', async () => {
  await using local = await startLocalAuthority();
  const { networkClient, ...authority } = msalAuthority(local.url, TENANT);
  const client = new ConfidentialClientApplication({
    auth: { clientId: CLIENT, clientSecret: 'secret', ...authority },
    system: { networkClient },
  });
  const url = await client.getAuthCodeUrl({
    scopes: ['openid', 'profile', 'email'],
    redirectUri: 'http://127.0.0.1:4400/landing/signin',
    state: 'state-1',
  });
  const shown = new URL(browserUrl(url, local.url));
  expect(shown.origin).toBe(local.url);
  expect(shown.pathname).toBe(`/${TENANT}/oauth2/v2.0/authorize`);
  expect(shown.searchParams.get('redirect_uri')).toBe('http://127.0.0.1:4400/landing/signin');
});
