import { sql } from 'kysely';
import type { Logger } from '@landfall/service-kit/log.ts';
import type { Db } from '../db/schema.ts';

/** A finished task is kept for its key, which repeats are known by; Microsoft repeats for eight hours. */
const KEEP_DAYS = 30;
/** One statement stays short, so that it holds nobody up; what is left over goes with the next. */
const BATCH = 5_000;
const INTERVAL_MS = 10 * 60_000;

/** Removes tasks that were done long ago. Parked ones stay until somebody has looked at them. */
export async function pruneTasks(db: Db['kysely']): Promise<void> {
  await sql`
    delete from tasks where id in (
      select id from tasks where done_at < now() - ${KEEP_DAYS} * interval '1 day'
      order by done_at limit ${BATCH})
  `.execute(db);
}

/** Prunes now and then, in every process; two at once only find less to do. */
export function startPruning(db: Db['kysely'], log: Logger): Disposable {
  const prune = () =>
    pruneTasks(db).catch((error: unknown) => log.warn({ err: error }, 'could not prune tasks'));
  const timer = setInterval(() => void prune(), INTERVAL_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
