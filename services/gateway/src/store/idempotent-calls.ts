import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** A command that was called with a key. */
export interface KeyedCall {
  readonly caller: string;
  readonly key: string;
  readonly procedure: string;
  readonly inputHash: Buffer;
}

/** What is stored about an earlier call with the same key. */
export interface EarlierCall {
  readonly isSame: boolean;
  /** Null while it runs. */
  readonly outcome: string | null;
}

/**
 * Claims the key for this run. Returns the earlier call if the key is taken. A call that has neither finished nor failed
 * within its lease has crashed, and the same call may run again. The database's clock decides for all instances.
 */
export async function claimKey(
  db: Db,
  call: KeyedCall,
  { run, leaseMs }: { readonly run: string; readonly leaseMs: number },
): Promise<EarlierCall | undefined> {
  const leasedUntil = sql<Date>`now() + ${leaseMs} * interval '1 millisecond'`;
  const claimed = await db.kysely
    .insertInto('idempotentCalls')
    .values({ ...call, run, leasedUntil, outcome: null })
    .onConflict((conflict) =>
      conflict
        .columns(['caller', 'key'])
        .doUpdateSet({ run, leasedUntil })
        .where('idempotentCalls.outcome', 'is', null)
        .where('idempotentCalls.leasedUntil', '<', sql<Date>`now()`)
        .where('idempotentCalls.procedure', '=', call.procedure)
        .where('idempotentCalls.inputHash', '=', call.inputHash),
    )
    .returning('run')
    .executeTakeFirst();
  if (claimed) return undefined;
  const earlier = await db.kysely
    .selectFrom('idempotentCalls')
    .select(['procedure', 'inputHash', 'outcome'])
    .where('caller', '=', call.caller)
    .where('key', '=', call.key)
    .executeTakeFirst();
  // It failed and gave its key back between the two statements.
  if (!earlier) return { isSame: true, outcome: null };
  const isSame = earlier.procedure === call.procedure && earlier.inputHash.equals(call.inputHash);
  return { isSame, outcome: earlier.outcome };
}

/** Keeps the outcome, unless the lease has ended and another run has the key. */
export async function keepOutcome(
  db: Db,
  call: KeyedCall,
  { run, outcome }: { readonly run: string; readonly outcome: string },
): Promise<void> {
  await db.kysely
    .updateTable('idempotentCalls')
    .set({ outcome })
    .where('caller', '=', call.caller)
    .where('key', '=', call.key)
    .where('run', '=', run)
    .execute();
}

/** Gives the key back after a failure that a repeat may not meet again. */
export async function releaseKey(db: Db, call: KeyedCall, run: string): Promise<void> {
  await db.kysely
    .deleteFrom('idempotentCalls')
    .where('caller', '=', call.caller)
    .where('key', '=', call.key)
    .where('run', '=', run)
    .where('outcome', 'is', null)
    .execute();
}
