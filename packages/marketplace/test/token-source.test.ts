import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MARKETPLACE_APPLICATION_ID } from '../src/constants.ts';
import { createTokenSource, type TokenSource } from '../src/token-source.ts';
import {
  REJECTED_BACK_OFF_MS,
  RENEW_EARLY_MS,
  RENEWAL_INTERVAL_MS,
  type TokenSourceOptions,
} from '../src/token-source.ts';
import {
  CLIENT,
  startLocalAuthority,
  TENANT,
  tokenAnswer,
  type LocalAuthority,
} from '@landfall/servers/local-authority';

const SECRET = 'S3cret~of.the-publisher';
const HOUR_MS = 3_600_000;
/** A margin: the lifetime of a token begins when it arrives, which is later than the start of the test's clock. */
const MINUTE_MS = 60_000;

let authority: LocalAuthority;
let now: number;

beforeEach(async () => {
  authority = await startLocalAuthority();
  now = Date.now();
});
afterEach(() => authority[Symbol.asyncDispose]());

function source(options: Partial<TokenSourceOptions> = {}): TokenSource {
  return createTokenSource({
    authorityUrl: authority.url,
    tenantId: TENANT,
    clientId: CLIENT,
    credential: { secret: SECRET },
    now: () => now,
    ...options,
  });
}

const tokenRequests = (): URLSearchParams[] =>
  authority.server.requests
    .filter(({ path }) => path.endsWith('/token'))
    .map(({ body }) => new URLSearchParams(body));

const invalidClient = () => ({
  status: 401,
  headers: { 'content-type': 'application/json' },
  body: {
    error: 'invalid_client',
    error_description: 'AADSTS7000222: The provided client secret keys are expired.',
    error_codes: [7000222],
  },
});

describe('a token', () => {
  test("is requested for the marketplace's resource with the application's secret", async () => {
    expect(await source().get()).toBe('token-1');
    const [request] = tokenRequests();
    expect(Object.fromEntries(request ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      client_id: CLIENT,
      client_secret: SECRET,
      scope: `${MARKETPLACE_APPLICATION_ID}/.default`,
    });
    expect(authority.server.requests.at(-1)?.path).toBe(`/${TENANT}/oauth2/v2.0/token`);
  });

  test('is requested once, however many callers wait', async () => {
    const tokens = source();
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.get()));
    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(authority.count('/token')).toBe(1);
  });

  test('is renewed five minutes before its end, while callers continue with the old one', async () => {
    const tokens = source();
    await tokens.get();
    now += HOUR_MS - RENEW_EARLY_MS - MINUTE_MS;
    expect(await tokens.get()).toBe('token-1');
    expect(authority.count('/token')).toBe(1);
    now += 2 * MINUTE_MS;
    expect(await tokens.get()).toBe('token-1');
    await expect.poll(() => tokens.get()).toBe('token-2');
    expect(authority.count('/token')).toBe(2);
  });

  test('stays in use during an outage of the authority', async () => {
    const tokens = source();
    await tokens.get();
    authority.trouble = { status: 503, body: 'down' };
    now += HOUR_MS - RENEW_EARLY_MS + MINUTE_MS;
    for (let call = 0; call < 20; call += 1) expect(await tokens.get()).toBe('token-1');
    now += RENEW_EARLY_MS;
    await expect(tokens.get()).rejects.toMatchObject({ code: 'authority.unavailable' });
  });

  test('can have its lifetime as text, as from v1 endpoints', async () => {
    authority.token = () => tokenAnswer('old-style', '3600');
    const tokens = source();
    await tokens.get();
    now += HOUR_MS - RENEW_EARLY_MS - 10_000;
    expect(await tokens.get()).toBe('old-style');
    expect(authority.count('/token')).toBe(1);
  });

  test('that is valid for a few minutes is not renewed at every call', async () => {
    authority.token = () => tokenAnswer('short', 120);
    const tokens = source();
    for (let call = 0; call < 10; call += 1) await tokens.get();
    expect(authority.count('/token')).toBe(1);
  });
});

