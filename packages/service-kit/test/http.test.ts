import { request as httpRequest, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { PATIENCE } from '@landfall/config/patience';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { createBodyBudget } from '../src/http/body-budget.ts';
import { serveHttp, type HttpOptions } from '../src/http/server.ts';
import { correlationId } from '../src/log/log.ts';
import { testLog } from './fixture.ts';

function serve(options: Partial<HttpOptions> & Pick<HttpOptions, 'app'>) {
  return serveHttp({
    host: '127.0.0.1',
    port: 0,
    log: testLog(),
    ready: async () => ({}),
    ...options,
  });
}

const hello = new Hono()
  .get('/hello', (c) => c.json({ correlationId: correlationId() }))
  .post('/echo', async (c) => c.text(await c.req.text()))
  .get('/boom', () => {
    throw new Error('inner detail');
  });

test('/healthz is 200 while the process lives, /readyz only while every dependency answers', async () => {
  const checks = { database: true, bus: false };
  await using server = await serve({ app: hello, ready: async () => checks });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const unready = await fetch(`${server.url}/readyz`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ ready: false, checks: { database: true, bus: false } });
  checks.bus = true;
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('/readyz shows a dependency that the service can do without, and stays 200', async () => {
  const ready = async () => ({ database: true, bus: false });
  await using server = await serve({ app: hello, ready, spared: ['bus'] });
  const response = await fetch(`${server.url}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ready: true, checks: { database: true, bus: false } });
});

test('a readiness check that throws or hangs is answered 503 in time', async () => {
  const throws = async () => Promise.reject(new Error('x'));
  await using server = await serve({ app: hello, ready: throws });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  const hangs = () => new Promise<never>(() => {});
  await using other = await serve({ app: hello, ready: hangs });
  const startedAt = performance.now();
  expect((await fetch(`${other.url}/readyz`)).status).toBe(503);
  // Orchestrators and load balancers give up after ten seconds.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('a harmless correlation id is kept, any other is replaced; it is sent back and reaches the handler', async () => {
  await using server = await serve({ app: hello });
  const ask = async (id?: string) => {
    const response = await fetch(`${server.url}/hello`, {
      headers: id ? { 'x-correlation-id': id } : {},
    });
    const body = (await response.json()) as { correlationId: string };
    expect(response.headers.get('x-correlation-id')).toBe(body.correlationId);
    return body.correlationId;
  };
  expect(await ask('flow-42')).toBe('flow-42');
  expect(await ask('<script>')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await ask('x'.repeat(500))).toMatch(/^[0-9a-f-]{36}$/);
  expect(await ask()).toMatch(/^[0-9a-f-]{36}$/);
});

test('the request line has method, path, status and duration, and never the query', async () => {
  const lines: string[] = [];
  {
    await using server = await serve({ app: hello, log: testLog(lines) });
    await (await fetch(`${server.url}/hello?token=hush`)).text();
  }
  const line = JSON.parse(lines.find((text) => text.includes('"request"')) ?? '{}');
  expect(line).toMatchObject({ method: 'GET', path: '/hello', status: 200 });
  expect(line.ms).toBeTypeOf('number');
  expect(lines.join('')).not.toContain('hush');
});

test('a token in the path is not logged', async () => {
  const lines: string[] = [];
  const token = 'Zx9'.repeat(100);
  {
    await using server = await serve({ app: hello, log: testLog(lines) });
    await fetch(`${server.url}/landing/${token}`);
    await fetch(`${server.url}/landing/purchase/3f0c1c52-6b7a-4a51-9d55-0a8a3c1e9f11`);
  }
  expect(lines.join('')).not.toContain(token.slice(0, 50));
  expect(lines.join('')).toContain('3f0c1c52-6b7a-4a51-9d55-0a8a3c1e9f11');
});

test('an error of a handler is logged and answered 500 without detail', async () => {
  const lines: string[] = [];
  await using server = await serve({
    app: () => {
      throw new Error('inner detail');
    },
    log: testLog(lines),
  });
  const response = await fetch(`${server.url}/boom`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('inner');
  expect(lines.join('')).toContain('inner detail');
});

test('a body above the limit is 413, declared or chunked, and the next request is served', async () => {
  await using server = await serve({ app: hello, maxBodyBytes: 10 });
  const declared = await fetch(`${server.url}/echo`, { method: 'POST', body: 'x'.repeat(11) });
  expect(declared.status).toBe(413);
  expect(await postChunked(`${server.url}/echo`, ['x'.repeat(6), 'y'.repeat(6)])).toEqual([413]);
  expect(await postChunked(`${server.url}/echo`, ['abc', 'def'])).toEqual([200, 'abcdef']);
});

test('the raw hook sees a request first and with its correlation id', async () => {
  await using server = await serve({
    app: hello,
    raw: (req, res) => {
      if (!req.url?.startsWith('/raw')) return false;
      res.end(req.headers['x-correlation-id']);
      return true;
    },
  });
  const raw = await fetch(`${server.url}/raw`);
  expect(await raw.text()).toBe(raw.headers.get('x-correlation-id'));
  expect((await fetch(`${server.url}/hello`)).status).toBe(200);
});

test('closing waits for open requests and takes no new ones', async () => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const app = new Hono().get('/slow', async (c) => {
    started.resolve();
    await finish.promise;
    return c.text('done');
  });
  const server = await serve({ app });
  const slow = fetch(`${server.url}/slow`);
  await started.promise;
  const closing = server[Symbol.asyncDispose]();
  await expect(fetch(`${server.url}/slow`)).rejects.toThrow();
  finish.resolve();
  expect(await (await slow).text()).toBe('done');
  await closing;
});

test('a port that is in use is a fault that names the port', async () => {
  await using server = await serve({ app: hello });
  await expect(serve({ app: hello, port: server.port })).rejects.toMatchObject({
    code: 'http.cannot-listen',
    message: expect.stringContaining(String(server.port)),
  });
});

function postChunked(url: string, chunks: readonly string[]): Promise<(number | string)[]> {
  const { promise, resolve, reject } = Promise.withResolvers<(number | string)[]>();
  const req = httpRequest(url, { method: 'POST' }, (res) => {
    let text = '';
    res.on('data', (chunk: Buffer) => (text += chunk.toString()));
    res.on('end', () => resolve(res.statusCode === 200 ? [200, text] : [res.statusCode ?? 0]));
  });
  req.on('error', reject);
  for (const chunk of chunks) req.write(chunk);
  req.end();
  return promise;
}

describe('a request is decided by its headers before its body arrives', () => {
  const CHUNKED = 'Transfer-Encoding: chunked\r\n';
  const admit = async (request: Request) =>
    request.headers.has('authorization')
      ? async (whole: Request) => new Response(await whole.text())
      : new Response(null, { status: 401 });

  test('a refused request is answered while its body is still being sent', async () => {
    await using server = await serve({ app: hello, admit });
    const begun = `POST /x HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n10000\r\n${'x'.repeat(1000)}`;
    expect(await firstLine(server.url, begun)).toBe('HTTP/1.1 401 Unauthorized');
  });

  test('a client that waits for 100 Continue is asked for its body only after admission', async () => {
    await using server = await serve({ app: hello, admit });
    const head = (extra: string) =>
      `POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n${extra}\r\n`;
    expect(await firstLine(server.url, head(''))).toBe('HTTP/1.1 401 Unauthorized');
    expect(await firstLine(server.url, head('Authorization: me\r\n'))).toBe(
      'HTTP/1.1 100 Continue',
    );
  });

  test('an admitted request reaches the handler with its whole body', async () => {
    await using server = await serve({ app: hello, admit });
    const headers = { authorization: 'me' };
    const answer = await fetch(`${server.url}/x`, { method: 'POST', headers, body: 'all of it' });
    expect(await answer.text()).toBe('all of it');
  });
});

test.each([
  ['a declared', 'Content-Length: 60\r\n\r\n'],
  ['a chunked', `Transfer-Encoding: chunked\r\n\r\n3c\r\n${'x'.repeat(50)}`],
])(
  'bodies above the budget are 503 with Retry-After while %s one is held, and accepted afterwards',
  async (_what, rest) => {
    const isHeld = Promise.withResolvers<void>();
    const bodies = createBodyBudget(100);
    const watched = {
      reserveFor: (res: ServerResponse) => {
        const reserve = bodies.reserveFor(res);
        return (bytes: number) => {
          const hasRoom = reserve(bytes);
          isHeld.resolve();
          return hasRoom;
        };
      },
    };
    await using server = await serve({ app: hello, bodies: watched });
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /echo HTTP/1.1\r\nHost: a\r\n${rest}`);
    await isHeld.promise;
    const post = () => fetch(`${server.url}/echo`, { method: 'POST', body: 'y'.repeat(60) });

    const busy = await post();
    expect(busy.status).toBe(503);
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);

    socket.destroy();
    await expect.poll(async () => (await post()).status, PATIENCE).toBe(200);
  },
);

test('a caller with endless bodies uses only a share of the budget, and others do not wait', async () => {
  const bodies = createBodyBudget(800);
  await using server = await serve({ app: hello, bodies });
  const { hostname, port } = new URL(server.url);
  const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname));
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer slow\r\n');
    socket.write('Content-Length: 60\r\n\r\n');
  }
  const post = (key: string) =>
    fetch(`${server.url}/echo`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: 'y'.repeat(60),
    });

  await expect.poll(async () => (await post('slow')).status, PATIENCE).toBe(503);
  expect((await post('other')).status).toBe(200);

  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await post('slow')).status, PATIENCE).toBe(200);
});

