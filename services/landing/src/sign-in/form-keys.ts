import { createHmac, hkdfSync } from 'node:crypto';
import { sameText } from '@landfall/entra-sign-in/random';
import type { Identity } from '../db/schema.ts';

/**
 * The hidden value that identifies a form as ours. It belongs to a person, not to a session: a form stays
 * valid if the person signs in again while it is open, in another tab or the next day.
 */
export interface FormKeys {
  of(person: Identity): string;
  isOf(person: Identity, key: string): boolean;
}

/** The first secret makes new keys and all secrets accept keys, so replacing a secret breaks no open form. */
export function createFormKeys(secrets: readonly string[]): FormKeys {
  const derived = secrets.map((one) =>
    Buffer.from(hkdfSync('sha256', one, '', 'landfall/landing/form-key', 32)),
  );
  const [current] = derived;
  if (!current) throw new Error('at least one secret is needed');
  return {
    of: (person) => keyOf(current, person),
    isOf: (person, key) => derived.some((one) => sameText(keyOf(one, person), key)),
  };
}

function keyOf(secret: Buffer, { tenantId, objectId }: Identity): string {
  return createHmac('sha256', secret).update(`${tenantId}/${objectId}`).digest('base64url');
}
