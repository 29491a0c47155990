import { expect, test } from 'vitest';
import { nextPageUrl } from './next-link.ts';

const BASE = 'https://marketplaceapi.microsoft.com/api';
const GOOD = `${BASE}/saas/subscriptions?continuationToken=%5b%7b%22t%22%3a1%7d%5d&api-version=2018-08-31`;

test.each([
  ['absolute', GOOD],
  ['with a slash before the query', GOOD.replace('subscriptions?', 'subscriptions/?')],
  ['malformed as in the documentation', `https:// ${GOOD}`],
  ['with a doubled scheme', `https://https://${GOOD.slice('https://'.length)}`],
  ['without an origin', GOOD.slice('https://marketplaceapi.microsoft.com'.length)],
])('a link %s leads to the next page', (_, link) => {
  const url = new URL(nextPageUrl(link, BASE, new Set()));
  expect(url.host).toBe('marketplaceapi.microsoft.com');
  expect(url.searchParams.get('continuationToken')).toBe('[{"t":1}]');
});

test.each([
  ['another host', 'https://evil.example/api/saas/subscriptions?continuationToken=1'],
  [
    "a host that only starts like Microsoft's",
    'https://marketplaceapi.microsoft.com.evil.example/api/saas/subscriptions',
  ],
  [
    'credentials in front of another host',
    'https://marketplaceapi.microsoft.com@evil.example/api/saas/subscriptions',
  ],
  ['credentials', 'https://user:pass@marketplaceapi.microsoft.com/api/saas/subscriptions'],
  ['plain http', 'http://marketplaceapi.microsoft.com/api/saas/subscriptions'],
  ['another port', 'https://marketplaceapi.microsoft.com:444/api/saas/subscriptions'],
  ['another path', `${BASE}/usageEvents`],
  ['a path that climbs', `${BASE}/saas/subscriptions/../../../other`],
  ['a protocol-relative host', '//evil.example/api/saas/subscriptions'],
  [
    'our link behind a foreign one',
    `https://evil.example/?u=https://evil.example/api/saas/subscriptions`,
  ],
  ['something that is not a link', 'next'],
])('a link to %s is refused', (_, link) => {
  expect(() => nextPageUrl(link, BASE, new Set())).toThrow(
    expect.objectContaining({ code: 'marketplace.unexpected-answer' }),
  );
});

test('a repeated link ends the list with a fault', () => {
  const seen = new Set<string>();
  nextPageUrl(GOOD, BASE, seen);
  expect(() => nextPageUrl(GOOD, BASE, seen)).toThrow(
    expect.objectContaining({ code: 'marketplace.unexpected-answer' }),
  );
});
