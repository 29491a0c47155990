import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gatewayMatters } from '@landfall/contracts/streams';
import type { MatterFact } from '@landfall/contracts/subjects';
import { until } from '@landfall/servers/wait';
import { connectBus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { MAX_OPEN } from '@landfall/service-kit/matters';
import type { LandingTables } from '../src/db/schema.ts';
import { accessRequestFinder } from '../src/matters/access-request-finder.ts';
import { strangerFinder } from '../src/matters/stranger-finder.ts';
import {
  activeSubscription,
  buyAndSignIn,
  type Fixture,
  openFixture,
  people,
  signInAs,
} from './fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const log = createLogger('test', 'silent');

let fixture: Fixture;
let resources: AsyncDisposableStack;
/** How far the service's clock is ahead of ours. */
let aheadMs: number;
let facts: MatterFact[];

beforeEach(async () => {
  aheadMs = 0;
  facts = [];
  await using opened = new AsyncDisposableStack();
  fixture = opened.use(await openFixture({}, () => new Date(Date.now() + aheadMs)));
  const bus = opened.use(await connectBus({ url: fixture.natsUrl, name: 'gateway', log }));
  opened.use(await bus.consume(gatewayMatters, async (fact) => void facts.push(fact)));
  resources = opened.move();
});
afterEach(() => resources.disposeAsync());

function opened(kind: string) {
  return facts.flatMap((fact) => ('openedAt' in fact && fact.kind === kind ? [fact] : []));
}
function closed(kind: string) {
  return facts.flatMap((fact) => ('closedAt' in fact && fact.kind === kind ? [fact] : []));
}

test('a person of another organisation at a purchase is a matter of its publisher that names no one', async () => {
  await buyAndSignIn(fixture, people.ada, { by: people.tara });

  const [matter] = await until('it is published', () => {
    const found = opened('stranger-at-landing');
    return found.length > 0 && found;
  });

  const [visit] = await fixture.query('select subscription_id from visits');
  expect(matter).toMatchObject({
    key: visit?.['subscription_id'],
    subscriptionId: visit?.['subscription_id'],
    publisherId: 'contoso',
    params: { people: 1 },
  });
  const tara = fixture.emulator.identities.people.find(({ email }) => email === people.tara);
  for (const secret of [tara?.objectId, tara?.tenantId, people.tara]) {
    expect(JSON.stringify(facts)).not.toContain(secret);
  }
});

test('the member of the right organisation is no matter', async () => {
  await buyAndSignIn(fixture, people.ada, { by: people.ben });
  await buyAndSignIn(fixture, people.ada, { by: people.tara });
  await until('the other one is published', () => opened('stranger-at-landing').length > 0);
  expect(opened('stranger-at-landing')).toHaveLength(1);
});

test('a colleague who waits for a day is a matter, until an owner answers', async () => {
  const { browser: ada, url, subscriptionId } = await activeSubscription(fixture, people.ada);
  const ben = await signInAs(fixture, people.ben);
  await ben.post(`${url}/access`, { formKey: (await ben.get(url)).field('formKey') });
  aheadMs += DAY_MS + 1000;
  const [matter] = await until('it is published', () => {
    const found = opened('access-request-waiting');
    return found.length > 0 && found;
  });
  expect(matter).toMatchObject({
    key: subscriptionId,
    params: { people: 1, days: 1, owner: 'yes' },
  });
  const { objectId } = fixture.emulator.identities.people.find(
    ({ email }) => email === people.ben,
  )!;
  expect(JSON.stringify(facts)).not.toContain(objectId);

  // Ada answers within her session.
  aheadMs -= DAY_MS;
  const formKey = (await ada.get(`${url}/people`)).field('formKey');
  await ada.post(`${url}/people`, { formKey, person: objectId, role: 'viewer' });

  await until('it is closed', () => closed('access-request-waiting').length === 1);
});

test('the finders read their indexes, however many events and members there are', async () => {
  await using db = await openDatabase<LandingTables>({
    url: fixture.database.urlFor('landing'),
    service: 'landing',
    log,
  });
  await sql`
    insert into events (kind, subscription_id, correlation_id, at)
    select case when n % 1000 = 0 then 'visitor.refused' else 'visit.opened' end, 's' || n, 'c', now()
    from generate_series(1, 20000) as n`.execute(db.kysely);
  await sql`
    insert into members (subscription_id, tenant_id, object_id, role, asked_at)
    select 's' || n, 't', 'o', case when n % 1000 = 0 then null else 'owner' end,
      now() - interval '2 days'
    from generate_series(1, 20000) as n`.execute(db.kysely);
  await sql`analyze events, members`.execute(db.kysely);
  await db.kysely.transaction().execute(async (trx) => {
    // Scans of earlier tests on this connection may not be flushed yet.
    const scans = async () =>
      await sql`select relname, seq_scan from pg_stat_xact_user_tables where seq_scan > 0
        order by relname`.execute(trx);
    const { rows: before } = await scans();
    const now = () => new Date();
    expect(await strangerFinder(now).find(trx, MAX_OPEN)).toHaveLength(20);
    expect(await accessRequestFinder(now).find(trx, MAX_OPEN)).toHaveLength(20);
    expect((await scans()).rows).toEqual(before);
  });
});
