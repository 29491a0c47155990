import { afterAll, beforeAll, expect, test } from 'vitest';
import { decimal } from '@landfall/domain/decimal';
import { inTransaction } from '@landfall/service-kit/database';
import { insertEntries, type NewEntry } from '../src/store/ledger.ts';
import { ensureMonths } from '../src/store/months.ts';
import { giveUpUnits, moveUnits } from '../src/store/placing.ts';
import { expireAll } from '../src/submitting/write-off.ts';
import { HOUR, openStore, type StoreFixture } from './store-fixture.ts';

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore();
  await ensureMonths(store.db, store.now());
});
afterAll(() => store[Symbol.asyncDispose]());

const FORMER_TERM = new Date('2026-02-01T00:00:00Z');
const PRESENT_TERM = new Date('2026-03-01T00:00:00Z');

/** A row from yesterday with 3 units of a former term and 7 of the present one. Without a state, it is sealed. */
async function sealedRow(
  of: { readonly formerPlan?: string; readonly state?: 'closed' | 'sending' } = {},
) {
  const { formerPlan = 'starter', state } = of;
  const subscriptionId = await store.save();
  const hour = new Date('2026-03-09T10:00:00Z');
  const key = { subscriptionId, dimension: 'reports', hour };
  const entry = (termStart: Date, reported: string, planId = 'starter'): NewEntry => ({
    ...key,
    kind: 'rated',
    publisherId: 'contoso',
    meter: 'reports',
    planId,
    termStart,
    termUnit: 'P1M',
    toHour: hour,
    used: reported,
    included: '0',
    reported,
    remainder: '0',
    includedQuantity: '0',
    basis: 'microsoft',
    reason: null,
  });
  await inTransaction(store.db, async (trx) => {
    const entries = [entry(PRESENT_TERM, '7'), entry(FORMER_TERM, '3', formerPlan)];
    await insertEntries(trx, entries, store.now());
    await trx
      .insertInto('usageHours')
      .values({
        ...key,
        publisherId: 'contoso',
        planId: 'starter',
        reported: '10',
        state: state ?? 'writtenOff',
        sealed: state !== 'closed',
        nextAttemptAt: state ? hour : null,
        firstUsedAt: hour,
        lastUsedAt: hour,
      })
      .execute();
  });
  return key;
}

const entriesOf = async (subscriptionId: string) =>
  (
    await store.db.kysely
      .selectFrom('ledgerEntries')
      .select(['kind', 'planId', 'termStart', 'reported', 'toHour'])
      .where('subscriptionId', '=', subscriptionId)
      .where('kind', '<>', 'rated')
      .execute()
  ).toSorted((a, b) => Number(a.termStart) - Number(b.termStart));

test('units that leave a row leave from the term in which they were used', async () => {
  const key = await sealedRow();
  const moved = { ...key, quantity: decimal('10'), reason: 'expired' as const };

  const isMoved = await inTransaction(store.db, (trx) =>
    moveUnits(trx, moved, { now: store.now(), graceMs: 0 }),
  );

  expect(isMoved).toBe(true);
  const toHour = new Date('2026-03-10T10:00:00Z');
  expect(await entriesOf(key.subscriptionId)).toMatchObject([
    { kind: 'moved', termStart: FORMER_TERM, reported: '3', toHour },
    { kind: 'moved', termStart: PRESENT_TERM, reported: '7', toHour },
  ]);
});

test('a part that Microsoft did not accept is taken from the latest term, and never twice', async () => {
  const key = await sealedRow();
  const lose = (quantity: string) =>
    inTransaction(store.db, (trx) =>
      giveUpUnits(
        trx,
        { ...key, quantity: decimal(quantity), reason: 'quantity-mismatch' },
        store.now(),
      ),
    );

  await lose('6');
  await lose('3');

  expect(await entriesOf(key.subscriptionId)).toMatchObject([
    { kind: 'given-up', termStart: FORMER_TERM, reported: '2', toHour: null },
    { kind: 'given-up', termStart: PRESENT_TERM, reported: expect.stringMatching(/^[16]$/) },
    { kind: 'given-up', termStart: PRESENT_TERM, reported: expect.stringMatching(/^[16]$/) },
  ]);
});

test.each(['write-off', 'carry'] as const)(
  'units of two plans on an expired row keep the plan under which they were rated (%s)',
  async (expired) => {
    const key = await sealedRow({ formerPlan: 'growth', state: 'closed' });
    store.advance(HOUR);
    const { db, log, now } = store;

    await expireAll({ db, log, now, graceMs: 0, expired }, () => false);

    expect(await entriesOf(key.subscriptionId)).toMatchObject([
      { planId: 'growth', termStart: FORMER_TERM, reported: '3' },
      { planId: 'starter', termStart: PRESENT_TERM, reported: '7' },
    ]);
    store.advance(-HOUR);
  },
);

test('a row that expires while its call has no answer stays in doubt', async () => {
  const key = await sealedRow({ state: 'sending' });
  store.advance(HOUR);
  const { db, log, now } = store;

  await expireAll({ db, log, now, graceMs: 0, expired: 'carry' }, () => false);

  const row = await db.kysely
    .selectFrom('usageHours')
    .select(['state', 'problem', 'billed', 'inDoubt'])
    .where('subscriptionId', '=', key.subscriptionId)
    .executeTakeFirst();
  expect(row).toEqual({
    state: 'writtenOff',
    problem: 'outcome-unknown',
    billed: null,
    inDoubt: true,
  });
  expect(await entriesOf(key.subscriptionId)).toMatchObject([
    { kind: 'given-up', reported: '3' },
    { kind: 'given-up', reported: '7' },
  ]);
  store.advance(-HOUR);
});
