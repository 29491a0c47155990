import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PATIENCE } from '@landfall/config/patience';
import { expect, test } from 'vitest';
import { createBodyBudget } from '../src/http/body-budget.ts';
import type { DirectAdmission } from '../src/http/direct.ts';
import { serveHttp, type HttpOptions, type HttpServer } from '../src/http/server.ts';
import { correlationId } from '../src/log/log.ts';
import { testLog } from './fixture.ts';

function serve(options: Partial<HttpOptions>) {
  return serveHttp({
    host: '127.0.0.1',
    port: 0,
    log: testLog(),
    ready: async () => ({}),
    ...options,
  });
}

/** Serves only `/echo`: sends back the bodies of callers with a token, and refuses the others. */
function direct({ url, headers }: IncomingMessage): Promise<DirectAdmission> | undefined {
  return url === '/echo' ? decide(headers.authorization) : undefined;
}

async function decide(authorization: string | undefined): Promise<DirectAdmission> {
  if (authorization === undefined) return { status: 401, headers: { 'x-why': 'no token' } };
  return async (body) => ({
    status: 200,
    json: { body: body.toString(), correlationId: correlationId() },
  });
}

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const TOKEN = 'Authorization: me\r\n';
const head = (headers: string) => `POST /echo HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;

test('an admitted request is answered with its whole body, declared or chunked, on one connection', async () => {
  await using server = await serve({ direct });
  using caller = callerOf(server);
  const declared = await caller.ask(`${head(`${TOKEN}Content-Length: 3\r\n`)}abc`);
  expect(declared).toMatch(/^HTTP\/1.1 200 [^]*"body":"abc"/);
  const chunked = await caller.ask(`${head(TOKEN + CHUNKED)}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`);
  expect(chunked).toMatch(/^HTTP\/1.1 200 [^]*"body":"abcdef"/);
  expect(await caller.ask(head(`${TOKEN}X-Correlation-Id: flow-1\r\n`))).toMatch(
    /^HTTP\/1.1 200 [^]*x-correlation-id: flow-1\r\n[^]*"correlationId":"flow-1"/,
  );
});

test('a request that is not for the direct handler goes to the application', async () => {
  await using server = await serve({ direct, app: () => new Response('by the application') });
  expect(await (await fetch(`${server.url}/other`)).text()).toBe('by the application');
});

test('a refused request is answered while its body is still being sent, and its connection is closed', async () => {
  await using server = await serve({ direct });
  using caller = callerOf(server);
  const answer = await caller.ask(`${head(CHUNKED)}10000\r\n${'x'.repeat(1000)}`);
  expect(answer).toMatch(/^HTTP\/1.1 401 [^]*x-why: no token\r\n/);
  expect(answer.toLowerCase()).toContain('connection: close');
  await caller.closed;
});

test('a small body of a refused request is dropped, and the connection carries the next request', async () => {
  await using server = await serve({ direct });
  using caller = callerOf(server);
  expect(await caller.ask(`${head('Content-Length: 3\r\n')}abc`)).toContain(' 401 ');
  expect(await caller.ask(`${head(`${TOKEN}Content-Length: 3\r\n`)}def`)).toContain('"def"');
});

test('a client that waits for 100 Continue is asked for its body only after admission', async () => {
  await using server = await serve({ direct });
  const waiting = 'Expect: 100-continue\r\nContent-Length: 2\r\n';
  using refused = callerOf(server);
  expect(await refused.ask(head(waiting))).toContain(' 401 ');
  await refused.closed;
  using admitted = callerOf(server);
  expect(await admitted.ask(head(waiting + TOKEN))).toContain(' 100 Continue');
  expect(await admitted.ask('ok')).toMatch(/^HTTP\/1.1 200 [^]*"body":"ok"/);
});

test.each([
  ['declared', `Content-Length: 11\r\n\r\n${'x'.repeat(11)}`],
  ['chunked', `${CHUNKED}\r\nb\r\n${'x'.repeat(11)}\r\n`],
])(
  'a %s body above the limit is answered 413, and the connection is closed',
  async (_how, rest) => {
    await using server = await serve({ direct, maxBodyBytes: 10 });
    using caller = callerOf(server);
    expect(await caller.ask(`POST /echo HTTP/1.1\r\nHost: a\r\n${TOKEN}${rest}`)).toContain(
      ' 413 ',
    );
    await caller.closed;
  },
);

test.each([
  ['declared', 'Content-Length: 60\r\n\r\n'],
  ['chunked', `${CHUNKED}\r\n3c\r\n${'x'.repeat(50)}`],
])('a body above the budget is answered 503 while %s bodies are held', async (_how, rest) => {
  const bodies = createBodyBudget(800);
  await using server = await serve({ direct, bodies });
  const holders = Array.from({ length: 2 }, () => callerOf(server));
  for (const { socket } of holders)
    socket.write(`POST /echo HTTP/1.1\r\nHost: a\r\n${TOKEN}${rest}`);
  const post = () =>
    fetch(`${server.url}/echo`, {
      method: 'POST',
      headers: { authorization: 'me' },
      body: 'y'.repeat(60),
    });

  await expect.poll(async () => (await post()).status, PATIENCE).toBe(503);
  expect(Number((await post()).headers.get('retry-after'))).toBeGreaterThan(0);

  for (const holder of holders) holder[Symbol.dispose]();
  await expect.poll(async () => (await post()).status, PATIENCE).toBe(200);
});

test('an error of a handler is logged and answered 500 without detail; a caller that disconnects is no error', async () => {
  const lines: string[] = [];
  const failing = async (): Promise<DirectAdmission> => async () => {
    throw new Error('inner detail');
  };
  await using server = await serve({ direct: failing, log: testLog(lines) });
  const begun = connect(server.port, '127.0.0.1');
  begun.write(`${head('Content-Length: 9\r\n')}half`);
  await once(begun, 'connect');
  begun.destroy();
  await expect.poll(() => lines.join(''), PATIENCE).toContain('"aborted":true');
  expect(lines.join('')).not.toContain('request failed');

  const answer = await fetch(`${server.url}/x`, { method: 'POST', body: 'x' });

  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('inner');
  expect(lines.join('')).toContain('inner detail');
});

test('closing waits for a request that is being handled, and then closes its connection', async () => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const slow = async (): Promise<DirectAdmission> => async () => {
    started.resolve();
    await finish.promise;
    return { status: 200 };
  };
  const server = await serve({ direct: slow });
  using caller = callerOf(server);
  const answer = caller.ask(head('Content-Length: 0\r\n'));
  await started.promise;
  const closing = server[Symbol.asyncDispose]();
  finish.resolve();
  expect(await answer).toMatch(/^HTTP\/1.1 200 [^]*content-length: 0\r\n/i);
  await caller.closed;
  await closing;
});

/** One connection. `ask` sends bytes and returns the next ones that come back. */
function callerOf(
  server: HttpServer,
): Disposable & { socket: Socket; ask(bytes: string): Promise<string>; closed: Promise<unknown> } {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  return {
    socket,
    closed: once(socket, 'close'),
    async ask(bytes) {
      const answer = once(socket, 'data') as Promise<[Buffer]>;
      socket.write(bytes);
      return (await answer)[0].toString('latin1');
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}
