/** Filters of time in the URL: relative, so that a bookmarked list stays useful. */
export const withins = ['1h', '24h', '7d', '30d'] as const;

export type Within = (typeof withins)[number];

const HOUR_MS = 3_600_000;
const lengths: Readonly<Record<Within, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
};

/** Counted from the moment of the call. */
export function sinceOf(within: Within | undefined): { readonly since?: string } {
  if (within === undefined) return {};
  return { since: new Date(Date.now() - lengths[within]).toISOString() };
}
