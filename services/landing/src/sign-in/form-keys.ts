import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Identity } from '../db/schema.ts';

/**
 * The hidden value by which a form is known as ours. It belongs to a person and not to a session: a form
 * that was open while its person signed in again, in another tab or after a night, is still theirs.
 */
export interface FormKeys {
  of(person: Identity): string;
  isOf(person: Identity, key: string): boolean;
}

/** The first secret makes keys and all of them are accepted, so that replacing one breaks no open form. */
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

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
