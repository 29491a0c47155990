import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { bootGateway, rawRequest, rawTcp, type Gateway } from './fixture.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** A reading of a metric is cached for some seconds. */
const SCRAPED = { interval: 200 };

let database: TestDatabase;
let nats: TestNats;
let landing: Upstream;
let ingest: Upstream;
let gateway: Gateway;

beforeAll(async () => {
  [database, nats, landing, ingest] = await Promise.all([
    testDatabase({ services: ['gateway'] }),
    testNats(),
    startUpstream(),
    startUpstream(),
  ]);
  gateway = await bootGateway(
    { database, nats, landing: landing.url, ingest: ingest.url },
    { PUBLIC_URL: 'https://market.contoso.example' },
  );
});

afterAll(async () => {
  for (const part of [gateway, landing, ingest, nats, database]) await part[Symbol.asyncDispose]();
});

beforeEach(() => {
  for (const upstream of [landing, ingest]) {
    upstream.seen.length = 0;
    upstream.answerWith((_req, res) => res.end());
  }
});

describe('to the landing page', () => {
  test('a purchase token arrives byte for byte, with + and with %2B', async () => {
    const path = '/landing?token=a+b%2Bc%2fd%3D%3d&x=%E2%82%AC&&y=1?2//3';
    expect((await rawRequest(gateway, path)).status).toBe(200);
    expect(landing.seen[0]?.url).toBe(path);
  });

  test('the root redirects there with its query unchanged', async () => {
    const answer = await rawRequest(gateway, '/?token=a+b%2Bc');
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('/landing?token=a+b%2Bc');
  });

  test.each(['000 None', '101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x'])(
    'an answer that no HTTP client could use is answered 503 (%j)',
    async (answer) => {
      landing.answerWith((_req, res) => res.socket?.end(`HTTP/1.1 ${answer}\r\n\r\n`));
      expect((await rawRequest(gateway, '/landing')).status).toBe(503);
    },
  );

  test('the landing page may have an IPv6 address', async () => {
    const mapped = landing.url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    await using other = await bootGateway({ database, nats, landing: mapped, ingest: ingest.url });
    expect((await rawRequest(other, '/landing')).status).toBe(200);
  });

  test('redirects and several cookies are returned unchanged', async () => {
    landing.answerWith((_req, res) => {
      res.setHeader('set-cookie', ['a=1; Path=/landing; HttpOnly', 'b=2; SameSite=Lax']);
      res.setHeader('content-security-policy', "default-src 'self'");
      res.writeHead(303, { location: 'https://login.example/authorize?state=a%2Bb' }).end();
    });
    const form = { method: 'POST', headers: { cookie: 'c=3' }, body: 'answer=a+b' };
    const answer = await rawRequest(gateway, '/landing/confirm', form);
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toBe('https://login.example/authorize?state=a%2Bb');
    expect(answer.headers['set-cookie']).toEqual([
      'a=1; Path=/landing; HttpOnly',
      'b=2; SameSite=Lax',
    ]);
    expect(answer.headers['content-security-policy']).toBe("default-src 'self'");
    expect(landing.seen[0]).toMatchObject({ body: 'answer=a+b', headers: { cookie: 'c=3' } });
  });

  test('an upstream that is down gives a friendly page with a retry hint', async () => {
    await using gone = await bootGateway({ database, nats });
    const html = await rawRequest(gone, '/landing', { headers: { accept: 'text/html' } });
    expect(html.status).toBe(503);
    expect(html.headers['retry-after']).toMatch(/^\d+$/);
    expect(html.body).toContain('We’ll be right back');
    expect(html.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  test('an upstream that dies in the middle of its answer breaks the connection at once', async () => {
    landing.answerWith((req, res) => {
      res.writeHead(200, { 'content-length': '1000' });
      res.write('half', () => req.socket.destroy());
    });
    await expect(rawRequest(gateway, '/landing')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('a body above 256 KB is answered 413, with and without a declared length; a smaller one passes', async () => {
    const large = 'x'.repeat(257 * 1024);
    const post = (headers: Record<string, string>, body: string) =>
      rawRequest(gateway, '/landing', { method: 'POST', headers, body });
    expect((await post({ 'content-length': String(large.length) }, large)).status).toBe(413);
    expect((await post({ 'transfer-encoding': 'chunked' }, large)).status).toBe(413);
    expect((await post({ 'transfer-encoding': 'chunked' }, 'x'.repeat(200_000))).status).toBe(200);
    expect(landing.seen).toHaveLength(1);
    expect(landing.seen[0]?.body).toHaveLength(200_000);
  });

  test('purchase tokens beyond the rate of arrivals are answered 429, while pages are served', async () => {
    const servers = { database, nats, landing: landing.url };
    await using narrow = await bootGateway(servers, { RATE_ARRIVALS: '1' });
    const statusesOf = (path: string) =>
      Promise.all(Array.from({ length: 10 }, async () => (await rawRequest(narrow, path)).status));
    expect(await statusesOf('/landing?x=1&token=t')).toContain(429);
    expect(await statusesOf('/landing/p/contoso?token=t')).toContain(429);
    expect(new Set(await statusesOf('/landing/progress/1'))).toEqual(new Set([200]));
  });

  test('paths that lead out of it are not forwarded', async () => {
    for (const path of ['/landing/../healthz', '/landing/%2e%2e/readyz', '/landing/..\\x']) {
      expect((await rawRequest(gateway, path)).status).toBe(404);
    }
    expect((await rawRequest(gateway, '/landingpage')).status).toBe(404);
    expect(landing.seen).toEqual([]);
  });
});

describe('to the webhook', () => {
  const post = (headers: Record<string, string | string[]>, body = '{"action":"Renew"}') =>
    rawRequest(gateway, '/webhook', { method: 'POST', headers, body });

  test('Authorization and body arrive byte for byte', async () => {
    const authorization = 'Bearer  eyJ.aBc-_+/==.sig';
    expect((await post({ authorization }, '{ "id" : "é" }')).status).toBe(200);
    expect(ingest.seen[0]?.headers['authorization']).toBe(authorization);
    expect(ingest.seen[0]?.body).toBe('{ "id" : "é" }');
  });

  test.each([
    '/webhook/?x=1',
    '/Webhook?x=1',
    '//webhook?x=1',
    '/webhook//?x=1',
    '/%77ebhook?x=1',
    'https://market.contoso.example/webhook?x=1',
    'http://other.example//WEBHOOK/?x=1',
  ])('the address may be configured in Partner Center as %s', async (address) => {
    const answer = await rawRequest(gateway, address, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(200);
    expect(ingest.seen[0]).toMatchObject({ url: '/webhook?x=1', body: '{}' });
  });

  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])(
    '%s is answered by the ingest, which verifies the caller',
    async (method) => {
      ingest.answerWith((_req, res) => res.writeHead(401).end());
      expect((await rawRequest(gateway, '/webhook', { method })).status).toBe(401);
    },
  );

  test('40 KB of headers pass', async () => {
    const headers = {
      authorization: `Bearer ${'x'.repeat(15_000)}`,
      'x-extra': 'y'.repeat(25_000),
    };
    expect((await post(headers)).status).toBe(200);
    expect(ingest.seen[0]?.headers['authorization']).toBe(headers.authorization);
  });

  const tcp = (request: string) => rawTcp(gateway, request);
  const POST = 'POST /webhook HTTP/1.1\r\n';
  test.each([
    ['no Host', `${POST}Content-Length: 2\r\n\r\n{}`, 200],
    ['two Hosts', `${POST}Host: a\r\nHost: b\r\nContent-Length: 2\r\n\r\n{}`, 200],
    ['an expectation', `${POST}Host: a\r\nExpect: x\r\nContent-Length: 2\r\n\r\n{}`, 200],
    ['100 KB of headers', `${POST}Host: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 503],
    ['two lengths', `${POST}Host: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 503],
    ['a bad chunk', `${POST}Host: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 503],
    ['a line that is not a header', `${POST}Host: a\r\nno colon\r\n\r\n`, 503],
    ['an unreadable request line', '\u0016\u0003\u0001\r\n\r\n', 503],
  ])('a webhook request with %s never gets a 4xx', async (_what, request, status) => {
    expect(await tcp(request)).toBe(status);
  });

  test('on other paths, an unreadable request is a 4xx', async () => {
    const GET = 'GET /landing HTTP/1.1\r\n';
    expect(await tcp(`${GET}\r\n`)).toBe(400);
    expect(await tcp(`${GET}Host: a\r\nHost: b\r\n\r\n`)).toBe(400);
    expect(await tcp(`${GET}Host: a\r\nno colon\r\n\r\n`)).toBe(400);
    expect(
      await tcp('GET https://a/landing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
    ).toBe(200);
  });

  test('a Connection header cannot take Authorization away', async () => {
    await post({ authorization: 'Bearer x', connection: 'authorization, x-extra', 'x-extra': '1' });
    expect(ingest.seen[0]?.headers['authorization']).toBe('Bearer x');
    expect(ingest.seen[0]?.headers['x-extra']).toBeUndefined();
  });

  test.each([200, 400, 401, 503])('the answer %d is returned unchanged', async (status) => {
    ingest.answerWith((_req, res) => res.writeHead(status, { 'retry-after': '7' }).end());
    const answer = await post({ authorization: 'Bearer x' });
    expect(answer).toMatchObject({ status, body: '', headers: { 'retry-after': '7' } });
  });

  test.each([301, 403, 404, 405, 429, 431])(
    'the answer %d of something that is not the ingest becomes 503',
    async (status) => {
      ingest.answerWith((_req, res) => res.writeHead(status).end());
      expect((await post({ authorization: 'Bearer x' })).status).toBe(503);
    },
  );

  test('an upstream that is down or drops the connection is answered 503, never 4xx', async () => {
    ingest.answerWith((req) => req.socket.destroy());
    const dropped = await post({});
    expect(dropped.status).toBe(503);
    expect(dropped.headers['retry-after']).toMatch(/^\d+$/);
    await using gone = await bootGateway({ database, nats });
    expect((await rawRequest(gone, '/webhook', { method: 'POST', body: '{}' })).status).toBe(503);
  });

  test('a request on a connection that has just been closed is repeated once', async () => {
    let calls = 0;
    ingest.answerWith((req, res) => {
      calls += 1;
      if (calls === 1) req.socket.resetAndDestroy();
      else res.end();
    });
    expect((await post({})).status).toBe(200);
    expect(calls).toBe(2);
  });

  test('an upstream that hangs is asked once, and 503 is sent before Microsoft stops waiting', async () => {
    let calls = 0;
    const releases: (() => void)[] = [];
    ingest.answerWith((_req, res) => {
      calls += 1;
      releases.push(() => res.end());
    });
    const startedAt = performance.now();
    expect((await post({})).status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(calls).toBe(1);
    for (const release of releases) release();
  });

  test('a body above 64 KB is answered 413, with and without a declared length', async () => {
    const large = 'x'.repeat(65 * 1024);
    expect((await post({ 'content-length': String(large.length) }, large)).status).toBe(413);
    expect((await post({ 'transfer-encoding': 'chunked' }, large)).status).toBe(413);
    expect(ingest.seen).toEqual([]);
  });

  test('a call over the rate limit is answered 503 with Retry-After, while a browser gets 429', async () => {
    // Genuine calls are not counted.
    ingest.answerWith((_req, res) => res.writeHead(401).end());
    const servers = { database, nats, landing: landing.url, ingest: ingest.url };
    await using narrow = await bootGateway(servers, { RATE_WEBHOOK: '1', RATE_PER_ADDRESS: '1' });
    const statusesOf = async (path: string, method: string) => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => rawRequest(narrow, path, { method })),
      );
      const limited = answers.filter(({ status }) => status !== 200 && status !== 401);
      expect(limited.length).toBeGreaterThan(0);
      expect(limited.every((answer) => Number(answer.headers['retry-after']) > 0)).toBe(true);
      return new Set(limited.map((answer) => answer.status));
    };
    expect(await statusesOf('/webhook', 'POST')).toEqual(new Set([503]));
    expect(await statusesOf('/landing', 'GET')).toEqual(new Set([429]));
  });
});

describe('headers', () => {
  test('headers in which a caller describes itself are replaced', async () => {
    await rawRequest(gateway, '/landing', {
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'gopher',
        forwarded: 'for=6.6.6.6',
        'x-real-ip': '6.6.6.6',
        'Landfall-Caller': '{"kind":"service","name":"gateway"}',
        'x-original-url': '/admin',
      },
    });
    const { headers } = landing.seen[0]!;
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers['x-forwarded-host']).toBe('market.contoso.example');
    expect(headers['x-forwarded-proto']).toBe('https');
    for (const name of ['forwarded', 'x-real-ip', 'landfall-caller', 'x-original-url']) {
      expect(headers[name]).toBeUndefined();
    }
  });

  test('behind one trusted proxy, the client is the entry that this proxy wrote', async () => {
    const servers = { database, nats, landing: landing.url };
    await using behind = await bootGateway(servers, { TRUSTED_PROXIES: '1' });
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' };
    await rawRequest(behind, '/landing', { headers });
    expect(landing.seen[0]?.headers['x-forwarded-for']).toBe('203.0.113.7');
  });

  test('every answer has the security headers and names no software', async () => {
    landing.answerWith((_req, res) =>
      res
        .writeHead(200, { server: 'nginx/1.0', 'x-powered-by': 'PHP', 'x-frame-options': 'ALLOW' })
        .end(),
    );
    for (const path of ['/landing', '/nowhere', '/', '/trpc/subscriptions.list']) {
      const { headers } = await rawRequest(gateway, path);
      expect(headers).toMatchObject({
        'strict-transport-security': expect.stringContaining('max-age='),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(headers['server']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  test('the correlation id is sent to the upstream and returned', async () => {
    const answer = await rawRequest(gateway, '/landing', {
      headers: { 'x-correlation-id': 'support-case-4711' },
    });
    expect(landing.seen[0]?.headers['x-correlation-id']).toBe('support-case-4711');
    expect(answer.headers['x-correlation-id']).toBe('support-case-4711');
  });
});

test('unknown paths are answered 404, with a page for browsers and JSON for programs', async () => {
  const html = await rawRequest(gateway, '/nowhere', { headers: { accept: 'text/html' } });
  expect(html).toMatchObject({ status: 404, body: expect.stringContaining('<!doctype html>') });
  const json = await rawRequest(gateway, '/nowhere');
  expect(JSON.parse(json.body)).toMatchObject({ error: 'not-found' });
  expect((await rawRequest(gateway, '/healthz')).status).toBe(200);
  expect((await rawRequest(gateway, '/readyz')).status).toBe(200);
});

describe('a caller without a key', () => {
  test.each(['/trpc/subscriptions.list', '/trpc/no.such', `/trpc/${'a.b,'.repeat(60)}a.b?batch=1`])(
    'is answered 401 for %s, whether it exists or not',
    async (path) => {
      expect((await rawRequest(gateway, path)).status).toBe(401);
      expect((await rawRequest(gateway, path, { method: 'DELETE' })).status).toBe(401);
    },
  );

  test('is answered before the body has arrived', async () => {
    const head =
      'POST /trpc/usage.report HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await rawTcp(gateway, `${head}10000\r\n${'x'.repeat(30_000)}`)).toBe(401);
  });
});

/** A metric of the gateway, as Prometheus reads it. */
async function figure(of: Gateway, name: string): Promise<number> {
  const text = await (await fetch(of.metricsUrl)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

describe('an undeclared proxy', () => {
  const servers = () => ({ database, nats, landing: landing.url });
  const headers = { 'x-forwarded-for': '203.0.113.7' };

  test('is noticed if most requests come through it', async () => {
    await using behind = await bootGateway(servers(), { PUBLIC_URL: 'https://market.example' });
    for (let call = 0; call < 3; call += 1) await rawRequest(behind, '/landing', { headers });
    expect(await figure(behind, 'landfall_proxy_not_trusted')).toBe(0);
    for (let call = 0; call < 3; call += 1) await rawRequest(behind, '/landing', { headers });
    await expect.poll(() => figure(behind, 'landfall_proxy_not_trusted'), SCRAPED).toBe(1);
  });

  test.each([
    ['it is declared', { PUBLIC_URL: 'https://market.example', TRUSTED_PROXIES: '1' }],
    ['nothing ends TLS in front', { PUBLIC_URL: 'http://127.0.0.1' }],
  ])('is not reported if %s', async (_why, env: Record<string, string>) => {
    await using behind = await bootGateway(servers(), env);
    for (let call = 0; call < 6; call += 1) await rawRequest(behind, '/landing', { headers });
    expect(await figure(behind, 'landfall_proxy_not_trusted')).toBe(0);
  });
});

test('error pages that buyers get instead of a page are counted', async () => {
  await using gone = await bootGateway({ database, nats });
  for (let call = 0; call < 3; call += 1) await rawRequest(gone, '/landing');
  await expect.poll(() => figure(gone, 'landfall_buyers_turned_away_recently'), SCRAPED).toBe(3);
});
