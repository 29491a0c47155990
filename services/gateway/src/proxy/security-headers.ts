/** A year, with subdomains left to their owners. RFC 6797. */
const HSTS = 'max-age=31536000';

/**
 * What every answer carries, whoever made it. An upstream's own Content-Security-Policy is kept; what
 * forbids framing is said twice, because of it.
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

/** What tells a stranger which software to attack. */
export const BANNERS = ['server', 'x-powered-by', 'via'];
