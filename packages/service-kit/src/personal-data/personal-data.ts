import { sql, type QueryExecutorProvider, type RawBuilder } from 'kysely';
import { personalPlaces, type PersonalPlace } from '@landfall/contracts/personal-data';
import {
  MAX_PEOPLE,
  type KnownPerson,
  type ownPersonalDataProcedures,
} from '@landfall/contracts/personal-data-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import type { ServiceName } from '@landfall/contracts/services';

/** Enough to see what a place holds. `findings` counts all rows. */
const MAX_EXPORTED_ROWS = 50;
/** All rows of an answer together. A NATS message holds 1 MB, and other services answer too. */
const MAX_EXPORTED_BYTES = 150_000;
/** A person has a handful of subscriptions, and a tenant seldom more than some dozens. */
const MAX_SUBSCRIPTIONS = 1000;

/** Rows of a place that name the person, as a condition for statements of the service. */
export interface PersonRows {
  readonly place: PersonalPlace;
  readonly matches: RawBuilder<unknown>;
  /** For `~*` and `regexp_replace`. Null if the tenant has no people. */
  readonly pattern: string | null;
  readonly people: readonly KnownPerson[];
  readonly wholeTenant: string | undefined;
}

export interface PersonalDataDeps {
  readonly service: ServiceName;
  /** Any schema: the statements are made from the table of places. */
  readonly db: QueryExecutorProvider;
  /** Erases the rows of places with `own`, by table. */
  readonly own?: Readonly<Record<string, (rows: PersonRows) => Promise<void>>>;
  /** The publisher of a subscription, for services that do not store it. */
  readonly publisherOf?: (subscriptionId: string) => Promise<string | undefined>;
}

export type OwnPersonalData = Handlers<typeof ownPersonalDataProcedures>['ownPersonalData'];

interface Wanted {
  readonly people: readonly KnownPerson[];
  readonly wholeTenant?: string | undefined;
  readonly publisherId?: string | undefined;
}

/** Finds, exports and erases a person in the places that the contracts list for the service. */
export function ownPersonalData(deps: PersonalDataDeps): OwnPersonalData {
  const places = personalPlaces[deps.service];
  return {
    async people(subject) {
      const found = await Promise.all(places.map((place) => peopleOf(deps, place, subject)));
      return { people: found.flat().slice(0, MAX_PEOPLE + 1) };
    },

    async export(wanted) {
      const findings = [];
      const data: Record<string, unknown[]> = {};
      let isComplete = true;
      let bytesLeft = MAX_EXPORTED_BYTES;
      for (const place of places) {
        const rows = await rowsOf(deps, place, wanted);
        const count = await countRows(deps, rows);
        if (count === 0) continue;
        const found = await readRows(deps, rows);
        const kept = found.filter((row) => (bytesLeft -= JSON.stringify(row).length) >= 0);
        findings.push(findingOf(deps, place, count));
        data[whereOf(deps, place)] = kept;
        isComplete &&= kept.length === count;
      }
      return { findings, data, isComplete };
    },

    async erase({ dryRun, ...wanted }) {
      const findings = [];
      for (const place of places) {
        const rows = await rowsOf(deps, place, wanted);
        const count = await countRows(deps, rows);
        if (count === 0) continue;
        if (!dryRun) await eraseRows(deps, rows);
        findings.push(findingOf(deps, place, count));
      }
      return { findings };
    },
  };
}

function whereOf({ service }: PersonalDataDeps, { what }: PersonalPlace): string {
  return `${service}: ${what}`;
}

function findingOf(deps: PersonalDataDeps, place: PersonalPlace, rows: number) {
  const { treatment, why } = place;
  return { where: whereOf(deps, place), rows, treatment, why };
}

async function peopleOf(
  { db }: PersonalDataDeps,
  place: PersonalPlace,
  subject: Parameters<OwnPersonalData['people']>[0],
): Promise<KnownPerson[]> {
  const { tenantId, objectId, email } = subject;
  const found = (place.people ?? []).map(async ([tenant, object, address]) => {
    const isWanted =
      objectId !== undefined
        ? sql`lower(object_id) = lower(${objectId})`
        : email !== undefined
          ? sql`lower(email) = lower(${email})`
          : sql`lower(tenant_id) = lower(${tenantId})`;
    const { rows } = await sql<Record<'tenantId' | 'objectId' | 'email', string | null>>`
      select distinct tenant_id, object_id, email from (
        select ${sql.raw(tenant)} as tenant_id, ${sql.raw(object)} as object_id, (${sql.raw(address)})::text as email
        from ${sql.table(place.table)} where ${ownedBy(place, subject.publisherId)}) as known
      where ${isWanted} and (object_id is not null or email is not null)
      limit ${MAX_PEOPLE + 1}`.execute(db);
    return rows.map((row) => ({
      tenantId: row.tenantId ?? undefined,
      objectId: row.objectId ?? undefined,
      email: row.email ?? undefined,
    }));
  });
  return (await Promise.all(found)).flat();
}

