import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EVENT_MATTER_DAYS } from '@landfall/contracts/matters';
import { gatewayMatters } from '@landfall/contracts/streams';
import type { MatterFact } from '@landfall/contracts/subjects';
import { testDatabase, testNats, type TestDatabase } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { MAX_OPEN } from '@landfall/service-kit/matters';
import { testAuthority } from './authority.ts';
import type { IngestTables } from '../src/db/schema.ts';
import { unreadableFinder } from '../src/matters/unreadable-finder.ts';
import { bootIngest, deliver, notification, serveDecisions, silent, testBus } from './fixture.ts';

const HOUR_MS = 60 * 60 * 1000;

let database: TestDatabase;
let resources: AsyncDisposableStack;
let deliverBody: (body: unknown) => Promise<number>;
/** How far the service's clock is ahead of ours. */
let aheadMs: number;
let facts: MatterFact[];

beforeEach(async () => {
  aheadMs = 0;
  facts = [];
  await using opened = new AsyncDisposableStack();
  database = opened.use(await testDatabase({ services: ['webhook-ingest'] }));
  const nats = opened.use(await testNats());
  const authority = opened.use(await testAuthority());
  const now = () => new Date(Date.now() + aheadMs);
  const ingest = opened.use(await bootIngest({ database, nats, issuer: authority, now }));
  const worker = opened.use(await testBus(nats));
  const refuse = async () => ({ answer: 'refuse', reason: 'rule:x' }) as const;
  opened.use(serveDecisions(worker, refuse, { mayRefuse: () => true }));
  const gateway = opened.use(
    await connectBus({ url: nats.urlFor('gateway'), name: 'gateway', log: silent }),
  );
  opened.use(await gateway.consume(gatewayMatters, async (fact) => void facts.push(fact)));
  const token = await authority.token();
  deliverBody = async (body) => (await deliver(ingest, token, body)).status;
  resources = opened.move();
});
afterEach(() => resources.disposeAsync());

/** Leaves out alerts, which may fire because no worker takes the notifications here. */
const unreadable = () => facts.filter(({ kind }) => kind === 'notification-unreadable');
const opened = () => unreadable().flatMap((fact) => ('openedAt' in fact ? [fact] : []));
const closed = () => unreadable().flatMap((fact) => ('closedAt' in fact ? [fact] : []));

test('a notification that cannot be read is critical while Microsoft repeats it, and leaves the list after 30 days', async () => {
  await deliverBody(notification());
  expect(await deliverBody('{"action": "ChangePlan"')).toBe(503);
  const [first] = await until('it is published', () => opened().length > 0 && opened());
  expect(first).toMatchObject({
    severity: 'critical',
    subject: { type: 'notification' },
    params: { problems: 'not-json', repeated: 'yes' },
  });
  expect(Date.parse(first?.dueAt ?? '') - Date.parse(first?.since ?? '')).toBe(8 * HOUR_MS);

  aheadMs += 8 * HOUR_MS + 1000;
  await until('it is published again', () => opened().length === 2);
  const [, second] = opened();
  expect(second).toMatchObject({ id: first?.id, severity: 'warning', params: { repeated: 'no' } });
  expect(second?.dueAt).toBeUndefined();

  aheadMs += EVENT_MATTER_DAYS * 24 * HOUR_MS;
  await until('it is closed', () => closed().length === 1);
  expect(opened()).toHaveLength(2);
});

test('the finder reads its index, however many notifications there are', async () => {
  await using db = await openDatabase<IngestTables>({
    url: database.urlFor('webhook-ingest'),
    service: 'webhook-ingest',
    log: silent,
  });
  await sql`
    insert into notifications (id, dedupe_key, action, body, problems, correlation_id, received_at,
      deliveries, last_delivered_at, verdict, history, unreadable)
    select gen_random_uuid(), 'k' || n, 'Renew', '{}', '[]', 'c', now(), 1, now(), 'accepted', '[]',
      n % 1000 = 0
    from generate_series(1, 20000) as n`.execute(db.kysely);
  await sql`analyze notifications`.execute(db.kysely);
  await db.kysely.transaction().execute(async (trx) => {
    // Scans of earlier tests on this connection may not be flushed yet.
    const scans = async () =>
      await sql`select relname, seq_scan from pg_stat_xact_user_tables where seq_scan > 0
        order by relname`.execute(trx);
    const { rows: before } = await scans();
    const found = await unreadableFinder(() => new Date()).find(trx, MAX_OPEN);
    expect(found).toHaveLength(20);
    expect((await scans()).rows).toEqual(before);
  });
});
