import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { scopes } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { MAX_OPEN, type MatterFinder } from '@landfall/service-kit/matters';
import type { Db, GatewayTables } from '../src/db/schema.ts';
import { endingKeyFinder } from '../src/matters/ending-key-finder.ts';
import { oldBackupFinder } from '../src/matters/old-backup-finder.ts';
import { insertKey, touchKey } from '../src/store/keys.ts';
import { bootGateway, makeKey, openGatewayDatabase, type Gateway } from './fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  db = await openGatewayDatabase(database);
});
afterAll(async () => {
  for (const part of [gateway, db, nats, database]) await part[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate api_keys, backups`.execute(db.kysely);
});

const at = (days: number) => new Date(Date.now() + days * DAY_MS);

function find(finder: MatterFinder<GatewayTables>) {
  return db.kysely.transaction().execute((trx) => finder.find(trx, MAX_OPEN));
}

/** A key that expires after `days` and was used until `usedAt`. */
async function expiringKey(id: string, days: number, usedAt: Date | undefined): Promise<void> {
  await insertKey(db, {
    id,
    label: 'of Jane Doe',
    secretHash: Buffer.from('hash'),
    scopes: ['usage:write'],
    publisherId: 'contoso',
    createdBy: 'a test',
    expiresAt: at(days),
    at: at(-365),
  });
  if (usedAt) await touchKey(db, id, usedAt);
}

async function api() {
  const { text } = await makeKey(db, scopes);
  return createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
}

test('a key in use that ends soon is a matter without its label, until it is rotated', async () => {
  await expiringKey('soon', 10.5, at(0));
  const finder = endingKeyFinder(() => new Date());
  expect(await find(finder)).toMatchObject([
    {
      key: 'soon',
      publisherId: 'contoso',
      severity: 'warning',
      params: { prefix: 'lf_soon_', days: 10, ended: 'no' },
    },
  ]);
  expect(JSON.stringify(await find(finder))).not.toContain('Doe');
  const lastDays = endingKeyFinder(() => at(9));
  expect(await find(lastDays)).toMatchObject([{ severity: 'critical', params: { days: 1 } }]);
  const after = endingKeyFinder(() => at(11));
  expect(await find(after)).toMatchObject([{ severity: 'critical', params: { ended: 'yes' } }]);

  const { keys } = await api();
  await keys.rotate.mutate({ keyId: 'soon', overlapHours: 24, expiresInDays: 365 });

  expect(await find(finder)).toEqual([]);
});

test('a key that is not used, that was revoked, or that ends much later is no matter', async () => {
  await expiringKey('unused', 5, undefined);
  await expiringKey('long unused', 5, at(-40));
  await expiringKey('later', 20, at(0));
  await expiringKey('revoked', 5, at(0));
  const { keys } = await api();
  await keys.revoke.mutate({ keyId: 'revoked', reason: 'x', dryRun: false });
  expect(await find(endingKeyFinder(() => new Date()))).toEqual([]);
});

test('backups are a matter from the second day without one on, until one is recorded', async () => {
  await makeKey(db, []);
  expect(await find(oldBackupFinder(() => at(1)))).toEqual([]);
  expect(await find(oldBackupFinder(() => at(2.1)))).toMatchObject([
    { severity: 'warning', params: { days: 2, recorded: 'no' } },
  ]);
  expect(await find(oldBackupFinder(() => at(7.1)))).toMatchObject([{ severity: 'critical' }]);

  const { backups } = await api();
  await backups.record.mutate({ takenAt: new Date().toISOString(), wasRestored: false });

  expect(await find(oldBackupFinder(() => at(1)))).toEqual([]);
  expect(await find(oldBackupFinder(() => at(3.1)))).toMatchObject([
    { severity: 'warning', params: { days: 3, recorded: 'yes' } },
  ]);
});

test('what the gateway finds itself appears in the list, and leaves it when the cause is gone', async () => {
  await expiringKey('listed', 5, at(0));
  const { matters, keys } = await api();
  const kinds = ['key-ending'];
  // The gateway may also have found a key of an earlier test.
  const listed = async () =>
    (await matters.list.query({ kinds })).items.find(({ subject }) => subject.id === 'listed');
  const item = await until('it is listed', listed);
  expect(item).toMatchObject({ owner: 'gateway', subject: { type: 'key', id: 'listed' } });
  expect(item.title).toContain('lf_listed_');

  await keys.revoke.mutate({ keyId: 'listed', reason: 'x', dryRun: false });

  await until('the matter is no longer listed', async () => (await listed()) === undefined);
});

test('the finders read their indexes, however many keys and backups there are', async () => {
  await sql`
    insert into api_keys (id, label, secret_hash, scopes, created_at, expires_at, last_used_at)
    select 'k' || n, 'x', 'x', '{}', now(), now() + n * interval '1 day', now()
    from generate_series(1, 20000) as n`.execute(db.kysely);
  await sql`
    insert into backups (taken_at, recorded_at, was_restored, recorded_by)
    select now() - n * interval '1 day', now(), false, 'x'
    from generate_series(1, 20000) as n`.execute(db.kysely);
  await sql`analyze api_keys, backups`.execute(db.kysely);
  await db.kysely.transaction().execute(async (trx) => {
    // Scans of earlier tests on this connection may not be flushed yet.
    const scans = async () =>
      await sql`select relname, seq_scan from pg_stat_xact_user_tables where seq_scan > 0
        order by relname`.execute(trx);
    const { rows: before } = await scans();
    const found = await endingKeyFinder(() => new Date()).find(trx, MAX_OPEN);
    expect(found).toHaveLength(14);
    await oldBackupFinder(() => new Date()).find(trx, MAX_OPEN);
    expect((await scans()).rows).toEqual(before);
  });
});
