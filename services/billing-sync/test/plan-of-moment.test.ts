import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { inTransaction } from '@landfall/service-kit/database';
import { reassignUsage } from '../src/intake/reassign-usage.ts';
import { insertVersion, saveSubscription } from '../src/store/subscriptions.ts';
import { HOUR, openStore, type StoreFixture } from './store-fixture.ts';

const FIRST = { startDate: '2026-02-10T00:00:00Z', termUnit: 'P1M' };
const RENEWED = { startDate: '2026-03-10T09:30:00Z', termUnit: 'P1Y' };

const at = (time: string) => `2026-03-10T${time}:00Z`;

/** Meter hours of a subscription as "meter hour plan term-unit used". */
const assigned = async (store: StoreFixture, id: string) =>
  (await store.meterHours(id)).map(({ meter, hour, planId, termUnit, used }) =>
    [meter, hour.toISOString().slice(11, 13), planId, termUnit, used].join(' '),
  );

/** Whether each record has the plan and term of its meter hour, and the hours have all of the records. */
async function expectRecordsToAgree({ db }: StoreFixture): Promise<void> {
  const { rows } = await sql`
    select subscription_id, meter, hour, plan_id, term_start, h.used, r.used
    from meter_hours h full join (
      select subscription_id, meter, hour, plan_id, term_start, sum(quantity) as used
      from usage_records group by 1, 2, 3, 4, 5) r
    using (subscription_id, meter, hour, plan_id, term_start)
    where h.used is distinct from r.used`.execute(db.kysely);
  expect(rows).toEqual([]);
}

test('in the hour of a plan change, each record counts for the plan of its moment', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({ planId: 'starter', at: at('00:00'), term: FIRST });
  await store.save({ id, planId: 'growth', at: at('10:20'), term: FIRST });

  await store.take(
    ['10:19', '10:20', '10:39'].map((time) =>
      store.record({ subscriptionId: id, occurredAt: at(time) }),
    ),
  );

  expect(await assigned(store, id)).toEqual([
    'reports 10 growth P1M 2',
    'reports 10 starter P1M 1',
  ]);
});

test('in the hour of a plan change, usage of a dimension counts for the plan that has it', async () => {
  await using store = await openStore({ now: at('11:05') });
  await store.catalogue('starter', ['reports', 'letters']);
  await store.catalogue('growth', ['reports', 'exports']);
  const id = await store.save({ planId: 'starter', at: at('00:00'), term: FIRST });
  await store.save({ id, planId: 'growth', at: at('10:20'), term: FIRST });
  const use = (dimension: string, time: string) =>
    store.record({ subscriptionId: id, dimension, occurredAt: at(time) });

  const verdicts = await store.take([
    use('exports', '10:10'),
    use('letters', '10:30'),
    use('exports', '09:59'),
    use('letters', '11:00'),
  ]);

  expect(verdicts.map(({ refusal, outcome }) => refusal ?? outcome)).toEqual([
    'taken',
    'taken',
    'dimension-unknown',
    'dimension-unknown',
  ]);
  expect(verdicts[2]?.message).toContain('Plan "starter" has no dimension "exports"');
  expect(verdicts[3]?.message).toContain('Plan "growth" has no dimension "letters"');
  expect(await assigned(store, id)).toEqual([
    'exports 10 growth P1M 1',
    'letters 10 starter P1M 1',
  ]);
});

test('usage of yesterday counts for the plan and term of yesterday', async () => {
  await using store = await openStore({ now: at('10:05') });
  const id = await store.save({ planId: 'starter', at: '2026-03-01T00:00:00Z', term: FIRST });
  await store.save({ id, planId: 'growth', at: at('09:30'), term: RENEWED });

  await store.take([
    store.record({ subscriptionId: id, occurredAt: '2026-03-09T12:00:00Z' }),
    store.record({ subscriptionId: id, occurredAt: at('10:00') }),
  ]);

  expect(await store.meterHours(id)).toMatchObject([
    { planId: 'starter', termUnit: 'P1M', termStart: new Date(FIRST.startDate) },
    { planId: 'growth', termUnit: 'P1Y', termStart: new Date(RENEWED.startDate) },
  ]);
});

test('in whatever order facts and usage arrive, unrated usage counts for the plan and term of its moment', async () => {
  await using store = await openStore({ now: at('10:40') });
  const versions = [
    { version: 1, planId: 'starter', at: at('00:00'), term: FIRST },
    { version: 2, planId: 'growth', at: at('09:45'), term: RENEWED },
    { version: 3, planId: 'scale', at: at('10:20'), term: RENEWED },
  ];
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const times = ['08:59', '09:15', '09:35', '09:50', '10:10', '10:20', '10:30'];

  for (const order of orders) {
    const [first, ...later] = order.map((index) => versions[index]!);
    const id = await store.save(first);
    for (const version of [undefined, ...later]) {
      if (version) await store.save({ id, ...version });
      const records = times.map((time) =>
        store.record({ subscriptionId: id, occurredAt: at(time) }),
      );
      const verdicts = await store.take(records);
      expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['taken']));
    }

    expect(await assigned(store, id), String(order)).toEqual([
      'reports 08 starter P1M 3',
      'reports 09 growth P1Y 3',
      'reports 09 starter P1M 3',
      'reports 09 starter P1Y 3',
      'reports 10 growth P1Y 3',
      'reports 10 scale P1Y 6',
    ]);
    await expectRecordsToAgree(store);
  }
});

