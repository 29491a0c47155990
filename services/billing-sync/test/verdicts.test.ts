import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { inTransaction } from '@landfall/service-kit/database';
import { HOUR, MINUTE, openStore, type StoreFixture } from './store-fixture.ts';

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store[Symbol.asyncDispose]());

/** The refusal, or the outcome of a record that was not refused. */
const verdictsOf = async (...given: Parameters<StoreFixture['take']>) =>
  (await store.take(...given)).map(({ outcome, refusal }) => refusal ?? outcome);
const used = async (subscriptionId: string) =>
  (await store.meterHours(subscriptionId)).map((hour) => hour.used);

test('usage is counted exactly, to the last decimal, whether it comes as text or as a number', async () => {
  const subscriptionId = await store.save();
  // 0.1 + 0.2 is 0.30000000000000004 as a double, and counts as 0.3.
  const quantities = ['0.1', 0.2, 0.1 + 0.2, '0.000000000001', '1250', 1e-7, '9999999999999'];

  const verdicts = await verdictsOf(
    quantities.map((quantity) => store.record({ subscriptionId, quantity })),
  );

  expect(verdicts).toEqual(quantities.map(() => 'taken'));
  expect(await store.meterHours(subscriptionId)).toMatchObject([
    {
      meter: 'reports',
      hour: new Date('2026-03-10T10:00:00Z'),
      used: '10000000001249.600000100001',
      counted: '0',
      state: 'open',
      planId: 'starter',
      termUnit: 'P1M',
      dueAt: new Date('2026-03-10T11:02:00Z'),
    },
  ]);
});

describe('a record of any form', () => {
  const cases: readonly [what: string, record: () => unknown, refusal: string, says: string][] = [
    ['null', () => null, 'malformed', 'not an object'],
    ['a text', () => 'usage', 'malformed', 'not an object'],
    ['a list', () => [], 'malformed', 'not an object'],
    ['an empty object', () => ({}), 'malformed', 'eventId is missing; subscriptionId is missing'],
    ['no dimension', () => valid({ dimension: null }), 'malformed', 'dimension is missing'],
    ['a number as an id', () => valid({ eventId: 7 }), 'malformed', 'eventId: '],
    ['an empty id', () => valid({ eventId: '' }), 'malformed', 'eventId is missing'],
    ['a long id', () => valid({ eventId: 'x'.repeat(201) }), 'malformed', 'eventId: '],
    ['NUL in an id', () => valid({ eventId: 'a\u0000b' }), 'malformed', 'eventId: '],
    ['half a character', () => valid({ dimension: '\ud800' }), 'malformed', 'dimension: '],
    ['a local time', () => valid({ occurredAt: '2026-03-10T10:00:00' }), 'malformed', 'occurredAt'],
    [
      'a day that does not exist',
      () => valid({ occurredAt: '2026-02-30T10:00:00Z' }),
      'malformed',
      'occurredAt',
    ],
    ['no quantity', () => valid({ quantity: undefined }), 'malformed', 'quantity is missing'],
    [
      'a list as quantity',
      () => valid({ quantity: [1] }),
      'malformed',
      'quantity is not a decimal',
    ],
    ['a quantity of 0', () => valid({ quantity: 0 }), 'quantity-invalid', 'above 0'],
    ['a quantity below 0', () => valid({ quantity: '-1' }), 'quantity-invalid', 'above 0'],
    ['a huge quantity', () => valid({ quantity: 1e308 }), 'quantity-invalid', '13 digits'],
    ['an infinite quantity', () => valid({ quantity: Infinity }), 'quantity-invalid', 'above 0'],
    ['an exponent as text', () => valid({ quantity: '1e3' }), 'quantity-invalid', '"12.5"'],
    ['an old time', () => valid({ occurredAt: store.ago(24 * HOUR + 1) }), 'too-old', '24 hours'],
    [
      'a future time',
      () => valid({ occurredAt: store.ago(-5 * MINUTE - 1) }),
      'in-future',
      'future',
    ],
    [
      'an unknown subscription',
      () => valid({ subscriptionId: 'nope' }),
      'subscription-unknown',
      'ID',
    ],
  ];
  let subscriptionId = '';
  const valid = (over: object = {}) => store.record({ subscriptionId, ...over });

  test('gets its own verdict, which names what is wrong, and does not affect the others', async () => {
    subscriptionId = await store.save();
    const good = [valid({ quantity: '2' }), valid({ quantity: '3' })];

    const verdicts = await store.take([good[0], ...cases.map(([, record]) => record()), good[1]]);

    expect(verdicts.map(({ refusal, outcome }) => refusal ?? outcome)).toEqual([
      'taken',
      ...cases.map(([, , refusal]) => refusal),
      'taken',
    ]);
    for (const [index, [what, , , says]] of cases.entries()) {
      expect(verdicts[index + 1]?.message, what).toContain(says);
    }
    expect(await used(subscriptionId)).toEqual(['5']);
  });

  test('is answered with its id only if the id can be read', async () => {
    const verdicts = await store.take([
      { eventId: 'readable' },
      { eventId: 'x'.repeat(201) },
      null,
    ]);
    expect(verdicts.map((verdict) => 'eventId' in verdict && verdict.eventId)).toEqual([
      'readable',
      false,
      false,
    ]);
  });
});

