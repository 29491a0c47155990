/** The limit of the `purchases.resolve` procedure. Microsoft's tokens have a few hundred characters. */
const MAX_LENGTH = 8192;

/** Visible ASCII only: the token is sent in a header, where other characters are invalid or an attack. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;

export type ArrivedToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'token'; readonly token: string };

/**
 * Reads the purchase token from a query string and decodes it exactly once. It does not use form decoding,
 * which turns a literal `+` into a blank. Blanks become `+` again, because a proxy may have changed them. A
 * stray `%` stays as it is. Never throws.
 */
export function readPurchaseToken(url: string): ArrivedToken {
  const encoded = rawParameter(url, 'token');
  if (!encoded) return { kind: 'none' };
  const token = decodeOnce(encoded).trim().replaceAll(' ', '+');
  if (token === '') return { kind: 'none' };
  if (token.length > MAX_LENGTH || !HEADER_SAFE.test(token)) return { kind: 'damaged' };
  return { kind: 'token', token };
}

function rawParameter(url: string, name: string): string | undefined {
  const start = url.indexOf('?');
  if (start < 0) return undefined;
  const [query = ''] = url.slice(start + 1).split('#');
  const pair = query.split('&').find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** One pass over single bytes, so `%2541` becomes `%41`, and a malformed escape cannot throw. */
function decodeOnce(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
