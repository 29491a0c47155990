import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { send, TimedOut, type Sending } from '../src/send.ts';

const MAX_BYTES = 1_000;
/** Longer than any test waits for an answer. */
const LONG_MS = 60_000;

/** A server on this machine that answers with the listener. */
async function answering(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/path`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const sent = (url: string, rest: Partial<Sending> = {}) =>
  send({
    url,
    method: 'GET',
    headers: {},
    body: '',
    signal: new AbortController().signal,
    timeoutMs: LONG_MS,
    maxBytes: MAX_BYTES,
    ...rest,
  });

const TEXT = '{"name":"Ünïcode"}';

test.each([
  ['gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['identity', Buffer.from(TEXT)],
])('an answer that is packed with %s is unpacked', async (encoding, bytes) => {
  await using server = await answering((_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
  );

  expect(await sent(server.url)).toMatchObject({ status: 200, text: TEXT });
});

test.each(['gzip', 'deflate', 'br'])(
  'an empty answer may name %s as its packing',
  async (encoding) => {
    await using server = await answering((_, response) =>
      response.writeHead(202, { 'content-encoding': encoding }).end(),
    );

    const answer = await sent(server.url, { method: 'PATCH', body: TEXT });
    expect(answer).toMatchObject({ status: 202, text: '' });
  },
);

test('an answer that is too long is not kept, even if it is short while packed', async () => {
  const long = 'x'.repeat(MAX_BYTES + 1);
  await using packed = await answering((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(long)),
  );
  await using endless = await answering((_, response) => {
    const write = (): void => {
      if (!response.destroyed) response.write(long, write);
    };
    write();
  });

  expect((await sent(packed.url)).text).toBeUndefined();
  expect((await sent(endless.url)).text).toBeUndefined();
});

test('the time limit includes the body', async () => {
  await using server = await answering((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
  });

  await expect(sent(server.url, { timeoutMs: 50 })).rejects.toThrow(TimedOut);
});

test('an answer that breaks off is an error, not a short answer', async () => {
  await using server = await answering((_, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half', () => response.destroy());
  });

  await expect(sent(server.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('damaged packed content is an error', async () => {
  await using server = await answering((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed'),
  );

  await expect(sent(server.url)).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
});

test('a call without a body says so, and a body arrives whole', async () => {
  const received: unknown[] = [];
  await using server = await answering((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
      received.push([request.method, length, coding, text]);
      response.end();
    });
  });

  await sent(server.url);
  await sent(server.url, { method: 'POST' });
  await sent(server.url, { method: 'PATCH', body: TEXT });

  expect(received).toEqual([
    ['GET', undefined, undefined, ''],
    ['POST', '0', undefined, ''],
    ['PATCH', String(Buffer.byteLength(TEXT)), undefined, TEXT],
  ]);
});
