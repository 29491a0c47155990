import type { Selectable } from 'kysely';
import type { Scope } from '@landfall/contracts/scopes';
import type { ApiKeysTable, Db } from '../db/schema.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;

export async function findKey(db: Db, id: string): Promise<ApiKeyRow | undefined> {
  return db.kysely.selectFrom('apiKeys').selectAll().where('id', '=', id).executeTakeFirst();
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
  await db.kysely.insertInto('apiKeys').values(rowOf(key)).execute();
}

/** Inserts the key, or updates its secret, scopes and publisher. A revoked key stays revoked. */
export async function ensureKey(db: Db, key: NewKey): Promise<{ isRevoked: boolean }> {
  const { revokedAt } = await db.kysely
    .insertInto('apiKeys')
    .values(rowOf(key))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        secretHash: eb.ref('excluded.secretHash'),
        scopes: eb.ref('excluded.scopes'),
        publisherId: eb.ref('excluded.publisherId'),
      })),
    )
    .returning('revokedAt')
    .executeTakeFirstOrThrow();
  return { isRevoked: revokedAt !== null };
}

function rowOf(key: NewKey) {
  return {
    id: key.id,
    label: key.label,
    secretHash: key.secretHash,
    scopes: [...key.scopes],
    publisherId: key.publisherId ?? null,
    createdAt: key.at,
  };
}

/** False if there is no such key. Revoking it again keeps the first time. */
export async function revokeKey(db: Db, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('apiKeys')
    .set((eb) => ({ revokedAt: eb.fn.coalesce('revokedAt', eb.val(at)) }))
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Operators have a handful of keys. The bound keeps a mistake from filling the terminal. */
const MAX_LISTED_KEYS = 1000;

export async function listKeys(db: Db): Promise<readonly ApiKeyRow[]> {
  return db.kysely
    .selectFrom('apiKeys')
    .selectAll()
    .orderBy('createdAt')
    .orderBy('id')
    .limit(MAX_LISTED_KEYS)
    .execute();
}

export async function touchKey(db: Db, id: string, at: Date): Promise<void> {
  await db.kysely
    .updateTable('apiKeys')
    .set({ lastUsedAt: at })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('lastUsedAt', 'is', null), eb('lastUsedAt', '<', at)]))
    .execute();
}