test('connections of one address above its limit are closed, and closed connections make room', async () => {
  const connectionsPerAddress = { groupOf: (address: string) => address, max: 2 };
  await using server = await serve({ app: hello, connectionsPerAddress });
  const { hostname, port } = new URL(server.url);
  const open = async () => {
    const socket = connect(Number(port), hostname);
    const isOpen = new Promise<boolean>((resolve) => {
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
      socket.once('error', () => resolve(false));
    });
    socket.write('GET /hello HTTP/1.1\r\nHost: a\r\n\r\n');
    return { socket, isOpen: await isOpen };
  };
  const first = await open();
  expect([first.isOpen, (await open()).isOpen, (await open()).isOpen]).toEqual([true, true, false]);

  first.socket.destroy();
  await expect.poll(async () => (await open()).isOpen, PATIENCE).toBe(true);
});

/** Sends bytes on a new connection and returns the first line of the answer. */
function firstLine(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString().split('\r\n', 1)[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
    socket.write(bytes);
  });
}

test('an answer may last longer than a request may take to arrive', async () => {
  const lasting = async function* () {
    yield 'begun, ';
    // No shorter than the limit, which is what the test is about.
    await new Promise((resolve) => setTimeout(resolve, 400));
    yield 'ended';
  };
  const asStream = () =>
    new Response(ReadableStream.from(lasting()).pipeThrough(new TextEncoderStream()));
  const raw = (req: { url?: string | undefined }, res: ServerResponse): boolean => {
    if (req.url !== '/raw') return false;
    void (async () => {
      for await (const part of lasting()) res.write(part);
      res.end();
    })();
    return true;
  };
  const limits = { requestTimeoutMs: 100, isStreamed: () => false };
  await using server = await serve({ app: asStream, raw, ...limits });
  for (const path of ['/app', '/raw']) {
    expect(await (await fetch(server.url + path)).text()).toBe('begun, ended');
  }
});

