import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/**
 * `__Host-`: sent only to this host, and other subdomains cannot set it (RFC 6265bis, 4.1.3.2). `Lax`: the
 * browser also sends it when the buyer comes from Microsoft's pages.
 */
const OPTIONS = {
  prefix: 'host',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
  path: '/',
} as const;

/** One cookie per sign-in that is under way, so that tabs do not overwrite each other's cookies. */
export const SIGN_IN_PREFIX = 'landfall-sign-in-';

export type CookieName =
  | 'landfall-visit'
  | 'landfall-session'
  | 'landfall-sign-in'
  | `${typeof SIGN_IN_PREFIX}${string}`
  | 'landfall-tenant'
  | 'landfall-language';

export function readCookie(c: Context, name: CookieName): string | undefined {
  return getCookie(c, name, 'host');
}

/** The sign-in cookies. Browsers send the oldest first (RFC 6265, 5.4). */
export function signInCookies(c: Context): CookieName[] {
  return Object.keys(getCookie(c)).flatMap((name) => {
    const own = name.replace(/^__Host-/, '');
    return isSignIn(own) && own !== name ? [own] : [];
  });
}

function isSignIn(name: string): name is `${typeof SIGN_IN_PREFIX}${string}` {
  return name.startsWith(SIGN_IN_PREFIX);
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
