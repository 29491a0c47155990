import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const record = (over: object = {}) => ({
  eventId: randomUUID(),
  subscriptionId: '',
  dimension: 'reports',
  quantity: 1,
  occurredAt: fixture.now().toISOString(),
  ...over,
});
const report = async (...records: readonly object[]) =>
  (await fixture.api.usage.report.mutate({ records: records as UsageRecords })).results;
type UsageRecords = Parameters<Fixture['api']['usage']['report']['mutate']>[0]['records'];

/** Reported units of a subscription, rated or not. */
const used = async (subscriptionId: string) => {
  const { rows } = await sql<{ used: string | null }>`
    select sum(used) as used from meter_hours where subscription_id = ${subscriptionId}`.execute(
    fixture.store.kysely,
  );
  return rows[0]?.used;
};

describe('a usage record', () => {
  test('sent again is repeated and counts once', async () => {
    const subscriptionId = await fixture.subscribe();
    const one = record({ subscriptionId, quantity: '4' });
    expect(await report(one)).toEqual([{ eventId: one.eventId, outcome: 'taken' }]);
    expect(await report(one)).toEqual([{ eventId: one.eventId, outcome: 'repeated' }]);
    expect(await used(subscriptionId)).toBe('4');
  });

  test('of any form gets its own verdict, and the others in the batch count', async () => {
    const subscriptionId = await fixture.subscribe();
    const good = record({ subscriptionId });

    const results = await report(record({ subscriptionId, dimension: null }), good, {});

    expect(results).toMatchObject([
      { outcome: 'refused', refusal: 'malformed', message: 'dimension is missing' },
      { eventId: good.eventId, outcome: 'taken' },
      { outcome: 'refused', refusal: 'malformed' },
    ]);
    expect(await used(subscriptionId)).toBe('1');
    const { items } = await fixture.api.usage.refusals.query({ subscriptionId });
    expect(items).toMatchObject([{ refusal: 'malformed', records: 1 }]);
  });

  test('with a dimension that the plan does not have is refused once Microsoft has sent the plan', async () => {
    const subscriptionId = await fixture.subscribe();
    const [verdict] = await until('the plan is known', async () => {
      const verdicts = await report(record({ subscriptionId, dimension: 'Reports' }));
      return verdicts[0]?.outcome === 'refused' && verdicts;
    });
    expect(verdict).toMatchObject({ refusal: 'dimension-unknown' });
    expect(verdict?.message).toContain('Did you mean "reports"?');
  });

  test('can be judged in a dry run, which counts nothing', async () => {
    const subscriptionId = await fixture.subscribe();
    const records = [record({ subscriptionId })];
    const judged = await fixture.api.usage.report.mutate({ records, dryRun: true });
    expect(judged).toMatchObject({ results: [{ outcome: 'taken' }], dryRun: true });
    expect(await used(subscriptionId)).toBeNull();
    expect(await report(...records)).toMatchObject([{ outcome: 'taken' }]);
  });

  test('is listed with its plan and the time at which it was taken', async () => {
    const subscriptionId = await fixture.subscribe();
    const one = record({ subscriptionId, quantity: '0.10' });
    await report(one);
    const { items } = await fixture.api.usage.records.query({
      subscriptionId,
      from: one.occurredAt,
      to: new Date(fixture.now().getTime() + 1).toISOString(),
    });
    expect(items).toEqual([
      {
        eventId: one.eventId,
        dimension: 'reports',
        quantity: '0.1',
        occurredAt: one.occurredAt,
        takenAt: fixture.now().toISOString(),
        planId: 'starter',
      },
    ]);
  });

  test('reported by many callers at once to two instances counts once', async () => {
    await using second = await fixture.startService();
    expect(second.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const subscriptionId = await fixture.subscribe();
    const records = Array.from({ length: 100 }, () => record({ subscriptionId }));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        report(...(index % 2 === 0 ? records : records.toReversed())),
      ),
    );
    const taken = answers.flat().filter((result) => result.outcome === 'taken');
    expect(taken).toHaveLength(100);
    expect(answers.flat().filter((result) => result.outcome === 'repeated')).toHaveLength(1900);
    expect(await used(subscriptionId)).toBe('100');
  });

  test('in many late batches at once does not make the batches deadlock', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => fixture.subscribe()));
    const ago = (hours: number) => new Date(fixture.now().getTime() - hours * HOUR).toISOString();
    const batchOf = (hours: readonly number[]) =>
      ids.flatMap((subscriptionId) =>
        hours.map((hour) => record({ subscriptionId, occurredAt: ago(hour) })),
      );
    await report(...batchOf([1, 2, 3]));
    await fixture.advance(5 * MINUTE);
    for (const id of ids) await fixture.settled(id);

    // Each batch has the current hour for half of the subscriptions, and a sent hour for the others.
    const batches = Array.from({ length: 24 }, (_, index) =>
      ids.map((subscriptionId, place) =>
        record({ subscriptionId, occurredAt: ago((index + place) % 2 === 0 ? 0 : 2) }),
      ),
    );
    const answers = await Promise.all(batches.map((batch) => report(...batch)));
    expect(answers.flat().filter((result) => result.outcome === 'taken')).toHaveLength(96);
    for (const id of ids) expect(await used(id)).toBe('27');
    const deadlocks = () =>
      sql<{ deadlocks: string }>`select deadlocks from pg_stat_database
        where datname = current_database()`.execute(fixture.store.kysely);
    expect((await deadlocks()).rows).toEqual([{ deadlocks: '0' }]);
  });
});

describe('a fact about a subscription', () => {
  const known = (id: string) =>
    fixture.store.kysely
      .selectFrom('subscriptions')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();

  test('that is older than the known version does not change the record', async () => {
    const id = await fixture.subscribe();
    await fixture.deliver('suspended', { id, status: 'Suspended', version: 5 });
    await fixture.deliver('planChanged', { id, planId: 'growth', version: 4 });
    expect(await known(id)).toMatchObject({ status: 'Suspended', planId: 'starter', version: 5 });
  });

  test('that arrives twice, with the same or another message id, counts once', async () => {
    const id = await fixture.subscribe();
    const fact = { id, status: 'Suspended', version: 9, messageId: randomUUID() };
    await fixture.deliver('suspended', fact);
    await fixture.deliver('suspended', fact);
    await fixture.deliver('suspended', { ...fact, messageId: randomUUID(), planId: 'growth' });
    expect(await known(id)).toMatchObject({ version: 9, planId: 'starter' });
  });

  test('without a term keeps the known term, and the first end of a subscription is kept', async () => {
    const id = await fixture.subscribe();
    const { termStart: before } = await known(id);
    const endedAt = fixture.now();
    await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed', term: {} });
    await fixture.advance(MINUTE);
    await fixture.deliver('activationFailed', { id, status: 'Unsubscribed', term: {} });
    expect(await known(id)).toMatchObject({ termStart: before, endedAt });
  });
});
