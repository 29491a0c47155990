import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decimal, decimalText, sum } from '@landfall/domain/decimal';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';
import { ledgerOf, keptBy } from './ledger-of.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe('an hour of usage', () => {
  test('of 150 records is one event with their exact sum, sent after the hour has closed', async () => {
    const subscriptionId = await fixture.subscribe();
    const records = Array.from({ length: 150 }, () => ({
      eventId: randomUUID(),
      subscriptionId,
      dimension: 'reports',
      quantity: '0.1',
      occurredAt: fixture.now().toISOString(),
    }));
    const { results } = await fixture.api.usage.report.mutate({ records });
    expect(results.every((result) => result.outcome === 'taken')).toBe(true);

    await fixture.rounds();
    expect(await keptBy(fixture, subscriptionId)).toEqual([]);
    await fixture.advance(HOUR);
    const [hour] = await fixture.settled(subscriptionId);

    expect(hour).toMatchObject({ status: 'Accepted', used: '15', reported: '15', billed: '15' });
    const sent = await keptBy(fixture, subscriptionId);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ quantity: '15', dimension: 'reports', planId: 'starter' });
    expect(new Date(sent[0]!.effectiveStartTime).toISOString()).toBe(hour!.hour);
    expect(sent[0]!.usageEventId).toBe(hour!.usageEventId);
  });

  test('waits for reporters that are late by less than the grace', async () => {
    const subscriptionId = await fixture.subscribe();
    const toNextHour = HOUR - (fixture.now().getTime() % HOUR);
    await fixture.use(subscriptionId, 2);
    await fixture.advance(toNextHour + MINUTE);
    await fixture.rounds();
    expect(await ledgerOf(fixture, subscriptionId)).toEqual([]);
    await fixture.use(subscriptionId, 3, { agoMs: 2 * MINUTE });
    await fixture.advance(2 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([
      { reported: '5', state: 'settled' },
    ]);
  });

  test('takes late usage until it is sent', async () => {
    const id = await fixture.subscribe();
    await fixture.setIncluded({ dimension: 'api-calls', included: 10 });
    await fixture.use(id, 10, { dimension: 'api-calls', agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(id)).toMatchObject([{ used: '10', reported: '0', attempts: 0 }]);

    await fixture.use(id, 4, { dimension: 'api-calls', agoMs: HOUR });
    await fixture.advance(5 * MINUTE);

    const [hour] = await fixture.hoursWhen({ subscriptionId: id }, ([one]) => one?.billed === '4');
    expect(hour).toMatchObject({ used: '14', reported: '4', state: 'settled' });
    await fixture.setIncluded({ dimension: 'api-calls', included: 0 });
  });

  test('that was sent does not change: later units go into the current hour, and the ledger shows it', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4, { agoMs: 2 * HOUR });
    await fixture.advance(5 * MINUTE);
    const [own] = await fixture.settled(id);
    await fixture.use(id, 3, { agoMs: 2 * HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.rounds();

    const entries = await ledgerOf(fixture, id);
    const current = new Date(Math.floor(fixture.now().getTime() / HOUR) * HOUR);
    expect(entries).toMatchObject([
      { reported: '4', reason: null },
      { reported: '3', reason: 'late', toHour: current },
    ]);
    await fixture.advance(HOUR);
    const [latest, earlier] = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      (hours) => hours.length === 2,
    );
    expect(latest).toMatchObject({ used: '0', reported: '3', billed: '3' });
    expect(earlier).toMatchObject({ hour: own!.hour, used: '7', reported: '4', billed: '4' });
  });

  test('is listed in consecutive pages, and an invalid cursor is refused', async () => {
    const subscriptionId = await fixture.subscribe();
    for (const hoursAgo of [1, 2, 3, 4, 5]) {
      await fixture.use(subscriptionId, 1, { agoMs: hoursAgo * HOUR });
    }
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toHaveLength(5);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await fixture.api.usage.hours.query({ subscriptionId, limit: 2, cursor });
      seen.push(...page.items.map((item) => item.hour));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
    await expect(fixture.api.usage.hours.query({ cursor: 'nonsense' })).rejects.toMatchObject({
      data: { rejection: 'cursor.invalid' },
    });
  });
});

describe('a plan change within an hour', () => {
  test('bills each record by the plan of its moment, the second plan in the next hour', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    await fixture.advance(30_000);
    await fixture.control.changePlan(id, 'growth');
    await fixture.advance(30_000);
    await fixture.deliver('planChanged', { id, planId: 'growth' });
    await fixture.use(id, 6);
    await fixture.advance(HOUR);
    const [first] = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      (hours) => hours.length === 1,
    );
    expect(first).toMatchObject({ planId: 'starter', used: '11', reported: '5', billed: '5' });
    await fixture.use(id, 7);
    await fixture.advance(HOUR);
    const [second] = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      (hours) => hours.length === 2,
    );

    expect(second).toMatchObject({ planId: 'growth', used: '7', reported: '13', billed: '13' });
    const moved = (await ledgerOf(fixture, id)).filter(({ reason }) => reason !== null);
    expect(moved).toMatchObject([{ planId: 'growth', reported: '6', reason: 'plan-changed' }]);
  });

  test('lets the second plan have the hour if the first one reports nothing', async () => {
    await fixture.setIncluded({ dimension: 'api-calls', included: 100 });
    const id = await fixture.subscribe();
    await fixture.use(id, 5, { dimension: 'api-calls' });
    await fixture.control.changePlan(id, 'growth');
    await fixture.advance(30_000);
    await fixture.deliver('planChanged', { id, planId: 'growth' });
    await fixture.use(id, 6, { dimension: 'api-calls' });
    await fixture.advance(HOUR);
    const [hour] = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      ([one]) => one?.billed !== undefined,
    );
    expect(hour).toMatchObject({ planId: 'growth', used: '11', reported: '6', billed: '6' });
    await fixture.setIncluded({ dimension: 'api-calls', included: 0 });
  });
});

