import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** Makes sure that each publisher is read back. A new one is read at once. */
export async function scheduleRuns(
  kysely: Db['kysely'],
  publisherIds: readonly string[],
  now: Date,
): Promise<void> {
  await kysely
    .insertInto('readBackRuns')
    .values(
      publisherIds.map((publisherId) => ({
        publisherId,
        since: now,
        nextAt: now,
        finishedAt: null,
        problem: null,
        watchedDay: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Claims a due run until the lease ends, so that only one process reads. Undefined: it is not due. */
export async function claimRun(
  kysely: Db['kysely'],
  publisherId: string,
  lease: { readonly now: Date; readonly until: Date },
): Promise<{ readonly attempts: number } | undefined> {
  return kysely
    .updateTable('readBackRuns')
    .set({ nextAt: lease.until })
    .where('publisherId', '=', publisherId)
    .where('nextAt', '<=', lease.now)
    .returning('attempts')
    .executeTakeFirst();
}

export async function extendRun(
  kysely: Db['kysely'],
  publisherId: string,
  until: Date,
): Promise<void> {
  await kysely
    .updateTable('readBackRuns')
    .set({ nextAt: until })
    .where('publisherId', '=', publisherId)
    .execute();
}

/** Saves the end of a run. `problem` is the code of the fault, or null if everything was read. */
export async function finishRun(
  kysely: Db['kysely'],
  publisherId: string,
  run: { readonly now: Date; readonly nextAt: Date; readonly problem: string | null },
): Promise<void> {
  const { now, nextAt, problem } = run;
  await kysely
    .updateTable('readBackRuns')
    .set(
      problem === null
        ? { nextAt, problem, attempts: 0, finishedAt: now }
        : { nextAt, problem, attempts: sql`attempts + 1` },
    )
    .where('publisherId', '=', publisherId)
    .execute();
}

/** Since when the publisher with the longest gap has not been read back; undefined if there is no publisher. */
export async function leastRecentRun(
  kysely: Db['kysely'],
  publisherIds: readonly string[],
): Promise<Date | null | undefined> {
  const found = await kysely
    .selectFrom('readBackRuns')
    .select(sql<Date | null>`min(coalesce(finished_at, since))`.as('at'))
    .where('publisherId', 'in', publisherIds)
    .executeTakeFirst();
  return found?.at;
}

/** The last day that was watched for unusual usage. */
export async function watchedDay(
  kysely: Db['kysely'],
  publisherId: string,
): Promise<string | undefined> {
  const found = await kysely
    .selectFrom('readBackRuns')
    .select(sql<string | null>`watched_day::text`.as('day'))
    .where('publisherId', '=', publisherId)
    .executeTakeFirst();
  return found?.day ?? undefined;
}

export async function saveWatchedDay(
  kysely: Db['kysely'],
  publisherId: string,
  day: string,
): Promise<void> {
  await kysely
    .updateTable('readBackRuns')
    .set({ watchedDay: day })
    .where('publisherId', '=', publisherId)
    .execute();
}
