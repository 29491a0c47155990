import type { Selectable } from 'kysely';
import type { Database } from '@landfall/service-kit/database';
import type { Scope } from '@landfall/contracts/scopes';
import type { ApiKeysTable, GatewayTables } from '../db/schema.ts';

export type Db = Database<GatewayTables>;
export type ApiKeyRow = Selectable<ApiKeysTable>;

export async function findKey(db: Db, id: string): Promise<ApiKeyRow | undefined> {
  return db.kysely.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface NewKey {
  readonly id: string;
  readonly label: string;
  readonly secretHash: Buffer;
  readonly scopes: readonly Scope[];
  /** Undefined: every publisher's. */
  readonly publisherId: string | undefined;
  readonly at: Date;
}

export async function insertKey(db: Db, key: NewKey): Promise<void> {
  await db.kysely.insertInto('api_keys').values(rowOf(key)).execute();
}

/** Inserts the key or gives it this secret, these scopes and this limit; a revoked key stays revoked. */
export async function ensureKey(db: Db, key: NewKey): Promise<{ isRevoked: boolean }> {
  const { revoked_at } = await db.kysely
    .insertInto('api_keys')
    .values(rowOf(key))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        secret_hash: eb.ref('excluded.secret_hash'),
        scopes: eb.ref('excluded.scopes'),
        publisher_id: eb.ref('excluded.publisher_id'),
      })),
    )
    .returning('revoked_at')
    .executeTakeFirstOrThrow();
  return { isRevoked: revoked_at !== null };
}

function rowOf(key: NewKey) {
  return {
    id: key.id,
    label: key.label,
    secret_hash: key.secretHash,
    scopes: [...key.scopes],
    publisher_id: key.publisherId ?? null,
    created_at: key.at,
  };
}

/** False where there is no such key. Revoking twice keeps the first time. */
export async function revokeKey(db: Db, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('api_keys')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** An operator has a handful of keys; the bound keeps a mistake from filling the terminal. */
const MAX_LISTED_KEYS = 1000;

export async function listKeys(db: Db): Promise<readonly ApiKeyRow[]> {
  return db.kysely
    .selectFrom('api_keys')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .limit(MAX_LISTED_KEYS)
    .execute();
}

export async function touchKey(db: Db, id: string, at: Date): Promise<void> {
  await db.kysely
    .updateTable('api_keys')
    .set({ last_used_at: at })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
    .execute();
}

const HOUR_MS = 60 * 60 * 1000;

export interface AuditEntry {
  readonly at: Date;
  readonly keyId: string;
  readonly publisherId: string | undefined;
  readonly procedure: string;
  readonly subject: string | undefined;
  readonly outcome: string;
  readonly correlationId: string;
}

/** A caller that is refused by mistake stops sooner, and more rows would say nothing new. */
const MAX_REFUSED_ROWS_PER_HOUR = 50;

/**
 * Records a call. For refused calls, a key gets a limited number of rows each hour. Further ones are only counted,
 * by procedure and outcome, so that no key can fill the table.
 */
export async function insertAudit(db: Db, entry: AuditEntry): Promise<void> {
  const isCounted = entry.outcome !== 'done' && (await hasUsedItsRows(db, entry));
  const hour = entry.at.toISOString().slice(0, 13);
  await db.kysely
    .insertInto('audit_log')
    .values({
      at: entry.at,
      key_id: entry.keyId,
      publisher_id: entry.publisherId ?? null,
      procedure: entry.procedure,
      subject: isCounted ? null : (entry.subject ?? null),
      outcome: entry.outcome,
      correlation_id: entry.correlationId,
      fold_key: isCounted ? [entry.keyId, entry.procedure, entry.outcome, hour].join('|') : null,
    })
    .onConflict((conflict) =>
      conflict
        .column('fold_key')
        .where('fold_key', 'is not', null)
        .doUpdateSet((eb) => ({ times: eb('audit_log.times', '+', 1) })),
    )
    .execute();
}

async function hasUsedItsRows(db: Db, { keyId, at }: AuditEntry): Promise<boolean> {
  const hour = new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
  const { count } = await db.kysely
    .selectFrom((from) =>
      from
        .selectFrom('audit_log')
        .select('id')
        .where('key_id', '=', keyId)
        .where('at', '>=', hour)
        .where('outcome', '<>', 'done')
        .limit(MAX_REFUSED_ROWS_PER_HOUR)
        .as('refused'),
    )
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count) >= MAX_REFUSED_ROWS_PER_HOUR;
}
