import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

const keptBy = async (fixture: Fixture, subscriptionId: string) =>
  (await fixture.control.usage()).filter((event) => event.resourceId === subscriptionId);

describe('a service that was down', () => {
  test.each([3, 23])('for %i hours sends its usage with the original hours', async (hours) => {
    await using fixture = await openFixture();
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    const usedAt = fixture.now();
    await fixture.stopService();
    await fixture.advance(hours * HOUR + 56 * MINUTE);
    await using again = await fixture.startService();
    expect(again.url).toBeDefined();
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled', status: 'Accepted' }]);
    const [sent] = await keptBy(fixture, id);
    expect(sent!.hour).toBe(new Date(Math.floor(usedAt.getTime() / HOUR) * HOUR).toISOString());
  });

  test('for 25 hours gives up what is too old, shows it, and sends the rest', async () => {
    await using fixture = await openFixture();
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    await fixture.stopService();
    await fixture.advance(25 * HOUR);
    await using again = await fixture.startService();
    expect(again.url).toBeDefined();
    await fixture.use(id, 7, { agoMs: 2 * HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(id)).toMatchObject([
      { state: 'settled', reported: '7', status: 'Accepted' },
      {
        state: 'writtenOff',
        reported: '5',
        billed: '0',
        status: 'Expired',
        problem: 'expired',
        attempts: 0,
      },
    ]);
  });

  test.each([
    ['was refused row by row', { endpoint: 'batchUsageEvent', rowStatus: 'Error' }, 'retrying'],
    [
      'was refused because of our credentials',
      { endpoint: 'batchUsageEvent', status: 403, body: {} },
      'marketplace.not-authorized',
    ],
  ] as const)('with carry, moves usage that %s to a current hour', async (_, fault, problem) => {
    await using fixture = await openFixture({ env: { USAGE_EXPIRED: 'carry' } });
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    await fixture.control.addFault(fault);
    await fixture.advance(HOUR);
    await fixture.hoursWhen({ subscriptionId: id }, ([hour]) => hour?.problem === problem);
    await fixture.advance(30 * HOUR);
    await fixture.hoursWhen({ subscriptionId: id }, (hours) => hours.length === 2);
    await fixture.control.clearFaults();
    await fixture.advance(HOUR);
    expect(await fixture.settled(id)).toMatchObject([
      { state: 'settled', used: '0', reported: '5', billed: '5', status: 'Accepted' },
      { state: 'writtenOff', problem: 'expired', used: '5', billed: '0' },
    ]);
    expect(await keptBy(fixture, id)).toMatchObject([{ quantity: '5' }]);
  });

  test('never sends again what may have been counted, and shows it', async () => {
    await using fixture = await openFixture({ env: { USAGE_EXPIRED: 'carry' } });
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    await fixture.control.addFault({ endpoint: 'batchUsageEvent', drop: true, afterEffect: true });
    await fixture.advance(HOUR);
    await fixture.hoursWhen(
      { subscriptionId: id },
      ([hour]) => hour?.problem === 'marketplace.unreachable',
    );
    await fixture.advance(30 * HOUR);
    await fixture.control.clearFaults();
    expect(await fixture.settled(id)).toMatchObject([
      { state: 'writtenOff', problem: 'outcome-unknown' },
    ]);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId: id })).toHaveLength(1);
    expect(await keptBy(fixture, id)).toMatchObject([{ quantity: '5' }]);
  });
  test('sends no units elsewhere whose first answer was lost before Microsoft answered with an error', async () => {
    await using fixture = await openFixture({ env: { USAGE_EXPIRED: 'carry' } });
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    const endpoint = 'batchUsageEvent';
    await fixture.control.addFault({
      endpoint,
      status: 500,
      body: {},
      afterEffect: true,
      count: 1,
    });
    // The repetition within the same call gets an answer about the row, but not about the first attempt.
    await fixture.control.addFault({ endpoint, rowStatus: 'Error', after: 1 });
    await fixture.advance(HOUR);
    await fixture.hoursWhen({ subscriptionId: id }, ([hour]) => hour?.status === 'Error');
    await fixture.advance(30 * HOUR);

    expect(await fixture.settled(id)).toMatchObject([
      { state: 'writtenOff', problem: 'outcome-unknown' },
    ]);
    await fixture.control.clearFaults();
    await fixture.advance(2 * HOUR);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId: id })).toHaveLength(1);
    expect(await keptBy(fixture, id)).toMatchObject([{ quantity: '5' }]);
  });
});

