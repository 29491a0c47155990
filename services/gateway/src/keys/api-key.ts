import { hash, randomBytes } from 'node:crypto';

const ID_BYTES = 8;
const SECRET_BYTES = 32;
/** Operators choose the bootstrap key themselves. A shorter secret could be guessed. */
const MIN_SECRET_LENGTH = 32;
const KEY = /^lf_([A-Za-z0-9-]{4,40})_([A-Za-z0-9_-]{16,200})$/;

export interface ApiKey {
  readonly id: string;
  readonly secret: string;
}

/** A new key, `lf_<id>_<secret>`, with 256 random bits in the secret. Its owner sees it once. */
export function createApiKey(): ApiKey & { readonly text: string } {
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id, secret, text: keyText(id, secret) };
}

export function keyText(id: string, secret: string): string {
  return `lf_${id}_${secret}`;
}

/** Another secret for a key, with the hash to store. */
export function createSecret(): { readonly text: string; readonly hash: Buffer } {
  const { secret } = createApiKey();
  return { text: secret, hash: hashSecret(secret) };
}

/** Undefined if the text cannot be one of our keys. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
}

export function hasStrongSecret(key: ApiKey): boolean {
  return key.secret.length >= MIN_SECRET_LENGTH;
}

export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
