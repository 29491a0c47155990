import { sql } from 'kysely';
import type {
  Activation,
  Approval,
  Provisioning,
  Subscription,
  Term,
} from '@landfall/domain/subscription';
import type { Db, Trx } from '../db/schema.ts';

export interface SubscriptionRecord {
  readonly state: Subscription;
  readonly version: number;
  readonly missingAt: Date | undefined;
  /** When the newest reading that was applied began. */
  readonly readAt: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SubscriptionRow {
  readonly state: unknown;
  readonly version: number;
  readonly missingAt: Date | null;
  readonly readAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a record is made of; see `toRecord`. */
export const recordColumns = [
  'state',
  'version',
  'missingAt',
  'readAt',
  'createdAt',
  'updatedAt',
] as const;

export async function findSubscription(
  db: Db['kysely'],
  id: string,
): Promise<SubscriptionRecord | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .select(recordColumns)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Our record before Microsoft is asked, and when it was read, by the database's clock, which all processes share. */
export interface BegunReading {
  readonly before: SubscriptionRecord | undefined;
  readonly begunAt: Date;
}

export async function beginReading(db: Db['kysely'], id: string): Promise<BegunReading> {
  const { rows } = await sql<SubscriptionRow & { begunAt: Date; version: number | null }>`
    select clock_timestamp() as begun_at, state, version, missing_at, read_at, created_at, updated_at
    from (select) as always left join subscriptions on id = ${id}
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a left join returned no row');
  return { before: row.version === null ? undefined : toRecord(row), begunAt: row.begunAt };
}

/** The row is locked by the caller's transaction. */
export async function noteReading(trx: Trx, id: string, begunAt: Date): Promise<void> {
  await sql`update subscriptions set read_at = greatest(read_at, ${begunAt}) where id = ${id}`.execute(
    trx,
  );
}

/** Reads and locks a subscription: another writer of it waits for this transaction. */
export async function lockSubscription(
  trx: Trx,
  id: string,
): Promise<SubscriptionRecord | undefined> {
  const row = await trx
    .selectFrom('subscriptions')
    .select(recordColumns)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toRecord(row);
}

export async function findSubscriptions(
  db: Db['kysely'],
  ids: readonly string[],
): Promise<Map<string, SubscriptionRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('subscriptions')
    .select(recordColumns)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => toRecord(row)).map((record) => [record.state.id, record]));
}

/** False if another transaction has stored the subscription in the meantime. */
export async function insertSubscription(
  trx: Trx,
  state: Subscription,
  written: { readonly version: number; readonly at: Date },
): Promise<boolean> {
  const result = await trx
    .insertInto('subscriptions')
    .values({
      id: state.id,
      ...queried(state),
      version: written.version,
      createdAt: written.at,
      updatedAt: written.at,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function saveAnswers(
  trx: Trx,
  id: string,
  answers: Readonly<Record<string, string>>,
): Promise<void> {
  await trx
    .updateTable('subscriptions')
    .set({ answers: JSON.stringify(answers) })
    .where('id', '=', id)
    .execute();
}

/** A former customer's answers must not be kept for the next one. */
export async function forgetAnswers(trx: Trx, id: string): Promise<void> {
  await trx.updateTable('subscriptions').set({ answers: null }).where('id', '=', id).execute();
}

/**
 * The buyer's answers to the publisher's questions; undefined if there were no questions or the answers are
 * erased.
 */
export async function readAnswers(
  db: Db['kysely'] | Trx,
  id: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .select('answers')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.answers ?? undefined;
}

export async function markMissing(trx: Trx, id: string, at: Date | null): Promise<void> {
  await trx.updateTable('subscriptions').set({ missingAt: at }).where('id', '=', id).execute();
}

function queried(state: Subscription) {
  return {
    publisherId: state.publisherId,
    offerId: state.offerId,
    planId: state.planId,
    status: state.status,
    state: JSON.stringify(state),
  };
}

export function toRecord(row: SubscriptionRow): SubscriptionRecord {
  return {
    state: parseState(row.state as Stored),
    version: row.version,
    missingAt: row.missingAt ?? undefined,
    readAt: row.readAt ?? undefined,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

interface StoredTerm {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly termUnit?: string;
}

/** A subscription as JSON stores it: dates are text. */
type Stored = Omit<
  Subscription,
  'purchasedAt' | 'term' | 'impossibleTerm' | 'activation' | 'approval' | 'provisioning'
> & {
  readonly purchasedAt?: string;
  readonly term: StoredTerm;
  readonly impossibleTerm?: StoredTerm;
  readonly activation: {
    readonly state: Activation['state'];
    readonly requestedAt?: string;
    readonly sentAt?: string;
    readonly failure?: string;
  };
  /** Absent in records written before this field existed. */
  readonly approval?: {
    readonly state: Approval['state'];
    readonly requestedAt?: string;
    readonly dueAt?: string;
    readonly decidedAt?: string;
  };
  /** Absent in records written before this field existed. */
  readonly provisioning?: {
    readonly state: Provisioning['state'];
    readonly requestedAt?: string;
    readonly dueAt?: string;
    readonly confirmedAt?: string;
    readonly failure?: string;
  };
};

function parseState(stored: Stored): Subscription {
  return {
    ...stored,
    purchasedAt: parseDate(stored.purchasedAt),
    term: parseTerm(stored.term),
    impossibleTerm: stored.impossibleTerm && parseTerm(stored.impossibleTerm),
    activation: parseActivation(stored.activation),
    approval: parseApproval(stored.approval),
    provisioning: parseProvisioning(stored.provisioning),
  };
}

function parseTerm(term: StoredTerm): Term {
  return {
    startDate: parseDate(term.startDate),
    endDate: parseDate(term.endDate),
    termUnit: term.termUnit,
  };
}

function parseActivation(stored: Stored['activation']): Activation {
  const requestedAt = parseDate(stored.requestedAt);
  const since = requestedAt ?? new Date(0);
  switch (stored.state) {
    case 'awaiting-approval':
    case 'provisioning':
      return { state: stored.state, requestedAt: since };
    case 'requested':
      return { state: 'requested', requestedAt: since };
    case 'confirming':
      return {
        state: 'confirming',
        requestedAt: since,
        sentAt: parseDate(stored.sentAt) ?? since,
      };
    case 'confirmed':
      return { state: 'confirmed', requestedAt };
    case 'declined':
      return { state: 'declined', requestedAt };
    case 'failed':
      return { state: 'failed', requestedAt, failure: stored.failure ?? '' };
    default:
      return { state: 'none' };
  }
}

function parseApproval(stored: Stored['approval']): Approval {
  const requestedAt = parseDate(stored?.requestedAt);
  const since = requestedAt ?? new Date(0);
  switch (stored?.state) {
    case 'waiting':
      return { state: 'waiting', requestedAt: since, dueAt: parseDate(stored.dueAt) ?? since };
    case 'approved':
    case 'declined':
      return {
        state: stored.state,
        requestedAt: since,
        decidedAt: parseDate(stored.decidedAt) ?? since,
      };
    case 'bypassed':
    case 'ended':
      return { state: stored.state, requestedAt };
    default:
      return { state: 'none' };
  }
}

function parseProvisioning(stored: Stored['provisioning']): Provisioning {
  const since = parseDate(stored?.requestedAt) ?? new Date(0);
  switch (stored?.state) {
    case 'requested':
      return { state: 'requested', requestedAt: since, dueAt: parseDate(stored.dueAt) ?? since };
    case 'confirmed':
      return { state: 'confirmed', confirmedAt: parseDate(stored.confirmedAt) ?? since };
    case 'failed':
      return { state: 'failed', failure: stored.failure ?? '' };
    default:
      return { state: 'none' };
  }
}

function parseDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
