import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Decimal, ZERO, decimal, decimalText, sum } from '@landfall/domain/decimal';
import { isBalanced, monthOf, type StatementUnits } from '@landfall/domain/statement';
import { MONTHS, randomFrom, randomLedger, type Line, type RandomLedger } from './random-ledger.ts';
import { openStore, type StoreFixture } from './store-fixture.ts';
import { NO_TERM } from '../src/db/schema.ts';
import { ensureMonths } from '../src/store/months.ts';
import { sumLines, type StatementSums } from '../src/store/statements.ts';

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore();
  await ensureMonths(store.db, new Date('2026-02-10T00:00:00Z'));
});
afterAll(() => store[Symbol.asyncDispose]());

/** The units of a month, by line. Slow and plain: it follows each unit from hour to hour. */
function oracle(ledger: RandomLedger, month: string): Map<string, StatementUnits> {
  const isIn = (hour: Date | undefined) => hour?.toISOString().startsWith(month) === true;
  const keys = new Set([...ledger.used, ...ledger.parcels].map(keyOf));
  const units = [...keys].map((key) => {
    const parcels = ledger.parcels.filter((one) => keyOf(one) === key);
    const used = ledger.used.filter((one) => keyOf(one) === key && isIn(one.hour));
    const over = ledger.overBilled.filter((one) => keyOf(one) === key && isIn(one.hour));
    const ended = (fate: string) =>
      sum(
        parcels.filter((one) => one.fate === fate && isIn(one.path.at(-1))).map((one) => one.units),
      );
    const crossed = (is: (from: Date, to: Date) => boolean) =>
      sum(
        parcels.flatMap(({ path, units: moved }) =>
          path.slice(1).map((to, index) => (is(path[index] ?? to, to) ? moved : ZERO)),
        ),
      );
    const unrated = sum(used.map((one) => one.unrated));
    return [
      key,
      {
        used: sum(used.map((one) => one.used)),
        included: sum(used.map((one) => one.included)),
        remainder: sum(used.map((one) => one.remainder)),
        billed: ended('billed'),
        pending: ended('pending').plus(unrated),
        notBilled: ended('notBilled'),
        carriedIn: crossed((from, to) => !isIn(from) && isIn(to)),
        carriedOut: crossed((from, to) => isIn(from) && !isIn(to)),
        overBilled: sum(over.map((one) => one.units)),
      },
    ] as const;
  });
  return new Map(units.filter(([, one]) => Object.values(one).some((value) => !value.eq(ZERO))));
}

function keyOf({
  planId,
  termStart,
  dimension,
}: Omit<Line, 'termStart'> & { termStart: Date | null }) {
  return JSON.stringify([planId, (termStart ?? NO_TERM).getTime(), dimension]);
}

const texts = (units: Readonly<Record<string, Decimal>>) =>
  Object.fromEntries(Object.entries(units).map(([name, value]) => [name, decimalText(value)]));

test('a statement accounts for each unit exactly once, whatever happened to it', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const subscriptionId = `random-${seed}`;
    const ledger = randomLedger(randomFrom(seed), subscriptionId);
    await insert(ledger);

    for (const month of MONTHS) {
      const lines = await sumLines(store.db.kysely, [subscriptionId], monthOf(month));
      const found = new Map(lines.map((line) => [keyOf(line), unitsOf(line)]));

      for (const [key, units] of found) {
        expect(isBalanced(units), `seed ${seed} ${month} ${key} is balanced`).toBe(true);
      }
      const wanted = oracle(ledger, month);
      const told = [...found].map(([key, units]) => [key, texts({ ...units })]);
      expect(Object.fromEntries(told), `seed ${seed} ${month}`).toEqual(
        Object.fromEntries([...wanted].map(([key, units]) => [key, texts({ ...units })])),
      );
    }
  }
});

async function insert({ entries, rows, meterHours }: RandomLedger): Promise<void> {
  const { kysely } = store.db;
  await kysely
    .insertInto('ledgerEntries')
    .values([...entries])
    .execute();
  await kysely
    .insertInto('usageHours')
    .values([...rows])
    .execute();
  if (meterHours.length > 0) {
    await kysely
      .insertInto('meterHours')
      .values([...meterHours])
      .execute();
  }
}

function unitsOf(line: StatementSums): StatementUnits {
  return {
    used: decimal(line.used),
    included: decimal(line.included),
    billed: decimal(line.billed),
    pending: decimal(line.pending),
    notBilled: decimal(line.notBilled),
    carriedIn: decimal(line.carriedIn),
    carriedOut: decimal(line.carriedOut),
    remainder: decimal(line.remainder),
    overBilled: decimal(line.overBilled),
  };
}
