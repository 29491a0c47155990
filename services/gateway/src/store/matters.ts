import { sql, type Selectable, type SelectQueryBuilder, type Transaction } from 'kysely';
import type { MatterSeverity } from '@landfall/contracts/matters';
import type { MatterEventsTable, MattersTable } from '../db/matter-tables.ts';
import type { Db, GatewayTables } from '../db/schema.ts';

export type MatterRow = Selectable<MattersTable>;
export type MatterEventRow = Selectable<MatterEventsTable>;
export type Trx = Transaction<GatewayTables>;

/** Place of an open matter in the list. A due time is `infinity` if there is none. */
export interface OpenPlace {
  readonly rank: number;
  readonly due: string;
  readonly openedAt: string;
  readonly id: string;
}

export interface ClosedPlace {
  readonly closedAt: string;
  readonly id: string;
}

export interface MatterFilter {
  readonly publisherId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly severities?: readonly MatterSeverity[] | undefined;
  /** Object id of a person. Null: nobody. */
  readonly assignedTo?: string | null | undefined;
  readonly dueBefore?: Date | undefined;
  /** Hides what is snoozed beyond this time. */
  readonly awakeAt?: Date | undefined;
}

/** Critical ones first, then by due time and age. One row more than `limit` shows that there is a next page. */
export async function listOpen(
  db: Db,
  filter: MatterFilter,
  page: { readonly after: OpenPlace | undefined; readonly limit: number },
): Promise<readonly MatterRow[]> {
  let rows = filtered(db.kysely.selectFrom('matters').selectAll(), filter).where(
    'closedAt',
    'is',
    null,
  );
  const { after } = page;
  if (after) {
    rows = rows.where(
      sql<boolean>`(rank, due_key, opened_at, id) > (${after.rank}::smallint,
        ${after.due}::timestamptz, ${after.openedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return rows
    .orderBy('rank')
    .orderBy('dueKey')
    .orderBy('openedAt')
    .orderBy('id')
    .limit(page.limit + 1)
    .execute();
}

/** Closed last, first. */
export async function listClosed(
  db: Db,
  filter: MatterFilter,
  page: { readonly after: ClosedPlace | undefined; readonly limit: number },
): Promise<readonly MatterRow[]> {
  let rows = filtered(db.kysely.selectFrom('matters').selectAll(), filter)
    .where('closedAt', 'is not', null)
    .where('version', '>', 0);
  const { after } = page;
  if (after) {
    rows = rows.where(
      sql<boolean>`(closed_at, id) < (${after.closedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return rows
    .orderBy('closedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

type Rows<Row> = SelectQueryBuilder<GatewayTables, 'matters', Row>;

function filtered<Row>(all: Rows<Row>, filter: MatterFilter): Rows<Row> {
  const { publisherId, subscriptionId, offerId, kinds, severities, dueBefore, awakeAt } = filter;
  let rows = all;
  if (publisherId !== undefined) rows = rows.where('publisherId', '=', publisherId);
  if (subscriptionId !== undefined) rows = rows.where('subscriptionId', '=', subscriptionId);
  if (offerId !== undefined) rows = rows.where('offerId', '=', offerId);
  if (kinds !== undefined) rows = rows.where('kind', 'in', sqlList(kinds));
  if (severities !== undefined) rows = rows.where('severity', 'in', sqlList(severities));
  if (filter.assignedTo === null) rows = rows.where('assignedObject', 'is', null);
  else if (filter.assignedTo !== undefined) {
    rows = rows.where('assignedObject', '=', filter.assignedTo);
  }
  if (dueBefore !== undefined) rows = rows.where('dueAt', '<', dueBefore);
  if (awakeAt !== undefined) {
    rows = rows.where((eb) =>
      eb.or([eb('snoozedUntil', 'is', null), eb('snoozedUntil', '<=', awakeAt)]),
    );
  }
  return rows;
}

/** SQL has no empty list. */
function sqlList<Value extends string>(values: readonly Value[]): Value[] {
  return values.length === 0 ? ['' as Value] : [...values];
}

export interface MatterCount {
  readonly kind: string;
  readonly severity: MatterSeverity;
  readonly count: number;
  readonly overdue: number;
  readonly snoozed: number;
  /** Of those that are not snoozed. */
  readonly nextDueAt: Date | null;
}

/** How many are open, by kind and severity. */
export async function countOpen(
  db: Db,
  wanted: { readonly publisherId: string | undefined; readonly now: Date },
): Promise<readonly MatterCount[]> {
  const { publisherId, now } = wanted;
  const isAwake = sql`(snoozed_until is null or snoozed_until <= ${now})`;
  return await filtered(db.kysely.selectFrom('matters'), { publisherId })
    .select([
      'kind',
      'severity',
      sql<number>`count(*)::int`.as('count'),
      sql<number>`(count(*) filter (where due_at < ${now}))::int`.as('overdue'),
      sql<number>`(count(*) filter (where not ${isAwake}))::int`.as('snoozed'),
      sql<Date | null>`min(due_at) filter (where due_at >= ${now} and ${isAwake})`.as('nextDueAt'),
    ])
    .where('closedAt', 'is', null)
    .groupBy(['kind', 'severity'])
    .execute();
}

/** Of each kind, the open matter that comes first in the list, unless it is snoozed. The most urgent kinds come first. */
export async function mostUrgent(
  db: Db,
  wanted: { readonly publisherId: string | undefined; readonly now: Date },
): Promise<readonly MatterRow[]> {
  const { publisherId, now: awakeAt } = wanted;
  const first = filtered(db.kysely.selectFrom('matters').selectAll(), { publisherId, awakeAt })
    .where('closedAt', 'is', null)
    .distinctOn('kind')
    .orderBy('kind')
    .orderBy('rank')
    .orderBy('dueKey')
    .orderBy('openedAt')
    .orderBy('id')
    .as('first');
  return await db.kysely
    .selectFrom(first)
    .selectAll()
    .orderBy('rank')
    .orderBy('dueKey')
    .orderBy('kind')
    .execute();
}

export async function findMatter(db: Db, id: string): Promise<MatterRow | undefined> {
  return await db.kysely
    .selectFrom('matters')
    .selectAll()
    .where('id', '=', id)
    .where('version', '>', 0)
    .executeTakeFirst();
}

/** Locked until the end of the transaction. */
export async function lockMatter(trx: Trx, id: string): Promise<MatterRow | undefined> {
  return await trx
    .selectFrom('matters')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export type NewMatter = Omit<MatterRow, 'rank' | 'dueKey'>;

/** Returns false if it exists. */
export async function insertMatter(
  trx: Trx,
  matter: Omit<NewMatter, 'params'> & Pick<MatterRow, 'params'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('matters')
    .values({ ...matter, params: sql`${JSON.stringify(matter.params)}::jsonb` })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function updateMatter(
  trx: Trx,
  id: string,
  change: Partial<NewMatter>,
): Promise<MatterRow> {
  const { params, ...columns } = change;
  return await trx
    .updateTable('matters')
    .set({ ...columns, ...(params && { params: sql`${JSON.stringify(params)}::jsonb` }) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function insertEvents(
  trx: Trx,
  events: readonly Omit<MatterEventRow, 'id'>[],
): Promise<void> {
  if (events.length === 0) return;
  await trx
    .insertInto('matterEvents')
    .values(
      events.map(({ details, ...event }) => ({
        ...event,
        details: details === null ? null : sql`${JSON.stringify(details)}::jsonb`,
      })),
    )
    .execute();
}

/** More than a person reads. A matter changes a few times. */
const MAX_EVENTS = 200;

/** The newest ones, oldest first. */
export async function eventsOf(db: Db, matterId: string): Promise<readonly MatterEventRow[]> {
  const newest = await db.kysely
    .selectFrom('matterEvents')
    .selectAll()
    .where('matterId', '=', matterId)
    .orderBy('id', 'desc')
    .limit(MAX_EVENTS)
    .execute();
  return newest.toReversed();
}
