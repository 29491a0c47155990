import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { activeSubscription, type Fixture, openFixture, people } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const LOADS = 200;
/** The limits for one person. */
const AT_A_TIME = 4;
const WAITING = 16;

test('a person who loads a page hundreds of times gets 503, and does not slow others', async () => {
  const ada = await activeSubscription(fixture, people.ada);
  const tara = await activeSubscription(fixture, people.tara);
  const { subscriptionId } = ada;
  // Each fault holds one call, so no load ends before all others have been refused.
  const held = { endpoint: 'plans', hold: true, subscriptionId } as const;
  for (let count = 0; count < AT_A_TIME + WAITING; count += 1) {
    await fixture.emulator.control.addFault(held);
  }
  const statuses: number[] = [];
  const loads = Array.from({ length: LOADS }, async () => {
    const { status, headers } = await ada.browser.once(`${ada.url}/plan`);
    statuses.push(status);
    if (status === 503) expect(headers.get('retry-after')).toMatch(/^\d+$/);
  });
  const refused = await until(
    'all further requests are refused',
    () => statuses.length >= LOADS - AT_A_TIME - WAITING && [...statuses],
  );

  const page = await tara.browser.get(`${tara.url}/plan`);

  expect(new Set(refused)).toEqual(new Set([503]));
  expect(page.status).toBe(200);
  await fixture.emulator.control.clearFaults();
  await Promise.all(loads);
  expect((await ada.browser.get(`${ada.url}/plan`)).status).toBe(200);
});
