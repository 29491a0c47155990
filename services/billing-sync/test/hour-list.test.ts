import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function pages(filter: { subscriptionId?: string; dimension?: string; state?: string }) {
  const seen = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.api.usage.hours.query({ ...filter, limit: 2, cursor });
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return seen;
}

test('rated and unrated hours are in one list, each once on consecutive pages, latest first', async () => {
  const subscriptionId = await fixture.subscribe();
  for (const dimension of ['reports', 'api-calls']) {
    for (const hoursAgo of [1, 2, 3]) {
      await fixture.use(subscriptionId, '1.50', { dimension, agoMs: hoursAgo * HOUR });
    }
  }
  await fixture.advance(5 * MINUTE);
  await fixture.settled(subscriptionId);
  // The hour of this usage has a row already. The other usage has none.
  await fixture.use(subscriptionId, '0.25', { agoMs: HOUR });
  await fixture.use(subscriptionId, '7');

  const seen = await pages({ subscriptionId });

  expect(seen.map(({ state, dimension, used }) => [state, dimension, used])).toEqual([
    ['open', 'reports', '7'],
    ['settled', 'api-calls', '1.5'],
    ['settled', 'reports', '1.5'],
    ['open', 'reports', '0.25'],
    ['settled', 'api-calls', '1.5'],
    ['settled', 'reports', '1.5'],
    ['settled', 'api-calls', '1.5'],
    ['settled', 'reports', '1.5'],
  ]);
  const times = seen.map(({ hour }) => hour);
  expect(times).toEqual(times.toSorted().toReversed());
  expect((await pages({ subscriptionId, state: 'open' })).map(({ used }) => used)).toEqual([
    '7',
    '0.25',
  ]);
  expect(await pages({ subscriptionId, state: 'settled' })).toHaveLength(6);
  expect(await pages({ subscriptionId, dimension: 'reports' })).toHaveLength(5);
  expect(await pages({ subscriptionId, state: 'unheard-of' })).toEqual([]);
});

test('an hour says until when Microsoft takes it, while something can be sent for it', async () => {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, 3, { agoMs: HOUR });
  const usedAt = fixture.now().getTime() - HOUR;
  const [open] = await fixture.hours({ subscriptionId });
  expect(open).toMatchObject({ state: 'open', reported: '0', attempts: 0 });
  expect(Date.parse(open!.expiresAt!)).toBe(usedAt + 24 * HOUR);
  await fixture.advance(5 * MINUTE);
  const [settled] = await fixture.settled(subscriptionId);
  expect(settled).toMatchObject({ state: 'settled', billed: '3' });
  expect(settled).not.toHaveProperty('expiresAt');
});

test('usage without a known included quantity is listed with its problem', async () => {
  await fixture.control.addFault({ endpoint: 'plans', status: 503, body: {} });
  await fixture.control.publishPlan(
    { offerId: 'analytics', planId: 'unread' },
    {
      displayName: 'Unread',
      description: 'A plan that Landfall cannot read.',
      terms: [{ termUnit: 'P1M', price: 0, description: 'Free' }],
    },
  );
  const subscriptionId = await fixture.subscribe({ planId: 'unread' });
  await fixture.use(subscriptionId, 3, { agoMs: HOUR });
  await fixture.advance(5 * MINUTE);
  const [held] = await fixture.hoursWhen(
    { subscriptionId, state: 'open' },
    ([hour]) => hour?.problem !== undefined,
  );
  expect(held).toMatchObject({ problem: 'included-unknown', used: '3', reported: '0' });
});

test.each([
  'nonsense',
  Buffer.from(JSON.stringify(['2026-03-10T09:00:00.000Z', 's'])).toString('base64url'),
])('the cursor %s is refused', async (cursor) => {
  await expect(fixture.api.usage.hours.query({ cursor })).rejects.toMatchObject({
    data: { rejection: 'cursor.invalid' },
  });
});

test('the hours of a subscription are counted by day and state, and pages of days follow each other', async () => {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, '1', { agoMs: HOUR });
  await fixture.use(subscriptionId, '1', { agoMs: 2 * HOUR });
  await fixture.advance(5 * MINUTE);
  await fixture.settled(subscriptionId);
  await sql`
    insert into usage_hours (subscription_id, publisher_id, dimension, plan_id, hour, used, reported, state, problem, first_used_at, last_used_at)
    select subscription_id, publisher_id, dimension, plan_id, hour - interval '2 days', used, reported, 'refused', 'refused', first_used_at, last_used_at
    from usage_hours where subscription_id = ${subscriptionId}`.execute(fixture.store.kysely);
  const days = [];
  for (let cursor: string | undefined; ;) {
    const page = await fixture.api.usage.days.query({ subscriptionId, limit: 1, cursor });
    days.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  const total = days.flatMap(({ hours }) => Object.entries(hours));
  const of = (state: string) =>
    total.filter(([name]) => name === state).reduce((sum, [, count]) => sum + count, 0);
  expect([of('settled'), of('refused')]).toEqual([2, 2]);
  expect(days.map(({ day }) => day)).toEqual(
    days
      .map(({ day }) => day)
      .toSorted()
      .toReversed(),
  );
  expect(days.at(-1)).toMatchObject({ dimensions: ['reports'], isProblem: true });
  expect(days[0]).toMatchObject({ isProblem: false });
  const until = `${days[0]!.day}T00:00:00.000Z`;
  const earlier = await fixture.api.usage.days.query({ subscriptionId, until });
  expect(earlier.items).toEqual(days.slice(1));
});

test('the progress of usage counts accepted, pending and lost hours by day, without those of test purchases', async () => {
  const subscriptionId = await fixture.subscribe();
  const testId = await fixture.subscribe({ isTest: true });
  const before = await fixture.api.usage.progress.query({});
  const hour = new Date(Math.floor(fixture.now().getTime() / HOUR) * HOUR - HOUR);
  const day = hour.toISOString().slice(0, 10);
  const rows = (['settled', 'sending', 'refused', 'writtenOff'] as const).flatMap((state) =>
    [subscriptionId, testId].map((id) => ({ id, state })),
  );
  await fixture.store.kysely
    .insertInto('usageHours')
    .values(
      rows.map(({ id, state }) => ({
        subscriptionId: id,
        dimension: `as-${state}`,
        hour,
        publisherId: 'contoso',
        planId: 'starter',
        state,
        sealed: true,
        firstUsedAt: hour,
        lastUsedAt: hour,
      })),
    )
    .execute();

  const after = await fixture.api.usage.progress.query({});
  const theirs = await fixture.api.usage.progress.query({ publisherId: 'nobody' });

  const of = (progress: typeof after) => progress.days.find((one) => one.day === day)!;
  expect(after.days).toHaveLength(14);
  expect(of(after)).toEqual({
    day,
    accepted: of(before).accepted + 1,
    pending: of(before).pending + 1,
    lost: of(before).lost + 2,
  });
  expect(after.nextDeadlineAt).toBe(new Date(hour.getTime() + 24 * HOUR).toISOString());
  expect(of(theirs)).toEqual({ day, accepted: 0, pending: 0, lost: 0 });
  expect(theirs.nextDeadlineAt).toBeUndefined();
});
