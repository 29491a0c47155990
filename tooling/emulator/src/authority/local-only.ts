import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Names under which this machine calls itself. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Refuses what does not come from this machine's own pages and programs: another Host (DNS
 * rebinding) and state-changing requests that a page of another origin sends.
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
 * Headers of every page. Forms may lead to any local page, because "Configure account" ends on the
 * publisher's landing page and signing in ends where the publisher asked for it.
 */
export function pageHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'", 'http://127.0.0.1:*', 'http://localhost:*', 'https:'],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Not `no-referrer`: it would blank the Origin header that tells our own forms from others.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: false,
  });
}
