import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
const report = async (...records: ReturnType<typeof record>[]) =>
  (await fixture.api.usage.report.mutate({ records })).results;
const used = async (subscriptionId: string) =>
  (await fixture.hours({ subscriptionId })).reduce((sum, hour) => sum + hour.used, 0);

describe('a usage record', () => {
  test('sent again is repeated and counts once', async () => {
    const subscriptionId = await fixture.subscribe();
    const one = record({ subscriptionId, quantity: 4 });
    expect(await report(one)).toEqual([{ eventId: one.eventId, outcome: 'taken' }]);
    expect(await report(one)).toEqual([{ eventId: one.eventId, outcome: 'repeated' }]);
    const loud = { ...one, subscriptionId: subscriptionId.toUpperCase() };
    expect(await report(loud)).toMatchObject([{ outcome: 'repeated' }]);
    expect(await used(subscriptionId)).toBe(4);
  });

  test('is recognised as repeated even when it is too old to be taken', async () => {
    const subscriptionId = await fixture.subscribe();
    const old = record({
      subscriptionId,
      occurredAt: new Date(fixture.now().getTime() - 23 * HOUR).toISOString(),
    });
    await report(old);
    await fixture.advance(2 * HOUR);
    expect(await report(old)).toMatchObject([{ outcome: 'repeated' }]);
  });

  test('with a used id and different content is refused and changes nothing', async () => {
    const subscriptionId = await fixture.subscribe();
    const one = record({ subscriptionId });
    const other = { ...one, quantity: 2 };
    expect(await report(one, other, one)).toMatchObject([
      { outcome: 'taken' },
      { outcome: 'refused', refusal: 'event-id-reused' },
      { outcome: 'repeated' },
    ]);
    expect(await report(other)).toMatchObject([{ refusal: 'event-id-reused' }]);
    expect(await used(subscriptionId)).toBe(1);
  });

  test('that cannot count is refused with a reason, while others in the batch are taken', async () => {
    const subscriptionId = await fixture.subscribe();
    const at = (ms: number) => new Date(fixture.now().getTime() + ms).toISOString();
    const results = await report(
      record({ subscriptionId, quantity: 0 }),
      record({ subscriptionId, quantity: -1 }),
      record({ subscriptionId, quantity: 1e308 }),
      record({ subscriptionId, occurredAt: at(-25 * HOUR) }),
      record({ subscriptionId, occurredAt: at(6 * MINUTE) }),
      record({ subscriptionId: randomUUID() }),
      record({ subscriptionId }),
    );
    expect(results.map((result) => result.refusal ?? result.outcome)).toEqual([
      'quantity-invalid',
      'quantity-invalid',
      'quantity-invalid',
      'too-old',
      'in-future',
      'subscription-unknown',
      'taken',
    ]);
    expect(await used(subscriptionId)).toBe(1);
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
    expect(await used(subscriptionId)).toBe(100);
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
    for (const id of ids) expect(await used(id)).toBe(3 + 24);
    const deadlocks = () =>
      sql<{ deadlocks: string }>`select deadlocks from pg_stat_database
        where datname = current_database()`.execute(fixture.store.kysely);
    expect((await deadlocks()).rows).toEqual([{ deadlocks: '0' }]);
  });

  test('for an hour that was sent already goes into the current hour, with an adjustment', async () => {
    const subscriptionId = await fixture.subscribe();
    await report(
      record({
        subscriptionId,
        quantity: 5,
        occurredAt: new Date(fixture.now().getTime() - HOUR).toISOString(),
      }),
    );
    await fixture.advance(5 * MINUTE);
    const [sent] = await fixture.settled(subscriptionId);
    const late = record({ subscriptionId, quantity: 7, occurredAt: sent!.hour });
    expect(await report(late)).toMatchObject([{ outcome: 'taken' }]);
    const hours = await fixture.hours({ subscriptionId });
    expect(hours).toMatchObject([
      { state: 'open', used: 7 },
      { state: 'settled', used: 5, reported: 5 },
    ]);
    const notes = await fixture.store.kysely
      .selectFrom('adjustments')
      .selectAll()
      .where('subscriptionId', '=', subscriptionId)
      .execute();
    expect(notes).toMatchObject([
      { reason: 'late', quantity: '7', fromHour: new Date(sent!.hour) },
    ]);
    expect(notes[0]!.toHour?.toISOString()).toBe(hours[0]!.hour);
  });
});

test('late units go into the next hour if the current one has just been sent', async () => {
  const id = await fixture.subscribe();
  const occurredAt = new Date(fixture.now().getTime() - HOUR).toISOString();
  await report(record({ subscriptionId: id, quantity: 5, occurredAt }));
  await fixture.advance(5 * MINUTE);
  await fixture.settled(id);
  await report(record({ subscriptionId: id, quantity: 6 }));
  await fixture.store.kysely
    .updateTable('usageHours')
    .set({ state: 'settled', sealed: true })
    .where('subscriptionId', '=', id)
    .where('state', '=', 'open')
    .execute();
  await report(record({ subscriptionId: id, quantity: 7, occurredAt }));
  const [next, current] = await fixture.hours({ subscriptionId: id });
  expect(next).toMatchObject({ state: 'open', used: 7 });
  expect(Date.parse(next!.hour) - Date.parse(current!.hour)).toBe(HOUR);
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
