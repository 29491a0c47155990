import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, requestToken, startFixture, TARA, type Fixture } from './fixture.ts';

const REDIRECT = 'http://127.0.0.1:5123/signin/callback';
const NORA = 'nora@northwind.example';
const MIA = 'mia@outlook.example';
const PIA = 'pia@outlook.example';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

function authorizeUrl(change: Record<string, string | undefined> = {}, tenant = 'common'): URL {
  const url = new URL(`${fixture.emulator.authorityUrl}/${tenant}/oauth2/v2.0/authorize`);
  const parameters = {
    client_id: fixture.emulator.identities.landingApp.clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    state: 'st+a/te=',
    nonce: 'n-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...change,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

function submit(url: URL, form: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
}

/** Signs in by a click and returns the URL to which the application is redirected. */
async function signIn(email: string, url = authorizeUrl()): Promise<URLSearchParams> {
  const response = await submit(url, { pick: email });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '').searchParams;
}

function redeem(
  code: string,
  change: Record<string, string> = {},
  tenant = 'common',
): ReturnType<typeof requestToken> {
  const { clientId, clientSecret } = fixture.emulator.identities.landingApp;
  return requestToken(
    fixture.emulator,
    {
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: REDIRECT,
      code,
      code_verifier: verifier,
      client_info: '1',
      ...change,
    },
    `${tenant}/oauth2/v2.0/token`,
  );
}

describe('client credentials', () => {
  const ask = (
    change: Record<string, string> = {},
    path?: string,
  ): ReturnType<typeof requestToken> => {
    const { clientId, clientSecret } = fixture.emulator.identities.fulfillmentApp;
    return requestToken(
      fixture.emulator,
      {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7/.default',
        ...change,
      },
      path,
    );
  };

  test('give a token for one hour with tid, appid and the resource as audience', async () => {
    const { json } = await ask();
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const claims = decodeJwt(json.access_token);
    expect(decodeProtectedHeader(json.access_token).alg).toBe('RS256');
    expect(claims).toMatchObject({
      aud: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7',
      tid: fixture.emulator.identities.publisher.tenantId,
      appid: fixture.emulator.identities.fulfillmentApp.clientId,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
  });

  test('on the old endpoint use a resource and return numbers as strings', async () => {
    const { publisher } = fixture.emulator.identities;
    const { json } = await ask(
      { resource: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7' },
      `${publisher.tenantId}/oauth2/token`,
    );
    expect(json.expires_in).toBe('3600');
    expect(json.expires_on).toMatch(/^\d+$/);
  });

  test('use real time, whatever the emulator’s clock shows', async () => {
    await fixture.emulator.control.advance(400 * 86_400_000);
    const { iat } = decodeJwt((await ask()).json.access_token);
    expect(Math.abs(Number(iat) - Date.now() / 1000)).toBeLessThan(3_600);
    expect((await fixture.api('GET', '/saas/subscriptions')).status).toBe(200);
  });

  test.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_secret: '' }, 401, 'invalid_client', 7000218],
    [{ client_id: '11111111-2222-4333-8444-555555555555' }, 400, 'unauthorized_client', 700016],
    [{ scope: 'openid' }, 400, 'invalid_scope', 1002012],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ])('with %j give the same answer as Entra: %i %s', async (change, status, error, code) => {
    const answer = await ask(change);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error, error_codes: [code] });
    expect(answer.json.error_description).toContain(`AADSTS${code}: `);
  });

  test('of the single-tenant application work only in its own tenant', async () => {
    const tailspin = fixture.emulator.identities.people.find((one) => one.email === TARA)?.tenantId;
    expect((await ask({}, `${tailspin}/oauth2/v2.0/token`)).json.error).toBe('unauthorized_client');
    expect((await ask({}, 'common/oauth2/v2.0/token')).json.error).toBe('invalid_request');
    expect(
      (await ask({}, '11111111-2222-4333-8444-555555555555/oauth2/v2.0/token')).json.error_codes,
    ).toEqual([90002]);
  });
});

