import { sql, type Transaction } from 'kysely';
import type { FoundMatter } from '@landfall/contracts/matters';
import type { OpenMatter } from './diff.ts';
import type { MatterTables } from './tables.ts';

/** First key of the advisory lock; the second is the schema. Any otherwise unused number. */
const MATTERS_LOCK = 0x6c67;

/** False if another process is at it. The lock ends with the transaction. */
export async function takeTurn(trx: Transaction<MatterTables>): Promise<boolean> {
  const { rows } = await sql<{ isOurs: boolean }>`
    select pg_try_advisory_xact_lock(${MATTERS_LOCK}, hashtext(current_schema())) as is_ours
  `.execute(trx);
  return rows[0]?.isOurs === true;
}

export async function openOfKind(
  trx: Transaction<MatterTables>,
  kind: string,
): Promise<readonly OpenMatter[]> {
  return await trx.selectFrom('openMatters').selectAll().where('kind', '=', kind).execute();
}

/** Stores new and changed matters. */
export async function saveMatters(
  trx: Transaction<MatterTables>,
  matters: readonly {
    readonly id: string;
    readonly content: FoundMatter;
    readonly version: number;
    readonly openedAt: Date;
  }[],
  at: Date,
): Promise<void> {
  if (matters.length === 0) return;
  await sql`
    insert into open_matters (id, kind, key, content, version, opened_at, found_at)
    select id, content ->> 'kind', content ->> 'key', content, version, opened_at, ${at}
    from unnest(
      ${matters.map(({ id }) => id)}::uuid[],
      ${matters.map(({ content }) => JSON.stringify(content))}::jsonb[],
      ${matters.map(({ version }) => version)}::integer[],
      ${matters.map(({ openedAt }) => openedAt.toISOString())}::timestamptz[]
    ) as given (id, content, version, opened_at)
    on conflict (id) do update
    set content = excluded.content, version = excluded.version, found_at = excluded.found_at
  `.execute(trx);
}

export async function removeMatters(
  trx: Transaction<MatterTables>,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from open_matters where id = any(${[...ids]}::uuid[])`.execute(trx);
}

export async function noteFound(
  trx: Transaction<MatterTables>,
  kind: string,
  { keys, at }: { readonly keys: readonly string[]; readonly at: Date },
): Promise<void> {
  await sql`
    update open_matters set found_at = ${at}
    where kind = ${kind} and key = any(${[...keys]})`.execute(trx);
}

export async function countOpen(
  db: Pick<Transaction<MatterTables>, 'selectFrom'>,
): Promise<readonly { readonly kind: string; readonly count: number }[]> {
  return await db
    .selectFrom('openMatters')
    .select(['kind', sql<number>`count(*)::int`.as('count')])
    .groupBy('kind')
    .execute();
}
