import type { MiddlewareHandler } from 'hono';

/**
 * Sets the headers of every response. A form of a signed-out buyer redirects to Entra, and Chromium checks
 * redirects against `form-action`, so Entra is listed there. There is no caching and no referrer, because the
 * address of the first request contains a purchase token.
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
