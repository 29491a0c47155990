import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A person whose data is planted. */
export interface Planted {
  readonly tenantId: string;
  readonly objectId: string;
  readonly emailId: string;
  readonly name: string;
}

export function person(name: string): Planted {
  const tenantId = randomUUID();
  const emailId = `${name.toLowerCase()}.${tenantId.slice(0, 8)}@fabrikam.example`;
  return { tenantId, objectId: randomUUID(), emailId, name: `${name} ${tenantId.slice(0, 8)}` };
}

export const party = ({ tenantId, objectId, emailId }: Planted) => ({
  tenantId,
  objectId,
  emailId,
});
/** A pattern that matches everything that identifies the person. */
export const searchFor = ({ objectId, emailId, name }: Planted) =>
  [objectId, emailId.replaceAll('.', '\\.'), name].join('|');

/** A value of each type for columns that need one and are not what a test is about. */
const fillers: Readonly<Record<string, () => unknown>> = {
  text: () => `x-${randomUUID()}`,
  uuid: () => randomUUID(),
  jsonb: () => '{}',
  bytea: () => Buffer.from(randomUUID()),
  boolean: () => false,
  date: () => '2026-01-01',
  'timestamp with time zone': () => new Date(),
  integer: () => 1,
  bigint: () => 1,
  numeric: () => 1,
  'double precision': () => 1,
  ARRAY: () => [],
};

/** Inserts a row with these values; fills the other required columns. Foreign keys are off on this connection. */
export async function plant(
  client: pg.Client,
  table: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [schema, name] = table.split('.');
  const { rows } = await client.query<{ column: string; type: string }>(
    `select column_name as column, data_type as type from information_schema.columns
    where table_schema = $1 and table_name = $2 and is_nullable = 'NO' and column_default is null and is_identity = 'NO'
      and is_generated = 'NEVER'`,
    [schema, name],
  );
  const row: Record<string, unknown> = {};
  for (const { column, type } of rows) row[column] = fillers[type]?.();
  for (const [column, value] of Object.entries(values)) {
    const isJson =
      typeof value === 'object' &&
      value !== null &&
      !(value instanceof Date) &&
      !Buffer.isBuffer(value);
    row[column] = isJson ? JSON.stringify(value) : value;
  }
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  await client.query(
    `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`,
    Object.values(row),
  );
}

/** Every table with rows whose text matches, as `schema.table` with the number of rows. */
export async function tablesWith(
  client: pg.Client,
  schemas: readonly string[],
  pattern: string,
): Promise<Record<string, number>> {
  const { rows: tables } = await client.query<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p') and not relispartition and n.nspname = any($1)`,
    [schemas],
  );
  const found: Record<string, number> = {};
  for (const { table } of tables) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from ${table} as one where to_jsonb(one)::text ~* $1`,
      [pattern],
    );
    if (rows[0]!.count > 0) found[table] = rows[0]!.count;
  }
  return found;
}