test('rated usage keeps its plan and term when an older fact arrives', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({ version: 1, planId: 'starter', at: at('00:00'), term: FIRST });
  await store.take([
    store.record({ subscriptionId: id, occurredAt: at('09:50') }),
    store.record({ subscriptionId: id, occurredAt: at('10:30') }),
  ]);
  await sql`update meter_hours set counted = used, state = 'rated' where hour = ${at('09:00')}`.execute(
    store.db.kysely,
  );

  await store.save({ id, version: 2, planId: 'growth', at: at('09:40'), term: RENEWED });
  await store.take([store.record({ subscriptionId: id, occurredAt: at('09:50') })]);

  expect(await assigned(store, id)).toEqual([
    'reports 09 growth P1Y 1',
    'reports 09 starter P1M 1',
    'reports 10 growth P1Y 1',
  ]);
  await expectRecordsToAgree(store);
});

test('usage that joins a rated hour makes the hour due again with the new part', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({ version: 1, planId: 'starter', at: at('00:00'), term: FIRST });
  await store.save({ id, version: 3, planId: 'growth', at: at('09:20'), term: FIRST });
  const use = (time: string) => store.record({ subscriptionId: id, occurredAt: at(time) });
  await store.take([use('09:10')]);
  await sql`update meter_hours set counted = used, state = 'rated'`.execute(store.db.kysely);
  await store.take([use('09:30')]);

  await store.save({ id, version: 4, planId: 'starter', at: at('09:25'), term: FIRST });

  expect(await store.meterHours(id)).toMatchObject([
    { planId: 'starter', used: '2', counted: '1', state: 'open', dueAt: new Date(at('10:42')) },
  ]);
});

test('held usage is rated again when a fact changes its term', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({
    planId: 'starter',
    at: at('00:00'),
    term: { startDate: FIRST.startDate },
  });
  await store.take([store.record({ subscriptionId: id, occurredAt: at('10:30') })]);
  await sql`update meter_hours set state = 'held', held_because = 'included-unknown'`.execute(
    store.db.kysely,
  );

  await store.save({ id, planId: 'starter', at: at('10:35'), term: FIRST });

  expect(await store.meterHours(id)).toMatchObject([
    { termUnit: 'P1M', state: 'open', heldBecause: null },
  ]);
});

test('units that came from another hour stay where they are', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({ planId: 'starter', at: at('00:00'), term: FIRST });
  await store.take([store.record({ subscriptionId: id, occurredAt: at('10:30') })]);
  await sql`update meter_hours set used = used + 5`.execute(store.db.kysely);

  await store.save({ id, planId: 'growth', at: at('10:20'), term: FIRST });

  expect(await assigned(store, id)).toEqual(['reports 10 starter P1M 6']);
});

test('usage that is being counted while a plan changes counts for the new plan', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({ planId: 'starter', at: at('00:00'), term: FIRST });
  const fact = {
    occurredAt: at('10:20'),
    subscription: { id, offerId: 'analytics', publisherId: 'contoso', planId: 'growth' },
  };
  const full = { ...fact.subscription, status: 'Subscribed', term: FIRST, version: 2 };
  let batch: Promise<unknown> | undefined;

  await inTransaction(store.db, async (trx) => {
    const changed = { ...fact, subscription: full } as Parameters<typeof insertVersion>[1];
    await insertVersion(trx, changed);
    await saveSubscription(trx, changed);
    await reassignUsage(trx, id, new Date(at('00:00')));
    batch = store.take([store.record({ subscriptionId: id, occurredAt: at('10:30') })]);
    await until('the batch waits for the subscription', async () => {
      const { rows } = await sql`select from pg_locks
        where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(trx);
      return rows.length > 0;
    });
  });
  await batch;

  expect(await assigned(store, id)).toEqual(['reports 10 growth P1M 1']);
});

test('the end of a subscription makes its last usage due at once', async () => {
  await using store = await openStore({ now: at('10:40') });
  const id = await store.save({ at: at('00:00'), term: FIRST });
  await store.save({ id, status: 'Unsubscribed', at: at('10:30'), term: {} });

  await store.take([store.record({ subscriptionId: id, occurredAt: at('10:30') })]);

  expect(await store.meterHours(id)).toMatchObject([{ dueAt: new Date(at('10:40')) }]);
});

test.each([
  ['an hour that is running', 0, '10:05', '11:02'],
  ['an hour within its grace', 0, '11:01', '11:02'],
  ['an hour that has passed', 0, '12:00', '12:02'],
  ['an hour at the end of the window', 24 * HOUR - 11 * 60_000, '10:05', '10:06'],
  ['an hour in the last minutes of the window', 24 * HOUR - 5 * 60_000, '10:05', '10:05'],
])(
  'usage of %s is rated after its grace, but in time to be sent',
  async (_what, agoMs, now, due) => {
    await using store = await openStore({ now: at(now) });
    const id = await store.save({ at: '2026-03-01T00:00:00Z', term: FIRST });
    const occurredAt = agoMs === 0 ? at('10:01') : store.ago(agoMs);

    await store.take([store.record({ subscriptionId: id, occurredAt })]);

    expect(await store.meterHours(id)).toMatchObject([{ dueAt: new Date(at(due)) }]);
  },
);
