import pg from 'pg';
import type { ChaosFixture } from './fixture.ts';
import { sleep } from './patience.ts';

const POLL_MS = 500;
const PROGRESS_MS = 5_000;

/** Unfinished work by name; empty if there is none. */
export type Backlog = Readonly<Record<string, number>>;

/**
 * Waits until there is no unfinished work. Returns what is left at the deadline; then the guarantee
 * that everything ends is broken.
 */
export async function drain(
  fixture: ChaosFixture,
  options: {
    readonly deadlineMs: number;
    readonly onProgress: (left: Backlog) => void;
    readonly signal: AbortSignal;
    /** Which work it waits for; all of it by default. */
    readonly of?: 'usage' | 'other work';
  },
): Promise<Backlog> {
  const { deadlineMs, of, onProgress, signal } = options;
  const deadline = Date.now() + deadlineMs;
  let reportedAt = Date.now();
  let quiet = 0;
  for (;;) {
    const left = await backlog(fixture, of);
    quiet = Object.keys(left).length === 0 ? quiet + 1 : 0;
    // Checked twice, because something that moves between two tables may be in neither for a
    // moment.
    if (quiet === 2 || Date.now() > deadline || signal.aborted) return left;
    if (Date.now() - reportedAt > PROGRESS_MS) {
      reportedAt = Date.now();
      onProgress(left);
    }
    await sleep(POLL_MS, signal);
  }
}

async function backlog(fixture: ChaosFixture, of?: 'usage' | 'other work'): Promise<Backlog> {
  const now = await fixture.client.now();
  const left = { ...(await atMicrosoft(fixture)), ...(await inTables(fixture.databaseUrl, now)) };
  const isWanted = (name: string) => of === undefined || USAGE.has(name) === (of === 'usage');
  return Object.fromEntries(
    Object.entries(left).filter(([name, count]) => count > 0 && isWanted(name)),
  );
}

const USAGE: ReadonlySet<string> = new Set(['usage to rate', 'usage to send']);

/** An operation whose notification is never sent stays as it is, so it does not count. */
async function atMicrosoft({ client }: ChaosFixture): Promise<Backlog> {
  const { deliveries, operations, subscriptions } = await client.control.state();
  const dropped = new Set(
    deliveries.filter(({ state }) => state === 'dropped').map(({ operationId }) => operationId),
  );
  return {
    'notifications to send': deliveries.filter(
      ({ state }) => state === 'pending' || state === 'held',
    ).length,
    'operations in progress': operations.filter(
      ({ id, status }) => status === 'InProgress' && !dropped.has(id),
    ).length,
    activations: subscriptions.filter(({ isActivating }) => isActivating).length,
  };
}

async function inTables(connectionString: string, now: Date): Promise<Backlog> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, number>>(BACKLOG, [now]);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

/** Usage that is due later waits for its hour to end, or for a repetition after a longer pause. */
const SOON = `$1::timestamptz + interval '1 minute'`;

const BACKLOG = `select
  (select count(*)::int from fulfillment.tasks where done_at is null and dead_at is null
    and not (kind = 'lookAgain' and payload ? 'key'))
    as "tasks",
  (select count(*)::int from fulfillment.outbox where published_at is null and failure is null)
    + (select count(*)::int from billing.outbox where published_at is null and failure is null)
    as "facts to publish",
  (select count(*)::int from fulfillment.outbox o where subject like 'fulfillment.subscription.%'
    and not exists (select 1 from billing.inbox i where i.message_id = o.message_id))
    as "facts to receive",
  (select count(*)::int from fulfillment.deliveries where state = 'waiting')
    as "events to the product",
  (select count(*)::int from ingest.publications where published_at is null)
    as "notifications to publish",
  (select count(*)::int from ingest.notifications n where subscription_id is not null
    and not exists (select 1 from fulfillment.tasks t
      where t.dedupe_key = 'notification:' || n.id)) as "notifications to receive",
  (select count(*)::int from fulfillment.subscriptions
    where state->'provisioning'->>'state' = 'requested') as "spaces to make",
  (select count(*)::int from fulfillment.changes where state in ('requested', 'sent'))
    as "changes",
  (select count(*)::int from fulfillment.reconciliation_runs where state = 'running'
    and lease_until > $1) as "reconciliations",
  (select count(*)::int from landing.visits
    where confirmed_at is not null and handed_over_at is null) as "confirmations",
  (select count(*)::int from billing.meter_hours where state = 'open' and due_at < ${SOON})
    as "usage to rate",
  (select count(*)::int from billing.usage_hours where state = 'sending'
    or (state = 'closed' and next_attempt_at < ${SOON})) as "usage to send"`;
