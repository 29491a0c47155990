/** Names of fields with secrets or personal data. Case, `-` and `_` are ignored. */
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

/** In a sign-in answer, `code` is a secret of hundreds of characters. Elsewhere it is a harmless word. */
const HARMLESS_CODE = /^[A-Za-z0-9_.:-]{1,60}$/;

const MASK = '[redacted]';
/** Deeper than any useful log line. Also ends cycles. */
const MAX_DEPTH = 8;
/** Items of a list that are logged. The others are only counted. */
const MAX_ITEMS = 50;
/** Limits the length of a line, and the work of the patterns below. */
const MAX_TEXT = 4000;

const JWT = /eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}/g;

/** Matches every text that one of the patterns above could match. Most texts need only this check. */
const SUSPICIOUS = /@|eyJ|(?:Bearer|Basic)\s/i;

/** Masks tokens, passwords in URLs and e-mail addresses anywhere in a text. */
export function maskText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  if (!SUSPICIOUS.test(bounded)) return bounded;
  return bounded
    .replace(JWT, MASK)
    .replace(BEARER, `$1 ${MASK}`)
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(EMAIL, MASK);
}

/**
 * A copy of `value` that may be logged. Fields with sensitive names are masked at any depth, texts are cleaned, and
 * errors are reduced to useful fields, without the values that PostgreSQL quotes in its detail.
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
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    clean[name] = isSensitive(name, value) ? MASK : redact(value, depth + 1);
  }
  return clean;
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
