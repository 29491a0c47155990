import type { Position } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import type { ChainedEntry } from '../audit/chain.ts';
import { namesOfPeople } from './operators.ts';

export interface AuditFilter {
  readonly publisherId?: string | undefined;
  readonly actor?: string | undefined;
  /** A procedure, or a namespace. */
  readonly procedure?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Entries that match, newest first, after `position`. */
export async function listEntries(
  db: Db,
  filter: AuditFilter,
  page: { readonly position: Position | undefined; readonly limit: number },
): Promise<readonly ChainedEntry[]> {
  let rows = db.kysely.selectFrom('auditEntries').selectAll();
  for (const column of EXACT) {
    const value = filter[column];
    if (value !== undefined) rows = rows.where(column, '=', value);
  }
  const { procedure, since, until } = filter;
  if (procedure?.includes('.')) rows = rows.where('procedure', '=', procedure);
  else if (procedure !== undefined) rows = rows.where('procedure', 'like', namespace(procedure));
  if (since !== undefined) rows = rows.where('at', '>=', new Date(since));
  if (until !== undefined) rows = rows.where('at', '<', new Date(until));
  const { position, limit } = page;
  if (position) {
    rows = rows.where((eb) =>
      eb(eb.refTuple('at', 'sequence'), '<', eb.tuple(position.at, position.id)),
    );
  }
  return rows.orderBy('at', 'desc').orderBy('sequence', 'desc').limit(limit).execute();
}

const EXACT = ['publisherId', 'actor', 'subject', 'outcome', 'correlationId'] as const;

function namespace(name: string): string {
  return `${name.replaceAll(/[\\%_]/g, String.raw`\$&`)}.%`;
}

/** Entries from a sequence on, in order. */
export async function entriesFrom(
  db: Db,
  sequence: bigint,
  limit: number,
): Promise<readonly ChainedEntry[]> {
  return db.kysely
    .selectFrom('auditEntries')
    .selectAll()
    .where('sequence', '>=', String(sequence))
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

/** Labels of keys and names of people among the actors, by actor. */
export async function labelsOf(
  db: Db,
  actors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const named = [...new Set(actors)];
  const keyIds = named.flatMap((actor) => /^key (.+)$/.exec(actor)?.[1] ?? []);
  const people = named.flatMap((actor) => {
    const [, tenantId, objectId] = /^operator (.+)\/(.+)$/.exec(actor) ?? [];
    return tenantId === undefined || objectId === undefined ? [] : [{ tenantId, objectId }];
  });
  const [keys, operators] = await Promise.all([
    keyIds.length === 0 ? [] : keyLabels(db, keyIds),
    namesOfPeople(db, people),
  ]);
  return new Map([
    ...keys.map(({ id, label }) => [`key ${id}`, label] as const),
    ...[...operators].map(([person, name]) => [`operator ${person}`, name] as const),
  ]);
}

function keyLabels(db: Db, ids: readonly string[]) {
  return db.kysely.selectFrom('apiKeys').select(['id', 'label']).where('id', 'in', ids).execute();
}
