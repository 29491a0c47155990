import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

export type Cause = 'landing' | 'notification' | 'command' | 'reconcile' | 'worker' | 'import';

/** Why something is written. Part of each timeline entry and each fact. */
export interface Context {
  readonly cause: Cause;
  readonly correlationId: string;
  readonly operationId?: string | undefined;
  /** The operation's action, if the reading may show more than the operation's effect. */
  readonly action?: string | undefined;
}

export interface TimelineEntry {
  readonly subscriptionId: string;
  readonly kind: string;
  readonly at: Date;
  /** No personal data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** False if the entry already exists for this operation (some kinds are written only once). */
export async function addToTimeline(
  trx: Trx,
  entry: TimelineEntry,
  context: Context,
): Promise<boolean> {
  const result = await trx
    .insertInto('timeline')
    .values({
      subscriptionId: entry.subscriptionId,
      at: entry.at,
      kind: entry.kind,
      cause: context.cause,
      operationId: context.operationId ?? null,
      correlationId: context.correlationId,
      details: JSON.stringify(entry.details ?? {}),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Whether there is an entry of this kind and exact time. Landing's times are exact to the millisecond. */
export async function hasEntryAt(
  trx: Trx,
  entry: Pick<TimelineEntry, 'subscriptionId' | 'kind' | 'at'>,
): Promise<boolean> {
  const row = await trx
    .selectFrom('timeline')
    .select('sequence')
    .where('subscriptionId', '=', entry.subscriptionId)
    .where('kind', '=', entry.kind)
    .where('at', '=', entry.at)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Entries of a kind, each as its time and its text. */
export async function textsOf(
  trx: Trx,
  subscriptionId: string,
  kind: string,
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('timeline')
    .select(['at', 'details'])
    .where('subscriptionId', '=', subscriptionId)
    .where('kind', '=', kind)
    .execute();
  return new Set(rows.map(({ at, details }) => `${at.toISOString()} ${String(details['text'])}`));
}

/** The kind of the latest entry; undefined without a timeline. */
export async function latestKind(trx: Trx, subscriptionId: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('timeline')
    .select('kind')
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.kind;
}

export async function readTimeline(
  db: Db['kysely'],
  subscriptionId: string,
  page: {
    /** The last sequence that was seen, in this order. The default is oldest first. */
    readonly after: number | undefined;
    readonly order?: 'oldest' | 'newest' | 'latest';
    readonly until?: Date | undefined;
    readonly sequence?: number | undefined;
    readonly limit: number;
  },
) {
  const { order = 'oldest', after, until, sequence } = page;
  const isOldest = order === 'oldest';
  let query = db.selectFrom('timeline').selectAll().where('subscriptionId', '=', subscriptionId);
  if (order === 'latest') query = query.orderBy('at', 'desc');
  query = query.orderBy('sequence', isOldest ? 'asc' : 'desc').limit(page.limit);
  if (after !== undefined) {
    query =
      order === 'latest'
        ? query.where(
            sql<boolean>`(at, sequence) < (select at, sequence from timeline where sequence = ${after})`,
          )
        : query.where('sequence', isOldest ? '>' : '<', String(after));
  }
  if (until) query = query.where('at', '<', until);
  if (sequence !== undefined) query = query.where('sequence', '=', String(sequence));
  const rows = await query.execute();
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    kind: row.kind,
    cause: row.cause as Cause,
    operationId: row.operationId ?? undefined,
    correlationId: row.correlationId ?? undefined,
    details: row.details,
  }));
}
