import pg from 'pg';
import { retention } from '@landfall/contracts/retention';
import type { RetentionRule } from '@landfall/contracts/retention-rule';
import { services, type ServiceName } from '@landfall/contracts/services';
import type { ChaosFixture } from '../chaos/fixture.ts';
import type { ServiceSettings } from '../launch/service-processes.ts';

/** Rows that are kept for longer than a season keep growing in a year, as they should. */
const SEASON_DAYS = 92;

interface Aged {
  readonly service: ServiceName;
  readonly table: string;
  readonly rule: RetentionRule;
  readonly days: number;
}

/** Every rule, with the shortest time that its setting allows. */
const rules: readonly Aged[] = services.flatMap(({ name, schema }) =>
  retention[name].rules.map((rule) => ({
    service: name,
    table: `${schema}.${rule.table}`,
    rule,
    days: rule.setting === undefined ? rule.days : (rule.minDays ?? 1),
  })),
);

/** Settings with which everything is kept as briefly as allowed, so that a year shows what is removed. */
export const briefRetention: ServiceSettings = Object.fromEntries(
  services.map(({ name }) => [
    name,
    Object.fromEntries(
      rules.flatMap(({ service, rule, days }) =>
        service === name && rule.setting !== undefined ? [[rule.setting, String(days)]] : [],
      ),
    ),
  ]),
);

/** The tables that must stay the same size, because everything in them is removed within a season. */
export const flatTables: readonly string[] = [
  ...new Set(
    rules
      .filter(({ days, rule }) => days <= SEASON_DAYS && !rule.isPrunedByService)
      .map(({ table }) => table),
  ),
];

/**
 * Sets back the times of rows that carry the time of the machine's clock, by as much as the emulated clock has moved. The machine's
 * clock cannot be moved, and the retention of these rows follows it. Audit log entries stay, because their hash chain would break.
 */
export async function ageRows(client: pg.Client, days: number): Promise<void> {
  for (const { table, rule } of rules) {
    if (rule.clock !== 'machine' || rule.isPrunedByService || rule.days === 0) continue;
    const column = pg.escapeIdentifier(rule.since);
    await client.query(
      `update ${table} set ${column} = ${column} - make_interval(days => $1) where ${column} is not null
        ${rule.only === undefined ? '' : `and (${rule.only})`}`,
      [days],
    );
  }
}

/** What an operator would watch, at one moment, by name. */
export type Readings = Readonly<Record<string, number>>;

const MEGABYTE = 1024 * 1024;

/** The memory of each service in MB, and the connections to PostgreSQL. */
export async function readProcesses(fixture: ChaosFixture, client: pg.Client): Promise<Readings> {
  const memory = await Promise.all(
    fixture.services.map(async ({ name, metricsUrl = '' }) => {
      const text = await (await fetch(metricsUrl)).text();
      const [, bytes] = /^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)/m.exec(text) ?? [];
      if (bytes === undefined) throw new Error(`${name} does not report its memory`);
      return [`memory of ${name}, MB`, Math.round(Number(bytes) / MEGABYTE)] as const;
    }),
  );
  const { rows } = await client.query<{ count: number }>(CONNECTIONS);
  return { ...Object.fromEntries(memory), connections: rows[0]?.count ?? 0 };
}

const CONNECTIONS = `select count(*)::int from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend'`;

/** The rows of each flat table. */
export async function readTables(client: pg.Client): Promise<Readings> {
  const counts = flatTables.map(
    (table) => `select '${table}' as name, count(*)::int as rows from ${table}`,
  );
  const { rows } = await client.query<{ name: string; rows: number }>(counts.join(' union all '));
  return Object.fromEntries(rows.map((row) => [`rows of ${row.name}`, row.rows]));
}

/** Work that is due now and not done, by name; only what there is. Usage after the end of a term waits for the renewal. */
export async function readBacklog(client: pg.Client, now: Date): Promise<Readings> {
  const { rows } = await client.query<Record<string, number>>(BACKLOG, [now]);
  return Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0));
}

const BACKLOG = `select
  (select count(*)::int from fulfillment.tasks where done_at is null and dead_at is null
    and kind <> 'lookAgain') as "tasks",
  (select count(*)::int from fulfillment.outbox where published_at is null and failure is null)
    + (select count(*)::int from billing.outbox where published_at is null and failure is null)
    as "facts to publish",
  (select count(*)::int from fulfillment.deliveries where state = 'waiting') as "events to the product",
  (select count(*)::int from ingest.publications where published_at is null)
    as "notifications to publish",
  (select count(*)::int from fulfillment.changes where state in ('requested', 'sent')) as "changes",
  (select count(*)::int from fulfillment.reconciliation_runs where state = 'running')
    as "reconciliations",
  (select count(*)::int from billing.meter_hours m join billing.subscriptions s on s.id = m.subscription_id
    where m.state = 'open' and m.due_at < $1
    and not (s.status <> 'Unsubscribed' and m.hour >= s.term_end + interval '1 day'))
    as "usage to rate",
  (select count(*)::int from billing.usage_hours where state = 'sending'
    or (state = 'closed' and next_attempt_at < $1)) as "usage to send"`;