describe('Microsoft', () => {
  // Without the header, each call would be repeated for seconds of real time.
  const headers = { 'retry-after': '1800' };
  const away = { endpoint: 'batchUsageEvent', status: 503, body: {}, headers } as const;

  /** Reports 1.5 units in each hour of an outage, and ends it. */
  async function outage(fixture: Fixture, hours: number): Promise<string> {
    const id = await fixture.subscribe();
    await fixture.control.addFault(away);
    for (let hour = 0; hour < hours; hour += 1) {
      await fixture.use(id, '1.5');
      await fixture.advance(HOUR);
      await fixture.rounds();
    }
    await fixture.control.clearFaults();
    await fixture.advance(HOUR);
    return id;
  }

  test.each([3, 23])(
    'is away for %i hours, and then gets every hour with its own start',
    async (hours) => {
      await using fixture = await openFixture();
      const id = await outage(fixture, hours);
      const settled = await fixture.settled(id);
      expect(settled).toHaveLength(hours);
      expect(settled.every(({ state, billed }) => state === 'settled' && billed === '1.5')).toBe(
        true,
      );
      const kept = await keptBy(fixture, id);
      expect(kept.map(({ hour }) => hour).toSorted()).toEqual(
        settled.map(({ hour }) => hour).toSorted(),
      );
    },
  );

  test('does not answer for 30 hours: usage younger than a day is billed in its own hour, and the rest is listed as lost', async () => {
    await using fixture = await openFixture();
    const id = await outage(fixture, 30);
    const settled = await fixture.settled(id);
    expect(settled).toHaveLength(30);
    const lost = settled.filter(({ state }) => state === 'writtenOff');
    expect(lost.length).toBeGreaterThanOrEqual(6);
    expect(lost.length).toBeLessThanOrEqual(8);
    const kept = await keptBy(fixture, id);
    expect(kept).toHaveLength(30 - lost.length);
  });

  test('does not answer for 30 hours: with carry, old units are billed in current hours, except those that may have been counted', async () => {
    await using fixture = await openFixture({ env: { USAGE_EXPIRED: 'carry' } });
    const id = await outage(fixture, 30);
    await fixture.rounds();
    await fixture.advance(2 * HOUR);
    const hours = await fixture.settled(id);
    const unknown = hours.filter(({ problem }) => problem === 'outcome-unknown');
    expect(unknown).toMatchObject([{ state: 'writtenOff', reported: '1.5' }]);
    const kept = await keptBy(fixture, id);
    const total = kept.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect(total).toBe(29 * 1.5);
  });
});

describe('a failure between two steps', () => {
  test('a process killed between sending and saving bills once', async () => {
    await using fixture = await openFixture();
    const id = await fixture.subscribe();
    await fixture.use(id, 5, { agoMs: HOUR });
    await fixture.stopService();
    await fixture.advance(5 * MINUTE);

    const endpoint = 'batchUsageEvent';
    const fault = await fixture.control.addFault({ endpoint, hold: true, afterEffect: true });
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const CLOCK_URL = new URL(fixture.env.MARKETPLACE_BASE_URL).origin;
    const env = { PATH: process.env['PATH'], ...fixture.env, CLOCK_URL };
    const victim = fork(main, { env, stdio: 'ignore', execArgv: [] });
    try {
      await until('Microsoft has the row', async () => (await keptBy(fixture, id)).length === 1);
    } finally {
      victim.kill('SIGKILL');
      await once(victim, 'exit');
    }
    await fixture.control.removeFault(fault.id);
    const sending = await fixture.store.kysely
      .selectFrom('usageHours')
      .select(['state', 'attempts'])
      .execute();
    expect(sending).toEqual([{ state: 'sending', attempts: 1 }]);

    await fixture.advance(10 * MINUTE);
    await using again = await fixture.startService();
    expect(again.url).toBeDefined();
    const answered = await until('the hour has its answer', async () => {
      const found = await fixture.store.kysely
        .selectFrom('usageHours')
        .select(['state', 'status', 'attempts'])
        .execute();
      return found[0]?.state !== 'sending' && found;
    });
    expect(answered).toEqual([{ state: 'settled', status: 'Duplicate', attempts: 2 }]);
    expect(await keptBy(fixture, id)).toHaveLength(1);
  });

  test('lost connections to Postgres neither lose usage nor double it', async () => {
    await using fixture = await openFixture();
    const id = await fixture.subscribe();
    await fixture.use(id, 5, { agoMs: HOUR });
    const fault = await fixture.control.addFault({ endpoint: 'batchUsageEvent', hold: true });
    await fixture.advance(5 * MINUTE);
    await fixture.hoursWhen(
      { subscriptionId: id, state: 'sending' },
      ([hour]) => hour !== undefined,
    );
    await fixture.database.dropConnections();
    await fixture.control.removeFault(fault.id);
    await until('Microsoft has the row', async () => (await keptBy(fixture, id)).length === 1);
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled' }]);
    expect(await keptBy(fixture, id)).toHaveLength(1);
  });

  test('two instances send each row once', async () => {
    await using fixture = await openFixture();
    await using second = await fixture.startService();
    expect(second.url).toBeDefined();
    const ids = await Promise.all(Array.from({ length: 6 }, () => fixture.subscribe()));
    for (const id of ids) {
      for (let hour = 1; hour <= 20; hour += 1) await fixture.use(id, hour, { agoMs: hour * HOUR });
    }
    await fixture.advance(5 * MINUTE);
    for (const id of ids) {
      const hours = await fixture.settled(id);
      expect(hours.every((hour) => hour.status === 'Accepted' && hour.attempts === 1)).toBe(true);
    }
    expect(await fixture.control.usage()).toHaveLength(120);
  });
});