describe('a refused token', () => {
  test('is replaced', async () => {
    const tokens = source();
    tokens.invalidate(await tokens.get());
    expect(await tokens.get()).toBe('token-2');
  });

  test('that was already replaced is not replaced again by a late report', async () => {
    const tokens = source();
    const first = await tokens.get();
    tokens.invalidate(first);
    await tokens.get();
    now += RENEWAL_INTERVAL_MS;
    tokens.invalidate(first);
    expect(await tokens.get()).toBe('token-2');
  });

  test('does not cause a flood of requests if every token is refused', async () => {
    const tokens = source();
    for (let call = 0; call < 30; call += 1) tokens.invalidate(await tokens.get());
    expect(authority.count('/token')).toBe(2);
  });
});

describe('refused credentials', () => {
  test('are a fault to retry later that names the reason and no secret', async () => {
    authority.token = invalidClient;
    const error: unknown = await source()
      .get()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Fault', code: 'credentials.rejected', retry: 'later' });
    expect(String(error)).toContain('AADSTS7000222');
    expect(String(error) + JSON.stringify(error)).not.toContain(SECRET);
  });

  test('do not cause a flood of requests: callers get the same fault', async () => {
    authority.token = invalidClient;
    const tokens = source();
    for (let call = 0; call < 100; call += 1) {
      await expect(tokens.get()).rejects.toMatchObject({ code: 'credentials.rejected' });
    }
    expect(authority.count('/token')).toBe(1);
  });

  test('are tried again later with the current secret, without a restart', async () => {
    let secret = 'expired';
    authority.token = () =>
      tokenRequests().at(-1)?.get('client_secret') === 'expired'
        ? invalidClient()
        : tokenAnswer('works');
    const tokens = source({ credential: () => ({ secret }) });
    await expect(tokens.get()).rejects.toMatchObject({ code: 'credentials.rejected' });
    secret = 'rotated';
    now += REJECTED_BACK_OFF_MS;
    expect(await tokens.get()).toBe('works');
  });

  test.each([
    ['unauthorized_client', 400],
    ['invalid_resource', 400],
  ])('%s counts as refused', async (error, status) => {
    authority.token = () => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: { error, error_description: 'AADSTS700016: x', error_codes: [700016] },
    });
    await expect(source().get()).rejects.toMatchObject({ code: 'credentials.rejected' });
  });
});

describe('an unavailable authority', () => {
  test.each([
    ['500 with a page', { status: 500, body: '<html>' }],
    ['a broken connection', { drop: true }],
  ])('%s is a fault to retry later, and causes a pause', async (_, trouble) => {
    authority.trouble = trouble;
    const tokens = source();
    await expect(tokens.get()).rejects.toMatchObject({
      code: 'authority.unavailable',
      retry: 'later',
    });
    const asked = authority.server.requests.length;
    await expect(tokens.get()).rejects.toMatchObject({ code: 'authority.unavailable' });
    expect(authority.server.requests).toHaveLength(asked);
    authority.trouble = undefined;
    now += 60_000;
    expect(await tokens.get()).toMatch(/^token-/);
  });

  test('over http on another machine is refused before a secret is sent', () => {
    for (const authorityUrl of ['http://login.example.com', 'http://127.0.0.1.evil.example']) {
      expect(() => source({ authorityUrl })).toThrow(
        expect.objectContaining({ code: 'config.authority-not-https', retry: 'never' }),
      );
    }
  });
});

describe('other credentials', () => {
  test('a certificate signs an assertion, and its key is not sent', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const thumbprintSha256 = 'ab'.repeat(32);
    await source({ credential: { certificate: { thumbprintSha256, privateKey } } }).get();
    const assertion = tokenRequests()[0]?.get('client_assertion') ?? '';
    expect(decodeJwt(assertion)).toMatchObject({ iss: CLIENT, sub: CLIENT });
    expect(tokenRequests()[0]?.has('client_secret')).toBe(false);
  });

  test('an unreadable key counts as refused credentials, and does not appear in the error', async () => {
    const certificate = { thumbprintSha256: 'ab'.repeat(32), privateKey: 'not-a-key-at-all' };
    const error: unknown = await source({ credential: { certificate } })
      .get()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'credentials.rejected' });
    expect(JSON.stringify(error) + String(error)).not.toContain('not-a-key-at-all');
  });

  test('a federated assertion is read for each request', async () => {
    await source({ credential: { assertion: () => Promise.resolve('from.federation.x') } }).get();
    expect(tokenRequests()[0]?.get('client_assertion')).toBe('from.federation.x');
  });
});
