import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/**
 * `__Host-`: sent back to this host alone and not to be set by a sibling domain (RFC 6265bis, 4.1.3.2).
 * `Lax`: the buyer comes from Microsoft's pages, and the cookie must come along.
 */
const OPTIONS = {
  prefix: 'host',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
  path: '/',
} as const;

export type CookieName =
  | 'landfall-visit'
  | 'landfall-session'
  | 'landfall-sign-in'
  | 'landfall-language';

export function readCookie(c: Context, name: CookieName): string | undefined {
  return getCookie(c, name, 'host');
}

export function writeCookie(
  c: Context,
  name: CookieName,
  { value, maxAgeMs }: { value: string; maxAgeMs: number },
): void {
  setCookie(c, name, value, { ...OPTIONS, maxAge: Math.floor(maxAgeMs / 1000) });
}

export function dropCookie(c: Context, name: CookieName): void {
  deleteCookie(c, name, OPTIONS);
}
