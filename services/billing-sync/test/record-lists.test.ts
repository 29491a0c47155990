import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import { hourOf } from '@landfall/domain/usage';
import { listRecords } from '../src/procedures/usage-records.ts';
import { listRefusals } from '../src/procedures/usage-refusals.ts';
import { HOUR, MINUTE, openStore, type StoreFixture } from './store-fixture.ts';

describe('refused records', () => {
  const anyone = { publisherId: undefined, subscriptionId: undefined, refusal: undefined };
  type Page = { readonly items: readonly object[]; readonly nextCursor?: string | undefined };
  const list = async (of: StoreFixture, filter: object = {}) =>
    (await listRefusals(of.db)(
      { ...anyone, limit: 200, ...filter },
      undefined as never,
    )) as unknown as Page;

  test('are counted per hour, publisher, subscription, dimension and reason', async () => {
    await using fresh = await openStore();
    const mine = await fresh.save();
    const theirs = await fresh.save({ publisherId: 'fabrikam' });
    const old = { occurredAt: fresh.ago(25 * HOUR) };
    await fresh.take([
      fresh.record({ subscriptionId: mine, ...old }),
      fresh.record({ subscriptionId: mine, ...old, eventId: 'last' }),
      fresh.record({ subscriptionId: theirs, ...old, eventId: 'their' }),
      null,
    ]);
    fresh.advance(HOUR);
    await fresh.take([fresh.record({ subscriptionId: mine, ...old, eventId: 'later' })]);

    const { items } = await list(fresh);

    const of = (publisherId: string, subscriptionId: string) => ({ publisherId, subscriptionId });
    expect(items).toMatchObject([
      {
        ...of('contoso', mine),
        refusal: 'too-old',
        records: 1,
        lastEventId: 'later',
        hour: '2026-03-10T11:00:00.000Z',
      },
      { refusal: 'malformed', message: 'The record is not an object.', records: 1 },
      { ...of('contoso', mine), dimension: 'reports', records: 2, lastEventId: 'last' },
      { ...of('fabrikam', theirs), records: 1, lastEventId: 'their' },
    ]);
    expect((await list(fresh, { publisherId: 'fabrikam' })).items).toHaveLength(1);
    expect((await list(fresh, { refusal: 'malformed' })).items).toHaveLength(1);
    expect((await list(fresh, { subscriptionId: mine.toUpperCase() })).items).toHaveLength(2);
    const pages: object[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await list(fresh, { limit: 1, cursor });
      pages.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(items);
  });

  test('of unknown subscriptions need a limited number of rows, and each record is counted', async () => {
    await using fresh = await openStore();
    const batch = () =>
      Array.from({ length: MAX_USAGE_BATCH }, () =>
        fresh.record({ subscriptionId: randomUUID(), dimension: randomUUID() }),
      );
    for (let round = 0; round < 3; round += 1) await fresh.take([...batch()]);

    const { rows } = await sql<{ rows: number; records: number }>`
      select count(*)::int as rows, sum(records)::int as records from usage_refusals`.execute(
      fresh.db.kysely,
    );
    expect(rows).toEqual([{ rows: 1001, records: 3000 }]);
  });
});

test('the individual records behind an hour are listed, earliest first, page by page', async () => {
  await using store = await openStore();
  const id = await store.save();
  const records = [3, 1, 2, 2].map((minutes) =>
    store.record({ subscriptionId: id, quantity: '1.50', occurredAt: store.ago(minutes * MINUTE) }),
  );
  await store.take([
    ...records,
    store.record({ subscriptionId: id, dimension: 'exports' }),
    store.record({ subscriptionId: id, occurredAt: store.ago(HOUR) }),
  ]);
  const from = hourOf(store.now()).toISOString();
  const to = store.now().toISOString();
  const given = { subscriptionId: id.toUpperCase(), dimension: 'reports', from, to };

  const found: { readonly eventId: string; readonly quantity: string }[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = (await listRecords(store.db)(
      { ...given, limit: 1, cursor },
      undefined as never,
    )) as unknown as { items: typeof found; nextCursor?: string };
    found.push(...page.items);
    cursor = page.nextCursor;
  }

  const [first, last, ...middle] = records.map(({ eventId }) => eventId);
  expect(found.map(({ eventId }) => eventId)).toEqual([first, ...middle.toSorted(), last]);
  expect(new Set(found.map(({ quantity }) => quantity))).toEqual(new Set(['1.5']));
});
