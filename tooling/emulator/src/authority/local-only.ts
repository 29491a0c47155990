import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Host names of this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Refuses requests that do not come from this machine's own pages and programs: another Host (DNS
 * rebinding), and state-changing requests from a page of another origin.
 */
export function localOnly(): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!isLoopbackHost(host)) return c.text('This address is for this machine only.', 403);
    const isSafe = c.req.method === 'GET' || c.req.method === 'HEAD';
    const origin = c.req.header('origin');
    if (!isSafe && origin !== undefined && origin !== `http://${host}`) {
      return c.text('Requests of other pages are refused.', 403);
    }
    return next();
  };
}

/**
 * The headers of every page. Forms may submit to any local page, because "Configure account" leads
 * to the publisher's landing page, and a sign-in leads to the publisher's redirect URI.
 */
export function pageHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      frameSrc: ["'self'"],
      formAction: ["'self'", 'http://127.0.0.1:*', 'http://localhost:*', 'https:'],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Not `no-referrer`, which would remove the Origin header that distinguishes our own forms.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: false,
  });
}
