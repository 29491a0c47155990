import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { laneWakeSubject } from '@landfall/contracts/streams';
import { until } from '@landfall/servers/wait';
import { factKinds, kinds, openFixture, subscribed, type Fixture } from './fixture.ts';

const MINUTE_MS = 60_000;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(() => fixture.control.clearFaults());
afterAll(() => fixture[Symbol.asyncDispose]());

const SEATS = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };
const approvedBy = 'the customer';
const change = (changeId: string) => fixture.client.subscriptions.change.query({ changeId });

/**
 * A customer's change that Microsoft keeps open for this long, and our change that finds the subscription
 * locked.
 */
async function lockedOut(minutes: number) {
  const subscriptionId = await subscribed(fixture, SEATS);
  const delayMs = minutes * MINUTE_MS;
  await fixture.control.addFault({ endpoint: 'webhook', subscriptionId, count: 1, delayMs });
  const startedAt = performance.now();
  await fixture.control.changeQuantity(subscriptionId, 6);
  const wanted = { subscriptionId, quantity: 8, approvedBy };
  const { changeId } = await fixture.client.subscriptions.changeQuantity.mutate(wanted);
  return { subscriptionId, changeId, startedAt };
}

/**
 * Skips each pause of the change, here and at Microsoft, and returns how long the change has waited. The time that the test
 * itself takes counts, because Microsoft's clock runs meanwhile.
 */
async function waitedFor(locked: Awaited<ReturnType<typeof lockedOut>>) {
  const { subscriptionId, changeId, startedAt } = locked;
  let skippedMs = 0;
  await until('the change is not requested any more', async () => {
    const { rows } = await fixture.db.pool.query<{ pauseMs: number }>(
      `with pausing as (
        select id, run_at from tasks where subscription_id = $1 and kind = 'submitChange'
          and done_at is null and run_at > now() for update skip locked),
      woken as (
        update tasks set run_at = now() from pausing where tasks.id = pausing.id),
      lane as (
        update lanes set due_at = now() where subscription_id = $1 and lease_until is null)
      select extract(epoch from run_at - now())::float8 * 1000 as "pauseMs" from pausing`,
      [subscriptionId],
    );
    const pauseMs = Math.round(rows[0]?.pauseMs ?? 0);
    skippedMs += pauseMs;
    if (pauseMs > 0) await fixture.control.advance(pauseMs);
    fixture.bus.notify(laneWakeSubject);
    return (await change(changeId)).state !== 'requested';
  });
  return skippedMs + performance.now() - startedAt;
}

test('a subscription that is locked for twelve minutes gets our change when it is unlocked', async () => {
  const locked = await lockedOut(12);
  expect(await waitedFor(locked)).toBeGreaterThan(12 * MINUTE_MS);
  await until('it is in force', async () => (await change(locked.changeId)).state === 'succeeded');
  const { subscriptionId } = locked;
  const view = await fixture.client.subscriptions.get.query({ subscriptionId });
  expect(view.quantity).toBe(8);
  const operations = await fixture.control.operations(subscriptionId);
  expect(operations.filter(({ source }) => source === 'Partner')).toHaveLength(1);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'quantityChanged',
    'quantityChanged',
  ]);
});

test('a lock that does not end is reported after half an hour, and nothing was sent', async () => {
  const locked = await lockedOut(120);
  const { subscriptionId, changeId } = locked;
  const waitedMs = await waitedFor(locked);
  expect(waitedMs).toBeGreaterThan(30 * MINUTE_MS);
  expect(waitedMs).toBeLessThan(35 * MINUTE_MS);
  expect(await change(changeId)).toMatchObject({ state: 'failed', failure: 'locked' });
  expect(await kinds(fixture, subscriptionId)).toContain('changeFailed');
  const operations = await fixture.control.operations(subscriptionId);
  expect(operations.filter(({ source }) => source === 'Partner')).toEqual([]);
});

test('a lock that ends between the refusal and our reading does not fail our change', async () => {
  const subscriptionId = await subscribed(fixture, SEATS);
  // Microsoft's answer for a locked subscription, which by then is unlocked.
  const refusal = { endpoint: 'patchSubscription', status: 400, body: { code: 'Failed' } } as const;
  await fixture.control.addFault({ ...refusal, subscriptionId, count: 1 });
  const wanted = { subscriptionId, quantity: 8, approvedBy };
  const { changeId } = await fixture.client.subscriptions.changeQuantity.mutate(wanted);
  await until('it is over', async () => (await change(changeId)).settledAt);
  expect(await change(changeId)).toMatchObject({ state: 'succeeded' });
});
