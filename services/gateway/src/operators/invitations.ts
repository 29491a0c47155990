import type { Caller } from '@landfall/contracts/caller';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { roleDefinitions, type OperatorRole } from '@landfall/contracts/roles';
import { scopes as allScopes } from '@landfall/contracts/scopes';
import { random } from '@landfall/entra-sign-in/random';
import type { Db } from '../db/schema.ts';
import { hashSecret } from '../keys/api-key.ts';
import { findKey, keyState } from '../store/keys.ts';
import { hasAdmin, rolesOf } from '../store/operators.ts';
import { insertInvitation, type InvitationRow } from '../store/sessions.ts';
import { callerOf } from './caller.ts';

/** Who created the link for the first admin. Stored with each link, so the value stays as it was. */
export const FIRST_ADMIN = 'operators.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface WantedInvitation {
  readonly role: OperatorRole;
  readonly publisherId: string | undefined;
  readonly expiresInHours: number;
  readonly createdBy: string;
  readonly at: Date;
  readonly publicUrl: string;
}

/**
 * A link that gives one person a role. Its token is in the fragment, which browsers never send, so it appears in no log
 * and no Referer header. The page behind the link posts it.
 */
export async function createInvitation(
  db: Db,
  wanted: WantedInvitation,
): Promise<{ readonly url: string; readonly expiresAt: string }> {
  const { role, publisherId = null, expiresInHours, createdBy, at, publicUrl } = wanted;
  const token = random();
  const expiresAt = new Date(at.getTime() + expiresInHours * HOUR_MS);
  const tokenHash = hashSecret(token);
  await insertInvitation(db, { tokenHash, role, publisherId, createdBy, createdAt: at, expiresAt });
  const url = new URL('/console/invitation', publicUrl);
  url.hash = token;
  return { url: url.href, expiresAt: expiresAt.toISOString() };
}

/**
 * Whether the one who created an invitation could still create it now. A person who lost a role, or a revoked key, must not
 * come back through a link that was made before. The link for the first admin ends with the first admin.
 */
export async function isStillGiven(
  db: Db,
  { role, publisherId, createdBy }: InvitationRow,
  at: Date,
): Promise<boolean> {
  if (createdBy === FIRST_ADMIN) return !(await hasAdmin(db));
  const inviter = await inviterOf(db, createdBy, { publisherId: publisherId ?? undefined, at });
  if (inviter === undefined || inviter.kind === 'service') return false;
  const limit = publisherOfCaller(inviter);
  if (limit !== undefined && limit !== publisherId) return false;
  return ['operators:write' as const, ...roleDefinitions[role].scopes].every((scope) =>
    inviter.scopes.includes(scope),
  );
}

async function inviterOf(
  db: Db,
  createdBy: string,
  { publisherId, at }: { readonly publisherId: string | undefined; readonly at: Date },
): Promise<Caller | undefined> {
  const [, keyId] = /^key (.+)$/.exec(createdBy) ?? [];
  if (keyId !== undefined) {
    const key = await findKey(db, keyId);
    if (!key || ['revoked', 'expired'].includes(keyState(key, at))) return undefined;
    const scopes = allScopes.filter((scope) => key.scopes.includes(scope));
    return { kind: 'api-key', keyId, scopes, publisherId: key.publisherId ?? undefined };
  }
  const [, tenantId, objectId] = /^operator ([^/]+)\/(.+)$/.exec(createdBy) ?? [];
  if (tenantId === undefined || objectId === undefined) return undefined;
  const roles = await rolesOf(db, { tenantId, objectId });
  const caller = callerOf({ tenantId, objectId, roles }, publisherId);
  return caller instanceof Rejection ? undefined : caller;
}
