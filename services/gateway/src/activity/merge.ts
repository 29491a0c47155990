import type { z } from 'zod';
import type { activityRow } from '@landfall/contracts/activity-procedures';

export type ActivityRow = z.output<typeof activityRow>;
export type ActivitySource = ActivityRow['source'];

/** A place in the activity: after this row. An empty source: before all rows of this time. */
export type Position = Pick<ActivityRow, 'at' | 'source' | 'id'> | BeforeTime;

interface BeforeTime {
  readonly at: string;
  readonly source: '';
  readonly id: '';
}

/** A list of one owner, latest first. */
export interface Reader {
  /** What its rows are. */
  readonly sources: readonly ActivitySource[];
  /** The largest page of the list is smaller than what it keeps, so it is read as a whole. */
  readonly isUnordered?: true;
  /** A page of rows before `until`. */
  read(page: {
    readonly until: string | undefined;
    readonly cursor: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly rows: readonly ActivityRow[]; readonly nextCursor: string | undefined }>;
}

export interface Part {
  readonly rows: readonly ActivityRow[];
  /** Rows at or before this time were not read. Absent: all were read. */
  readonly horizon?: string | undefined;
}

/** The largest page of every list. */
const MAX_PAGE = 200;
/** Further pages are read only if the rows are filtered, or if many have the same time. */
const MAX_PAGES = 5;

/**
 * The order of the activity: latest first. Rows of the same millisecond are in a fixed order, so that a page can end among them:
 * by source, and then by id, with higher numbers first.
 */
export function compareRows(left: Position, right: Position): number {
  if (left.at !== right.at) return left.at > right.at ? -1 : 1;
  if (left.source !== right.source) return left.source < right.source ? -1 : 1;
  if (left.id.length !== right.id.length) return right.id.length - left.id.length;
  if (left.id === right.id) return 0;
  return left.id > right.id ? -1 : 1;
}

/**
 * Reads what one page can need of a list. The owner may order rows of the same millisecond in its own way, so these are used only
 * if all of them were read.
 */
export async function readPart(
  reader: Reader,
  wanted: {
    readonly after: Position | undefined;
    readonly limit: number;
    readonly isWanted: (row: ActivityRow) => boolean;
  },
): Promise<Part> {
  const { after, limit } = wanted;
  const until = after && new Date(Date.parse(after.at) + 1).toISOString();
  const size = reader.isUnordered ? MAX_PAGE : Math.min(limit + 1, MAX_PAGE);
  const rows: ActivityRow[] = [];
  let cursor: string | undefined;
  let horizon = '';
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await reader.read({ until, cursor, limit: size });
    rows.push(...page.rows.filter((row) => isAfter(row, after) && wanted.isWanted(row)));
    cursor = page.nextCursor;
    if (cursor === undefined) return { rows };
    horizon = page.rows.at(-1)?.at ?? horizon;
    if (reader.isUnordered) continue;
    const complete = rows.filter(({ at }) => at > horizon);
    if (complete.length >= limit) return { rows: complete, horizon };
  }
  if (reader.isUnordered || horizon === '' || horizon === after?.at)
    throw new Error(`the list of ${reader.sources.join(', ')} has too many rows of one time`);
  return { rows: rows.filter(({ at }) => at > horizon), horizon };
}

function isAfter(row: ActivityRow, after: Position | undefined): boolean {
  return after === undefined || compareRows(row, after) > 0;
}

/** One page of all parts. It ends where the rows of the first part end that has more. */
export function mergeParts(
  parts: readonly Part[],
  limit: number,
): { readonly rows: readonly ActivityRow[]; readonly next: Position | undefined } {
  const horizons = parts.flatMap(({ horizon }) => horizon ?? []);
  const horizon = horizons.toSorted().at(-1);
  const known = parts
    .flatMap(({ rows }) => rows)
    .filter(({ at }) => horizon === undefined || at > horizon)
    .toSorted(compareRows);
  const rows = known.slice(0, limit);
  if (known.length > limit) return { rows, next: rows.at(-1) };
  return { rows, next: horizon === undefined ? undefined : { at: horizon, source: '', id: '' } };
}
