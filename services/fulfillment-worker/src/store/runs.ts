import { sql, type Selectable } from 'kysely';
import type { Db, ReconciliationRunsTable, Trx } from '../db/schema.ts';

export type RunRow = Selectable<ReconciliationRunsTable>;

export interface Finding {
  readonly subscriptionId: string;
  readonly kind: string;
  readonly detail: string;
}

/** For people: the first ones tell what is wrong, a thousand more tell nothing new. */
const MAX_FINDINGS = 100;

/** Any number that nobody else uses for an advisory lock in this schema. */
const START_LOCK = 7_316_205;

export interface NewRun {
  readonly id: string;
  /** Whose list; null where there is one publisher. */
  readonly publisherId: string | null;
  readonly dryRun: boolean;
  readonly at: Date;
  readonly leaseMs: number;
}

/** A run is due when the last that completed, and the last that was tried, are older than these. */
export interface DueSince {
  readonly completedBefore: Date;
  readonly triedBefore: Date;
}

/**
 * Begins a run when none of the publisher's is under way. A run whose process is gone is closed first:
 * what it found is in the lanes, and the new one begins from the first page. Undefined: another run is
 * under way.
 */
export async function beginRun(
  trx: Trx,
  run: NewRun & { readonly onlyIfDue?: DueSince | undefined },
): Promise<RunRow | undefined> {
  await sql`select pg_advisory_xact_lock(${START_LOCK})`.execute(trx);
  await trx
    .updateTable('reconciliation_runs')
    .set({ state: 'failed', failure: 'interrupted', finished_at: run.at })
    .where('state', '=', 'running')
    .where('lease_until', '<', sql<Date>`now()`)
    .execute();
  const newer = trx
    .selectFrom('reconciliation_runs')
    .select('id')
    .where(sql<boolean>`publisher_id is not distinct from ${run.publisherId}`);
  const { onlyIfDue } = run;
  const blocking = onlyIfDue
    ? newer.where((is) =>
        is.or([
          is('state', '=', 'running'),
          is.and([
            is('dry_run', '=', false),
            is.or([
              is('started_at', '>', onlyIfDue.triedBefore),
              is.and([
                is('started_at', '>', onlyIfDue.completedBefore),
                is('state', '=', 'completed'),
              ]),
            ]),
          ]),
        ]),
      )
    : newer.where('state', '=', 'running');
  if (await blocking.executeTakeFirst()) return undefined;
  // What is there of runs that are over was left by those that were interrupted.
  await sql`delete from reconciliation_seen where run_id not in
    (select id from reconciliation_runs where state = 'running')`.execute(trx);
  return await trx
    .insertInto('reconciliation_runs')
    .values({
      id: run.id,
      publisher_id: run.publisherId,
      state: 'running',
      dry_run: run.dryRun,
      started_at: run.at,
      finished_at: null,
      lease_until: sql<Date>`now() + ${run.leaseMs} * interval '1 ms'`,
      findings: '[]',
      failure: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** False: the run is not this process's any more. */
export async function renewRun(db: Db['kysely'], id: string, leaseMs: number): Promise<boolean> {
  const row = await db
    .updateTable('reconciliation_runs')
    .set({ lease_until: sql<Date>`now() + ${leaseMs} * interval '1 ms'` })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface RunProgress {
  readonly listed?: number;
  readonly unchanged?: number;
  readonly drifted?: number;
  readonly errors?: number;
  readonly findings?: readonly Finding[];
}

export async function addProgress(trx: Trx, id: string, progress: RunProgress): Promise<void> {
  const { listed = 0, unchanged = 0, drifted = 0, errors = 0, findings = [] } = progress;
  await trx
    .updateTable('reconciliation_runs')
    .set({
      listed: sql<number>`listed + ${listed}`,
      unchanged: sql<number>`unchanged + ${unchanged}`,
      drifted: sql<number>`drifted + ${drifted}`,
      errors: sql<number>`errors + ${errors}`,
      findings: sql<string>`case when jsonb_array_length(findings) < ${MAX_FINDINGS}
        then findings || ${JSON.stringify(findings)}::jsonb else findings end`,
    })
    .where('id', '=', id)
    .execute();
}

export async function recordSeen(
  trx: Trx,
  runId: string,
  subscriptionIds: readonly string[],
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  await trx
    .insertInto('reconciliation_seen')
    .values(subscriptionIds.map((id) => ({ run_id: runId, subscription_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Subscriptions of ours that a finished list did not have, by id, a page at a time. Those that came
 * while it was read, and those known to be missing already, are left out.
 */
export async function unlisted(
  db: Db['kysely'],
  run: { readonly id: string; readonly startedAt: Date; readonly publisherId: string | null },
  page: { readonly afterId: string; readonly limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .select('id')
    .$if(run.publisherId !== null, (of) => of.where('publisher_id', '=', run.publisherId ?? ''))
    .where('created_at', '<', run.startedAt)
    .where('missing_at', 'is', null)
    .where('id', '>', page.afterId)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('reconciliation_seen')
            .select('reconciliation_seen.run_id')
            .where('reconciliation_seen.run_id', '=', run.id)
            .whereRef('reconciliation_seen.subscription_id', '=', 'subscriptions.id'),
        ),
      ),
    )
    .orderBy('id')
    .limit(page.limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function hasSubscriptions(
  db: Db['kysely'],
  publisherId: string | null,
): Promise<boolean> {
  const row = await db
    .selectFrom('subscriptions')
    .select('id')
    .$if(publisherId !== null, (of) => of.where('publisher_id', '=', publisherId ?? ''))
    .where('missing_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** How the tasks stand that heal what a run has found. */
export async function healingOf(
  db: Db['kysely'],
  runId: string,
): Promise<{ readonly healed: number; readonly parked: number; readonly open: number }> {
  const row = await db
    .selectFrom('tasks')
    .select(({ fn }) => [
      fn.count<string>('done_at').as('healed'),
      fn.count<string>('dead_at').as('parked'),
      fn.countAll<string>().as('all'),
    ])
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  const healed = Number(row.healed);
  const parked = Number(row.parked);
  return { healed, parked, open: Number(row.all) - healed - parked };
}

/** Tasks of a run that are not over; with `due`, those among them that could run now. */
export async function openTasks(
  db: Db['kysely'],
  runId: string,
  which: 'all' | 'due',
): Promise<number> {
  let query = db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('open'))
    .where('run_id', '=', runId)
    .where('done_at', 'is', null)
    .where('dead_at', 'is', null);
  if (which === 'due') query = query.where('run_at', '<=', sql<Date>`now()`);
  return Number((await query.executeTakeFirstOrThrow()).open);
}

export async function finishRun(
  trx: Trx,
  id: string,
  finished: {
    readonly at: Date;
    readonly failure?: string | undefined;
    readonly healed: number;
    readonly errors: number;
  },
): Promise<void> {
  const { failure, healed, errors, at } = finished;
  await trx
    .updateTable('reconciliation_runs')
    .set({
      state: failure === undefined ? 'completed' : 'failed',
      failure: failure ?? null,
      finished_at: at,
      healed,
      errors: sql<number>`errors + ${errors}`,
    })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
  await trx.deleteFrom('reconciliation_seen').where('run_id', '=', id).execute();
}

export async function findRun(db: Db['kysely'], id: string): Promise<RunRow | undefined> {
  return await db
    .selectFrom('reconciliation_runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function listRuns(
  db: Db['kysely'],
  page: {
    readonly publisherId: string | undefined;
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<RunRow[]> {
  let query = db
    .selectFrom('reconciliation_runs')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.publisherId !== undefined) {
    query = query.where('publisher_id', '=', page.publisherId);
  }
  if (page.before) {
    const { at, id } = page.before;
    query = query.where(sql<boolean>`(started_at, id) < (${at}, ${id}::uuid)`);
  }
  return await query.execute();
}
