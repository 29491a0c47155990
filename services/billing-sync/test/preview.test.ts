import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorKey } from '@landfall/servers/test-caller';
import type { PlanContent } from '../src/db/schema.ts';
import { previewPlan, previewUsage } from '../src/procedures/usage-preview.ts';
import { usageStatement, usageStatements } from '../src/procedures/usage-statement.ts';
import { rateDueHours } from '../src/rating/rate-hours.ts';
import { HOUR, openStore, type StoreFixture } from './store-fixture.ts';

const DAY = 24 * HOUR;
const call = { caller: operatorKey, correlationId: 'test', deadline: new Date(8.64e15) };
const plan = { publisherId: 'contoso', offerId: 'analytics' };

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore({ now: '2026-03-10T10:05:00Z' });
  await offer('starter', { P1M: '100', P1Y: '1200' }, '0.015');
  await offer('premium', { P1M: '1000', P1Y: null }, '0.5');
  await store.db.kysely
    .insertInto('meters')
    .values({
      ...plan,
      planId: 'starter',
      meter: 'storage',
      tiers: JSON.stringify([
        { from: '10', dimension: 'storage-1' },
        { from: '50', dimension: 'storage-2' },
      ]),
      since: store.now(),
      until: null,
    })
    .execute();
});
afterAll(() => store[Symbol.asyncDispose]());

/** Reports at a price, with an included quantity per term, and storage in two dimensions without any. */
async function offer(
  planId: string,
  included: Readonly<Record<string, string | null>>,
  unitPrice: string,
): Promise<void> {
  const content: PlanContent = {
    displayName: `Plan ${planId}`,
    isPrivate: false,
    isPricePerSeat: false,
    terms: Object.entries(included).map(([termUnit, reports]) => ({
      termUnit,
      included: { reports, 'storage-1': '0', 'storage-2': '0' },
    })),
    dimensions: [
      {
        id: 'reports',
        displayName: 'Reports',
        unitOfMeasure: 'report',
        unitPrice,
        currency: 'USD',
      },
      { id: 'storage-1', unitPrice: '2', currency: 'USD' },
      { id: 'storage-2', unitPrice: '1', currency: 'USD' },
      { id: 'unpriced' },
    ],
  };
  await store.db.kysely
    .insertInto('cataloguePlans')
    .values({
      ...plan,
      planId,
      market: '',
      version: 1,
      content: JSON.stringify(content),
      since: store.now(),
      readAt: store.now(),
    })
    .execute();
}

const preview = (usage: { dimension: string; quantity: string; before?: string }[], over = {}) =>
  previewUsage(store.db)({ ...plan, planId: 'starter', termUnit: 'P1M', usage, ...over }, call);

test('a preview bills what is above the included quantity of the term, in whole cents', async () => {
  const reports = { dimension: 'reports', quantity: '130.5' };

  expect(await preview([reports])).toEqual({
    lines: [
      {
        dimension: 'reports',
        used: '130.5',
        included: '100',
        billed: '30.5',
        unitPrice: '0.015',
        currency: 'USD',
        amount: '0.45',
      },
    ],
  });
  expect(await preview([reports], { termUnit: 'P1Y' })).toMatchObject({
    lines: [{ included: '1200', billed: '0', amount: '0' }],
  });
  const unlimited = { planId: 'premium', termUnit: 'P1Y' };
  expect(await preview([reports], unlimited)).toMatchObject({
    lines: [{ included: null, billed: '0' }],
  });
});

test('a preview counts what was used before in the same term', async () => {
  const usage = [{ dimension: 'reports', before: '99.5', quantity: '1' }];

  expect(await preview(usage)).toMatchObject({ lines: [{ used: '1', billed: '0.5' }] });
});

test('a preview of a meter with tiers shows the dimensions that are billed', async () => {
  const usage = [{ dimension: 'storage', before: '5', quantity: '100' }];

  expect(await preview(usage)).toMatchObject({
    lines: [
      { dimension: 'storage-1', used: '45', billed: '40', amount: '80' },
      { dimension: 'storage-2', used: '55', billed: '55', amount: '55' },
    ],
  });
});

test('a preview shows what would be held, and refuses a quantity that cannot be counted', async () => {
  const { lines } = (await preview([{ dimension: 'unpriced', quantity: '3' }])) as {
    lines: object[];
  };
  expect(lines).toEqual([{ dimension: 'unpriced', used: '3' }]);

  const one = { dimension: 'reports', quantity: '1' };
  expect(await preview([{ ...one, dimension: 'Reports' }])).toMatchObject({
    rejected: 'catalogue.dimension-unknown',
  });
  expect(await preview([one], { planId: 'none' })).toMatchObject({
    rejected: 'catalogue.plan-unknown',
  });
  expect(await preview([one], { publisherId: undefined })).toMatchObject({
    lines: [one].map(() => ({})),
  });
});

