import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { delivery, openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';

const mainFile = new URL('../src/main.ts', import.meta.url);

let deliveryFixture: DeliveryFixture;
beforeEach(async () => {
  deliveryFixture = await openDeliveryFixture();
});
afterEach(() => deliveryFixture[Symbol.asyncDispose]());

async function startProcess(): Promise<ChildProcess> {
  const child = fork(mainFile, {
    env: { ...deliveryFixture.fixture.environment, LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

test('two workers send each event once', async () => {
  await Promise.all([deliveryFixture.boot(), deliveryFixture.boot()]);
  const { destination, receiver } = await deliveryFixture.destination();
  await Promise.all(Array.from({ length: 100 }, () => deliveryFixture.recordFact('renewed')));
  await until('all events have arrived', async () => {
    const all = await deliveryFixture.deliveriesOf(destination.id);
    return all.length === 100 && all.every(({ state }) => state === 'delivered');
  });
  expect(receiver.receipts).toHaveLength(100);
  expect(new Set(receiver.receipts.map(({ event }) => event.id)).size).toBe(100);
});

test('a worker that is killed between post and saving causes one repeat with the same id', async () => {
  const child = await startProcess();
  const { destination, receiver } = await deliveryFixture.destination();
  const { promise: taken, resolve: take } = Promise.withResolvers<void>();
  receiver.reply = () => {
    take();
    return new Promise(() => {});
  };
  await deliveryFixture.recordFact('activated');
  await taken;
  child.kill('SIGKILL');
  await once(child, 'exit');
  receiver.reply = () => ({ status: 200 });
  expect(await deliveryFixture.deliveriesOf(destination.id).catch(() => 'nobody')).toBe('nobody');

  // Only the end of the lease shows the crash.
  await deliveryFixture.fixture.db.pool.query(
    `update deliveries set lease_until = now() - interval '1 ms'`,
  );
  await deliveryFixture.boot();
  const arrived = await delivery(
    deliveryFixture,
    destination.id,
    ({ state }) => state === 'delivered',
  );
  expect(arrived.attempts).toBe(1);
  expect(receiver.receipts).toHaveLength(2);
  const [first, second] = receiver.receipts;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
});

test('an attempt saves nothing if another worker has taken over its lease', async () => {
  await deliveryFixture.boot();
  const { destination, receiver } = await deliveryFixture.destination();
  const hanging: ((reply: { status: number }) => void)[] = [];
  receiver.reply = () => new Promise((resolve) => hanging.push(resolve));
  await deliveryFixture.recordFact('activated');
  await until('the first is under way', () => hanging.length === 1);
  await deliveryFixture.fixture.db.pool.query(
    `update deliveries set lease_until = now() - interval '1 ms'`,
  );
  await until('the second too', () => hanging.length === 2);
  hanging[0]?.({ status: 500 });
  hanging[1]?.({ status: 200 });
  const arrived = await delivery(
    deliveryFixture,
    destination.id,
    ({ state }) => state === 'delivered',
  );
  expect(arrived.attempts).toBe(1);
});
