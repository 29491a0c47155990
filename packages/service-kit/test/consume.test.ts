import { jetstreamReader } from './jetstream-reader.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streams } from '@landfall/contracts/streams';
import { Fault } from '@landfall/domain/fault';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { correlationId } from '../src/log/log.ts';
import { consumerNamed, envelope, fact, notification, testLog } from './fixture.ts';

let nats: TestNats;
let bus: Bus;

beforeAll(async () => {
  nats = await testNats();
  bus = await connectBus({ url: nats.url, name: 'fulfillment-worker', log: testLog() });
  await bus.ensureStreams([streams.ingest]);
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

const quickly = { backOffMs: [5], maxDeliveries: 3 };

function send(subscriptionId: string, messageId?: string) {
  return bus.publish(fact, notification(subscriptionId), envelope(messageId));
}

test('a handler gets payload, envelope and fact once, under the correlation id of the flow', async () => {
  const seen: unknown[] = [];
  await using _ = await bus.consume(consumerNamed('plain'), async (payload, given, of) => {
    seen.push([payload.subscriptionId, given.messageId, given.correlationId, correlationId(), of]);
  });
  await send('plain', 'm-plain');
  await send('plain', 'm-plain');
  await send('marker', 'm-marker');
  await until('both have come', () => seen.length >= 2);
  expect(seen).toEqual([
    ['plain', 'm-plain', 'flow-m-plain', 'flow-m-plain', fact],
    ['marker', 'm-marker', 'flow-m-marker', 'flow-m-marker', fact],
  ]);
});

test('a message with a fault to retry later is delivered again until it succeeds', async () => {
  let tries = 0;
  await using _ = await bus.consume(
    consumerNamed('later'),
    async ({ subscriptionId }) => {
      if (subscriptionId !== 'later') return;
      tries += 1;
      if (tries < 3) throw new Fault('marketplace.unavailable', 'x', { retry: 'later' });
    },
    { backOffMs: [5] },
  );
  await send('later');
  await until('it was tried three times', () => tries === 3);
});

test('attempts are separated by our own pauses, including jitter', async () => {
  const times: number[] = [];
  await using _ = await bus.consume(
    consumerNamed('patient'),
    async ({ subscriptionId }) => {
      if (subscriptionId !== 'patient') return;
      times.push(performance.now());
      if (times.length < 3) throw new Fault('database.unavailable', 'x', { retry: 'later' });
    },
    { backOffMs: [401] },
  );
  await send('patient');
  await until('it was tried three times', () => times.length === 3);
  const pauses = times.slice(1).map((time, index) => time - times[index]!);
  for (const pauseMs of pauses) expect(pauseMs).toBeGreaterThanOrEqual(0.75 * 401 - 10);
});

test("the other side's own wish says how long to wait", async () => {
  const times: number[] = [];
  await using _ = await bus.consume(consumerNamed('retry-after'), async ({ subscriptionId }) => {
    if (subscriptionId !== 'retry-after') return;
    times.push(performance.now());
    if (times.length > 1) return;
    throw new Fault('marketplace.throttled', 'x', { retry: 'later', retryAfterMs: 400 });
  });
  await send('retry-after');
  await until('it came again', () => times.length === 2);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(390);
});

test('a message that can never succeed becomes a dead letter with its reason, and stops no other', async () => {
  const causes: Record<string, () => unknown> = {
    never: () => new Fault('marketplace.gone', 'x', { retry: 'never' }),
    bug: () => new TypeError('joe@contoso.example has no plan'),
    exhausted: () => new Fault('marketplace.unavailable', 'x', { retry: 'later' }),
  };
  const handled: string[] = [];
  await using letters = await jetstreamReader(nats.url, 'DEAD_LETTERS');
  await using _ = await bus.consume(
    consumerNamed('poisoned'),
    async ({ subscriptionId }) => {
      const cause = causes[subscriptionId]?.();
      if (cause) throw cause;
      handled.push(subscriptionId);
    },
    quickly,
  );
  for (const subscriptionId of ['never', 'bug', 'exhausted', 'healthy']) {
    await send(subscriptionId, `m-${subscriptionId}`);
  }
  const mine = () => letters.messages.filter(({ subject }) => subject === 'deadletter.poisoned');
  await until('three letters are there', () => mine().length === 3);
  await until('the healthy one is handled', () => handled.includes('healthy'));
  const told = mine().map(({ headers, body }) => ({
    reason: headers['Landfall-Reason'],
    attempts: headers['Landfall-Attempts'],
    subject: headers['Landfall-Subject'],
    id: headers['Landfall-Message-Id'],
    flow: headers['Landfall-Correlation-Id'],
    subscription: (JSON.parse(body) as { subscriptionId: string }).subscriptionId,
  }));
  const of = (name: string, reason: string, attempts: string) => ({
    reason,
    attempts,
    subject: fact.subject,
    id: `m-${name}`,
    flow: `flow-m-${name}`,
    subscription: name,
  });
  expect(told).toContainEqual(of('never', 'marketplace.gone', '1'));
  expect(told).toContainEqual(of('bug', 'bug:TypeError', '1'));
  expect(told).toContainEqual(of('exhausted', 'marketplace.unavailable', '3'));
});

test('a malformed message becomes a dead letter, and the next one is handled', async () => {
  const handled: string[] = [];
  await using letters = await jetstreamReader(nats.url, 'DEAD_LETTERS');
  await using _ = await bus.consume(consumerNamed('malformed'), async ({ subscriptionId }) => {
    handled.push(subscriptionId);
  });
  await bus.publishMessage(fact.subject, 'no json', envelope('m-no-json'));
  await bus.publishMessage(fact.subject, '{"subscriptionId":1}', envelope('m-misfit'));
  await send('after-malformed');
  await until('the next is handled', () => handled.includes('after-malformed'));
  const mine = () => letters.messages.filter(({ subject }) => subject === 'deadletter.malformed');
  await until('both letters are there', () => mine().length === 2);
  expect(mine().map(({ headers }) => headers['Landfall-Reason'])).toEqual([
    'malformed',
    'malformed',
  ]);
});

test('a fact with unknown fields is handled', async () => {
  const handled: string[] = [];
  await using _ = await bus.consume(consumerNamed('newer'), async ({ subscriptionId }) => {
    handled.push(subscriptionId);
  });
  const newer = { ...notification('newer'), addedLater: { a: 1 } };
  await bus.publishMessage(fact.subject, JSON.stringify(newer), envelope());
  await until('it is handled', () => handled.includes('newer'));
});

test('instances of one durable consumer share its facts, and closing one loses none', async () => {
  const counts = [0, 0];
  const seen = new Set<string>();
  const start = (index: number) =>
    bus.consume(consumerNamed('shared'), async ({ subscriptionId }) => {
      if (!subscriptionId.startsWith('shared-')) return;
      counts[index] = (counts[index] ?? 0) + 1;
      seen.add(subscriptionId);
      await new Promise(setImmediate);
    });
  const first = await start(0);
  await using _ = await start(1);
  for (let i = 0; i < 100; i += 1) await send(`shared-${i}`);
  await until('both have worked', () => counts.every((count) => count > 0));
  await first[Symbol.asyncDispose]();
  for (let i = 100; i < 150; i += 1) await send(`shared-${i}`);
  await until('all are handled', () => seen.size === 150);
});

test('at most the given number of handlers run at a time', async () => {
  let running = 0;
  let most = 0;
  let done = 0;
  await using _ = await bus.consume(
    consumerNamed('bounded'),
    async ({ subscriptionId }) => {
      if (!subscriptionId.startsWith('bounded-')) return;
      running += 1;
      most = Math.max(most, running);
      await until('three handlers have run at the same time', () => most >= 3);
      running -= 1;
      done += 1;
    },
    { concurrency: 3 },
  );
  await Promise.all(Array.from({ length: 60 }, (_, i) => send(`bounded-${i}`)));
  await until('all are done', () => done === 60);
  expect(most).toBe(3);
});

test('closing the bus waits for handlers and settles their messages', async () => {
  const name = 'closing';
  const own = await connectBus({ url: nats.url, name: 'fulfillment-worker', log: testLog() });
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const handled: string[] = [];
  await own.consume(consumerNamed(name), async ({ subscriptionId }) => {
    if (subscriptionId !== name) return;
    started.resolve();
    await finish.promise;
    handled.push(subscriptionId);
  });
  await send(name);
  await started.promise;
  const closed = own[Symbol.asyncDispose]();
  finish.resolve();
  await closed;
  expect(handled).toEqual([name]);
  await using _ = await bus.consume(consumerNamed(name), async ({ subscriptionId }) => {
    handled.push(subscriptionId);
  });
  await send('after-closing');
  await until('the next fact arrives', () => handled.includes('after-closing'));
  expect(handled).toEqual([name, 'after-closing']);
});

test('a wake-up reaches every listener', async () => {
  let heard = 0;
  await using _ = bus.listen('wake.test', () => (heard += 1));
  await using __ = bus.listen('wake.test', () => (heard += 1));
  await until('both hear', () => {
    bus.notify('wake.test');
    return heard >= 2;
  });
});