/** Usage that is rated at the end of its hour. */
async function use(subscriptionId: string, quantity: string): Promise<void> {
  await store.take([store.record({ subscriptionId, quantity })]);
  store.advance(HOUR);
  await rateDueHours({ db: store.db, now: store.now, graceMs: 0 }, () => false);
}

/** Rows are settled as they would be if Microsoft had accepted them. */
async function accept(subscriptionId: string): Promise<void> {
  await store.db.kysely
    .updateTable('usageHours')
    .set((is) => ({ state: 'settled', billed: is.ref('reported'), settledAt: store.now() }))
    .where('subscriptionId', '=', subscriptionId)
    .execute();
}

test('a statement shows units and money, and is final once nothing can change', async () => {
  const subscriptionId = await store.save();
  const statement = (month: string) => usageStatement(store)({ subscriptionId, month }, call);
  await use(subscriptionId, '130.5');

  expect(await statement('2026-03')).toMatchObject({
    ...plan,
    subscriptionId,
    month: '2026-03',
    isTest: false,
    isFinal: false,
    lines: [{ planName: 'Plan starter', displayName: 'Reports', used: '130.5', pending: '30.5' }],
    totals: [{ currency: 'USD', amount: '0' }],
    isPriceMissing: false,
  });

  await accept(subscriptionId);
  expect(await statement('2026-03')).toMatchObject({
    isFinal: false,
    lines: [{ used: '130.5', included: '100', billed: '30.5', pending: '0', amount: '0.45' }],
    totals: [{ currency: 'USD', amount: '0.45' }],
  });
  expect(await statement('2026-02')).toMatchObject({ lines: [], totals: [], isFinal: true });

  store.advance(25 * DAY);
  expect(await statement('2026-03')).toMatchObject({ isFinal: true });
  expect(
    await usageStatement(store)({ subscriptionId: 'none', month: '2026-03' }, call),
  ).toMatchObject({ rejected: 'subscription.not-found' });
  store.advance(-25 * DAY);
});

test('the statements of a month come in pages, with real purchases or test purchases, never both', async () => {
  const ids = [await store.save(), await store.save(), await store.save()].toSorted();
  const other = await store.save({ publisherId: 'fabrikam' });
  await store.save();
  for (const id of [...ids, other]) await use(id, '1');
  const [test1 = ''] = ids;
  await store.db.kysely
    .updateTable('subscriptions')
    .set({ isTest: true })
    .where('id', '=', test1)
    .execute();
  const list = async (filter: object) => {
    const input = { publisherId: 'contoso', month: '2026-03', limit: 200, ...filter };
    const answer = await usageStatements(store)(input, call);
    if ('rejected' in answer) throw new Error(answer.message);
    return { ...answer, ids: answer.items.map((one) => one.subscriptionId) };
  };

  const real = await list({});
  const firstPage = await list({ limit: 2 });
  const nextPage = await list({ limit: 2, cursor: firstPage.nextCursor });

  expect(real.ids).toEqual(expect.arrayContaining(ids.slice(1)));
  expect(real.ids).not.toContain(test1);
  expect(real.ids).not.toContain(other);
  expect(real.ids).toEqual(real.ids.toSorted());
  expect([...firstPage.ids, ...nextPage.ids]).toEqual(real.ids.slice(0, 4));
  expect((await list({ isTest: true })).ids).toEqual([test1]);
  expect((await list({ isTest: false })).ids).toEqual(real.ids);
  expect((await list({ month: '2026-01' })).ids).toEqual([]);
});

test('another plan is previewed with the usage of the whole term, and nothing is recorded', async () => {
  const subscriptionId = await store.save({
    term: { startDate: '2026-02-20T00:00:00.000Z', termUnit: 'P1M' },
    at: '2026-02-20T00:00:00.000Z',
  });
  store.advance(-12 * DAY);
  await use(subscriptionId, '900');
  store.advance(12 * DAY);
  await use(subscriptionId, '150');
  await accept(subscriptionId);
  const run = (over: object = {}) =>
    previewPlan(store)({ subscriptionId, month: '2026-03', planId: 'premium', ...over }, call);
  const before = await store.db.kysely.selectFrom('ledgerEntries').selectAll().execute();

  expect(await run()).toMatchObject({
    asBilled: { lines: [{ planId: 'starter', used: '150', billed: '150', amount: '2.25' }] },
    asPreviewed: {
      lines: [{ planId: 'premium', used: '150', included: '100', billed: '50', amount: '25' }],
      totals: [{ currency: 'USD', amount: '25' }],
      isFinal: false,
    },
  });
  expect(await run({ termUnit: 'P1Y' })).toMatchObject({
    asPreviewed: { lines: [{ included: '150', billed: '0' }] },
  });
  expect(await run({ planId: 'none' })).toMatchObject({ rejected: 'catalogue.plan-unknown' });
  expect(await store.db.kysely.selectFrom('ledgerEntries').selectAll().execute()).toEqual(before);
});