test('a body that does not arrive in time ends with 408, unless the request is streamed', async () => {
  let streamed = 0;
  await using server = await serve({
    app: hello,
    requestTimeoutMs: 200,
    maxBodyBytes: 10,
    isStreamed: (req) => req.url === '/file',
    raw: (req, res) => {
      if (req.url !== '/file') return false;
      req.on('data', (chunk: Buffer) => (streamed += chunk.byteLength));
      req.on('end', () => res.end());
      return true;
    },
  });
  const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n`;
  const { port } = server;
  const statusOf = (path: string, rest?: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => resolve(chunk.toString('latin1').slice(9, 12)));
      socket.write(head(path));
      if (rest !== undefined) setTimeout(() => socket.write(rest), 600);
    });
  expect(await statusOf('/file', 'x'.repeat(20))).toBe('200');
  expect(streamed).toBe(20);
  expect(await statusOf('/echo')).toBe('413');
  await using small = await serve({ app: hello, requestTimeoutMs: 200, isStreamed: () => false });
  const socket = connect(small.port, '127.0.0.1');
  socket.write(head('/echo'));
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString('latin1')).toContain(' 408 ');
  socket.destroy();
});

test('a client that does not read its answer is cut', async () => {
  const cut = Promise.withResolvers<void>();
  await using server = await serve({
    app: () => new Response(null),
    idleTimeoutMs: 200,
    raw(_req, res) {
      res.once('close', cut.resolve);
      const more = (): void => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
        res.once('drain', more);
      };
      more();
      return true;
    },
  });
  const socket = connect(server.port, '127.0.0.1').pause();
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await cut.promise;
  socket.destroy();
});

test('an answer to a request that cannot be read has a correlation id too', async () => {
  const lines: string[] = [];
  await using server = await serve({ app: hello, log: testLog(lines) });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('NOT HTTP\r\n\r\n');
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
  await once(socket, 'close');
  const [, id = 'none'] = /^X-Correlation-Id: ([0-9a-f-]{36})\r$/m.exec(answer) ?? [];
  expect(lines.join('')).toContain(id);
});
