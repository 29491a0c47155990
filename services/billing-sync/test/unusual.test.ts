import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorKey } from '@landfall/servers/test-caller';
import { until } from '@landfall/servers/wait';
import { incidentHandlers } from '../src/procedures/incidents.ts';
import { ensureMonths } from '../src/store/months.ts';
import { watchedDay } from '../src/store/read-back-runs.ts';
import { startWatch } from '../src/watch/watch-usage.ts';
import { HOUR, openStore, type StoreFixture } from './store-fixture.ts';

const DAY = 24 * HOUR;
const NIGHT = Date.parse('2026-03-10T01:00:00Z');
const call = { caller: operatorKey, correlationId: 'test', deadline: new Date(8.64e15) };

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore({ now: new Date(NIGHT).toISOString() });
  await ensureMonths(store.db, store.now());
});
afterAll(() => store[Symbol.asyncDispose]());

/** Usage in two hours of each of the last days; the first quantity was used yesterday. */
async function use(subscriptionId: string, quantities: readonly number[]): Promise<void> {
  const moments = quantities.flatMap((quantity, index) => {
    const midnight = NIGHT - HOUR - (index + 1) * DAY;
    return [3, 20].map((hour) => ({ at: new Date(midnight + hour * HOUR), used: quantity / 2 }));
  });
  const rows = moments.map(({ at, used }) => ({
    subscriptionId,
    dimension: 'reports',
    planId: 'starter',
    publisherId: 'contoso',
    hour: at,
    firstUsedAt: at,
    lastUsedAt: at,
    used: String(used),
    state: 'settled' as const,
  }));
  await store.db.kysely.insertInto('usageHours').values(rows).execute();
}

async function unusual(subscriptionId: string) {
  const answer = await incidentHandlers(store).list({ subscriptionId, limit: 50 }, call);
  if ('rejected' in answer) throw new Error(answer.message);
  return answer.items;
}

/** Watches until a day has been watched. */
async function watch(day: string): Promise<void> {
  const publishers = { all: [{ publisherId: undefined }], isSole: true };
  const { db, log, now } = store;
  await using _watch = startWatch({ db, publishers, log, now, everyMs: 20 });
  await until(`${day} is watched`, async () => (await watchedDay(db.kysely, '')) === day);
}

test('a day is judged once, when it is over, and an unusual one opens an incident that explains itself', async () => {
  const steady = [10, 12, 9, 11, 10, 8, 10, 10];
  const [high, usual, fresh, small] = [
    await store.save(),
    await store.save(),
    await store.save(),
    await store.save(),
  ];
  await use(high, [60, ...steady]);
  await use(usual, [45, ...steady]);
  await use(fresh, [5000, 10, 10]);
  await use(small, [9, ...steady.map(() => 0.1)]);

  await watch('2026-03-08');
  expect(await unusual(high)).toEqual([]);

  store.advance(HOUR);
  await watch('2026-03-09');

  const [incident] = await unusual(high);
  expect(incident).toMatchObject({ kind: 'unusual', day: '2026-03-09', ours: '60' });
  expect(incident?.message).toMatch(/60 units .* usual day has 10, .* had 12/);
  for (const quiet of [usual, fresh, small]) expect(await unusual(quiet)).toEqual([]);

  await incidentHandlers(store).settle(
    { incidentId: incident?.id ?? '', reason: 'a big customer event' },
    call,
  );
  await store.db.kysely.updateTable('readBackRuns').set({ watchedDay: null }).execute();
  await watch('2026-03-09');
  expect(await unusual(high)).toMatchObject([{ reason: 'a big customer event' }]);
});
