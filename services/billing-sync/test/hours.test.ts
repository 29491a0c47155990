import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const sentFor = async (subscriptionId: string) =>
  (await fixture.control.usage()).filter((event) => event.resourceId === subscriptionId);

describe('an hour of usage', () => {
  test('of 150 records is one event with their sum, sent after the hour has closed', async () => {
    const subscriptionId = await fixture.subscribe();
    const records = Array.from({ length: 150 }, () => ({
      eventId: randomUUID(),
      subscriptionId,
      dimension: 'reports',
      quantity: 0.1,
      occurredAt: fixture.now().toISOString(),
    }));
    const { results } = await fixture.api.usage.report.mutate({ records });
    expect(results.every((result) => result.outcome === 'taken')).toBe(true);

    await fixture.rounds();
    expect(await sentFor(subscriptionId)).toEqual([]);
    await fixture.advance(HOUR);
    const [hour] = await fixture.settled(subscriptionId);
    expect(hour).toMatchObject({ state: 'settled', status: 'Accepted', used: 15, reported: 15 });
    const sent = await sentFor(subscriptionId);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ quantity: 15, dimension: 'reports', planId: 'starter' });
    expect(new Date(sent[0]!.effectiveStartTime).toISOString()).toBe(hour!.hour);
    expect(sent[0]!.usageEventId).toBe(hour!.usageEventId);
  });

  test('waits for reporters that are late by less than the grace', async () => {
    const subscriptionId = await fixture.subscribe();
    const toNextHour = HOUR - (fixture.now().getTime() % HOUR);
    await fixture.use(subscriptionId, 2);
    await fixture.advance(toNextHour + MINUTE);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId })).toMatchObject([{ state: 'open' }]);
    await fixture.use(subscriptionId, 3, { agoMs: 2 * MINUTE });
    await fixture.advance(2 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([
      { reported: 5, state: 'settled' },
    ]);
  });

  test('is billed as a whole by the plan in force when it began', async () => {
    const subscriptionId = await fixture.subscribe();
    await fixture.use(subscriptionId, 5);
    await fixture.control.changePlan(subscriptionId, 'growth');
    await fixture.advance(30_000);
    await fixture.deliver('planChanged', { id: subscriptionId, planId: 'growth' });
    await fixture.use(subscriptionId, 6);
    await fixture.advance(HOUR + 5 * MINUTE);
    await fixture.use(subscriptionId, 7);
    const [first] = await fixture.hoursWhen(
      { subscriptionId, state: 'settled' },
      (hours) => hours.length === 1,
    );
    expect(first).toMatchObject({ planId: 'starter', reported: 11, status: 'Accepted' });
    await fixture.advance(HOUR + 5 * MINUTE);
    const [second] = await fixture.hoursWhen(
      { subscriptionId, state: 'settled' },
      (hours) => hours.length === 2,
    );
    expect(second).toMatchObject({ planId: 'growth', reported: 7 });
  });

  test('is listed in consecutive pages, and an invalid cursor is refused', async () => {
    const subscriptionId = await fixture.subscribe();
    for (const hoursAgo of [1, 2, 3, 4, 5]) {
      await fixture.use(subscriptionId, 1, { agoMs: hoursAgo * HOUR });
    }
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

describe('the included quantity', () => {
  const include = (dimension: string, included: number | null) =>
    fixture.api.dimensions.put.mutate({
      offerId: 'analytics-preview',
      planId: 'growth',
      dimension,
      included,
    });

  test('is used up over the term, and only what is above it is reported', async () => {
    await include('reports', 1000);
    const subscriptionId = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(subscriptionId, 900, { agoMs: 2 * HOUR });
    await fixture.hoursWhen({ subscriptionId }, ([hour]) => hour?.state === 'open');
    await fixture.advance(10 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([{ reported: 0, attempts: 0 }]);
    await fixture.use(subscriptionId, 250, { agoMs: HOUR });
    await fixture.advance(10 * MINUTE);
    const [latest] = await fixture.settled(subscriptionId);
    expect(latest).toMatchObject({ used: 250, reported: 150, status: 'Accepted' });

    // Late usage for an earlier hour: by now, all of it is above the included quantity.
    await fixture.use(subscriptionId, 30, { agoMs: 5 * HOUR });
    await fixture.advance(10 * MINUTE);
    await fixture.settled(subscriptionId);
    const sent = await sentFor(subscriptionId);
    expect(sent.map((event) => event.quantity)).toEqual(expect.arrayContaining([150, 30]));
    expect(sent).toHaveLength(2);
  });

  test('starts again with a renewal, not with the month', async () => {
    await include('reports', 100);
    const subscriptionId = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(subscriptionId, 150, { agoMs: HOUR });
    await fixture.advance(10 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([{ reported: 50 }]);
    const startDate = fixture.now().toISOString();
    await fixture.deliver('renewed', { id: subscriptionId, term: { startDate } });
    await fixture.advance(HOUR);
    await fixture.use(subscriptionId, 120);
    await fixture.advance(HOUR + 5 * MINUTE);
    const [latest] = await fixture.settled(subscriptionId);
    expect(latest).toMatchObject({ used: 120, reported: 20 });
  });

  test('of the old term is not used while the renewal is expected', async () => {
    await include('reports', 100);
    const id = await fixture.subscribe({ planId: 'growth' });
    const ago = (ms: number) => new Date(fixture.now().getTime() - ms).toISOString();
    await fixture.use(id, 150, { agoMs: 4 * HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(id)).toMatchObject([{ reported: 50 }]);
    await fixture.deliver('quantityChanged', { id, term: { endDate: ago(26 * HOUR) } });
    await fixture.use(id, 120, { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId: id, state: 'open' })).toHaveLength(1);
    await fixture.deliver('renewed', {
      id,
      term: { startDate: ago(2 * HOUR + 5 * MINUTE), endDate: ago(-28 * 24 * HOUR) },
    });
    const [latest] = await fixture.settled(id);
    expect(latest).toMatchObject({ used: 120, reported: 20 });
  });

  test('can be unlimited; then nothing is sent', async () => {
    await include('api-calls', null);
    const subscriptionId = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(subscriptionId, 1e9, { dimension: 'api-calls', agoMs: HOUR });
    await fixture.advance(10 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([
      { reported: 0, state: 'settled' },
    ]);
    expect(await sentFor(subscriptionId)).toEqual([]);
    const { items } = await fixture.api.dimensions.list.query({});
    expect(items).toContainEqual({
      offerId: 'analytics',
      planId: 'growth',
      dimension: 'api-calls',
      included: null,
    });
  });
});
