import { expect, test } from 'vitest';
import { secureBaseUrl } from './origin.ts';

test.each([
  ['https://marketplaceapi.microsoft.com/api/', 'https://marketplaceapi.microsoft.com/api'],
  ['http://127.0.0.1:4410/api', 'http://127.0.0.1:4410/api'],
  ['http://127.9.8.7:1', 'http://127.9.8.7:1'],
  ['http://[::1]:4410', 'http://[::1]:4410'],
  ['http://localhost:4410/', 'http://localhost:4410'],
])('%s is accepted as %s', (url, base) => {
  expect(secureBaseUrl(url, 'config.x')).toBe(base);
});

test.each([
  ['http://marketplaceapi.microsoft.com/api'],
  ['http://10.0.0.1'],
  ['http://127.0.0.1.evil.example'],
  ['http://localhost.evil.example'],
  ['http://localhost@evil.example'],
  ['https://user:pass@marketplaceapi.microsoft.com'],
  ['https://marketplaceapi.microsoft.com/api?x=1'],
  ['ftp://127.0.0.1'],
  ['marketplaceapi.microsoft.com'],
  [''],
])('%s is refused', (url) => {
  expect(() => secureBaseUrl(url, 'config.x')).toThrow(
    expect.objectContaining({ code: 'config.x', retry: 'never' }),
  );
});
