import { expect, test } from 'vitest';
import { marketplaceBaseUrl } from './marketplace-config.ts';

const ADDRESS = 'https://marketplaceapi.microsoft.com/api';

test.each([
  ADDRESS,
  `${ADDRESS}/`,
  `${ADDRESS}/saas`,
  `${ADDRESS}/saas/`,
  `${ADDRESS}/SaaS/subscriptions/`,
])('%s leads to the API', (given) => {
  expect(marketplaceBaseUrl.parse(given)).toBe(ADDRESS);
});

test("an emulator's own path is kept", () => {
  expect(marketplaceBaseUrl.parse('http://127.0.0.1:7400/x/api/saas')).toBe(
    'http://127.0.0.1:7400/x/api',
  );
});

test.each(['https://marketplaceapi.microsoft.com', 'https://marketplaceapi.microsoft.com/api/v2'])(
  '%s is refused with the address to set',
  (given) => {
    const { error } = marketplaceBaseUrl.safeParse(given);
    expect(error?.issues[0]?.message).toBe(`set ${ADDRESS}`);
  },
);
