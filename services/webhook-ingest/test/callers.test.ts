import { connect } from 'node:net';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { MARKETPLACE, testAuthority, type TestAuthority } from './authority.ts';
import { bootIngest, deliver, notification, storedRows, type Ingest } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let ingest: Ingest;

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  ingest = await bootIngest({ database, nats, issuer: authority });
});

afterAll(async () => {
  await ingest[Symbol.asyncDispose]();
  await Promise.all([nats, database, authority].map((part) => part[Symbol.asyncDispose]()));
});

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

describe('a verified caller is accepted', () => {
  test.each([
    ['a v2 token', 2, {}],
    ['a v1 token', 1, {}],
    ['an audience in its api:// form', 2, { aud: (own: string) => `api://${own}` }],
    ['an audience in upper case', 2, { aud: (own: string) => own.toUpperCase() }],
    ['a token that ended 30 seconds ago', 2, { exp: () => seconds(-30) }],
  ] as const)('%s passes', async (_title, version, changes) => {
    const bent = Object.fromEntries(
      Object.entries(changes).map(([name, make]) => [name, make(authority.clientId)]),
    );
    const token = await authority.token(bent, version);
    const response = await deliver(ingest, token, notification());
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('a tenant in upper case passes', async () => {
    const token = await authority.token({ tid: authority.tenantId.toUpperCase() });
    expect((await deliver(ingest, token, notification())).status).toBe(200);
  });
});

describe('a caller without a valid token gets 401, an empty body, and leaves no row', () => {
  const lookAlike = '20e940b3-4c07-4b0b-9a53-9e16a1b010a7';
  const bad: Record<string, () => Promise<string | undefined>> = {
    'no token': async () => undefined,
    'no token but garbage': async () => 'not.a.token!',
    'a bad signature': async () => {
      const { privateKey } = await generateKeyPair('RS256');
      return new SignJWT(authority.claims(2))
        .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
        .sign(privateKey);
    },
    'alg none': async () => new UnsecuredJWT(authority.claims(2)).encode(),
    HS256: async () =>
      new SignJWT(authority.claims(2))
        .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
        .sign(new TextEncoder().encode('a secret of thirty-two characters')),
    "the marketplace's own id as audience": () => authority.token({ aud: MARKETPLACE }),
    'another audience': () => authority.token({ aud: crypto.randomUUID() }),
    'another tenant': () => authority.token({ tid: crypto.randomUUID() }),
    'no caller': () => authority.token({ azp: undefined }),
    'a look-alike caller in v2': () => authority.token({ azp: lookAlike }),
    'a look-alike caller in v1': () => authority.token({ appid: lookAlike }, 1),
    'another issuer': () => authority.token({ iss: 'https://login.example/v2.0' }),
    'a token that ended five minutes ago': () => authority.token({ exp: seconds(-300) }),
    'a token of tomorrow': () => authority.token({ nbf: seconds(86_400) }),
  };

  test.each(Object.keys(bad))('%s', async (title) => {
    const before = await storedRows(database);
    const response = await deliver(ingest, await bad[title]?.(), notification());
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(await storedRows(database)).toHaveLength(before.length);
  });

  test('the header is not Bearer', async () => {
    const response = await fetch(`${ingest.url}/webhook`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('user:password')}` },
      body: '{}',
    });
    expect(response.status).toBe(401);
  });

  test('refused calls are logged as security events, without the token', async () => {
    const events = ingest.lines.filter((line) => line.includes('webhook.unauthenticated'));
    expect(events.length).toBeGreaterThan(5);
    expect(events.join()).not.toContain('eyJ');
  });
});

describe('a 401 says why only to a caller with a genuine token of our own', () => {
  const challenge = async (token: string | undefined) =>
    (await deliver(ingest, token, notification())).headers.get('www-authenticate');

  test('a call without a token learns only the scheme', async () => {
    expect(await challenge(undefined)).toBe('Bearer');
  });

  test.each([1, 2] as const)(
    "the publisher's own v%i token learns that it arrived, and counts as no attack",
    async (version) => {
      const own = version === 1 ? { appid: authority.clientId } : { azp: authority.clientId };
      const lines = ingest.lines.length;

      const header = await challenge(await authority.token(own, version));

      expect(header).toBe(
        `Bearer error="invalid_token", error_description="The token is genuine, but it is the publisher's own, not one of Microsoft's marketplace."`,
      );
      expect(ingest.lines.slice(lines).join()).not.toContain('own-application');
    },
  );

  test('a forged token, and one for another audience, learn nothing', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT({ ...authority.claims(2), azp: authority.clientId })
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
      .sign(privateKey);
    const foreign = await authority.token({ aud: crypto.randomUUID(), azp: authority.clientId });
    for (const token of [forged, foreign]) {
      expect(await challenge(token)).toBe('Bearer error="invalid_token"');
    }
  });
});

test('many unknown keys cause one request to the authority and one log line', async () => {
  const { privateKey } = await generateKeyPair('RS256');
  const forged = (kid: string) =>
    new SignJWT(authority.claims(2)).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  const before = authority.keyRequests();
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => forged(`unknown-${n}`)));
  const answers = await Promise.all(tokens.map((token) => deliver(ingest, token, notification())));
  // 503 while the keys may not be fetched again, because the key may have been published since.
  expect(answers.every(({ status }) => status === 401 || status === 503)).toBe(true);
  expect(answers.map(({ status }) => status)).toContain(503);
  expect(ingest.lines.filter((line) => line.includes('webhook.keys-unavailable'))).toHaveLength(1);
  expect(ingest.lines.join()).not.toContain('could not take a notification');
  // Two key sets: for v1 and for v2 tokens.
  expect(authority.keyRequests() - before).toBeLessThanOrEqual(2);
});

describe('a call is judged before its body has arrived', () => {
  const begun = (token: string | undefined) =>
    [
      'POST /webhook HTTP/1.1',
      'Host: a',
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
      'Transfer-Encoding: chunked',
      '',
      `10000\r\n${'x'.repeat(30_000)}`,
    ].join('\r\n');

  test('a caller without a valid token gets 401 while the body is still arriving', async () => {
    expect(await firstStatus(ingest, begun(undefined))).toBe(401);
    const forged = await authority.token({ aud: crypto.randomUUID() });
    expect(await firstStatus(ingest, begun(forged))).toBe(401);
  });

  test('a call is answered 503 while its token cannot be checked', async () => {
    await using away = await testAuthority();
    away.answerKeysWith(500);
    await using other = await bootIngest({ database, nats, issuer: away });
    expect(await firstStatus(other, begun(await away.token()))).toBe(503);
  });

  test('nothing is read on other paths', async () => {
    const elsewhere = begun(await authority.token()).replace('/webhook', '/other');
    expect(await firstStatus(ingest, elsewhere)).toBe(404);
  });
});

/** Writes bytes on a new connection and returns the status of the first answer. */
function firstStatus({ url }: { url: string }, bytes: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('data', (chunk: Buffer) => {
      resolve(Number(chunk.toString().split(' ', 2)[1]));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.write(bytes);
  });
}

test('a body above 64 KB is answered 413, with and without a declared length', async () => {
  const token = await authority.token();
  const large = JSON.stringify(notification({ planId: 'x'.repeat(70_000) }));
  expect((await deliver(ingest, token, large)).status).toBe(413);
  const chunked = await fetch(`${ingest.url}/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new Blob([large]).stream(),
    duplex: 'half',
  });
  expect(chunked.status).toBe(413);
});

test.each(['/webhook/', '/Webhook', '//webhook', '/webhook//', '/webhook?x=1', '/%57ebhook'])(
  'the webhook is reached as %s, and any method without a token is answered 401',
  async (path) => {
    const headers = { authorization: `Bearer ${await authority.token()}` };
    const body = JSON.stringify(notification());
    const genuine = await fetch(`${ingest.url}${path}`, { method: 'POST', headers, body });
    expect(genuine.status).toBe(200);
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST']) {
      expect((await fetch(`${ingest.url}${path}`, { method })).status).toBe(401);
    }
  },
);

test('other paths are not served', async () => {
  for (const path of ['/other', '/webhook/x', '/webhooks']) {
    expect((await fetch(`${ingest.url}${path}`, { method: 'POST' })).status).toBe(404);
  }
});

test('without signing keys a call is answered 503, and the same call passes once they are back', async () => {
  await using away = await testAuthority();
  away.answerKeysWith(500);
  await using other = await bootIngest({ database, nats, issuer: away });
  const token = await away.token();
  const refused = await deliver(other, token, notification());
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  away.answerKeysWith(200);
  await until(
    'the call is taken',
    async () => (await deliver(other, token, notification())).status === 200,
  );
});
