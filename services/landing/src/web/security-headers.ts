import type { MiddlewareHandler } from 'hono';

/**
 * Headers of every answer. The form of a signed-out buyer ends at the authority by redirects, which
 * Chromium counts as form targets, so the authority is one. Nothing is kept in caches or sent on as a
 * referrer: the address of the first request holds a purchase token.
 */
export function securityHeaders(authorityUrl: string): MiddlewareHandler {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    `form-action 'self' ${new URL(authorityUrl).origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return async (c, next) => {
    await next();
    if (!c.res.headers.has('content-security-policy')) {
      c.header('content-security-policy', policy);
    }
    c.header('referrer-policy', 'no-referrer');
    c.header('x-content-type-options', 'nosniff');
    c.header('cross-origin-opener-policy', 'same-origin');
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  };
}
