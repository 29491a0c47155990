import type pg from 'pg';

/** What code can rely on in a schema, by `schema.table`. */
export type Catalog = Readonly<Record<string, CatalogTable>>;

export interface CatalogTable {
  readonly columns: Readonly<Record<string, CatalogColumn>>;
  /** Constraints and unique indexes. */
  readonly rules: readonly CatalogRule[];
  readonly triggers: readonly string[];
}

export interface CatalogColumn {
  readonly type: string;
  readonly isRequired: boolean;
  /** PostgreSQL fills it in if an insert does not name it. */
  readonly hasDefault: boolean;
}

export interface CatalogRule {
  /** As PostgreSQL writes it. A rule with the same definition is the same rule, whatever its name is. */
  readonly definition: string;
  readonly kind: 'check' | 'unique' | 'foreign key' | 'other';
  readonly columns: readonly string[];
}

/** Reads the tables of these schemas, without months of partitioned tables, which have the rules of their table. */
export async function readCatalog(
  client: Pick<pg.Client, 'query'>,
  schemas: readonly string[],
): Promise<Catalog> {
  const { rows } = await client.query<{ name: string; table: CatalogTable }>(CATALOG, [schemas]);
  return Object.fromEntries(rows.map(({ name, table }) => [name, table]));
}

const CATALOG = `
  with tables as (
    select t.oid, n.nspname || '.' || t.relname as name
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = any($1) and t.relkind in ('r', 'p') and not t.relispartition
  ), columns as (
    select attrelid, json_object_agg(attname, json_build_object(
      'type', format_type(atttypid, atttypmod), 'isRequired', attnotnull,
      'hasDefault', atthasdef or attidentity <> '') order by attname) as columns
    from pg_attribute where attnum > 0 and not attisdropped group by attrelid
  ), rules as (
    select conrelid as relid, pg_get_constraintdef(oid) as definition,
      case contype when 'c' then 'check' when 'f' then 'foreign key'
        when 'p' then 'unique' when 'u' then 'unique' else 'other' end as kind, conkey as keys
    from pg_constraint where contype <> 'n'
    union all
    select i.indrelid,
      regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON (ONLY )?\\S+ ', 'INDEX '), 'unique', i.indkey::int2[]
    from pg_index i where i.indisunique
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
  ), named as (
    select r.relid, json_agg(json_build_object('definition', r.definition, 'kind', r.kind, 'columns',
      coalesce((select json_agg(attname order by attname) from pg_attribute
        where attrelid = r.relid and attnum = any(r.keys)), '[]')) order by r.definition) as rules
    from rules r group by r.relid
  ), triggers as (
    select tgrelid, json_agg(pg_get_triggerdef(oid) order by tgname) as triggers
    from pg_trigger where not tgisinternal group by tgrelid
  )
  select t.name, json_build_object('columns', coalesce(c.columns, '{}'),
    'rules', coalesce(r.rules, '[]'), 'triggers', coalesce(g.triggers, '[]')) as table
  from tables t left join columns c on c.attrelid = t.oid
    left join named r on r.relid = t.oid left join triggers g on g.tgrelid = t.oid
  order by t.name`;
