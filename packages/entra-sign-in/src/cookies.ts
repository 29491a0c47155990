import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/**
 * `__Host-`: sent only to this host, and other subdomains cannot set it (RFC 6265bis, 4.1.3.2). `Lax`: the
 * browser also sends it when a person comes from Microsoft's pages.
 */
const OPTIONS = {
  prefix: 'host',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
  path: '/',
} as const;

export function readCookie(c: Context, name: string): string | undefined {
  return getCookie(c, name, 'host');
}

/** The names of the request's cookies with this prefix. Browsers send the oldest first (RFC 6265, 5.4). */
export function cookiesWithPrefix(c: Context, prefix: string): string[] {
  return Object.keys(getCookie(c)).flatMap((name) => {
    const own = name.replace(/^__Host-/, '');
    return own.startsWith(prefix) && own !== name ? [own] : [];
  });
}

export function writeCookie(
  c: Context,
  name: string,
  { value, maxAgeMs }: { value: string; maxAgeMs: number },
): void {
  setCookie(c, name, value, { ...OPTIONS, maxAge: Math.floor(maxAgeMs / 1000) });
}

export function dropCookie(c: Context, name: string): void {
  deleteCookie(c, name, OPTIONS);
}
