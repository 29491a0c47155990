import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import { leaseOf, type RunRow } from './runs.ts';

/** A run that this process holds, until another one raises the fence. */
export type HeldRun = Pick<RunRow, 'id' | 'fence'>;

/** The run is over, or another process has taken it: this one must not go on writing. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

export interface Finding {
  /** Empty where it is about none or about all. */
  readonly subscriptionId: string;
  readonly kind: string;
  readonly detail: string;
  /** Why it was not known before, where that can be told. */
  readonly cause?: string;
}

/** For people: the first ones tell what is wrong, a thousand more tell nothing new. */
const MAX_FINDINGS = 100;

/** What a step adds to a run, in one transaction with the place to go on from. */
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
  /** Where the next step begins; the same phase goes on where none is named. */
  readonly next: { readonly phase?: RunRow['phase']; readonly position: string | null };
}

/** Adds to a run, moves it on and renews its lease. Throws `RunLost` when it is not ours any more. */
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
      tests_drifted: plus('tests_drifted', counts.testsDrifted),
      errors: plus('errors', counts.errors),
      local_only: plus('local_only', counts.localOnly),
      asked_operations: plus('asked_operations', counts.askedOperations),
      restarts: plus('restarts', counts.restarts),
      ...(findings.length > 0 && { findings: withFindings(findings) }),
      ...(next.phase && { phase: next.phase }),
      position: next.position,
      position_at: sql<Date>`clock_timestamp()`,
      lease_until: leaseOf(leaseMs),
    })
    .executeTakeFirstOrThrow(() => new RunLost(run.id));
}

/** A task of a run that is done and has healed nothing; true where that was not on record yet. */
export async function markUnhealed(trx: Trx, taskId: string): Promise<boolean> {
  const result = await trx
    .updateTable('tasks')
    .set({ unhealed: true })
    .where('id', '=', taskId)
    .where('unhealed', '=', false)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** For a task of a run, whose row it does not hold. */
export async function addFindings(
  trx: Trx,
  runId: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await trx
    .updateTable('reconciliation_runs')
    .set({ findings: withFindings(findings) })
    .where('id', '=', runId)
    .execute();
}

function withFindings(findings: readonly Finding[]) {
  return sql<string>`case when jsonb_array_length(findings) < ${MAX_FINDINGS}
    then findings || ${JSON.stringify(findings)}::jsonb else findings end`;
}

/** Throws `RunLost` when the run is not ours any more. */
export async function renewRun(db: Db['kysely'], run: HeldRun, leaseMs: number): Promise<void> {
  await ours(db, run)
    .set({ lease_until: leaseOf(leaseMs) })
    .executeTakeFirstOrThrow(() => new RunLost(run.id));
}

/** Milliseconds since the place of a run was saved, by the clock that saved it. */
export async function positionAge(db: Db['kysely'], run: HeldRun): Promise<number> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from clock_timestamp() - position_at) * 1000)::float8 as ms
    from reconciliation_runs where id = ${run.id}
  `.execute(db);
  return rows[0]?.ms ?? 0;
}

/**
 * Ends a run, or lays it aside until it goes on: then what was seen is kept. Throws `RunLost` when the
 * run is not ours any more.
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
      finished_at: at,
      healed,
      errors: sql<number>`errors + ${errors}`,
      resume_at: resumeInMs === undefined ? null : leaseOf(resumeInMs),
    })
    .executeTakeFirstOrThrow(() => new RunLost(run.id));
  if (resumeInMs !== undefined) return;
  await trx.deleteFrom('reconciliation_seen').where('run_id', '=', run.id).execute();
}

function ours(db: Db['kysely'], run: HeldRun) {
  return db
    .updateTable('reconciliation_runs')
    .where('id', '=', run.id)
    .where('fence', '=', run.fence)
    .where('state', '=', 'running')
    .returning('id');
}
