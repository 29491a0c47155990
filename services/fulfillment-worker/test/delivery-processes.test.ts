import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { delivery, openDeliveryStage, type DeliveryStage } from './deliveries-stage.ts';
import { eventually } from './stage.ts';

const mainFile = new URL('../src/main.ts', import.meta.url);

let world: DeliveryStage;
beforeEach(async () => {
  world = await openDeliveryStage();
});
afterEach(() => world[Symbol.asyncDispose]());

async function startProcess(): Promise<ChildProcess> {
  const child = fork(mainFile, {
    env: { ...world.stage.environment, LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

test('two workers send each event once', async () => {
  await Promise.all([world.boot(), world.boot()]);
  const { destination, receiver } = await world.destination();
  await Promise.all(Array.from({ length: 100 }, () => world.tell('renewed')));
  await eventually('all have arrived', async () => {
    const all = await world.deliveriesOf(destination.id);
    return all.length === 100 && all.every(({ state }) => state === 'delivered');
  });
  expect(receiver.receipts).toHaveLength(100);
  expect(new Set(receiver.receipts.map(({ event }) => event.id)).size).toBe(100);
});

test('a worker that is killed between post and saving costs a repetition with the same id', async () => {
  const child = await startProcess();
  const { destination, receiver } = await world.destination();
  const { promise: taken, resolve: take } = Promise.withResolvers<void>();
  receiver.reply = () => {
    take();
    return new Promise(() => {});
  };
  await world.tell('activated');
  await taken;
  child.kill('SIGKILL');
  await once(child, 'exit');
  receiver.reply = () => ({ status: 200 });
  expect(await world.deliveriesOf(destination.id).catch(() => 'nobody')).toBe('nobody');

  // The end of the lease is the only thing that tells of the crash.
  await world.stage.db.pool.query(`update deliveries set lease_until = now() - interval '1 ms'`);
  await world.boot();
  const arrived = await delivery(world, destination.id, ({ state }) => state === 'delivered');
  expect(arrived.attempts).toBe(1);
  expect(receiver.receipts).toHaveLength(2);
  const [first, second] = receiver.receipts;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
});

test('an attempt whose lease another worker has taken over saves nothing', async () => {
  await world.boot();
  const { destination, receiver } = await world.destination();
  const hanging: ((reply: { status: number }) => void)[] = [];
  receiver.reply = () => new Promise((resolve) => hanging.push(resolve));
  await world.tell('activated');
  await eventually('the first is under way', () => hanging.length === 1);
  await world.stage.db.pool.query(`update deliveries set lease_until = now() - interval '1 ms'`);
  await eventually('the second too', () => hanging.length === 2);
  hanging[0]?.({ status: 500 });
  hanging[1]?.({ status: 200 });
  const arrived = await delivery(world, destination.id, ({ state }) => state === 'delivered');
  expect(arrived.attempts).toBe(1);
});
