import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { errorDetails } from '../src/errors.ts';
import { createLandfallClient, type LiveEvent } from '../src/index.ts';

type Answer = (res: ServerResponse, req: IncomingMessage) => void;

/** Answers the requests in turn; the last answer repeats. Landfall's own answers are tested with the gateway. */
async function serve(...answers: Answer[]) {
  const seen: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    seen.push(req);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(res, req);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    seen,
    client: createLandfallClient({ url, apiKey: 'lf_key' }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const frame = (id: string, type = 'fulfillment.subscription.renewed') =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id, type, occurredAt: '' })}\n\n`;
const stream =
  (...chunks: string[]): Answer =>
  (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks) res.write(chunk);
  };
const endingStream =
  (...chunks: string[]): Answer =>
  (res, req) => {
    stream(...chunks)(res, req);
    res.end();
  };

async function first(count: number, events: AsyncIterable<LiveEvent>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of events) if (ids.push(id) === count) break;
  return ids;
}

test('after an interruption it continues after the last id, also after one that came without an event', async () => {
  const cut: Answer = (res, req) => {
    stream('retry: 1\n', frame('1'), ':\n\n', 'id: 2\n\n')(res, req);
    setImmediate(() => res.destroy());
  };
  await using server = await serve(cut, endingStream(frame('3')), stream(frame('4', 'gap')));
  const ids = await first(3, server.client.events.live.listen({ types: ['a', 'b'] }));
  expect(ids).toEqual(['1', '3', '4']);
  expect(server.seen.map(({ url }) => url)).toEqual([
    '/v1/events?types=a%2Cb',
    '/v1/events?types=a%2Cb&lastEventId=2',
    '/v1/events?types=a%2Cb&lastEventId=3',
  ]);
  expect(server.seen[0]?.headers.authorization).toBe('Bearer lf_key');
});

test('events that arrive in pieces are put together', async () => {
  const whole = frame('ü-1') + frame('2').replaceAll('\n', '\r\n');
  const bytes = Buffer.from(whole);
  const inPieces: Answer = (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    void writeBytes(res);
  };
  const writeBytes = async (res: ServerResponse): Promise<void> => {
    for (const byte of bytes) {
      await new Promise((resolve) => res.write(Uint8Array.of(byte), resolve));
    }
  };
  await using server = await serve(inPieces);
  expect(await first(2, server.client.events.live.listen({}))).toEqual(['ü-1', '2']);
});

test('it waits while Landfall is away, and throws if Landfall refuses the caller', async () => {
  const problem =
    (status: number, detail: string): Answer =>
    (res) =>
      res
        .writeHead(status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ title: 'x', status, detail, correlationId: 'flow-1' }));
  const proxy: Answer = (res) => res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>');
  await using server = await serve(proxy, problem(503, 'later'), problem(403, 'No scope.'));
  const failed = await first(1, server.client.events.live.listen({})).catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({ message: 'No scope.' });
  expect(errorDetails(failed)).toMatchObject({
    code: 'FORBIDDEN',
    httpStatus: 403,
    isRetryable: false,
    correlationId: 'flow-1',
  });
  expect(server.seen).toHaveLength(3);
});

test('a signal ends it quietly, while it listens and while it waits', async () => {
  await using listening = await serve(stream(frame('1')));
  const gone = new AbortController();
  const seen: string[] = [];
  for await (const { id } of listening.client.events.live.listen({}, { signal: gone.signal })) {
    seen.push(id);
    gone.abort();
  }
  expect(seen).toEqual(['1']);

  await using away = await serve((res) => res.destroy());
  const soon = AbortSignal.timeout(100);
  expect(await first(1, away.client.events.live.listen({}, { signal: soon }))).toEqual([]);
});

test('leaving the loop closes the connection', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using server = await serve((res, req) => {
    res.once('close', () => resolve());
    stream(frame('1'))(res, req);
  });
  await first(1, server.client.events.live.listen({}));
  await promise;
});
