import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';
import { createWebhookLimit } from './webhook-limit.ts';

const MAX_AT_A_TIME = 1_024;

test('each genuine token has its own limit of calls at a time, and a call that ends makes room for another', () => {
  const limit = createWebhookLimit(createRateLimit({ perSecond: 1, now: () => 0 }));
  const call = (token: string) => limit.take({ address: '203.0.113.1', authorization: token });
  for (const token of ['busy', 'other']) call(token)?.settle(200);
  const open = Array.from({ length: MAX_AT_A_TIME }, () => call('busy'));
  expect(open).not.toContain(undefined);

  expect(call('busy')).toBeUndefined();
  expect(call('other')).toBeDefined();

  open[0]?.settle(undefined);
  expect(call('busy')).toBeDefined();
  expect(call('busy')).toBeUndefined();
});
