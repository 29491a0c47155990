import { createHash, hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt, type JWTPayload } from 'jose';
import type { z } from 'zod';

/** Encrypts small records for one purpose, in a cookie or a column. */
export interface Sealer<Content> {
  /** `subject` ties the text to its place: a text that was copied to another place cannot be opened. */
  seal(content: Content, options: { expiresAt: Date; subject?: string }): Promise<string>;
  /** Undefined if the text is not ours, was changed, has expired or belongs to another place. */
  open(text: string | undefined, subject?: string): Promise<Content | undefined>;
}

/**
 * The first secret encrypts and all secrets decrypt, so a secret can be replaced without signing anyone out.
 * Keys are derived per purpose (HKDF, RFC 5869), so a text for one purpose cannot be used for another.
 * Format: compact JWE, `dir`, A256GCM (RFC 7516).
 */
export function createSealer<Schema extends z.ZodType>(options: {
  readonly secrets: readonly string[];
  /** The service whose records these are. Another service's records cannot be opened. */
  readonly service: string;
  readonly purpose: string;
  readonly content: Schema;
  readonly now: () => Date;
}): Sealer<z.output<Schema>> {
  const { service, purpose, now } = options;
  const keys = options.secrets.map((one) => deriveKey(one, `landfall/${service}/${purpose}`));
  const [current] = keys;
  if (!current) throw new Error('at least one secret is needed');

  return {
    async seal(content, { expiresAt, subject = purpose }) {
      return new EncryptJWT({ content })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: current.id })
        .setAudience(purpose)
        .setSubject(subject)
        .setExpirationTime(expiresAt)
        .encrypt(current.key);
    },
    async open(text, subject = purpose) {
      if (!text) return undefined;
      const payload = await decrypt(text, keys, { audience: purpose, subject, currentDate: now() });
      // A record of an older release may lack fields. It counts as not ours and is created again.
      return options.content.safeParse(payload?.['content']).data;
    },
  };
}

interface Key {
  readonly id: string;
  readonly key: Uint8Array;
}

function deriveKey(secret: string, info: string): Key {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', info, 32));
  const id = createHash('sha256').update(key).digest('base64url').slice(0, 8);
  return { id, key };
}

async function decrypt(
  text: string,
  keys: readonly Key[],
  expected: { audience: string; subject: string; currentDate: Date },
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtDecrypt(text, ({ kid }) => keyOf(keys, kid), {
      ...expected,
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function keyOf(keys: readonly Key[], kid: string | undefined): Uint8Array {
  const found = keys.find((one) => one.id === kid);
  if (!found) throw new errors.JWKSNoMatchingKey();
  return found.key;
}
