import type { Client } from 'pg';

/** Part of every id that the benchmarks create. In the id of a copy, the number of the copy replaces the first three zeros. */
const MARK = '-4000-8000-';

/** Text columns with ids. An id without the mark gets a suffix. */
const ID_COLUMNS: ReadonlySet<string> = new Set([
  'id',
  'subscription_id',
  'operation_id',
  'event_id',
  'message_id',
  'dedupe_key',
  'key',
]);

interface Column {
  readonly name: string;
  readonly type: string;
  /** Whether the server fills it. */
  readonly isComputed: boolean;
}

/**
 * Copies every row of the schema's tables, with new ids, until there are `times` times as many rows: a longer history of the same
 * kind. Small tables of settings, which have no ids, stay as they are. Returns the number of copies.
 */
export async function multiplyRows(
  database: Client,
  times: number,
  { except = [] }: { readonly except?: readonly string[] } = {},
): Promise<number> {
  await database.query(
    'set statement_timeout = 0; set transaction_timeout = 0; set lock_timeout = 0',
  );
  let copies = 0;
  for (const [table, columns] of await tablesWithIds(database)) {
    if (except.includes(table)) continue;
    const copied = columns.filter(({ isComputed }) => !isComputed);
    const { rowCount } = await database.query(
      `insert into ${table} (${copied.map(({ name }) => `"${name}"`).join(', ')})
       select ${copied.map(copyOf).join(', ')} from ${table} as known, generate_series(1, $1) as copy`,
      [times - 1],
    );
    copies += rowCount ?? 0;
  }
  if (times > 1 && copies === 0) throw new Error('there was no history to copy');
  await database.query('vacuum analyze');
  return copies;
}

function copyOf({ name, type }: Column): string {
  const column = `known."${name}"`;
  const mark = `'-4' || lpad(to_hex(copy), 3, '0') || '-8000-'`;
  if (type === 'uuid' && name === 'id') return 'gen_random_uuid()';
  if (type === 'jsonb') return `replace(${column}::text, '${MARK}', ${mark})::jsonb`;
  if (type !== 'text') return column;
  const replaced = `replace(${column}, '${MARK}', ${mark})`;
  if (!ID_COLUMNS.has(name)) return replaced;
  return `case when position('${MARK}' in ${column}) > 0 then ${replaced} else ${column} || '.' || copy end`;
}

async function tablesWithIds(database: Client): Promise<ReadonlyMap<string, readonly Column[]>> {
  const { rows } = await database.query<Column & { readonly table: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
       a.attidentity <> '' or a.attgenerated <> '' as "isComputed"
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition and c.relname not like 'kysely%'
     order by c.relname, a.attnum`,
  );
  const tables = Map.groupBy(rows, ({ table }) => table);
  const hasId = (columns: readonly Column[]) =>
    columns.some(({ name, isComputed, type }) =>
      type === 'text' || type === 'uuid' ? ID_COLUMNS.has(name) : isComputed,
    );
  return new Map([...tables].filter(([, columns]) => hasId(columns)));
}
