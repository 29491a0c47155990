const MS_PER_SECOND = 1000;

/**
 * Says when to try again. After 429 also in the form of draft-ietf-httpapi-ratelimit-headers: nothing remains (`r`) for `t`
 * seconds.
 */
export function retryHeaders(status: number, waitMs: number): Record<string, string> {
  const seconds = Math.max(1, Math.ceil(waitMs / MS_PER_SECOND));
  return {
    'retry-after': String(seconds),
    ...(status === 429 ? { ratelimit: `"rate";r=0;t=${seconds}` } : {}),
  };
}