describe('signing in', () => {
  test('gives the application an id token of the person’s own tenant', async () => {
    const { authorityUrl, identities } = fixture.emulator;
    const answer = await signIn(ADA);
    expect(answer.get('state')).toBe('st+a/te=');
    const { json } = await redeem(answer.get('code') ?? '');
    const ada = identities.people.find((one) => one.email === ADA);
    const keys = createRemoteJWKSet(new URL(`${authorityUrl}/common/discovery/v2.0/keys`));
    const { payload } = await jwtVerify(json.id_token, keys, {
      audience: identities.landingApp.clientId,
      issuer: `${authorityUrl}/${ada?.tenantId}/v2.0`,
    });
    expect(payload).toMatchObject({
      oid: ada?.objectId,
      tid: ada?.tenantId,
      name: 'Ada Fabrikam',
      email: ADA,
      preferred_username: ADA,
      nonce: 'n-1',
    });
    const clientInfo = JSON.parse(Buffer.from(json.client_info, 'base64url').toString());
    expect(clientInfo).toEqual({ uid: ada?.objectId, utid: ada?.tenantId });
    expect(json.refresh_token).toBeTypeOf('string');
  });

  test('needs the right password if an address is entered', async () => {
    const url = authorizeUrl();
    expect((await submit(url, { email: ADA, password: 'wrong' })).status).toBe(401);
    const { password } = fixture.emulator.identities.people.find((one) => one.email === ADA) ?? {
      password: '',
    };
    expect((await submit(url, { email: ADA, password })).status).toBe(302);
  });

  test('does not reveal the address of a person whose tokens have none', async () => {
    const { json } = await redeem((await signIn(NORA)).get('code') ?? '');
    const claims = decodeJwt(json.id_token);
    expect(claims).not.toHaveProperty('email');
    expect(claims['preferred_username']).not.toContain('@');
  });

  test('with a code works once, for its redirect URI and verifier', async () => {
    const code = (await signIn(ADA)).get('code') ?? '';
    expect((await redeem(code, { code_verifier: 'other' })).json.error_codes).toEqual([501481]);
    expect((await redeem(code, { redirect_uri: `${REDIRECT}/x` })).json.error_codes).toEqual([
      500112,
    ]);
    expect((await redeem(code, { client_secret: 'wrong' })).json.error).toBe('invalid_client');
    expect((await redeem(code)).status).toBe(200);
    expect((await redeem(code)).json).toMatchObject({
      error: 'invalid_grant',
      error_codes: [54005],
    });
  });

  test('is limited to the requested tenant or kind of account', async () => {
    const tailspin =
      fixture.emulator.identities.people.find((one) => one.email === TARA)?.tenantId ?? '';
    for (const [tenant, email, status] of [
      [tailspin, TARA, 302],
      [tailspin, ADA, 401],
      ['organizations', ADA, 302],
      ['organizations', PIA, 401],
      ['consumers', PIA, 302],
      ['common', PIA, 302],
    ] as const) {
      expect((await submit(authorizeUrl({}, tenant), { pick: email })).status).toBe(status);
    }
  });

  test.each([
    [
      'another machine as redirect URI',
      { redirect_uri: 'https://evil.example/callback' },
      'AADSTS50011',
    ],
    ['an unknown application', { client_id: 'x' }, 'AADSTS700016'],
    ['the implicit flow', { response_type: 'id_token' }, 'AADSTS700054'],
  ])('with %s is refused at once', async (_, change, text) => {
    const response = await fetch(authorizeUrl(change), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(text);
  });

  test('needs no click with a hint of the control API, which works once and only in the tenant of the person', async () => {
    const control = fixture.emulator.control;
    const open = (hint: string, tenant?: string) =>
      fetch(authorizeUrl({ login_hint: hint }, tenant), { redirect: 'manual' });
    const { loginHint } = await control.signInHint(ADA);
    const code = new URL((await open(loginHint)).headers.get('location') ?? '').searchParams;
    expect(code.get('code')).not.toBeNull();

    const again = await open(loginHint);
    expect(again.status).toBe(200);
    expect(await again.text()).not.toContain(`value="${loginHint}"`);
    const elsewhere = await control.signInHint(ADA);
    expect((await open(elsewhere.loginHint, 'consumers')).status).toBe(200);
    expect((await open(ADA)).status).toBe(200);
    await expect(control.signInHint('no.one@contoso.example')).rejects.toMatchObject({
      status: 404,
    });
  });

  test('again needs no click, unless an account must be selected', async () => {
    const first = await submit(authorizeUrl(), { pick: ADA });
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly/i);
    const open = (change = {}): Promise<Response> =>
      fetch(authorizeUrl(change), { headers: { cookie }, redirect: 'manual' });
    expect((await open()).status).toBe(302);
    expect((await open({ prompt: 'none' })).headers.get('location')).toContain('code=');
    expect((await open({ prompt: 'select_account' })).status).toBe(200);
    await fetch(`${fixture.emulator.authorityUrl}/common/oauth2/v2.0/logout`, {
      headers: { cookie },
    });
    expect((await open()).status).toBe(200);
    expect((await open({ prompt: 'none' })).headers.get('location')).toContain(
      'error=login_required',
    );
  });

  test('ends with an error for tenants that forbid consent, and for people who cancel', async () => {
    const { control, identities } = fixture.emulator;
    const [ada, tara] = [ADA, TARA].map((email) =>
      identities.people.find((one) => one.email === email),
    );
    await control.updateSettings({
      consentRefused: {
        [ada?.tenantId ?? '']: 'consent_required',
        [tara?.tenantId ?? '']: 'access_denied',
      },
    });
    expect((await signIn(ADA)).get('error')).toBe('consent_required');
    expect((await signIn(TARA)).get('error')).toBe('access_denied');
    expect((await signIn(PIA)).get('code')).toBeTypeOf('string');
    const cancelled = await submit(authorizeUrl(), { cancel: '1' });
    expect(cancelled.headers.get('location')).toContain('error=access_denied');
  });

  test('with form_post sends the response in a form', async () => {
    const response = await submit(authorizeUrl({ response_mode: 'form_post' }), { pick: ADA });
    expect(await response.text()).toMatch(
      /action="http:\/\/127\.0\.0\.1:5123[^>]*>\s*<input type="hidden" name="code"/,
    );
  });

  test('continues with a refresh token', async () => {
    const { json } = await redeem((await signIn(ADA)).get('code') ?? '');
    const again = await redeem('', {
      grant_type: 'refresh_token',
      refresh_token: json.refresh_token,
    });
    expect(decodeJwt(again.json.id_token)['oid']).toBe(decodeJwt(json.id_token)['oid']);
  });
});

