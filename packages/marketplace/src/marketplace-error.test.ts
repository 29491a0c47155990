import { isFault } from '@landfall/domain/fault';
import { describe, expect, test } from 'vitest';
import {
  codeOfStatus,
  isMarketplaceError,
  MarketplaceError,
  microsoftCodeOf,
} from './marketplace-error.ts';

describe("Microsoft's own code is read from every form of error body", () => {
  test.each<[string, unknown, string | undefined]>([
    ['flat', { code: 'BadArgument', message: 'm', target: 't', details: [] }, 'BadArgument'],
    ['flat with one detail', { code: 'Failed', message: 'm', details: { code: 'x' } }, 'Failed'],
    ['nested', { error: { code: 'UnexpectedError', message: 'm' } }, 'UnexpectedError'],
    [
      'PascalCase',
      { Error: { Code: 'ApiVersionUnspecified', Message: 'm' } },
      'ApiVersionUnspecified',
    ],
    ['only a message', { message: 'no code here' }, undefined],
    ['empty', undefined, undefined],
    ['an array', [], undefined],
    ['a page instead of a code', { code: '<html>person@example.com</html>' }, undefined],
  ])('%s', (_, body, code) => {
    expect(microsoftCodeOf(body)).toBe(code);
  });
});

test.each([
  [400, 'marketplace.bad-request', 'never'],
  [401, 'marketplace.not-authorized', 'later'],
  [403, 'marketplace.not-authorized', 'later'],
  [404, 'marketplace.not-found', 'never'],
  [408, 'marketplace.unavailable', 'later'],
  [409, 'marketplace.conflict', 'never'],
  [413, 'marketplace.refused', 'never'],
  [429, 'marketplace.throttled', 'later'],
  [500, 'marketplace.unavailable', 'later'],
  [503, 'marketplace.unavailable', 'later'],
  [302, 'marketplace.unexpected-answer', 'later'],
] as const)('status %i is %s, with retry %s', (status, code, retry) => {
  expect(codeOfStatus(status)).toBe(code);
  const error = new MarketplaceError(code, { operation: 'get', correlationId: 'c', status });
  expect(error.retry).toBe(retry);
});

test('a marketplace error is a fault and is recognised as both', () => {
  const error = new MarketplaceError('marketplace.conflict', {
    operation: 'updateOperation',
    correlationId: 'c',
    status: 409,
    microsoftCode: 'Conflict',
  });
  expect(isFault(error)).toBe(true);
  expect(isMarketplaceError(error)).toBe(true);
  expect(error.message).toBe('updateOperation ended with 409: marketplace.conflict (Conflict)');
  expect(isMarketplaceError(new Error('other'))).toBe(false);
});
