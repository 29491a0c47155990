import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { encodeKey } from '@landfall/service-kit/paging';
import { openCallers, summary, type Callers, type Sent, type Times } from './callers.ts';
import { openBenchServers } from './fixture.ts';
import { idOf, SHAPES, startListServer } from './list-server.ts';
import { printMemory } from './service-process.ts';
import { seedSubscriptions } from './seed-subscriptions.ts';

const WIDTHS = [1, 32] as const;
/** Rounds alternate between the calls, so that a busy moment does not fall on one of them. */
const ROUNDS = 5;
const RECORDS = 1_000;
const KEY = 'lf_benchmark_0123456789abcdef0123456789abcdef';

const { values } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '100000' },
    calls: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
  },
});
const size = Number(values.subscriptions);
const calls = Number(values.calls);

await using marketplace = await startListServer();
await using servers = await openBenchServers(marketplace);
await using _worker = await servers.start('fulfillment-worker', { RECONCILE_INTERVAL: 'off' });
await using _billing = await servers.start('billing-sync', {});
await using gateway = await servers.start('gateway', {
  PUBLIC_URL: 'http://127.0.0.1',
  LANDING_URL: 'http://127.0.0.1:9',
  WEBHOOK_INGEST_URL: 'http://127.0.0.1:9',
  BOOTSTRAP_API_KEY: KEY,
  RATE_PER_KEY: '1000000',
  RATE_PER_PUBLISHER: '1000000',
  RATE_PER_ADDRESS: '1000000',
});
await seed();
console.log(`gateway ready after ${Math.round(gateway.readyMs)} ms`);
printMemory('gateway at rest', gateway.samples());
await using bare = openCallers(gateway.url, {});
await using known = openCallers(gateway.url, { authorization: `Bearer ${KEY}` });

interface Case {
  readonly name: string;
  readonly callers: Callers;
  readonly next: () => Sent;
  /** A part of the calls is enough for slow ones. */
  readonly share?: number;
}

let counter = 0;
const cases = [
  {
    name: 'bare answer (/healthz)',
    callers: bare,
    next: () => ({ method: 'GET', path: '/healthz' }),
  },
  ...lists(),
  query('subscriptions.get', '/v1/subscriptions/{}', () => ({ subscriptionId: someId() })),
  query('policies.get', '/v1/policies', () => ({ publisherId: 'contoso' })),
  ...command('policies.put', 'PUT /v1/policies', () => ({ publisherId: 'contoso', rules: [] })),
  ...command('usage.report', 'POST /v1/usage', () => ({ records: records(1) }), '1 record'),
  ...command(
    'usage.report',
    'POST /v1/usage',
    () => ({ records: records(RECORDS) }),
    '1,000 records',
  ),
].filter(({ name }) => name.includes(values.only));

