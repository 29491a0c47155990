import { sql } from 'kysely';
import { LISTENING_MINUTES } from '@landfall/contracts/listener-procedures';
import type { Db, Trx } from '../db/schema.ts';

/** More would only be stored: a listener exists to try things out. */
const MAX_WAITING = 10_000;

/** All times are the database's: several processes answer one listener, and it is about minutes of the real time. */
const END = sql<Date>`now() + ${LISTENING_MINUTES} * interval '1 minute'`;

export interface NewListener {
  readonly id: string;
  readonly publisherId?: string | undefined;
  readonly label: string;
  readonly types: readonly string[];
  readonly offerIds: readonly string[];
  readonly secret: string;
}

/** Adds a listener and returns its end; undefined if there are `limit` of the publisher, or for all publishers. */
export async function insertListener(
  trx: Trx,
  listener: NewListener,
  limit: number,
): Promise<Date | undefined> {
  const { publisherId = null, types, offerIds, ...rest } = listener;
  const lock = `listeners:${publisherId ?? ''}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(trx);
  const { count } = await trx
    .selectFrom('listeners')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('publisherId', 'is not distinct from', publisherId)
    .where('endsAt', '>', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  if (Number(count) >= limit) return undefined;
  const { endsAt } = await trx
    .insertInto('listeners')
    .values({ ...rest, publisherId, types: [...types], offerIds: [...offerIds], endsAt: END })
    .returning('endsAt')
    .executeTakeFirstOrThrow();
  return endsAt;
}

/** An answer of a listener: its number, and when the listener ends if there is no further one. */
export interface ListenerTurn {
  readonly take: string;
  readonly endsAt: Date;
}

/** Begins an answer and removes the events of answers up to `after`. Undefined if the listener has ended. */
export async function beginTake(
  trx: Trx,
  listenerId: string,
  after: string | undefined,
): Promise<ListenerTurn | undefined> {
  const row = await trx
    .updateTable('listeners')
    .set({ takes: sql<string>`takes + 1`, endsAt: END })
    .where('id', '=', listenerId)
    .where('endsAt', '>', sql<Date>`now()`)
    .returning(['takes', 'endsAt'])
    .executeTakeFirst();
  if (!row) return undefined;
  const isDone = sql<boolean>`taken <= ${after ?? null}::bigint`;
  const isTooMuch = sql<boolean>`event_sequence <= (
    select event_sequence from listener_events where listener_id = ${listenerId}
    order by event_sequence desc offset ${MAX_WAITING} limit 1)`;
  await removeEvents(trx, sql`listener_id = ${listenerId} and (${isDone} or ${isTooMuch})`);
  return { take: row.takes, endsAt: row.endsAt };
}

/** The oldest events that wait, as text. They stay until a later answer is asked for after this one. */
export async function takeEvents(
  db: Db['kysely'],
  wanted: { readonly listenerId: string; readonly take: string; readonly limit: number },
): Promise<string[]> {
  const { listenerId, take, limit } = wanted;
  const { rows } = await sql<{ body: string }>`
    with next as (
      select event_sequence, event_id from listener_events where listener_id = ${listenerId}
      order by event_sequence limit ${limit}),
    marked as (
      update listener_events set taken = ${take}
      from next where listener_id = ${listenerId}
        and listener_events.event_sequence = next.event_sequence)
    select body from next join product_events on id = event_id order by event_sequence
  `.execute(db);
  return rows.map(({ body }) => body);
}

/** Ends a listener. Returns how many events waited for it; undefined if it had ended. */
export async function removeListener(trx: Trx, listenerId: string): Promise<number | undefined> {
  const { numDeletedRows } = await trx
    .deleteFrom('listeners')
    .where('id', '=', listenerId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return undefined;
  return await removeEvents(trx, sql`listener_id = ${listenerId}`);
}

/** Removes what waits for listeners, and the events that nothing else holds. */
async function removeEvents(trx: Trx, which: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ eventId: string }>`
    delete from listener_events where ${which} returning event_id as "eventId"
  `.execute(trx);
  if (rows.length === 0) return 0;
  await sql`
    delete from product_events where id = any(${rows.map(({ eventId }) => eventId)})
      and not exists (select from deliveries where event_id = product_events.id)
      and not exists (select from listener_events where event_id = product_events.id)
  `.execute(trx);
  return rows.length;
}
