import { expect, test } from 'vitest';
import { HOUR, openFixture } from './fixture.ts';
import { keptBy, ledgerOf } from './ledger-of.ts';

test('a pause after a restore holds every hour back, so records that are reported again are sent with their own hour', async () => {
  const until = '2026-03-10T14:00:00Z';
  await using fixture = await openFixture({ env: { USAGE_PAUSED_UNTIL: until } });
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, 2);
  await fixture.advance(2 * HOUR);
  expect(await ledgerOf(fixture, subscriptionId)).toEqual([]);
  await fixture.use(subscriptionId, 3, { agoMs: 2 * HOUR });

  await fixture.advance(Date.parse(until) - fixture.now().getTime());

  expect(await fixture.settled(subscriptionId)).toMatchObject([{ reported: '5', billed: '5' }]);
  expect(await keptBy(fixture, subscriptionId)).toHaveLength(1);
});
