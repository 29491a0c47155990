import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { testDatabase } from '@landfall/servers/testing';
import { openDatabase, type Database } from '@landfall/service-kit/database';
import { migrate } from '@landfall/service-kit/migrations';
import { migrations } from '../src/db/migrations.ts';
import type { FulfillmentTables } from '../src/db/schema.ts';
import { readPolicy } from '../src/store/policy.ts';
import { findSubscription } from '../src/store/subscriptions.ts';
import { log } from './fixture.ts';

const DAY_MS = 86_400_000;

/** The last version without timers. */
const BEFORE = Object.fromEntries(
  Object.entries(migrations).filter(([name]) => name < '0005-timers'),
);

/** Writes a row as that version did, this many days ago. */
async function writeOld(
  { pool }: Database<FulfillmentTables>,
  status: string,
  daysAgo: number,
): Promise<string> {
  const id = randomUUID();
  const at = new Date(Date.now() - daysAgo * DAY_MS);
  const activation = { state: status === 'PendingFulfillmentStart' ? 'none' : 'confirmed' };
  const state = { id, offerId: 'o', planId: 'p', status, term: {}, activation };
  await pool.query(
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, state, version,
      created_at, updated_at) values ($1, 'contoso', 'o', 'p', $2, $3, 1, $4, now())`,
    [id, status, state, at],
  );
  await pool.query(
    `insert into timeline (subscription_id, at, kind, cause, details)
      values ($1, $2, 'suspended', 'notification', '{}')`,
    [id, at],
  );
  return id;
}

test('subscriptions that are older than timers get reminders, checks and erasure too', async () => {
  await using database = await testDatabase({ services: ['fulfillment-worker'] });
  const url = database.urlFor('fulfillment-worker');
  await using db = await openDatabase<FulfillmentTables>({
    url,
    service: 'fulfillment-worker',
    log,
  });
  await migrate(db, BEFORE);
  const pending = await writeOld(db, 'PendingFulfillmentStart', 20);
  const suspended = await writeOld(db, 'Suspended', 25);
  const active = await writeOld(db, 'Subscribed', 400);
  const ended = await writeOld(db, 'Unsubscribed', 400);
  const rules = [{ id: 'r', when: { action: 'ChangePlan' }, decision: 'refuse' }];
  await db.pool.query('insert into policy (rules) values ($1)', [JSON.stringify(rules)]);

  await migrate(db, migrations);

  const timersOf = async (id: string) => {
    const rows = await db.kysely
      .selectFrom('timers')
      .select(['kind', 'step', 'dueAt'])
      .where('subscriptionId', '=', id)
      .orderBy('dueAt')
      .orderBy('kind')
      .execute();
    return rows.map(({ kind, step, dueAt }) => {
      const days = Math.round((dueAt.getTime() - Date.now()) / DAY_MS);
      return `${kind} ${step}: ${days}`;
    });
  };
  expect(await timersOf(pending)).toEqual([
    'sourceOffers 0: 0',
    'configurationReminder 25: 5',
    'configurationReminder 29: 9',
    'configurationEnd 0: 10',
  ]);
  expect(await timersOf(suspended)).toEqual([
    'sourceOffers 0: 0',
    'suspensionReminder 1: 4',
    'suspensionEnd 0: 5',
  ]);
  expect(await timersOf(active)).toEqual(['sourceOffers 0: 0']);
  expect(await timersOf(ended)).toEqual(['retentionEnd 0: 7']);
  expect((await findSubscription(db.kysely, pending))?.state.provisioning).toEqual({
    state: 'none',
  });
  expect(await readPolicy(db.kysely, undefined)).toMatchObject({
    rules,
    compensateLateRefusals: true,
  });
});
