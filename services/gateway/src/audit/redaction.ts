import { createHash } from 'node:crypto';

/** Longest JSON of one side of a change: a page of settings. A longer one is cut to its marker. */
const MAX_SIDE_LENGTH = 16_000;

/**
 * Fields that are never written to the audit log: secrets, and names, addresses and answers of people. A test searches the
 * answers of all audited queries for fields that look like one of these.
 */
const HIDDEN_FIELDS: ReadonlySet<string> = new Set([
  'secret',
  'signature',
  'token',
  'password',
  'name',
  'firstName',
  'lastName',
  'email',
  'supportEmail',
  'emailAddress',
  'address',
  'phone',
  'answers',
  'purchaser',
  'beneficiary',
  'requestedBy',
  'approvedBy',
  'recipient',
  // Of a matter: what people wrote.
  'closedReason',
  'history',
]);
/** Addresses of people. A fingerprint shows that they changed. */
const FINGERPRINTED_FIELDS: ReadonlySet<string> = new Set(['recipients', 'replyTo', 'senderName']);
/** URLs often have a secret in their path or parameters. Their host is kept, and a fingerprint that shows a change. */
const URL_FIELDS: ReadonlySet<string> = new Set(['url']);

export function isHidden(field: string): boolean {
  return HIDDEN_FIELDS.has(field) || FINGERPRINTED_FIELDS.has(field);
}

/** A copy without what must not be in the audit log. */
export function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, content]) => {
      if (HIDDEN_FIELDS.has(field)) return [field, '(hidden)'];
      if (FINGERPRINTED_FIELDS.has(field)) return [field, `(hidden) #${fingerprintOf(content)}`];
      if (URL_FIELDS.has(field) && typeof content === 'string') return [field, hostOf(content)];
      return [field, redacted(content)];
    }),
  );
}

/** The text to store. Longer values become a marker with their size. */
export function boundedJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length <= MAX_SIDE_LENGTH) return text;
  return JSON.stringify({ tooLarge: true, bytes: Buffer.byteLength(text) });
}

function hostOf(url: string): string {
  const fingerprint = fingerprintOf(url);
  return URL.canParse(url)
    ? `${new URL(url).origin}/… #${fingerprint}`
    : `(hidden) #${fingerprint}`;
}

/** It is only compared, and too short to tell what it belongs to. */
function fingerprintOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