describe('an unknown dimension', () => {
  test('is refused with the dimensions that the plan has, and with the one that was meant', async () => {
    await store.catalogue('listed', ['reports', 'exports']);
    const subscriptionId = await store.save({ planId: 'listed' });

    const [typo, known, other] = await store.take([
      store.record({ subscriptionId, dimension: 'Reports' }),
      store.record({ subscriptionId }),
      store.record({ subscriptionId, dimension: 'seats' }),
    ]);

    expect(typo).toMatchObject({
      refusal: 'dimension-unknown',
      message:
        'Plan "listed" has no dimension "Reports". Did you mean "reports"? Capital letters matter. It has: exports, reports.',
    });
    expect(known).toMatchObject({ outcome: 'taken' });
    expect(other).toMatchObject({
      message: 'Plan "listed" has no dimension "seats". It has: exports, reports.',
    });
    expect(await used(subscriptionId)).toEqual(['1']);
  });

  test('is taken while the plan is not known, so that no usage is lost', async () => {
    const subscriptionId = await store.save({ planId: 'just-published' });
    const verdicts = await verdictsOf([store.record({ subscriptionId, dimension: 'anything' })]);
    expect(verdicts).toEqual(['taken']);
  });
});

describe('an event id', () => {
  test('is counted once for the same content, however it is written', async () => {
    const subscriptionId = await store.save();
    const one = store.record({ subscriptionId, quantity: 4 });
    const copies = [
      one,
      { ...one, quantity: '4' },
      { ...one, quantity: '4.000' },
      { ...one, subscriptionId: ` ${subscriptionId.toUpperCase()} ` },
      { ...one, occurredAt: '2026-03-10T11:05:00.000+01:00' },
    ];
    expect(await verdictsOf([...copies, { ...one, quantity: 5 }])).toEqual([
      'taken',
      ...copies.slice(1).map(() => 'repeated'),
      'event-id-reused',
    ]);
    expect(await verdictsOf(copies)).toEqual(copies.map(() => 'repeated'));
    expect(await used(subscriptionId)).toEqual(['4']);
  });

  test('is recognised when its record is too old to be taken, or its subscription has ended', async () => {
    await using aging = await openStore();
    const id = await aging.save();
    const one = aging.record({ subscriptionId: id });
    await aging.take([one]);
    aging.advance(25 * HOUR);
    await aging.save({ id, status: 'Unsubscribed', at: aging.ago(HOUR) });
    const verdicts = await aging.take([one, { ...one, quantity: 2 }]);
    expect(verdicts).toMatchObject([{ outcome: 'repeated' }, { refusal: 'event-id-reused' }]);
  });

  test('is free again if its record was refused', async () => {
    const subscriptionId = await store.save();
    const bad = store.record({ subscriptionId, occurredAt: store.ago(25 * HOUR) });
    expect(await verdictsOf([bad, { ...bad, occurredAt: store.ago(0) }])).toEqual([
      'too-old',
      'taken',
    ]);
  });

  test('belongs to its publisher, and no answer reveals whether another publisher has used it', async () => {
    const mine = await store.save();
    const theirs = await store.save({ publisherId: 'fabrikam' });
    const one = store.record({ subscriptionId: mine });
    const same = { ...one, subscriptionId: theirs, quantity: 9 };

    expect(await verdictsOf([one, same])).toEqual(['taken', 'taken']);
    expect(await verdictsOf([one], { publisherId: 'fabrikam' })).toEqual(['subscription-unknown']);
    expect(await used(theirs)).toEqual(['9']);
  });

  test('in batches that arrive at once is counted once', async () => {
    const ids = [await store.save(), await store.save()];
    const records = Array.from({ length: 200 }, (_, index) =>
      store.record({ subscriptionId: ids[index % 2] }),
    );
    const batches = Array.from({ length: 8 }, (_, index) => [
      ...records.slice(index * 25),
      ...records.slice(0, index * 25),
    ]);
    const answers = await Promise.all(batches.map((batch) => verdictsOf(batch)));
    const count = (wanted: string) => answers.flat().filter((one) => one === wanted).length;
    expect([count('taken'), count('repeated')]).toEqual([200, 1400]);
    expect([...(await used(ids[0]!)), ...(await used(ids[1]!))]).toEqual(['100', '100']);
  });

  test.each([
    ['is counted, if the other batch fails', false, ['taken'], ['1']],
    ['is refused, if the other batch has counted other content', true, ['event-id-reused'], []],
  ])(
    'that another batch has just claimed waits for it, and %s',
    async (_what, isCommitted, expected, counted) => {
      const subscriptionId = await store.save();
      const one = store.record({ subscriptionId });
      let verdicts: Promise<string[]> | undefined;

      const rival = inTransaction(store.db, async (trx) => {
        const claim = { publisherId: 'contoso', eventId: one.eventId, contentHash: 'other' };
        await trx
          .insertInto('usageClaims')
          .values({ ...claim, takenAt: store.now() })
          .execute();
        verdicts = verdictsOf([one]);
        await until('the batch waits for the claim', async () => {
          const { rows } = await sql`select from pg_locks
            where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(trx);
          return rows.length > 0;
        });
        if (!isCommitted) throw new Error('fails');
      });
      await rival.catch(() => {});

      expect(await verdicts).toEqual(expected);
      expect(await used(subscriptionId)).toEqual(counted);
    },
  );

  test('is not claimed if its units cannot be written', async () => {
    await using broken = await openStore();
    const subscriptionId = await broken.save();
    const one = broken.record({ subscriptionId });
    const rule = sql`alter table meter_hours add constraint broken check (used > 1)`;
    await rule.execute(broken.db.kysely);
    await expect(broken.take([one])).rejects.toThrow('broken');

    await sql`alter table meter_hours drop constraint broken`.execute(broken.db.kysely);

    expect(await broken.take([one])).toMatchObject([{ outcome: 'taken' }]);
    expect(await broken.meterHours(subscriptionId)).toMatchObject([{ used: '1' }]);
  });
});

test('a dry run gives the verdicts of the real run, and writes nothing', async () => {
  await using dry = await openStore();
  await dry.catalogue('listed', ['reports']);
  const id = await dry.save({ planId: 'listed' });
  const before = dry.record({ subscriptionId: id, eventId: 'before' });
  await dry.take([before, { eventId: 'refused before' }]);
  const everything = async () => {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class
      where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace order by 1`.execute(
      dry.db.kysely,
    );
    const contents = rows.map(async ({ name }) => {
      const found = await sql<{ content: string }>`
        select coalesce(json_agg(t order by t::text), '[]')::text as content from ${sql.table(name)} t`.execute(
        dry.db.kysely,
      );
      return [name, found.rows[0]?.content];
    });
    return Object.fromEntries(await Promise.all(contents)) as object;
  };
  dry.advance(60 * 24 * HOUR);
  const records = [
    dry.record({ subscriptionId: id, eventId: 'new' }),
    dry.record({ subscriptionId: id, eventId: 'new' }),
    dry.record({ subscriptionId: id, eventId: 'new', quantity: 2 }),
    dry.record({ subscriptionId: id, dimension: 'Reports' }),
    before,
    { ...before, quantity: 2 },
    null,
  ];
  const stored = await everything();

  const foretold = await dry.take(records, { dryRun: true });

  expect(await everything()).toEqual(stored);
  expect(await dry.take(records)).toEqual(foretold);
  expect(foretold.map(({ refusal, outcome }) => refusal ?? outcome)).toEqual([
    'taken',
    'repeated',
    'event-id-reused',
    'dimension-unknown',
    'repeated',
    'event-id-reused',
    'malformed',
  ]);
  expect(await everything()).not.toEqual(stored);
});
