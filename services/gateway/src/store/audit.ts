import { sql, type Transaction } from 'kysely';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db, GatewayTables } from '../db/schema.ts';
import { chained, type ChainedEntry, type Link, type NewEntry } from '../audit/chain.ts';

type Trx = Transaction<GatewayTables>;

const HOUR_MS = 60 * 60 * 1000;
/** Advisory lock: the letters "audit" as a number. Entries are appended one group at a time. */
export const CHAIN_LOCK = 418_380_868_980n;
/** A caller that is refused because of a mistake stops sooner, and more entries would show nothing new. */
const MAX_REFUSED_PER_HOUR = 50;
/** Rows of one statement. Its locks and WAL are small enough that commands hardly wait. */
const BATCH = 1_000;

/** Outcomes of calls that were not refused. */
const NOT_REFUSED = ['done', 'dry-run'];

export function isRefused(outcome: string): boolean {
  return !NOT_REFUSED.includes(outcome);
}

/**
 * Appends entries to the chain in one transaction. Of refused calls, an actor gets a limited number of entries each hour.
 * Further ones are only counted, so that no caller can fill the table. Returns the end of the chain.
 */
export async function appendEntries(db: Db, entries: readonly NewEntry[]): Promise<Link> {
  return inTransaction(db, async (trx) => {
    const last = await lockChain(trx);
    const { stored, counted } = await withinQuota(trx, entries);
    const placed = chained(last, stored);
    await insertChained(trx, placed);
    await countRefusals(trx, counted);
    const end = placed.at(-1);
    return end ? { sequence: BigInt(end.sequence), hash: end.hash } : last;
  });
}

/** Waits for its turn. The lock ends with the transaction. */
async function lockChain(trx: Trx): Promise<Link> {
  await sql`select pg_advisory_xact_lock(${String(CHAIN_LOCK)}::bigint)`.execute(trx);
  return lastLink(trx);
}

/** The last entry, or the anchor if there are no entries. */
export async function lastLink(db: Pick<Trx, 'selectFrom'>): Promise<Link> {
  const last = await db
    .selectFrom('auditEntries')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last) return anchor(db);
  return { sequence: BigInt(last.sequence), hash: last.hash };
}

/** The last entry that was removed, or the start of the chain. */
export async function anchor(db: Pick<Trx, 'selectFrom'>): Promise<Link> {
  const row = await db
    .selectFrom('auditAnchor')
    .select(['sequence', 'hash'])
    .executeTakeFirstOrThrow();
  return { sequence: BigInt(row.sequence), hash: row.hash };
}

async function insertChained(trx: Trx, entries: readonly ChainedEntry[]): Promise<void> {
  if (entries.length > 0) await trx.insertInto('auditEntries').values(entries).execute();
}

interface Sorted {
  readonly stored: readonly NewEntry[];
  readonly counted: readonly NewEntry[];
}

async function withinQuota(trx: Trx, entries: readonly NewEntry[]): Promise<Sorted> {
  const refused = entries.filter(({ outcome }) => isRefused(outcome));
  if (refused.length === 0) return { stored: entries, counted: [] };
  const used = new Map<string, number>();
  const first = new Date(Math.min(...refused.map(({ at }) => hourOf(at).getTime())));
  for (const actor of new Set(refused.map((entry) => entry.actor))) {
    used.set(actor, await refusedSince(trx, actor, first));
  }
  const counted = new Set<NewEntry>();
  for (const entry of refused) {
    const before = used.get(entry.actor) ?? 0;
    if (before >= MAX_REFUSED_PER_HOUR) counted.add(entry);
    else used.set(entry.actor, before + 1);
  }
  return { stored: entries.filter((entry) => !counted.has(entry)), counted: [...counted] };
}

