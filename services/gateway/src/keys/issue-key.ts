import type { Scope } from '@landfall/contracts/scopes';
import type { Db } from '../db/schema.ts';
import { insertKey, type ApiKeyRow } from '../store/keys.ts';
import { createApiKey, hashSecret } from './api-key.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;

export interface WantedKey {
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly publisherId: string | undefined;
  readonly expiresInDays: number;
  readonly createdBy: string;
  readonly at: Date;
}

/** Creates a key. Only the returned text has the secret; the database has its hash. */
export async function issueKey(
  db: Db,
  { expiresInDays, ...wanted }: WantedKey,
): Promise<{ readonly row: ApiKeyRow; readonly text: string }> {
  const key = createApiKey();
  const expiresAt = new Date(wanted.at.getTime() + expiresInDays * DAY_MS);
  const secretHash = hashSecret(key.secret);
  const row = await insertKey(db, { ...wanted, id: key.id, secretHash, expiresAt });
  return { row, text: key.text };
}
