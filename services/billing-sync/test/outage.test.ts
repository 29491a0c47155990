import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, startWorld, type World } from './fixture.ts';

const keptBy = async (world: World, subscriptionId: string) =>
  (await world.control.usage()).filter((event) => event.resourceId === subscriptionId);

describe('a service that was away', () => {
  test.each([3, 23])(
    'for %i hours sends what it has, stamped with its own hours',
    async (hours) => {
      await using world = await startWorld();
      const id = await world.subscribe();
      await world.use(id, 5);
      const usedAt = world.now();
      await world.stopService();
      await world.advance(hours * HOUR + 56 * MINUTE);
      await using again = await world.startService();
      expect(again.url).toBeDefined();
      expect(await world.settled(id)).toMatchObject([{ state: 'settled', status: 'Accepted' }]);
      const [sent] = await keptBy(world, id);
      expect(sent!.hour).toBe(new Date(Math.floor(usedAt.getTime() / HOUR) * HOUR).toISOString());
    },
  );

  test('for 25 hours gives up what is too old, visibly, and goes on with the rest', async () => {
    await using world = await startWorld();
    const id = await world.subscribe();
    await world.use(id, 5);
    await world.stopService();
    await world.advance(25 * HOUR);
    await using again = await world.startService();
    expect(again.url).toBeDefined();
    await world.use(id, 7, { agoMs: 2 * HOUR });
    await world.advance(5 * MINUTE);
    expect(await world.settled(id)).toMatchObject([
      { state: 'settled', reported: 7, status: 'Accepted' },
      { state: 'writtenOff', reported: 5, status: 'Expired', problem: 'expired', attempts: 0 },
    ]);
  });

  test.each([
    ['was refused row by row', { endpoint: 'batchUsageEvent', rowStatus: 'Error' }, 'retrying'],
    [
      'never got past our credentials',
      { endpoint: 'batchUsageEvent', status: 403, body: {} },
      'marketplace.not-authorized',
    ],
  ] as const)('adds what %s to a current hour where that is wanted', async (_, fault, problem) => {
    await using world = await startWorld({ env: { USAGE_EXPIRED: 'carry' } });
    const id = await world.subscribe();
    await world.use(id, 5);
    await world.control.addFault(fault);
    await world.advance(HOUR);
    await world.until(
      () => world.hours({ subscriptionId: id }),
      ([hour]) => hour?.problem === problem,
    );
    await world.advance(30 * HOUR);
    await world.until(
      () => world.hours({ subscriptionId: id }),
      (hours) => hours.length === 2,
    );
    await world.control.clearFaults();
    await world.advance(HOUR);
    expect(await world.settled(id)).toMatchObject([
      { state: 'settled', reported: 5, status: 'Accepted' },
      { state: 'writtenOff', problem: 'expired' },
    ]);
    expect(await keptBy(world, id)).toMatchObject([{ quantity: 5 }]);
  });

  test('never sends a second time what may have been counted, and shows it', async () => {
    await using world = await startWorld({ env: { USAGE_EXPIRED: 'carry' } });
    const id = await world.subscribe();
    await world.use(id, 5);
    await world.control.addFault({ endpoint: 'batchUsageEvent', drop: true, afterEffect: true });
    await world.advance(HOUR);
    await world.until(
      () => world.hours({ subscriptionId: id }),
      ([hour]) => hour?.problem === 'marketplace.unreachable',
    );
    await world.advance(30 * HOUR);
    await world.control.clearFaults();
    expect(await world.settled(id)).toMatchObject([
      { state: 'writtenOff', problem: 'outcome-unknown' },
    ]);
    await world.rounds();
    expect(await world.hours({ subscriptionId: id })).toHaveLength(1);
    expect(await keptBy(world, id)).toMatchObject([{ quantity: 5 }]);
  });
});

describe('trouble between two steps', () => {
  test('a process killed between sending and saving bills once', async () => {
    await using world = await startWorld();
    const id = await world.subscribe();
    await world.use(id, 5, { agoMs: HOUR });
    await world.stopService();
    await world.advance(5 * MINUTE);

    // The killed process has the machine's clock, so the local world joins it.
    const setBack = Date.now() - world.now().getTime();
    await world.store.kysely
      .updateTable('usageHours')
      .set({ dueAt: new Date(0), lastUsedAt: new Date() })
      .execute();
    // Time to put a lock in the way of the victim's save, while its call is on the way.
    await world.control.addFault({ endpoint: 'batchUsageEvent', latencyMs: 2000, count: 1 });
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const env = { PATH: process.env['PATH'], ...world.env };
    const victim = fork(main, { env, stdio: 'ignore', execArgv: [] });
    await world.store.kysely.transaction().execute(async (trx) => {
      await world.until(
        () => trx.selectFrom('submissions').select('id').forUpdate().execute(),
        (submissions) => submissions.length === 1,
      );
      await world.until(
        () => keptBy(world, id),
        (kept) => kept.length === 1,
      );
      victim.kill('SIGKILL');
      await once(victim, 'exit');
    });
    const sending = await world.store.kysely
      .selectFrom('usageHours')
      .select(['state', 'attempts'])
      .execute();
    expect(sending).toEqual([{ state: 'sending', attempts: 1 }]);

    const laterMs = setBack + 10 * MINUTE;
    await using again = await world.startService(() => new Date(world.now().getTime() + laterMs));
    expect(again.url).toBeDefined();
    const answered = await world.until(
      () =>
        world.store.kysely
          .selectFrom('usageHours')
          .select(['state', 'status', 'attempts'])
          .execute(),
      ([hour]) => hour?.state !== 'sending',
    );
    expect(answered).toEqual([{ state: 'settled', status: 'Duplicate', attempts: 2 }]);
    expect(await keptBy(world, id)).toHaveLength(1);
  });

  test('lost connections to Postgres lose and double nothing', async () => {
    await using world = await startWorld();
    const id = await world.subscribe();
    await world.use(id, 5, { agoMs: HOUR });
    await world.control.addFault({ endpoint: 'batchUsageEvent', latencyMs: 300, count: 1 });
    await world.advance(5 * MINUTE);
    await world.until(
      () => world.hours({ subscriptionId: id, state: 'sending' }),
      ([hour]) => hour !== undefined,
    );
    await world.database.dropConnections();
    await world.until(
      () => keptBy(world, id),
      (kept) => kept.length === 1,
    );
    await world.advance(5 * MINUTE);
    expect(await world.settled(id)).toMatchObject([{ state: 'settled' }]);
    expect(await keptBy(world, id)).toHaveLength(1);
  });

  test('two instances send each row once', async () => {
    await using world = await startWorld();
    await using second = await world.startService();
    expect(second.url).toBeDefined();
    const ids = await Promise.all(Array.from({ length: 6 }, () => world.subscribe()));
    for (const id of ids) {
      for (let hour = 1; hour <= 20; hour += 1) await world.use(id, hour, { agoMs: hour * HOUR });
    }
    await world.advance(5 * MINUTE);
    for (const id of ids) {
      const hours = await world.settled(id);
      expect(hours.every((hour) => hour.status === 'Accepted' && hour.attempts === 1)).toBe(true);
    }
    expect(await world.control.usage()).toHaveLength(120);
  });
});
