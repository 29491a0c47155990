import {
  sql,
  type ExpressionBuilder,
  type ExpressionWrapper,
  type Selectable,
  type SqlBool,
  type Transaction,
} from 'kysely';
import type { Scope } from '@landfall/contracts/scopes';
import type { Position } from '@landfall/service-kit/paging';
import type { ApiKeysTable, Db, GatewayTables } from '../db/schema.ts';

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
  readonly createdBy: string;
  /** Undefined: never. */
  readonly expiresAt: Date | undefined;
  readonly at: Date;
}

export async function insertKey(db: Db, key: NewKey): Promise<ApiKeyRow> {
  return db.kysely
    .insertInto('apiKeys')
    .values(rowOf(key))
    .returningAll()
    .executeTakeFirstOrThrow();
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
        createdBy: eb.ref('excluded.createdBy'),
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
    createdBy: key.createdBy,
    createdAt: key.at,
    expiresAt: key.expiresAt ?? null,
  };
}

/** Undefined if there is no such key. Revoking it again keeps the first time. */
export async function revokeKey(db: Db, id: string, at: Date): Promise<ApiKeyRow | undefined> {
  return db.kysely
    .updateTable('apiKeys')
    .set((eb) => ({ revokedAt: eb.fn.coalesce('revokedAt', eb.val(at)) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Replaces the secret. Undefined if the key was revoked meanwhile. */
export async function replaceSecret(
  db: Db,
  id: string,
  change: Pick<ApiKeysTable, 'secretHash' | 'formerSecretHash' | 'formerSecretUntil' | 'expiresAt'>,
): Promise<ApiKeyRow | undefined> {
  return db.kysely
    .updateTable('apiKeys')
    .set(change)
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

export type KeyState = 'active' | 'rotating' | 'expired' | 'revoked';

export function keyState(key: ApiKeyRow, now: Date): KeyState {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'expired';
  return key.formerSecretUntil !== null && key.formerSecretUntil > now ? 'rotating' : 'active';
}

/** Newest first. One row more than `limit` shows that there is a next page. */
export async function listKeys(
  db: Db,
  wanted: {
    readonly publisherId?: string | undefined;
    readonly state?: KeyState | undefined;
    readonly after?: Position | undefined;
    readonly limit: number;
    readonly now: Date;
  },
): Promise<readonly ApiKeyRow[]> {
  const { publisherId, state, after, limit, now } = wanted;
  let rows = db.kysely.selectFrom('apiKeys').selectAll();
  if (publisherId !== undefined) rows = rows.where('publisherId', '=', publisherId);
  if (state !== undefined) rows = rows.where((eb) => isIn(eb, state, now));
  if (after) {
    rows = rows.where((eb) =>
      eb(eb.refTuple('createdAt', 'id'), '<', eb.tuple(after.at, after.id)),
    );
  }
  return rows
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}

/** The same as `keyState`, in SQL. */
function isIn(
  eb: ExpressionBuilder<GatewayTables, 'apiKeys'>,
  state: KeyState,
  now: Date,
): ExpressionWrapper<GatewayTables, 'apiKeys', SqlBool> {
  if (state === 'revoked') return eb.and([eb('revokedAt', 'is not', null)]);
  const isLive = eb('revokedAt', 'is', null);
  if (state === 'expired') return eb.and([isLive, eb('expiresAt', '<=', now)]);
  const isInTime = eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]);
  const overlap =
    state === 'rotating'
      ? eb('formerSecretUntil', '>', now)
      : eb.or([eb('formerSecretUntil', 'is', null), eb('formerSecretUntil', '<=', now)]);
  return eb.and([isLive, isInTime, overlap]);
}

export async function touchKey(db: Db, id: string, at: Date): Promise<void> {
  await db.kysely
    .updateTable('apiKeys')
    .set({ lastUsedAt: at })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('lastUsedAt', 'is', null), eb('lastUsedAt', '<', at)]))
    .execute();
}

interface EndingKey {
  readonly id: string;
  readonly publisherId: string | null;
  readonly expiresAt: Date;
}

/**
 * Keys that expire between two times, if they were used shortly before they end or until now: the first ones of each publisher.
 * Reads the partial index `api_keys_ending`.
 */
export async function endingKeys(
  trx: Transaction<GatewayTables>,
  wanted: {
    readonly after: Date;
    readonly before: Date;
    readonly unusedMs: number;
    readonly limit: number;
  },
): Promise<readonly EndingKey[]> {
  const { after, before, unusedMs, limit } = wanted;
  const { rows } = await sql<EndingKey>`
    select id, publisher_id, expires_at from (
      select *, row_number() over (partition by publisher_id order by expires_at) as place
      from api_keys
      where revoked_at is null and expires_at > ${after} and expires_at <= ${before}
        and last_used_at > expires_at - ${unusedMs} * interval '1 millisecond'
    ) as ending where place <= ${limit}`.execute(trx);
  return rows;
}
