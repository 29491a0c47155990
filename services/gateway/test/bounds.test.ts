import { connect } from 'node:net';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { serveHttp } from '@landfall/service-kit/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { bootGateway, rawRequest, rawTcp, silent, type Gateway } from './fixture.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let database: TestDatabase;
let nats: TestNats;
let landing: Upstream;

beforeAll(async () => {
  [database, nats, landing] = await Promise.all([
    testDatabase({ services: ['gateway'] }),
    testNats(),
    startUpstream(),
  ]);
});

afterAll(async () => {
  for (const part of [landing, nats, database]) await part[Symbol.asyncDispose]();
});

/** Judges callers by their headers like webhook-ingest, and keeps what verified callers have sent. */
async function startJudge(
  isGenuine = (header: string | null): boolean => header === 'Bearer genuine',
) {
  const bodies: string[] = [];
  const server = await serveHttp({
    app: () => new Response(null, { status: 404 }),
    admit: async (request) => {
      if (!isGenuine(request.headers.get('authorization'))) {
        return new Response(null, { status: 401 });
      }
      return async (whole) => {
        bodies.push(await whole.text());
        return new Response(null, { status: 200 });
      };
    },
    host: '127.0.0.1',
    port: 0,
    log: silent,
    ready: async () => ({}),
  });
  return {
    url: server.url,
    bodies,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe('the body of a webhook call', () => {
  const head = (lines: readonly string[]) =>
    ['POST /webhook HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n');
  const forged = 'Authorization: Bearer forged';

  test.each([
    ['chunked', ['Transfer-Encoding: chunked'], `10000\r\n${'x'.repeat(1000)}`],
    ['chunked under another method', ['Transfer-Encoding: chunked'], '10000\r\n'],
    ['of a declared length', ['Content-Length: 60000'], 'x'.repeat(1000)],
  ])('%s is not waited for if the caller is not verified', async (what, lines, begun) => {
    await using judge = await startJudge();
    await using gateway = await bootGateway({ database, nats, ingest: judge.url });
    const request = head([forged, ...lines]) + begun;
    const sent = what.includes('method') ? request.replace('POST', 'DELETE') : request;
    expect(await rawTcp(gateway, sent)).toBe(401);
    expect(judge.bodies).toEqual([]);
  });

  test.each([
    ['chunked', { 'transfer-encoding': 'chunked' }, 'é'.repeat(20_000)],
    ['chunked and empty', { 'transfer-encoding': 'chunked' }, ''],
    ['of a declared length', { 'content-length': '40000' }, 'é'.repeat(20_000)],
    ['small', { 'content-length': '2' }, '{}'],
  ])('%s arrives whole if the caller is verified', async (_what, headers, body) => {
    await using judge = await startJudge();
    await using gateway = await bootGateway({ database, nats, ingest: judge.url });
    const authorization = 'Bearer genuine';
    const call = { method: 'POST', headers: { ...headers, authorization }, body };
    expect((await rawRequest(gateway, '/webhook', call)).status).toBe(200);
    expect((await rawRequest(gateway, '/webhook', call)).status).toBe(200);
    expect(judge.bodies).toEqual([body, body]);
  });

  test('is answered 413 above 64 KB, and the next call is taken', async () => {
    await using judge = await startJudge();
    await using gateway = await bootGateway({ database, nats, ingest: judge.url });
    const headers = { authorization: 'Bearer genuine', 'transfer-encoding': 'chunked' };
    const call = { method: 'POST', headers, body: 'x'.repeat(70_000) };
    expect((await rawRequest(gateway, '/webhook', call)).status).toBe(413);
    const small = { ...call, body: '{}' };
    expect((await rawRequest(gateway, '/webhook', small)).status).toBe(200);
  });
});

test('a body for an unknown path is not waited for', async () => {
  await using gateway = await bootGateway({ database, nats });
  const begun = 'POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\nx';
  expect(await rawTcp(gateway, begun)).toBe(404);
});

describe('the rate of webhook calls', () => {
  const call = (gateway: Gateway, token: string) =>
    rawRequest(gateway, '/webhook', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{}',
    });

  test('is not used up by forged calls from the address of verified ones', async () => {
    await using judge = await startJudge();
    const servers = { database, nats, ingest: judge.url };
    await using gateway = await bootGateway(servers, { RATE_WEBHOOK: '1' });
    expect((await call(gateway, 'genuine')).status).toBe(200);

    const forged = await Promise.all(
      Array.from({ length: 12 }, (_, n) => call(gateway, `forged-${n}`)),
    );
    expect(new Set(forged.map(({ status }) => status))).toEqual(new Set([401, 503]));

    expect((await call(gateway, 'genuine')).status).toBe(200);
  });

  test('does not apply to a token that was accepted', async () => {
    await using judge = await startJudge();
    const servers = { database, nats, ingest: judge.url };
    await using gateway = await bootGateway(servers, { RATE_WEBHOOK: '0.001' });
    expect((await call(gateway, 'genuine')).status).toBe(200);

    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await call(gateway, 'genuine')).status),
    );

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await call(gateway, 'forged')).status).toBe(401);
    expect((await call(gateway, 'forged')).status).toBe(503);
  });

  test('does not count calls against their address if they turn out to be genuine', async () => {
    await using judge = await startJudge((header) => header?.startsWith('Bearer genuine') === true);
    const servers = { database, nats, ingest: judge.url };
    await using gateway = await bootGateway(servers, { RATE_WEBHOOK: '0.001' });
    for (let n = 0; n < 12; n += 1) {
      expect((await call(gateway, `genuine-${n}`)).status).toBe(200);
    }
  });

  test('applies to a token that is no longer valid', async () => {
    let isValid = true;
    await using judge = await startJudge(() => isValid);
    const servers = { database, nats, ingest: judge.url };
    await using gateway = await bootGateway(servers, { RATE_WEBHOOK: '0.001' });
    expect((await call(gateway, 'stolen')).status).toBe(200);
    isValid = false;
    const statuses = new Set<number>();
    for (let n = 0; n < 6; n += 1) statuses.add((await call(gateway, 'stolen')).status);
    expect(statuses).toEqual(new Set([401, 503]));
  });
});

