import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The longest token that is checked; ours have about 160 characters. */
const TOKEN_MAX = 2048;

export interface SealedPurchase {
  readonly subscriptionId: string;
  /** Epoch milliseconds of the emulator's clock. */
  readonly mintedAt: number;
}

/**
 * Seals a purchase into an opaque token in base64. Every token contains `+` and `/` and ends in
 * `=`, so that code that decodes it twice, or not at all, fails at once.
 */
export function sealPurchase(key: string, purchase: SealedPurchase): string {
  const base = JSON.stringify(purchase);
  const overhead = IV_BYTES + TAG_BYTES;
  // One byte beyond a multiple of three makes base64 end in `==`.
  const padding = (3 - ((base.length + overhead) % 3) + 1) % 3;
  const text = base + ' '.repeat(padding);
  for (;;) {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), iv);
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
    const token = Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64');
    if (token.includes('+') && token.includes('/')) return token;
  }
}

/** The content of a token; undefined if it is not one of ours. */
export function openPurchase(key: string, token: string): SealedPurchase | undefined {
  if (token.length > TOKEN_MAX || !/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString('base64') !== token) return undefined;
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(key, 'base64'),
      bytes.subarray(0, IV_BYTES),
      { authTagLength: TAG_BYTES },
    );
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([
      decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
    return JSON.parse(text.toString('utf8')) as SealedPurchase;
  } catch {
    // The encryption is authenticated, so any damaged token ends here.
    return undefined;
  }
}
