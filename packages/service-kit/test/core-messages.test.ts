import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { testNats } from '@landfall/servers/testing';
import { connectBus } from '../src/bus/bus.ts';
import { testLog } from './fixture.ts';

const SUBJECT = 'rpc.billing-sync.test.ask';

test('requests that begin in the same turn of the event loop leave in one write', async () => {
  await using nats = await testNats();
  await using owner = await connectBus({ url: nats.url, name: 'billing-sync', log: testLog() });
  await using caller = await connectBus({ url: nats.url, name: 'gateway', log: testLog() });
  await using _ = owner.respond(SUBJECT, 'billing-sync', async ({ body }) => `answer ${body}`);
  const ask = (body: string) =>
    caller.request(SUBJECT, body, { headers: {}, timeoutMs: PATIENCE_MS });
  // The first request also subscribes to answers.
  expect(await ask('0')).toBe('answer 0');
  using write = vi.spyOn(Socket.prototype, 'write');

  // Each has a callback of its own, as requests from different sockets have.
  const asked = ['1', '2', '3'].map(
    (body) => new Promise<string>((resolve) => setImmediate(() => resolve(ask(body)))),
  );

  expect(await Promise.all(asked)).toEqual(['answer 1', 'answer 2', 'answer 3']);
  const sent = write.mock.calls
    .map(([data]) => Buffer.from(data as Uint8Array).toString())
    .filter((text) => text.includes(`PUB ${SUBJECT}`));
  expect(sent).toHaveLength(1);
});

test('a request whose connection is lost fails at once, so that its caller can ask again', async () => {
  await using nats = await testNats();
  await using owner = await connectBus({ url: nats.url, name: 'billing-sync', log: testLog() });
  await using caller = await connectBus({ url: nats.url, name: 'gateway', log: testLog() });
  const received = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  await using _ = owner.respond(SUBJECT, 'billing-sync', () => {
    received.resolve();
    return answer.promise;
  });
  const failed = caller
    .request(SUBJECT, '', { headers: {}, timeoutMs: PATIENCE_MS })
    .catch((error: unknown) => error);
  await received.promise;

  await nats.kill();

  expect(await failed).toMatchObject({ code: 'rpc.disconnected', retry: 'later' });
  answer.resolve('late');
  await nats.restart();
});
