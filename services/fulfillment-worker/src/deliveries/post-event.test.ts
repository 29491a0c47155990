import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createNameLookup } from './name-lookup.ts';
import { parseRetryAfter, postEvent, type Post } from './post-event.ts';

/** Longer than any test waits for an answer. */
const LONG_MS = 60_000;
/** A busy machine receives the beginning of an answer within this time. */
const HALFWAY_MS = 3_000;

const open = new Set<Server>();
afterEach(() => {
  for (const server of open) server.close().closeAllConnections();
  open.clear();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
}

const post = (url: string, changes: Partial<Post> = {}) =>
  postEvent({
    url,
    headers: {},
    body: '{}',
    signal: AbortSignal.timeout(LONG_MS),
    isLocal: true,
    lookup: createNameLookup(),
    ...changes,
  });

test.each([200, 201, 202, 204])('%s counts as delivered', async (status) => {
  const url = await serve((_, response) => response.writeHead(status).end());
  expect(await post(url)).toEqual({ status });
});

test.each([
  [301, 'redirect'],
  [307, 'redirect'],
  [400, 'status'],
  [404, 'status'],
  [410, 'gone'],
  [500, 'status'],
])('%s is reported as %s', async (status, failure) => {
  const url = await serve((_, response) => response.writeHead(status).end());
  expect(await post(url)).toEqual({ status, failure });
});

test('a redirect is not followed', async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: '/else' }).end();
  });
  await post(url);
  expect(asked).toEqual(['/events']);
});

test('a requested pause is read only from 429 and 503', async () => {
  for (const [status, retryAfterMs] of [
    [429, 7_000],
    [503, 7_000],
    [500, undefined],
  ]) {
    const url = await serve((_, response) =>
      response.writeHead(status ?? 0, { 'retry-after': '7' }).end(),
    );
    expect((await post(url)).retryAfterMs).toBe(retryAfterMs);
  }
});

test('an endless answer is cut off, and its status counts', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
    };
    response.on('drain', more);
    more();
  });
  expect(await post(url)).toEqual({ status: 200 });
});

test('an answer that stops halfway counts by its status when the time is over', async () => {
  const url = await serve((_, response) => response.writeHead(200).write('x'));
  expect(await post(url, { signal: AbortSignal.timeout(HALFWAY_MS) })).toEqual({ status: 200 });
});

test('a receiver that does not answer is a timeout', async () => {
  const url = await serve(() => {});
  expect(await post(url, { signal: AbortSignal.timeout(100) })).toEqual({ failure: 'timeout' });
});

test('an absent receiver refuses, and one that hangs up is a connection failure', async () => {
  const hangsUp = await serve((request) => request.socket.destroy());
  expect(await post(hangsUp)).toEqual({ failure: 'connection' });
  const [server] = open;
  server?.close();
  expect(await post(hangsUp)).toEqual({ failure: 'refused' });
});

test('a receiver that switches protocols fails at once and delays no other', async () => {
  const server = createTcpServer((socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ failure: 'connection' });
  server.close();
});

test('a port without TLS does not count as delivered', async () => {
  const server = createTcpServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await post(`https://127.0.0.1:${port}/`);
  expect(answer.failure).toBe('tls');
  server.close();
});

test('nothing is sent to an address that is not allowed, by number or by name', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    response.end();
  });
  const { port } = new URL(url);
  for (const refused of [url, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`]) {
    expect(await post(refused, { isLocal: false })).toEqual({ failure: 'address-refused' });
  }
  expect(asked).toBe(0);
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
  ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (text, ms) => {
  expect(parseRetryAfter(text, Date.parse('2026-11-20T10:00:00Z'))).toBe(ms);
});
