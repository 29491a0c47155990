import { expect, test } from 'vitest';
import { ownPath } from './paths.ts';

const id = '11111111-2222-4333-8444-555555555555';

test.each([
  [`/landing/subscriptions/${id}/changes/${id}`, undefined],
  [`/landing/purchase/${id}`, undefined],
  ['/landing/purchase/..', '/landing'],
  ['//evil.example/landing/purchase', '/landing'],
  ['/landing/sign-out', '/landing'],
  [`/landing/purchase/${'x'.repeat(5000)}`, '/landing'],
])(
  'sign-in leads back only to our own pages, and fits into its cookie: %s',
  (path, back = path) => {
    expect(ownPath(path)).toBe(back);
  },
);