async function refusedSince(trx: Trx, actor: string, since: Date): Promise<number> {
  const { count } = await trx
    .selectFrom((from) =>
      from
        .selectFrom('auditEntries')
        .select('sequence')
        .where('actor', '=', actor)
        .where('at', '>=', since)
        .where('outcome', 'not in', NOT_REFUSED)
        .limit(MAX_REFUSED_PER_HOUR)
        .as('refused'),
    )
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function countRefusals(trx: Trx, entries: readonly NewEntry[]): Promise<void> {
  const groups = Map.groupBy(entries, ({ actor, publisherId, procedure, outcome, at }) =>
    JSON.stringify([actor, publisherId, procedure, outcome, hourOf(at)]),
  );
  for (const [first, ...more] of groups.values()) {
    if (!first) continue;
    const times = 1 + more.length;
    await trx
      .insertInto('auditRefusals')
      .values({
        actor: first.actor,
        publisherId: first.publisherId ?? '',
        procedure: first.procedure,
        outcome: first.outcome,
        hour: hourOf(first.at),
        times,
        correlationId: first.correlationId,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['actor', 'publisherId', 'procedure', 'outcome', 'hour'])
          .doUpdateSet((eb) => ({ times: eb('auditRefusals.times', '+', times) })),
      )
      .execute();
  }
}

/** Makes an entry of each count whose hour is over. Returns the number of entries. */
export async function appendCounted(db: Db, now: Date): Promise<number> {
  return inTransaction(db, async (trx) => {
    const last = await lockChain(trx);
    const rows = await trx
      .deleteFrom('auditRefusals')
      .where('hour', '<', hourOf(now))
      .returningAll()
      .execute();
    const entries = rows
      .toSorted((a, b) => a.hour.getTime() - b.hour.getTime())
      .map(({ hour, publisherId, ...row }) =>
        bareEntry(row, {
          publisherId: publisherId === '' ? null : publisherId,
          at: new Date(hour.getTime() + HOUR_MS - 1),
        }),
      );
    for (let at = 0; at < entries.length; at += BATCH) {
      const part = entries.slice(at, at + BATCH);
      await insertChained(trx, chained(at === 0 ? last : await lastLink(trx), part));
    }
    return entries.length;
  });
}

type Known = 'actor' | 'procedure' | 'outcome' | 'correlationId' | 'times';

/** An entry with no further details. */
function bareEntry(
  known: Pick<NewEntry, Known>,
  more: Pick<NewEntry, 'at' | 'publisherId'> & { readonly subject?: string | null },
): NewEntry {
  return {
    actor: known.actor,
    procedure: known.procedure,
    outcome: known.outcome,
    correlationId: known.correlationId,
    times: known.times,
    subject: null,
    reason: null,
    requestedBy: null,
    approvedBy: null,
    source: null,
    before: null,
    after: null,
    ...more,
  };
}

/**
 * Moves up to a batch of rows that an earlier version has written into the chain, oldest first. Counts of a running hour
 * stay, because that version may still add to them. Returns the number of moved rows.
 */
export async function adoptRows(db: Db, now: Date): Promise<number> {
  return inTransaction(db, async (trx) => {
    const last = await lockChain(trx);
    const rows = await trx
      .deleteFrom('auditLog')
      .where('id', 'in', (from) =>
        from
          .selectFrom('auditLog')
          .select('id')
          .where((eb) =>
            eb.or([eb('foldKey', 'is', null), eb('at', '<', new Date(now.getTime() - HOUR_MS))]),
          )
          .orderBy('at')
          .orderBy('id')
          .limit(BATCH),
      )
      .returningAll()
      .execute();
    const oldestFirst = rows.toSorted(
      (a, b) => a.at.getTime() - b.at.getTime() || Number(BigInt(a.id) - BigInt(b.id)),
    );
    const entries = oldestFirst.map(({ keyId, at, publisherId, subject, ...row }) => {
      // Other callers than keys already have their kind in front.
      const actor = keyId.includes(' ') ? keyId : `key ${keyId}`;
      return bareEntry(Object.assign(row, { actor }), { at, publisherId, subject });
    });
    await insertChained(trx, chained(last, entries));
    return rows.length;
  });
}

/**
 * Removes up to a batch of the oldest entries, until the first one that is not older than `before`. The anchor keeps the
 * place and the hash of the last removed one. Returns the number of removed entries.
 */
export async function pruneEntries(db: Db, before: Date): Promise<number> {
  return inTransaction(db, async (trx) => {
    await lockChain(trx);
    const oldest = await trx
      .selectFrom('auditEntries')
      .select(['sequence', 'hash', 'at'])
      .orderBy('sequence')
      .limit(BATCH)
      .execute();
    const kept = oldest.findIndex(({ at }) => at > before);
    const last = oldest.at(kept === -1 ? -1 : kept - 1);
    if (kept === 0 || !last) return 0;
    await trx
      .updateTable('auditAnchor')
      .set({ sequence: last.sequence, hash: last.hash })
      .execute();
    await trx.deleteFrom('auditEntries').where('sequence', '<=', last.sequence).execute();
    return kept === -1 ? oldest.length : kept;
  });
}

function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}
