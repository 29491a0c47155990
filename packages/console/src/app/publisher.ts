const PARAMETER = 'publisher';

/**
 * The publisher that the person works for; undefined for all, or the only one. It stands in the URL, so that a link that is sent
 * to a colleague shows the same.
 */
export function chosenPublisher(): string | undefined {
  return new URLSearchParams(location.search).get(PARAMETER) ?? undefined;
}
