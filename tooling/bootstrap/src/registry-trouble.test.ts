import { expect, test } from 'vitest';

import { registryTrouble } from './registry-trouble.mjs';

test.for([
  ['npm error code EAI_AGAIN\nnpm error syscall getaddrinfo', 'cannot be reached', 'go online'],
  ['ERR_PNPM_META_FETCH_FAIL  GET https://registry', 'cannot be reached', 'go online'],
  ['npm error code EINTEGRITY', 'does not match its pinned checksum', 'do not trust'],
  ['ENOSPC: no space left on device', 'disk is full', 'free about 2 GB'],
  ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', 'pnpm-lock.yaml', 'pnpm install'],
  ['something new', 'something new', 'try again'],
] as const)('%s is explained with its reason and the next step', ([output, why, next]) => {
  const { message } = registryTrouble('It failed.', output, 1);
  expect(message.split('\n')[0]).toBe('It failed.');
  expect(message).toMatch(new RegExp(`why: .*${why}`));
  expect(message).toMatch(new RegExp(`next: .*${next}`));
});
