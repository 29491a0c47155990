/** One year, without subdomains (RFC 6797). */
const HSTS = 'max-age=31536000';

/**
 * Headers of every answer, also of those from an upstream. An upstream keeps its own Content-Security-Policy, so framing
 * is forbidden by a second header too.
 */
export function securityHeaders(publicUrl: string): ReadonlyMap<string, string> {
  const headers = new Map([
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'no-referrer'],
  ]);
  if (new URL(publicUrl).protocol === 'https:') headers.set('strict-transport-security', HSTS);
  return headers;
}

/** For answers without a policy of their own. */
export const DEFAULT_POLICY = "frame-ancestors 'none'";

/** Headers that would tell a stranger which software to attack. */
export const BANNERS: ReadonlySet<string> = new Set(['server', 'x-powered-by', 'via']);
