import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import { leaseOf, type RunRow } from './runs.ts';

/** A run that this process holds, until another process raises the fence. */
export type HeldRun = Pick<RunRow, 'id' | 'fence'>;

/** The run is over, or another process has taken it. This process must stop writing. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

export interface Finding {
  /** Empty if the finding is about no subscription or about all. */
  readonly subscriptionId: string;
  readonly kind: string;
  readonly detail: string;
  /** Why it was not known before, if that is known. */
  readonly cause?: string;
}

/** Findings are for people: the first ones show what is wrong, a thousand more show nothing new. */
const MAX_FINDINGS = 100;

/** What a step adds to a run, saved together with the position from which to continue. */
export interface RunProgress {
  readonly pages?: number;
  readonly listed?: number;
  readonly unchanged?: number;
  readonly drifted?: number;
  readonly unopened?: number;
  readonly testsDrifted?: number;
  readonly errors?: number;
  readonly localOnly?: number;
  readonly askedOperations?: number;
  readonly restarts?: number;
  readonly findings?: readonly Finding[];
  /** Where the next step begins; without a phase, the current one continues. */
  readonly next: { readonly phase?: RunRow['phase']; readonly position: string | null };
}

/**
 * Adds to a run, moves its position and renews its lease. Throws `RunLost` if this process no longer holds
 * the run.
 */
export async function saveProgress(
  trx: Trx,
  run: HeldRun,
  { next, findings = [], ...counts }: RunProgress,
  leaseMs: number,
): Promise<void> {
  const plus = (column: string, count = 0) => sql<number>`${sql.ref(column)} + ${count}`;
  await ours(trx, run)
    .set({
      pages: plus('pages', counts.pages),
      listed: plus('listed', counts.listed),
      unchanged: plus('unchanged', counts.unchanged),
      drifted: plus('drifted', counts.drifted),
      unopened: plus('unopened', counts.unopened),
      testsDrifted: plus('testsDrifted', counts.testsDrifted),
      errors: plus('errors', counts.errors),
      localOnly: plus('localOnly', counts.localOnly),
      askedOperations: plus('askedOperations', counts.askedOperations),
      restarts: plus('restarts', counts.restarts),
      ...(findings.length > 0 && { findings: withFindings(findings) }),
      ...(next.phase && { phase: next.phase }),
      position: next.position,
      positionAt: sql<Date>`clock_timestamp()`,
      leaseUntil: leaseOf(leaseMs),
    })
    .executeTakeFirstOrThrow(() => new RunLost(run.id));
}

/** Records that a run's task is done and healed nothing. True if that was not recorded yet. */
export async function markUnhealed(trx: Trx, taskId: string): Promise<boolean> {
  const result = await trx
    .updateTable('tasks')
    .set({ unhealed: true })
    .where('id', '=', taskId)
    .where('unhealed', '=', false)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Adds findings for a task, which does not hold the run. */
export async function addFindings(
  trx: Trx,
  runId: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await trx
    .updateTable('reconciliationRuns')
    .set({ findings: withFindings(findings) })
    .where('id', '=', runId)
    .execute();
}

function withFindings(findings: readonly Finding[]) {
  return sql<string>`case when jsonb_array_length(findings) < ${MAX_FINDINGS}
    then findings || ${JSON.stringify(findings)}::jsonb else findings end`;
}

/** Renews the lease. Throws `RunLost` if this process no longer holds the run. */
export async function renewRun(db: Db['kysely'], run: HeldRun, leaseMs: number): Promise<void> {
  await ours(db, run)
    .set({ leaseUntil: leaseOf(leaseMs) })
    .executeTakeFirstOrThrow(() => new RunLost(run.id));
}

/** Milliseconds since the position of a run was saved, by the database's clock. */
export async function positionAge(db: Db['kysely'], run: HeldRun): Promise<number> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from clock_timestamp() - position_at) * 1000)::float8 as ms
    from reconciliation_runs where id = ${run.id}
  `.execute(db);
  return rows[0]?.ms ?? 0;
}

/**
 * Ends a run, or suspends it until it is resumed and keeps what was seen. Throws `RunLost` if this process no
 * longer holds the run.
 */
export async function endRun(
  trx: Trx,
  run: HeldRun,
  ended: {
    readonly at: Date;
    readonly failure: string | undefined;
    readonly resumeInMs: number | undefined;
    readonly healed: number;
    readonly errors: number;
  },
): Promise<void> {
  const { failure, healed, errors, at, resumeInMs } = ended;
  await ours(trx, run)
    .set({
      state: failure === undefined ? 'completed' : 'failed',
      failure: failure ?? null,
      finishedAt: at,
      healed,
      errors: sql<number>`errors + ${errors}`,
      resumeAt: resumeInMs === undefined ? null : leaseOf(resumeInMs),
    })
    .executeTakeFirstOrThrow(() => new RunLost(run.id));
  if (resumeInMs !== undefined) return;
  await trx.deleteFrom('reconciliationSeen').where('runId', '=', run.id).execute();
}

function ours(db: Db['kysely'], run: HeldRun) {
  return db
    .updateTable('reconciliationRuns')
    .where('id', '=', run.id)
    .where('fence', '=', run.fence)
    .where('state', '=', 'running')
    .returning('id');
}