describe('one address', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('with many pages in progress does not block another address, and gets 429 for more', async () => {
    const held: (() => void)[] = [];
    let isHolding = true;
    landing.answerWith((req, res) => {
      if (isHolding && req.headers['x-forwarded-for'] === '203.0.113.1') held.push(() => res.end());
      else res.end();
    });
    const servers = { database, nats, landing: landing.url };
    await using gateway = await bootGateway(servers, { TRUSTED_PROXIES: '1' });
    const ask = (address: string) => rawRequest(gateway, '/landing', { headers: from(address) });

    const many = Array.from({ length: 200 }, async () => (await ask('203.0.113.1')).status);
    await until('64 pages are in progress', () => held.length === 64);
    expect((await ask('203.0.113.2')).status).toBe(200);

    isHolding = false;
    for (const release of held) release();
    const statuses = await Promise.all(many);
    expect(statuses.filter((status) => status === 429)).toHaveLength(8);
    expect(held).toHaveLength(64);
  });

  test('with forms that never end takes no memory from webhook calls', async () => {
    await using judge = await startJudge();
    const servers = { database, nats, landing: landing.url, ingest: judge.url };
    await using gateway = await bootGateway(servers, { TRUSTED_PROXIES: '1' });
    const { hostname, port } = new URL(gateway.url);
    const form = { method: 'POST', body: 'x'.repeat(200_000) };
    const post = async () =>
      rawRequest(gateway, '/landing', { ...form, headers: from('203.0.113.250') });
    // 340 forms of 200 KB are more than the budget of 64 MB, but no address has more than its share.
    const begun = Array.from({ length: 340 }, (_, n) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(
        `POST /landing HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.${n % 10}\r\n` +
          `Content-Length: 200001\r\n\r\n${form.body}`,
      );
      return socket;
    });
    await until('memory has no room', async () => (await post()).status === 503);
    expect(Number((await post()).headers['retry-after'])).toBeGreaterThan(0);
    const webhook = { method: 'POST', headers: { authorization: 'Bearer genuine' }, body: '{}' };
    expect((await rawRequest(gateway, '/webhook', webhook)).status).toBe(200);

    for (const socket of begun) socket.destroy();
    await until('memory has room again', async () => (await post()).status === 200);
  });
});

test('a client that sends its headers too slowly is cut, whatever it sends', async () => {
  await using gateway = await bootGateway({ database, nats, landing: landing.url });
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write('GET /landing HTTP/1.1\r\nHost: a\r\n');
  const drip = setInterval(() => socket.write('X-More: 1\r\n'), 250);
  await new Promise((resolve) => socket.once('close', resolve).resume());
  clearInterval(drip);
  // It is cut after ten seconds, and up to five more until the next check. A whole request may take half an hour.
  expect((await rawRequest(gateway, '/nowhere')).status).toBe(404);
});

test('every answer has a correlation id: pages, errors, refusals and requests that cannot be read', async () => {
  landing.answerWith((_req, res) => res.end('page'));
  const servers = { database, nats, landing: landing.url };
  await using gateway = await bootGateway(servers, { RATE_ARRIVALS: '0.001' });
  const paths = [
    '/landing',
    '/nowhere',
    '/trpc/alerts.list',
    '/v1/alerts',
    '/webhook',
    '/landing/%2e%2e/x',
    '/landing?token=1',
    '/landing?token=2',
  ];
  for (const path of paths) {
    const { headers, status } = await rawRequest(gateway, path);
    expect([path, status, headers['x-correlation-id']]).toEqual([
      path,
      status,
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
  }
  const unreadable = await rawRequest(gateway, '/landing', {
    headers: { 'x-large': 'x'.repeat(70_000) },
  });
  // Its path is not known, so it may be a webhook call.
  expect(unreadable.status).toBe(503);
  expect(unreadable.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
});
