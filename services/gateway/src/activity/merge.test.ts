import { expect, test } from 'vitest';
import {
  compareRows,
  mergeParts,
  readPart,
  type ActivityRow,
  type ActivitySource,
  type Position,
  type Reader,
} from './merge.ts';

const start = Date.UTC(2026, 10, 1);
const row = (source: ActivitySource, id: number, ms: number): ActivityRow => ({
  id: String(id),
  at: new Date(start + ms).toISOString(),
  source,
  kind: 'any',
});

/** A list of an owner: latest first, in its own order among rows of the same time, with a cursor that is an offset below `until`. */
function list(source: ActivitySource, all: readonly ActivityRow[], isUnordered = false) {
  const asked: number[] = [];
  const ordered = all.toSorted((left, right) =>
    left.at === right.at ? (left.id < right.id ? -1 : 1) : left.at > right.at ? -1 : 1,
  );
  const reader: Reader = {
    sources: [source],
    ...(isUnordered && { isUnordered: true }),
    async read({ until, cursor, limit }) {
      asked.push(limit);
      const from = Number(cursor ?? 0);
      const below = (isUnordered ? all : ordered).filter(
        ({ at }) => until === undefined || at < until,
      );
      const rows = below.slice(from, from + limit);
      const hasMore = below.length > from + limit;
      return { rows, nextCursor: hasMore ? String(from + limit) : undefined };
    },
  };
  return { reader, asked };
}

async function pages(
  readers: readonly Reader[],
  limit: number,
  isWanted: (row: ActivityRow) => boolean = () => true,
) {
  const seen: ActivityRow[] = [];
  let after: Position | undefined;
  for (let page = 0; page < 500; page += 1) {
    const parts = await Promise.all(
      readers.map((reader) => readPart(reader, { after, limit, isWanted })),
    );
    const { rows, next } = mergeParts(parts, limit);
    expect(rows.length).toBeLessThanOrEqual(limit);
    seen.push(...rows);
    if (next === undefined) return seen;
    after = next;
  }
  throw new Error('the pages do not end');
}

/** Three lists with interleaved times. Every fourth millisecond is shared by rows of all lists, and by several of one list. */
function interleaved() {
  const timeline = Array.from({ length: 97 }, (_, n) => row('timeline', n, Math.floor(n / 3) * 4));
  const calls = Array.from({ length: 61 }, (_, n) => row('call', n, (n * 7) % 130));
  const notifications = Array.from({ length: 40 }, (_, n) => row('notification', n, n * 3));
  return { timeline, calls, notifications };
}

test.each([1, 2, 3, 10, 50, 200])(
  'pages of %i rows hold every row of all lists once, in order of time',
  async (limit) => {
    const { timeline, calls, notifications } = interleaved();
    const readers = [
      list('timeline', timeline).reader,
      list('call', calls, true).reader,
      list('notification', notifications).reader,
    ];
    const seen = await pages(readers, limit);
    const expected = [...timeline, ...calls, ...notifications].toSorted(compareRows);
    expect(seen).toEqual(expected);
  },
);

test('a row that is added while someone pages does not repeat or hide others', async () => {
  const { timeline } = interleaved();
  const growing = [...timeline];
  const { reader } = list('timeline', growing);
  const first = mergeParts(
    [await readPart(reader, { after: undefined, limit: 10, isWanted: () => true })],
    10,
  );
  growing.push(row('timeline', 1_000, 10_000));
  const { reader: later } = list('timeline', growing);
  const second = mergeParts(
    [await readPart(later, { after: first.next, limit: 10, isWanted: () => true })],
    10,
  );
  const expected = timeline.toSorted(compareRows).slice(0, 20);
  expect([...first.rows, ...second.rows]).toEqual(expected);
});

test('a list is asked for one row more than a page holds, and not for all its rows', async () => {
  const { reader, asked } = list(
    'timeline',
    Array.from({ length: 1_000 }, (_, n) => row('timeline', n, n)),
  );
  await readPart(reader, { after: undefined, limit: 20, isWanted: () => true });
  expect(asked).toEqual([21, 21].slice(0, asked.length));
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('a filter that few rows pass reads a bounded number of rows for each page, and finds all', async () => {
  const all = Array.from({ length: 3_000 }, (_, n) => row('timeline', n, n));
  const isWanted = ({ id }: ActivityRow) => Number(id) % 1_000 === 0;
  const seen = await pages([list('timeline', all).reader], 100, isWanted);
  expect(seen.map(({ id }) => id)).toEqual(['2000', '1000', '0']);
});

test('a list that cannot be passed is an error, and not an endless number of pages', async () => {
  const all = Array.from({ length: 2_000 }, (_, n) => row('timeline', n, 5));
  const wanted = { after: undefined, limit: 100, isWanted: () => true };
  const { reader } = list('timeline', all);
  const part = await readPart(reader, wanted);
  const { next } = mergeParts([part], 100);
  await expect(readPart(reader, { ...wanted, after: next })).rejects.toThrow(/one time/);
});
