import type { z } from 'zod';
import { callerId, type Caller } from '@landfall/contracts/caller';
import type { keyProcedures, keyView } from '@landfall/contracts/key-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { scopes as allScopes, type Scope } from '@landfall/contracts/scopes';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { findKey, keyState, listKeys, replaceSecret, revokeKey } from '../store/keys.ts';
import type { ApiKeyRow } from '../store/keys.ts';
import { rolesOf } from '../store/operators.ts';
import { createSecret, keyText } from './api-key.ts';
import { START } from './bootstrap-key.ts';
import { DAY_MS, issueKey } from './issue-key.ts';
import type { KeyRing } from './key-ring.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface KeyHandlerParts {
  readonly db: Db;
  readonly ring: Pick<KeyRing, 'forget'>;
  readonly now: () => Date;
}

/** Keys that callers create, rotate and revoke. Nobody can give a scope that they do not have. */
export function keyHandlers(parts: KeyHandlerParts): Handlers<typeof keyProcedures>['keys'] {
  const { db, ring, now } = parts;
  return {
    async list({ publisherId, state, limit, cursor }) {
      const after = decodeCursor(cursor);
      if (after instanceof Rejection) return after;
      const found = await listKeys(db, { publisherId, state, after, limit, now: now() });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeCursor({ at: last.createdAt, id: last.id }),
      );
      return { items: rows.map((row) => viewOf(row, now())), nextCursor };
    },
    async create({ label, scopes, expiresInDays, publisherId }, { caller }) {
      const excess = beyond(caller, scopes);
      if (excess) return excess;
      const createdBy = callerId(caller);
      const at = now();
      const wanted = { label, scopes, publisherId, expiresInDays, createdBy, at };
      const { row, text } = await issueKey(db, wanted);
      return { key: viewOf(row, at), secret: text };
    },
    rotate: (input, { caller }) => rotate(parts, input, caller),
    async revoke({ keyId, dryRun }) {
      const row = dryRun ? await findKey(db, keyId) : await revokeKey(db, keyId, now());
      if (!row) return notFound('key');
      ring.forget(keyId);
      return viewOf(row, now());
    },
    own: (_input, { caller }) => own(db, caller),
  };
}

async function rotate(
  { db, ring, now }: KeyHandlerParts,
  input: {
    readonly keyId: string;
    readonly overlapHours: number;
    readonly expiresInDays: number;
  },
  caller: Caller,
) {
  const key = await findKey(db, input.keyId);
  if (!key) return notFound('key');
  // The answer shows a secret with all scopes of the key.
  const excess = beyond(caller, heldScopes(key));
  if (excess) return excess;
  if (key.createdBy === START) {
    return new Rejection(
      'key.from-configuration',
      'This key comes from BOOTSTRAP_API_KEY. Change that setting, or create another key and revoke this one.',
    );
  }
  const at = now();
  const secret = createSecret();
  // An expired secret must not work again.
  const hasOverlap = input.overlapHours > 0 && keyState(key, at) !== 'expired';
  const rotated = await replaceSecret(db, key.id, {
    secretHash: secret.hash,
    formerSecretHash: hasOverlap ? key.secretHash : null,
    formerSecretUntil: hasOverlap ? new Date(at.getTime() + input.overlapHours * HOUR_MS) : null,
    expiresAt: new Date(at.getTime() + input.expiresInDays * DAY_MS),
  });
  if (!rotated) {
    return new Rejection('key.revoked', 'This key is revoked. Create another one.');
  }
  ring.forget(key.id);
  return { key: viewOf(rotated, at), secret: keyText(key.id, secret.text) };
}

async function own(db: Db, caller: Caller) {
  if (caller.kind === 'service') throw new Error('services have no keys');
  const { scopes, publisherId } = caller;
  if (caller.kind === 'api-key') {
    const key = await findKey(db, caller.keyId);
    const { label, expiresAt } = key ?? {};
    return {
      kind: caller.kind,
      id: caller.keyId,
      label,
      scopes: [...scopes],
      publisherId,
      expiresAt: expiresAt?.toISOString(),
    };
  }
  const roles = await rolesOf(db, caller);
  const isEverywhere = roles.some((role) => role.publisherId === null);
  const publisherIds = [...new Set(roles.flatMap((role) => role.publisherId ?? []))];
  return {
    kind: caller.kind,
    id: `${caller.tenantId}/${caller.objectId}`,
    label: roles[0]?.name ?? undefined,
    scopes: [...scopes],
    publisherId,
    publisherIds: isEverywhere ? undefined : publisherIds.toSorted(),
  };
}

/** A rejection that names the scopes that a caller wants to give without having them. */
function beyond(
  caller: Caller,
  wanted: readonly Scope[],
): Rejection<'key.scope-exceeds'> | undefined {
  const held = caller.kind === 'service' ? [] : caller.scopes;
  const excess = wanted.filter((scope) => !held.includes(scope));
  if (excess.length === 0) return undefined;
  return new Rejection(
    'key.scope-exceeds',
    `You do not have ${excess.join(', ')} yourself. Leave out these scopes, or ask someone who has them.`,
  );
}

function heldScopes({ scopes }: ApiKeyRow): Scope[] {
  return allScopes.filter((scope) => scopes.includes(scope));
}

function viewOf(row: ApiKeyRow, now: Date): z.input<typeof keyView> {
  const state = keyState(row, now);
  return {
    id: row.id,
    label: row.label,
    prefix: keyText(row.id, ''),
    scopes: row.scopes,
    publisherId: row.publisherId ?? undefined,
    state,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy ?? undefined,
    expiresAt: row.expiresAt?.toISOString(),
    formerSecretUntil: state === 'rotating' ? row.formerSecretUntil?.toISOString() : undefined,
    lastUsedAt: row.lastUsedAt?.toISOString(),
    revokedAt: row.revokedAt?.toISOString(),
  };
}