describe('a quantity', () => {
  test('too small to report is carried until it makes a millionth', async () => {
    const id = await fixture.subscribe();
    for (const hoursAgo of [1, 2, 3]) {
      await fixture.use(id, '0.0000004', { agoMs: hoursAgo * HOUR });
    }
    await fixture.advance(5 * MINUTE);
    await fixture.hoursWhen({ subscriptionId: id }, (hours) =>
      hours.some(({ billed }) => billed === '0.000001'),
    );
    const entries = await ledgerOf(fixture, id);
    const reported = entries.map((entry) => entry.reported).toSorted();
    expect(reported).toEqual(['0', '0', '0.000001']);
    expect(remainders(entries)).toBe('0.0000002');
    expect(await keptBy(fixture, id)).toMatchObject([{ quantity: '0.000001' }]);
  });

  test('that no binary number holds exactly is billed exactly', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, '0.1', { agoMs: HOUR });
    await fixture.use(id, '0.2', { agoMs: HOUR });
    await fixture.use(id, '123456789.123456', { dimension: 'api-calls', agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.hoursWhen({ subscriptionId: id, state: 'settled' }, (all) => all.length === 2);
    const kept = (await keptBy(fixture, id)).map(({ quantity }) => quantity).toSorted();
    expect(kept).toEqual(['0.3', '123456789.123456']);
  });
});

describe('several instances', () => {
  test('rate and send each unit once', async () => {
    await using _second = await fixture.startService();
    await using _third = await fixture.startService();
    const ids = await Promise.all(Array.from({ length: 4 }, () => fixture.subscribe()));
    for (const _turn of [1, 2, 3]) {
      await Promise.all(
        ids.flatMap((id) =>
          [1, 2, 3, 4, 5].map((agoH) => fixture.use(id, 1, { agoMs: agoH * HOUR })),
        ),
      );
      await fixture.advance(3 * MINUTE);
    }
    // Late units are in the row of the current hour then, which is sent after its end.
    await until('all usage is rated', async () => (await openHours(ids)).length === 0);
    await fixture.advance(HOUR + 5 * MINUTE);
    for (const id of ids) {
      await fixture.hoursWhen({ subscriptionId: id }, (hours) => {
        const billed = hours.map((hour) => decimal(hour.billed ?? '0'));
        return decimalText(sum(billed)) === '15';
      });
      const kept = (await keptBy(fixture, id)).map(({ quantity }) => decimal(quantity));
      expect(decimalText(sum(kept))).toBe('15');
    }
  });
});

test('every unit of this file is in the ledger once, and on a row or given up', async () => {
  const { kysely } = fixture.store;
  const entries = await kysely.selectFrom('ledgerEntries').selectAll().execute();
  const rows = await kysely.selectFrom('usageHours').selectAll().execute();
  const counters = await kysely.selectFrom('termCounters').selectAll().execute();
  const taken = await kysely.selectFrom('usageRecords').select('quantity').execute();
  const total = (values: readonly string[]) => decimalText(sum(values.map(decimal)));
  const rated = entries.filter(({ kind }) => kind === 'rated');

  expect(rated.length).toBeGreaterThan(0);
  for (const entry of rated) {
    expect(total([entry.included, entry.reported, entry.remainder])).toBe(entry.used);
  }
  expect(total(rated.map(({ used }) => used))).toBe(total(taken.map(({ quantity }) => quantity)));
  expect(total(rows.map(({ used }) => used))).toBe(total(taken.map(({ quantity }) => quantity)));
  expect(total(rows.map(({ reported }) => reported))).toBe(
    total(rated.map(({ reported }) => reported)),
  );
  for (const name of ['reported', 'remainder', 'used'] as const) {
    const ofDimensions = counters.filter(({ kind }) => kind === 'dimension');
    expect(total(ofDimensions.map((one) => one[name]))).toBe(total(rated.map((one) => one[name])));
  }
});

async function openHours(subscriptionIds: readonly string[]) {
  return fixture.store.kysely
    .selectFrom('meterHours')
    .select('hour')
    .where('subscriptionId', 'in', [...subscriptionIds])
    .where('state', '=', 'open')
    .execute();
}

function remainders(entries: readonly { readonly remainder: string }[]): string {
  return decimalText(sum(entries.map(({ remainder }) => decimal(remainder))));
}
