import type { Selectable } from 'kysely';
import type { Scope } from '@landfall/contracts/scopes';
import type { ApiKeysTable, Db } from '../db/schema.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;

export async function findKey(db: Db, id: string): Promise<ApiKeyRow | undefined> {
  return db.kysely.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface NewKey {
  readonly id: string;
  readonly label: string;
  readonly secretHash: Buffer;
  readonly scopes: readonly Scope[];
  /** Undefined: the key is for every publisher. */
  readonly publisherId: string | undefined;
  readonly at: Date;
}

export async function insertKey(db: Db, key: NewKey): Promise<void> {
  await db.kysely.insertInto('api_keys').values(rowOf(key)).execute();
}

/** Inserts the key, or updates its secret, scopes and publisher. A revoked key stays revoked. */
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

/** False if there is no such key. Revoking it again keeps the first time. */
export async function revokeKey(db: Db, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('api_keys')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Operators have a handful of keys. The bound keeps a mistake from filling the terminal. */
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
