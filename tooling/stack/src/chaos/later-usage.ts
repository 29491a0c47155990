import { until } from '@landfall/servers/wait';
import pg from 'pg';
import { drain, type Backlog } from './drain.ts';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import { metersOf, seeTerm } from './metered.ts';
import type { Random } from './random.ts';
import { large, newRecord, reportUnanswered } from './usage-reporter.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Microsoft's report is complete two days after the usage was accepted. */
const REPORT_MS = 3 * 24 * HOUR_MS;
/** Units that come too late wait for the end of an hour, which may be the next one. */
const LATE_HOURS = 2;
const RECORDS_EACH = 3;
const REPORT_DEADLINE_MS = 60_000;

/**
 * After everything else: usage in an hour that is wholly after the changes of plans and terms, until all usage is billed
 * and Microsoft's report has been compared. Returns the work that did not end.
 */
export async function endUsage(
  fixture: ChaosFixture,
  ledger: Ledger,
  options: {
    readonly random: Random;
    readonly deadlineMs: number;
    readonly onProgress: (left: Backlog) => void;
    readonly signal: AbortSignal;
  },
): Promise<Backlog> {
  const { random, ...draining } = options;
  const { client } = fixture;
  const ids = [...ledger.metered.keys()];
  for (const id of ids) await reinstated(fixture, id);
  await client.control.advance(HOUR_MS);
  const occurredAt = (await client.now()).toISOString();
  for (const subscriptionId of ids) {
    await seeTerm(fixture, ledger, subscriptionId);
    const { planId, termUnit } = await client.control.subscription(subscriptionId);
    for (const [dimension, size] of Object.entries(metersOf(planId, termUnit))) {
      for (let count = 0; count < RECORDS_EACH; count += 1) {
        const quantity = large(4 * size, random);
        const record = newRecord({ subscriptionId, dimension, quantity, occurredAt });
        ledger.usage.set(record.eventId, record);
      }
    }
  }
  await reportUnanswered(fixture, ledger, options.signal);
  await client.control.advance(2 * HOUR_MS);
  let left = await drain(fixture, { ...draining, of: 'usage' });
  for (let hour = 0; hour < LATE_HOURS && (await isWaiting(fixture)); hour += 1) {
    await client.control.advance(HOUR_MS);
    left = await drain(fixture, { ...draining, of: 'usage' });
  }
  await client.control.advance(REPORT_MS);
  await reportRead(fixture, await client.now());
  return left;
}

/** Whether units are in an hour that is not over: those that came too late for an hour that had been sent. */
async function isWaiting(fixture: ChaosFixture): Promise<boolean> {
  const text = `select 1 from billing.usage_hours where state in ('closed', 'held')`;
  return (await rows(fixture, text)).length > 0;
}

/** A suspension that the run has left behind ends on both sides. */
async function reinstated({ client }: ChaosFixture, subscriptionId: string): Promise<void> {
  await until(`${subscriptionId} is active on both sides`, async () => {
    const seen = await client.control.subscription(subscriptionId);
    if (seen.status === 'Suspended' && seen.pendingOperation === null) {
      await client.control.reinstate(subscriptionId);
    }
    const { status } = await client.api.subscriptions.get.query({ subscriptionId });
    return seen.status === 'Subscribed' && status === 'Subscribed';
  });
}

async function reportRead(fixture: ChaosFixture, since: Date): Promise<void> {
  const text = 'select 1 from billing.read_back_runs where finished_at is null or finished_at < $1';
  await until(
    "Microsoft's report is read",
    async () => (await rows(fixture, text, [since])).length === 0,
    { timeoutMs: REPORT_DEADLINE_MS },
  );
}

async function rows({ databaseUrl }: ChaosFixture, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