for (const width of WIDTHS) {
  console.log(width === 1 ? 'one caller' : `${width} callers`);
  for (const one of cases) await runOnce(one, width);
  gateway.samples();
  const cpu = gateway.cpuSeconds();
  const times = new Map(cases.map(({ name }) => [name, [] as Times[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of cases) times.get(one.name)?.push(await runOnce(one, width));
  }
  for (const [name, rounds] of times) console.log(`  ${name.padEnd(52)} ${summary(rounds)}`);
  console.log(`  CPU of the gateway: ${(gateway.cpuSeconds() - cpu).toFixed(1)} s`);
  printMemory('  gateway', gateway.samples());
}

function runOnce({ callers, next, share = 1 }: Case, width: number): Promise<Times> {
  const wanted = Math.max(width, Math.round((calls * share * (width === 1 ? 1 : 4)) / ROUNDS));
  return callers.run(next, { calls: wanted, width });
}

/** Subscriptions with names, addresses and tenants of their own, which a search can tell apart. */
async function seed(): Promise<void> {
  await using worker = await servers.connect('fulfillment-worker');
  const databaseUrl = servers.databaseUrl('fulfillment-worker');
  await seedSubscriptions({ client: worker.api, databaseUrl }, marketplace, size);
  await execute(databaseUrl, [
    `update subscriptions set
       state = state || jsonb_build_object('name', 'Workspace ' || n || ' of ' || to_hex(n * 2654435761 % 1048576),
         'beneficiary', jsonb_build_object('emailId', 'owner' || n || '@tenant' || n % 5000 || '.example',
           'tenantId', '7e7e7e7e-0000-4000-8000-' || lpad(to_hex(n % 5000), 12, '0'),
           'objectId', '0b0b0b0b-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))),
       created_at = now() - n * interval '1 minute'
     from (select id as given, ('x' || substring(id from 25))::bit(48)::bigint as n from subscriptions) as numbered
     where id = given`,
    'vacuum analyze',
  ]);
  await execute(servers.databaseUrl('billing-sync'), [
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, term_start, term_unit, version)
     select '${idOf(0).slice(0, -12)}' || lpad(to_hex(n), 12, '0'), 'contoso', 'bench', 'metered', 'Subscribed',
       now() - interval '2 days', 'P1M', 1 from generate_series(0, ${size - 1}) n on conflict do nothing`,
    `insert into subscription_versions (subscription_id, version, occurred_at, plan_id, status, term_start, term_unit)
     select id, 1, term_start, plan_id, status, term_start, term_unit from subscriptions on conflict do nothing`,
    'vacuum analyze',
  ]);
}

async function execute(connectionString: string, statements: readonly string[]): Promise<void> {
  const database = new Client({ connectionString });
  await database.connect();
  for (const statement of statements) await database.query(statement);
  await database.end();
}

function lists(): Case[] {
  const list = (what: string, filter: () => Readonly<Record<string, unknown>>) =>
    query('subscriptions.list', '/v1/subscriptions', filter, what);
  const n = () => Math.floor(Math.random() * size);
  return [
    list('newest 50', () => ({})),
    list('newest 200', () => ({ limit: 200 })),
    list('part of a name, 1 match', () => ({ search: `workspace ${n()}` })),
    list('part of a name, all match', () => ({ search: 'workspace' })),
    list('e-mail address', () => ({ search: `owner${n()}@` })),
    list('tenant, 20 matches', () => ({
      search: `7e7e7e7e-0000-4000-8000-${(n() % 5000).toString(16).padStart(12, '0')}`,
    })),
    list('ID', () => ({ search: someId() })),
    list('offer and plan', () => ({ offerId: `offer-${n() % 3}`, planId: `plan-${n() % 5}` })),
    list('suspended, by name', () => ({ status: 'Suspended', sort: 'name' })),
    list('waits for an operator', () => ({ waitsFor: 'operator' })),
    list('with total', () => ({ withTotal: true })),
    list('deep page', () => ({ cursor: deepCursor() })),
  ].map((one) => Object.assign(one, { share: 0.4 }));
}

/** Somewhere in the whole list, as after thousands of pages. */
function deepCursor(): string {
  const at = new Date(Date.now() - Math.floor(Math.random() * size) * 60_000).toISOString();
  return encodeKey(['newest', at, idOf(0)]);
}

function query(
  name: string,
  route: string,
  input: () => Readonly<Record<string, unknown>>,
  what = '',
): Case {
  // REST and tRPC differ in the parsing of the URL only, so queries alternate between them.
  const next = (): Sent => {
    const given = input();
    counter += 1;
    return counter % 2 === 0
      ? { method: 'GET', path: restPath(route, given) }
      : { method: 'GET', path: `/trpc/${name}?input=${encodeURIComponent(JSON.stringify(given))}` };
  };
  return { name: `${name} ${what}`.trim(), callers: known, next };
}

function restPath(route: string, input: Readonly<Record<string, unknown>>): string {
  if (route.includes('{}')) return route.replace('{}', String(Object.values(input)[0]));
  const parameters = Object.entries(input).map(([name, value]) => [name, String(value)]);
  return `${route}?${new URLSearchParams(Object.fromEntries(parameters)).toString()}`;
}

function command(name: string, route: string, input: () => unknown, what = ''): Case[] {
  const [method = '', path = ''] = route.split(' ');
  const body = () => JSON.stringify(input());
  const share = what.startsWith('1,000') ? 0.1 : 1;
  const label = `${name} ${what}`.trim();
  const key = () => ({ 'idempotency-key': `bench-${(counter += 1)}-${process.pid}` });
  return [
    [`${label}, tRPC`, () => ({ method: 'POST', path: `/trpc/${name}`, body: body() })] as const,
    [`${label}, REST`, () => ({ method, path, body: body() })] as const,
    [
      `${label}, REST, Idempotency-Key`,
      () => ({ method, path, body: body(), headers: key() }),
    ] as const,
  ].map(([shown, next]) => ({ name: shown, callers: known, next, share }));
}

function someId(): string {
  return idOf(Math.floor(Math.random() * size));
}

function records(count: number) {
  return Array.from({ length: count }, () => ({
    eventId: `event-${(counter += 1)}`,
    subscriptionId: someId(),
    dimension: 'calls',
    quantity: '1',
    occurredAt: new Date(Date.now() - SHAPES * 60_000).toISOString(),
  }));
}
