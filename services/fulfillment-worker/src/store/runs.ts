import { sql, type Selectable } from 'kysely';
import type { Db, ReconciliationRunsTable, Trx } from '../db/schema.ts';

export type RunRow = Selectable<ReconciliationRunsTable>;

/** An arbitrary number, used for no other advisory lock in this schema. */
const START_LOCK = 7_316_205;

/** By then the next nightly run would begin anyway, and the first pages of this one are outdated. */
const RUN_LIFETIME_MS = 24 * 60 * 60_000;

export interface WantedRun {
  readonly id: string;
  /** The publisher of the list; null if there is only one. */
  readonly publisherId: string | null;
  readonly dryRun: boolean;
  readonly at: Date;
  readonly leaseMs: number;
  /** Absent: begin in any case. `never`: only resume a run that was left. */
  readonly onlyIfDue?: DueSince | 'never' | undefined;
}

/** A run is due if the last completed one and the last attempted one are older than these. */
export interface DueSince {
  readonly completedBefore: Date;
  readonly triedBefore: Date;
}

/**
 * Begins a run for a publisher, or resumes one that its process left or that was suspended after a fault; a
 * requested run does not wait for that pause. Undefined if a run is under way or none is due.
 */
export async function beginRun(trx: Trx, wanted: WantedRun): Promise<RunRow | undefined> {
  await sql`select pg_advisory_xact_lock(${START_LOCK})`.execute(trx);
  await closeForgotten(trx, wanted.at);
  const left = await unfinishedRun(trx, wanted.publisherId);
  const fate = left && fateOf(left, wanted);
  if (left && fate === 'continue') return await takeOver(trx, left.id, wanted.leaseMs);
  if (fate === 'wait') return undefined;
  if (left) await closing(trx, wanted.at).where('id', '=', left.id).execute();
  const { onlyIfDue } = wanted;
  if (onlyIfDue === 'never') return undefined;
  if (onlyIfDue && !(await isDue(trx, wanted.publisherId, onlyIfDue))) return undefined;
  await sql`delete from reconciliation_seen where run_id not in (
    select id from reconciliation_runs where state = 'running' or resume_at is not null)`.execute(
    trx,
  );
  return await trx
    .insertInto('reconciliationRuns')
    .values({
      id: wanted.id,
      publisherId: wanted.publisherId,
      state: 'running',
      dryRun: wanted.dryRun,
      startedAt: wanted.at,
      finishedAt: null,
      leaseUntil: leaseOf(wanted.leaseMs),
      findings: '[]',
      failure: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

interface UnfinishedRun {
  readonly id: string;
  readonly state: RunRow['state'];
  readonly dryRun: boolean;
  /** The process that held it is gone. */
  readonly isLeft: boolean;
  readonly isTime: boolean;
}

/** Locks the run, so that its holder can neither end it nor renew its lease while this decides. */
async function unfinishedRun(
  trx: Trx,
  publisherId: string | null,
): Promise<UnfinishedRun | undefined> {
  const { rows } = await sql<UnfinishedRun>`
    select id, state, dry_run, lease_until < now() as is_left,
      coalesce(resume_at <= now(), false) as is_time
    from reconciliation_runs
    where publisher_id is not distinct from ${publisherId}
      and (state = 'running' or resume_at is not null)
    order by started_at desc limit 1 for update
  `.execute(trx);
  return rows[0];
}

function fateOf(left: UnfinishedRun, wanted: WantedRun): 'wait' | 'continue' | 'close' {
  const isAsked = wanted.onlyIfDue === undefined;
  if (left.state === 'running' && !left.isLeft) return 'wait';
  if (isAsked && left.dryRun !== wanted.dryRun) return 'close';
  if (left.state === 'failed' && !isAsked && !left.isTime) return 'wait';
  return 'continue';
}

async function takeOver(trx: Trx, id: string, leaseMs: number): Promise<RunRow> {
  return await trx
    .updateTable('reconciliationRuns')
    .set({
      state: 'running',
      finishedAt: null,
      failure: null,
      resumeAt: null,
      fence: sql<number>`fence + 1`,
      resumes: sql<number>`resumes + 1`,
      leaseUntil: leaseOf(leaseMs),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Closes old runs of all publishers: a publisher that was removed never asks for its run, which would stay
 * under way for ever.
 */
async function closeForgotten(trx: Trx, at: Date): Promise<void> {
  await closing(trx, at)
    .where('startedAt', '<', new Date(at.getTime() - RUN_LIFETIME_MS))
    .where(sql<boolean>`(resume_at is not null or (state = 'running' and lease_until < now()))`)
    .execute();
}

/** The findings of such a run are in the lanes and are healed all the same. */
function closing(trx: Trx, at: Date) {
  return trx.updateTable('reconciliationRuns').set({
    state: 'failed',
    failure: sql<string>`coalesce(failure, 'interrupted')`,
    finishedAt: sql<Date>`coalesce(finished_at, ${at})`,
    resumeAt: null,
  });
}

async function isDue(trx: Trx, publisherId: string | null, since: DueSince): Promise<boolean> {
  const newer = await trx
    .selectFrom('reconciliationRuns')
    .select('id')
    .where(sql<boolean>`publisher_id is not distinct from ${publisherId}`)
    .where('dryRun', '=', false)
    .where((is) =>
      is.or([
        is(sql<Date>`coalesce(finished_at, started_at)`, '>', since.triedBefore),
        is.and([is('startedAt', '>', since.completedBefore), is('state', '=', 'completed')]),
      ]),
    )
    .executeTakeFirst();
  return newer === undefined;
}

export function leaseOf(leaseMs: number) {
  return sql<Date>`now() + ${leaseMs} * interval '1 ms'`;
}

export async function findRun(db: Db['kysely'], id: string): Promise<RunRow | undefined> {
  return await db
    .selectFrom('reconciliationRuns')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function listRuns(
  db: Db['kysely'],
  page: {
    readonly publisherId: string | undefined;
    /** Includes runs that name no publisher. */
    readonly hasNameless: boolean;
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<RunRow[]> {
  let query = db
    .selectFrom('reconciliationRuns')
    .selectAll()
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit);
  const { publisherId, hasNameless } = page;
  if (publisherId !== undefined) {
    query = query.where((is) =>
      is.or([
        is('publisherId', '=', publisherId),
        ...(hasNameless ? [is('publisherId', 'is', null)] : []),
      ]),
    );
  }
  if (page.before) {
    const { at, id } = page.before;
    query = query.where(sql<boolean>`(started_at, id) < (${at}, ${id}::uuid)`);
  }
  return await query.execute();
}