describe('discovery', () => {
  test.each(['common', 'organizations', undefined])(
    'of %s names issuer, keys and endpoints',
    async (alias) => {
      const { authorityUrl, identities } = fixture.emulator;
      const tenant = alias ?? identities.publisher.tenantId;
      const response = await fetch(
        `${authorityUrl}/${tenant}/v2.0/.well-known/openid-configuration`,
      );
      expect(await response.json()).toMatchObject({
        issuer: `${authorityUrl}/${alias ? '{tenantid}' : tenant}/v2.0`,
        jwks_uri: `${authorityUrl}/${tenant}/discovery/v2.0/keys`,
        token_endpoint: `${authorityUrl}/${tenant}/oauth2/v2.0/token`,
      });
    },
  );

  test("refuses the fulfillment application's old secret once it has another one", async () => {
    const { control, identities } = fixture.emulator;
    const { clientId, clientSecret } = (await control.identities()).fulfillmentApp;
    const status = async (secret: string) => {
      const tenant = identities.publisher.tenantId;
      const form = {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        scope: `${identities.marketplaceClient.clientId}/.default`,
      };
      const url = `${fixture.emulator.authorityUrl}/${tenant}/oauth2/v2.0/token`;
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
      return response.status;
    };
    const rotated = await control.rotateSecret();
    expect(await status(clientSecret)).toBe(401);
    expect(await status(rotated.clientSecret)).toBe(200);
    // These tests share one fixture, so the known secret is restored.
    await control.rotateSecret({ clientSecret });
    expect(await status(clientSecret)).toBe(200);
  });

  test('shows old and new public keys after a rotation, and no private keys', async () => {
    const { authorityUrl, control } = fixture.emulator;
    const read = async (): Promise<Record<string, string>[]> => {
      const response = await fetch(`${authorityUrl}/common/discovery/keys`);
      return ((await response.json()) as { keys: Record<string, string>[] }).keys;
    };
    const before = (await read()).map((key) => key['kid']);
    const { kid } = await control.rotateKeys();
    const after = await read();
    expect(after.map((key) => key['kid'])).toEqual([kid, ...before].slice(0, 3));
    for (const key of after) expect(Object.keys(key)).not.toContain('d');
  });

  test('can be made to fail', async () => {
    const { authorityUrl, control } = fixture.emulator;
    await control.addFault({ endpoint: 'keys', status: 503, count: 1 });
    await control.addFault({ endpoint: 'token', status: 500, count: 1 });
    expect((await fetch(`${authorityUrl}/common/discovery/keys`)).status).toBe(503);
    expect((await requestToken(fixture.emulator, {})).status).toBe(500);
    expect((await fetch(`${authorityUrl}/common/discovery/keys`)).status).toBe(200);
  });
});

test('an account signs in to its home tenant, and to another tenant only if that one is named', async () => {
  const person = fixture.emulator.identities.people.find(({ email }) => email === MIA)!;
  const claimsOf = async (tenant: string) => {
    const { code = '' } = Object.fromEntries(await signIn(MIA, authorizeUrl({}, tenant)));
    const { json } = await redeem(code, {}, tenant);
    return decodeJwt(json.id_token);
  };

  const [home, there] = [await claimsOf('common'), await claimsOf(person.tenantId)];

  expect(home).toMatchObject({ tid: person.homeTenantId, oid: person.homeObjectId });
  expect(home).not.toHaveProperty('idp');
  expect(there).toMatchObject({ tid: person.tenantId, oid: person.objectId, acct: 1 });
  expect(there['idp']).toContain(person.homeTenantId);
});
