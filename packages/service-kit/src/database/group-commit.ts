import { Fault, isFault } from '@landfall/domain/fault';
import { failureOf, outsideTrace, recordSpan, startedAt } from '../telemetry/tracing.ts';
import { driverFault } from './faults.ts';

/** More rows in one statement gain nothing, because by then they share the cost of the commit. */
const MAX_ROWS = 64;
/** A few seconds of work at the full rate. Callers beyond it would be answered too late. */
const MAX_WAITING = 20_000;

export interface GroupCommit<Row, Stored> {
  /** Resolves once the row is durable. Rejects with a Fault if the database did not take it. */
  add(row: Row): Promise<Stored>;
}

interface Waiting<Row, Stored> {
  readonly row: Row;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes rows that arrive together with one statement. There is no timer: a group is what came in during one turn of
 * the event loop, or while earlier statements were being flushed.
 *
 * `write` returns one result per row, in order. If it fails for another reason than an unavailable database, its rows
 * are written one by one, so that an unforeseen row fails without the others.
 *
 * `maxStatements` run at a time. With 2, the next statement fills while one is flushed to disk; a third would only wait for
 * locks. Use 1 if each statement has to wait for the lock of the one before.
 */
export function createGroupCommit<Row, Stored>(
  write: (rows: readonly Row[]) => Promise<readonly Stored[]>,
  { maxStatements = 2 }: { readonly maxStatements?: 1 | 2 } = {},
): GroupCommit<Row, Stored> {
  const waiting: Waiting<Row, Stored>[] = [];
  let statements = 0;
  let isScheduled = false;

  const flush = (): void => {
    isScheduled = false;
    while (waiting.length > 0 && statements < maxStatements) {
      const group = waiting.splice(0, MAX_ROWS);
      statements += 1;
      void outsideTrace(() => writeGroup(write, group)).finally(() => {
        statements -= 1;
        flush();
      });
    }
  };

  return {
    add: (row) => {
      const since = startedAt();
      const stored = new Promise<Stored>((resolve, reject) => {
        if (waiting.length >= MAX_WAITING) {
          reject(new Fault('database.overloaded', 'too many rows are waiting', { retry: 'later' }));
          return;
        }
        waiting.push({ row, resolve, reject });
        if (isScheduled) return;
        isScheduled = true;
        setImmediate(flush);
      });
      return since === undefined ? stored : recorded(stored, since);
    },
  };
}

/** A statement for many flows is in the trace of none of them, so each flow shows how long it waited for its row. */
async function recorded<Stored>(stored: Promise<Stored>, since: number): Promise<Stored> {
  let failure: string | undefined;
  try {
    return await stored;
  } catch (error) {
    failure = failureOf(error);
    throw error;
  } finally {
    recordSpan(since, () => ({ name: 'group commit' }), failure);
  }
}

async function writeGroup<Row, Stored>(
  write: (rows: readonly Row[]) => Promise<readonly Stored[]>,
  group: readonly Waiting<Row, Stored>[],
): Promise<void> {
  try {
    const stored = await write(group.map((entry) => entry.row));
    group.forEach((entry, index) => entry.resolve(stored[index] as Stored));
  } catch (error: unknown) {
    const known = driverFault(error);
    if (isFault(known) || group.length === 1) {
      group.forEach((entry) => entry.reject(known));
      return;
    }
    for (const entry of group) await writeGroup(write, [entry]);
  }
}
