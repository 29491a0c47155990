import { sql } from 'kysely';
import type { Logger } from '@landfall/service-kit/log.ts';
import { startLoop } from '@landfall/service-kit/loop.ts';
import type { Db } from '../db/schema.ts';

/** As long as anybody asks whether an event has arrived. */
const KEEP_DELIVERED_DAYS = 30;
/** Ten times the ladder: only what lies before a disabled destination waits so long. It can be replayed. */
const KEEP_WAITING_DAYS = 30;
/** A quarter for somebody to replay what never arrived. */
const KEEP_DEAD_DAYS = 90;
/** One statement stays short, so that it holds nobody up; what is left over goes with the next run. */
const BATCH = 5_000;
const INTERVAL_MS = 10 * 60_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Gives up what has waited too long, and removes what arrived or was given up long ago, with its
 * attempts, and then events that have no delivery left. A bounded number of each.
 */
export async function pruneDeliveries(db: Db['kysely'], log: Logger, now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const givenUp = await sql`
    update deliveries set state = 'dead', dead_at = ${now}, next_attempt_at = null
    where id in (select id from deliveries
      where state = 'waiting' and created_at < ${before(KEEP_WAITING_DAYS)}
        and (lease_until is null or lease_until < now())
      order by created_at limit ${BATCH})
  `.execute(db);
  const deliveries = Number(givenUp.numAffectedRows ?? 0n);
  if (deliveries > 0) log.error({ deliveries }, 'deliveries waited too long and are dead');
  await sql`
    delete from deliveries where id in (select id from deliveries
      where state = 'delivered' and delivered_at < ${before(KEEP_DELIVERED_DAYS)}
      order by delivered_at limit ${BATCH})
  `.execute(db);
  await sql`
    delete from deliveries where id in (select id from deliveries
      where state = 'dead' and dead_at < ${before(KEEP_DEAD_DAYS)}
      order by dead_at limit ${BATCH})
  `.execute(db);
  await sql`
    delete from product_events where id in (select id from product_events
      where created_at < ${before(KEEP_DELIVERED_DAYS)}
        and not exists (select from deliveries where event_id = product_events.id)
      order by created_at limit ${BATCH})
  `.execute(db);
}

/** Prunes now and then, in every process; two at once only find less to do. */
export function startPruningDeliveries(
  db: Db['kysely'],
  log: Logger,
  now: () => Date,
): AsyncDisposable {
  return startLoop({
    name: 'prune-deliveries',
    everyMs: INTERVAL_MS,
    log,
    run: () => pruneDeliveries(db, log, now()),
  });
}
