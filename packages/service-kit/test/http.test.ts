import { request as httpRequest } from 'node:http';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { serveHttp, type HttpOptions } from '../src/http.ts';
import { correlationId } from '../src/log.ts';
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

test('/healthz answers as long as the process lives, /readyz only while every dependency does', async () => {
  const checks = { database: true, bus: false };
  await using server = await serve({ app: hello, ready: async () => checks });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const unready = await fetch(`${server.url}/readyz`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ ready: false, checks: { database: true, bus: false } });
  checks.bus = true;
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('a readiness check that throws or hangs is 503, not an error and not a wait', async () => {
  const throws = async () => Promise.reject(new Error('x'));
  await using server = await serve({ app: hello, ready: throws });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  const hangs = () => new Promise<never>(() => {});
  await using other = await serve({ app: hello, ready: hangs });
  const startedAt = performance.now();
  expect((await fetch(`${other.url}/readyz`)).status).toBe(503);
  // Whoever looks, an orchestrator or a load balancer, gives up after ten.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('a harmless correlation id is taken over, any other replaced; it comes back and reaches the handler', async () => {
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

test('a token that was put into the path is not in the log', async () => {
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

test('what a handler throws is logged and answered 500 without detail', async () => {
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

test('closing finishes requests in flight and takes no new ones', async () => {
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

test('a taken port is a fault that says which', async () => {
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