/** Whether the caller may see the row. Without stored owners, {@link ofOwner} decides for each subscription. */
function ownedBy(place: PersonalPlace, publisherId: string | undefined): RawBuilder<unknown> {
  if (publisherId === undefined || place.ofPublisher === undefined) return sql`true`;
  const parts = place.ofPublisher.split(':publisher').map((part) => sql.raw(part));
  return sql.join(parts, sql`${publisherId}`);
}

async function rowsOf(
  deps: PersonalDataDeps,
  place: PersonalPlace,
  { people, wholeTenant, publisherId }: Wanted,
): Promise<PersonRows> {
  const pattern = personPattern(people);
  const finding = place.namesTenant ? personPattern(people, wholeTenant) : pattern;
  const text =
    place.searched ??
    `concat_ws(' ', ${Object.keys(place.columns)
      .map((column) => `${column}::text`)
      .join(', ')})`;
  const isNamed = sql`coalesce(${sql.raw(text)} ~* ${finding}::text, false)`;
  const isOfTenant =
    place.tenantColumn !== undefined && wholeTenant !== undefined
      ? sql`coalesce(lower(${sql.raw(place.tenantColumn)}) = lower(${wholeTenant}), false)`
      : sql`false`;
  const only = sql.raw(place.only ?? 'true');
  const found = sql`(${isNamed} or ${isOfTenant}) and (${only}) and ${ownedBy(place, publisherId)}`;
  const matches =
    publisherId === undefined || place.subscription === undefined
      ? found
      : await ofOwner(deps, place, { found, publisherId });
  return { place, matches, pattern, people, wholeTenant };
}

/** Limits rows to subscriptions of the publisher. Rows without a subscription belong to no publisher. */
async function ofOwner(
  { db, publisherOf }: PersonalDataDeps,
  place: PersonalPlace,
  of: { readonly found: RawBuilder<unknown>; readonly publisherId: string },
): Promise<RawBuilder<unknown>> {
  const subscription = sql.raw(place.subscription ?? 'null');
  const { rows } = await sql<{ id: string }>`
    select distinct ${subscription} as id from ${sql.table(place.table)}
    where ${of.found} and ${subscription} is not null limit ${MAX_SUBSCRIPTIONS}`.execute(db);
  const owned: string[] = [];
  for (const { id } of rows) if ((await publisherOf?.(id)) === of.publisherId) owned.push(id);
  return sql`${of.found} and ${subscription} = any(${owned}::text[])`;
}

async function countRows(
  { db }: PersonalDataDeps,
  { place, matches }: PersonRows,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(place.table)} where ${matches}`.execute(db);
  return rows[0]?.count ?? 0;
}

async function readRows(
  { db }: PersonalDataDeps,
  { place, matches }: PersonRows,
): Promise<readonly unknown[]> {
  const { rows } = await sql<{ row: unknown }>`
    select to_jsonb(${sql.table(place.table)}) - ${place.sealed ?? []}::text[] as row
    from ${sql.table(place.table)} where ${matches} limit ${MAX_EXPORTED_ROWS}`.execute(db);
  return rows.map(({ row }) => row);
}

async function eraseRows(deps: PersonalDataDeps, rows: PersonRows): Promise<void> {
  const { place, matches } = rows;
  const table = sql.table(place.table);
  switch (place.by) {
    case 'delete':
      await sql`delete from ${table} where ${matches}`.execute(deps.db);
      return;
    case 'clear':
    case 'replace':
      await sql`update ${table} set ${sql.join(valuesOf(rows))} where ${matches}`.execute(deps.db);
      return;
    case 'own': {
      const erase = deps.own?.[place.table];
      if (!erase) throw new Error(`nothing erases ${place.table} of ${deps.service}`);
      await erase(rows);
      return;
    }
    case undefined:
  }
}

/** Another person in the same row keeps their own columns. */
function valuesOf({ place, pattern, wholeTenant }: PersonRows): RawBuilder<unknown>[] {
  const isWholeRow = place.searched !== undefined || wholeTenant !== undefined;
  return Object.entries(place.columns).map(([name, type]) => {
    const column = sql.ref(name);
    if (place.by === 'replace') {
      const cast = sql.raw(type);
      return sql`${column} = regexp_replace(${column}::text, ${pattern}::text, 'erased', 'gi')::${cast}`;
    }
    if (isWholeRow) return sql`${column} = null`;
    return sql`${column} = case when ${column}::text ~* ${pattern}::text then null else ${column} end`;
  });
}

/**
 * PostgreSQL's regular expression for the ids and addresses of people, or null without any. It finds whole ids and
 * addresses: `ada@contoso.example` is found in neither `nada@contoso.example` nor `ada@contoso.example.org`.
 */
function personPattern(
  people: readonly KnownPerson[],
  ...others: readonly (string | undefined)[]
): string | null {
  const names = people.flatMap(({ objectId, email }) => [objectId, email]);
  const words = [...names, ...others].filter((word) => word !== undefined && word !== '');
  if (words.length === 0) return null;
  const alternatives = [...new Set(words)].map((word) => String(word).replaceAll(/[^\w]/g, '\\$&'));
  return `(?<![[:alnum:]._%+-])(?:${alternatives.join('|')})(?![[:alnum:]-]|\\.[[:alnum:]])`;
}
