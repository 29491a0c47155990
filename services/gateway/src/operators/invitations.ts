import type { OperatorRole } from '@landfall/contracts/roles';
import { random } from '@landfall/entra-sign-in/random';
import type { Db } from '../db/schema.ts';
import { hashSecret } from '../keys/api-key.ts';
import { insertInvitation } from '../store/sessions.ts';

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
