/** Names under which secrets and personal data travel; compared without case, `-` and `_`. */
const SENSITIVE_NAMES = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'xapikey',
  'apikey',
  'password',
  'passphrase',
  'secret',
  'clientsecret',
  'clientassertion',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'purchasetoken',
  'marketplacetoken',
  'xmsmarketplacetoken',
  'privatekey',
  'code',
  'codeverifier',
  'email',
  'emailid',
  'mail',
  'upn',
  'preferredusername',
  'displayname',
  'givenname',
  'familyname',
  'firstname',
  'lastname',
]);

/** `code` is a secret in a sign-in answer (hundreds of characters) and a harmless word elsewhere. */
const HARMLESS_CODE = /^[A-Za-z0-9_.:-]{1,60}$/;

const MASK = '[redacted]';
/** Deeper than anything worth reading in a log line; also ends cycles. */
const MAX_DEPTH = 8;
/** A list in a log line is for orientation; the rest is counted. */
const MAX_ITEMS = 50;
/** Bounds the work of the patterns below and the length of a line. */
const MAX_TEXT = 4000;

const JWT = /eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}/g;

/** Masks tokens, passwords inside URLs and e-mail addresses wherever they stand in a text. */
export function maskText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return bounded
    .replace(JWT, MASK)
    .replace(BEARER, `$1 ${MASK}`)
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(EMAIL, MASK);
}

/**
 * A copy of `value` that may be logged: sensitive names masked at any depth, texts cleaned, errors
 * reduced to what helps (never the values that a database quotes in its detail).
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (value instanceof URL) return maskText(`${value.origin}${value.pathname}`);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items;
  }
  return redactFields(value, depth);
}

/** {@link redact} for the fields of a log line. */
export function redactFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isSensitive(name, value) ? MASK : redact(value, depth + 1),
    ]),
  );
}

function isSensitive(name: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  if (!SENSITIVE_NAMES.has(plain)) return false;
  if (plain !== 'code') return true;
  return !(typeof value === 'number' || (typeof value === 'string' && HARMLESS_CODE.test(value)));
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, retry } = error as Error & { code?: unknown; retry?: unknown };
  return {
    type: error.name,
    message: maskText(error.message),
    ...(code === undefined ? {} : { code }),
    ...(retry === undefined ? {} : { retry }),
    ...(error.stack ? { stack: maskText(error.stack) } : {}),
    ...(error.cause === undefined || depth >= MAX_DEPTH
      ? {}
      : { cause: redact(error.cause, depth + 1) }),
  };
}
