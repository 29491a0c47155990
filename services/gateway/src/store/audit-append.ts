import { sql } from 'kysely';
import { codeOf } from '@landfall/service-kit/database-faults';
import type { Db } from '../db/schema.ts';
import { chained, type ChainedEntry, type Link, type NewEntry } from '../audit/chain.ts';
import { appendEntries, CHAIN_LOCK, isRefused } from './audit.ts';

const UNIQUE_VIOLATION = '23505';

/** Types of the columns, for arrays of their values. */
const COLUMNS: Readonly<Record<keyof ChainedEntry, string>> = {
  sequence: 'bigint',
  at: 'timestamptz',
  actor: 'text',
  publisherId: 'text',
  procedure: 'text',
  subject: 'text',
  outcome: 'text',
  reason: 'text',
  requestedBy: 'text',
  approvedBy: 'text',
  source: 'text',
  before: 'text',
  after: 'text',
  correlationId: 'text',
  times: 'integer',
  hash: 'bytea',
};

export interface Appender {
  /** The same as `appendEntries`. One call at a time. */
  readonly append: (entries: readonly NewEntry[]) => Promise<void>;
}

/**
 * Appends entries with one statement while no other process does: the end of the chain is still the entry that this process
 * has appended last. Otherwise, and for refused calls, it reads the end under the lock.
 */
export function createAppender(db: Db): Appender {
  let known: Link | undefined;
  return {
    async append(entries) {
      const last = known;
      // After a failure it is unknown what was stored.
      known = undefined;
      if (last && !entries.some(({ outcome }) => isRefused(outcome))) {
        const placed = chained(last, entries);
        if (await insertAfter(db, last, placed)) {
          const end = placed.at(-1);
          known = end ? { sequence: BigInt(end.sequence), hash: end.hash } : last;
          return;
        }
      }
      known = await appendEntries(db, entries);
    },
  };
}

/** Inserts entries if `last` is the end of the chain. Waits for its turn, like every process that appends. */
async function insertAfter(db: Db, last: Link, entries: readonly ChainedEntry[]): Promise<boolean> {
  const names = Object.keys(COLUMNS) as (keyof ChainedEntry)[];
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const values = names.map(
    (name) => sql`${entries.map((entry) => entry[name])}::${sql.raw(COLUMNS[name])}[]`,
  );
  try {
    const { numAffectedRows } = await sql`
      with turn as materialized (select pg_advisory_xact_lock(${String(CHAIN_LOCK)}::bigint))
      insert into audit_entries (${columns})
      select ${columns} from turn cross join unnest(${sql.join(values)}) as placed (${columns})
      where exists (select from audit_entries where sequence = ${String(last.sequence)} and hash = ${last.hash})
        and not exists (select from audit_entries where sequence > ${String(last.sequence)})
    `.execute(db.kysely);
    return numAffectedRows === BigInt(entries.length);
  } catch (error) {
    // The statement began before another process had appended, and waited for it.
    if (codeOf(error) === UNIQUE_VIOLATION) return false;
    throw error;
  }
}
