import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { inLane } from '../src/store/lanes.ts';
import { lockSubscription } from '../src/store/subscriptions.ts';
import { whileProcessing } from '@landfall/worker-contract/conversation';
import {
  factKinds,
  kinds,
  openFixture,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(async () => {
  await fixture.control.clearFaults();
  await fixture.client.policies.put.mutate({ rules: [] });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });
const approvedBy = 'ada@fabrikam.example';

async function ended(changeId: string) {
  return await until('the change has its outcome', async () => {
    const change = await fixture.client.subscriptions.change.query({ changeId });
    return (change.state === 'succeeded' || change.state === 'failed') && change;
  });
}

test('a plan change of ours is stored, sent, confirmed and published once', async () => {
  const subscriptionId = await subscribed(fixture);
  const asked = await whileProcessing(fixture, subscriptionId, async () => {
    const requested = await fixture.client.subscriptions.changePlan.mutate({
      subscriptionId,
      planId: 'growth',
      approvedBy,
    });
    expect(requested.state).toBe('requested');
    expect(await view(subscriptionId)).toMatchObject({
      planId: 'starter',
      pendingChange: { changeId: requested.changeId, kind: 'ChangePlan', planId: 'growth' },
    });
    return requested;
  });
  expect(await ended(asked.changeId)).toMatchObject({ state: 'succeeded' });
  const after = await view(subscriptionId);
  expect(after.planId).toBe('growth');
  expect(after.pendingChange).toBeUndefined();
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'planChanged',
  ]);
  const timeline = await fixture.client.subscriptions.timeline.query({ subscriptionId });
  expect(JSON.stringify(timeline)).not.toContain('@');
});

test("a rule for customers does not refuse the publisher's own change", async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'none', when: { action: 'ChangePlan' }, decision: 'refuse' }],
  });
  const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
    subscriptionId,
    planId: 'growth',
    approvedBy,
  });
  expect(await ended(changeId)).toMatchObject({ state: 'succeeded' });
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).not.toContain('changeRefused');
});

test('a seat change and a cancellation of ours take effect at Microsoft', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  const seats = await fixture.client.subscriptions.changeQuantity.mutate({
    subscriptionId,
    quantity: 7,
    approvedBy,
  });
  expect(await ended(seats.changeId)).toMatchObject({ state: 'succeeded' });
  expect((await view(subscriptionId)).quantity).toBe(7);
  const cancel = await fixture.client.subscriptions.cancel.mutate({ subscriptionId, approvedBy });
  expect(await ended(cancel.changeId)).toMatchObject({ state: 'succeeded' });
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
});

test('an impossible change is refused with a code and without a call', async () => {
  const pending = await purchase(fixture);
  const active = await subscribed(fixture);
  const partner = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 3,
    purchaser: 'sam@adventure-works.example',
  });
  const { changePlan, changeQuantity, cancel } = fixture.client.subscriptions;
  const refusals: [() => Promise<unknown>, string][] = [
    [
      () => changePlan.mutate({ subscriptionId: pending, planId: 'growth', approvedBy }),
      'subscription.not-subscribed',
    ],
    [
      () => changePlan.mutate({ subscriptionId: active, planId: 'starter', approvedBy }),
      'change.same-plan',
    ],
    [
      () => changePlan.mutate({ subscriptionId: active, planId: 'growth', approvedBy: ' ' }),
      'change.approval-missing',
    ],
    [
      () => changeQuantity.mutate({ subscriptionId: active, quantity: 3, approvedBy }),
      'change.not-per-seat',
    ],
    [
      () => changeQuantity.mutate({ subscriptionId: partner, quantity: 4, approvedBy }),
      'subscription.read-only',
    ],
    [() => cancel.mutate({ subscriptionId: partner, approvedBy }), 'subscription.read-only'],
    [() => cancel.mutate({ subscriptionId: 'unknown', approvedBy }), 'subscription.not-found'],
  ];
  await fixture.control.startRecording();
  for (const [answer, rejection] of refusals) {
    await expect(answer()).rejects.toMatchObject({ data: { rejection } });
  }
  const subscriptionIds = [pending, active, partner];
  for (const subscriptionId of subscriptionIds) await settled(fixture, subscriptionId);
  expect((await view(partner)).channel).toBe('csp');
  expect(await changeCalls(subscriptionIds)).toEqual([]);

  const growth = { subscriptionId: active, planId: 'growth', approvedBy };
  const { changeId } = await changePlan.mutate(growth);
  expect(await ended(changeId)).toMatchObject({ state: 'succeeded' });
  expect(await changeCalls(subscriptionIds)).toEqual([`PATCH /saas/subscriptions/${active}`]);
  await fixture.control.stopRecording();
});

/** Calls to Microsoft that change plan, seats or life cycle of these subscriptions. */
async function changeCalls(subscriptionIds: readonly string[]): Promise<string[]> {
  const { calls } = await fixture.control.recording();
  return calls
    .filter(({ method, path }) => {
      const isOfOne = subscriptionIds.some((id) => path === `/saas/subscriptions/${id}`);
      return isOfOne && method !== 'GET';
    })
    .map(({ method, path }) => `${method} ${path}`);
}

test('a second change waits for the first one', async () => {
  const subscriptionId = await subscribed(fixture);
  const ask = () =>
    fixture.client.subscriptions.changePlan.mutate({
      subscriptionId,
      planId: 'growth',
      approvedBy,
    });
  const answers = await whileProcessing(fixture, subscriptionId, () =>
    Promise.allSettled([ask(), ask(), ask()]),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'fulfilled') await ended(answer.value.changeId);
    else
      expect(answer.reason).toMatchObject({ data: { rejection: 'subscription.change-pending' } });
  }
});

test('an answer that is lost after Microsoft accepted the change does not lead to a second change', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.updateSettings({ partnerDelayMs: 5_000 });
  try {
    await fixture.control.addFault({
      endpoint: 'patchSubscription',
      status: 500,
      afterEffect: true,
      subscriptionId,
      count: 1,
    });
    const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
      subscriptionId,
      planId: 'growth',
      approvedBy,
    });
    expect(await ended(changeId)).toMatchObject({ state: 'succeeded' });
  } finally {
    await fixture.control.updateSettings({ partnerDelayMs: 200 });
  }
  const operations = await fixture.control.operations(subscriptionId);
  expect(operations.filter(({ action }) => action === 'ChangePlan')).toHaveLength(1);
});

test('a change to a plan that Microsoft does not sell ends as refused', async () => {
  const subscriptionId = await subscribed(fixture);
  const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
    subscriptionId,
    planId: 'no-such-plan',
    approvedBy,
  });
  expect(await ended(changeId)).toMatchObject({ state: 'failed', failure: 'refused' });
  expect(await kinds(fixture, subscriptionId)).toContain('changeFailed');
  expect((await view(subscriptionId)).planId).toBe('starter');
});

test("a cancellation that Microsoft refuses keeps Microsoft's own words for the operator, on the change and the timeline", async () => {
  const subscriptionId = await subscribed(fixture);
  const message = 'The subscription has an open invoice.';
  await fixture.control.addFault({
    endpoint: 'deleteSubscription',
    status: 400,
    body: { code: 'BadArgument', message },
    subscriptionId,
  });

  const { changeId } = await fixture.landing.subscriptions.cancel.mutate({
    subscriptionId,
    approvedBy,
  });

  expect(await ended(changeId)).toMatchObject({
    state: 'failed',
    kind: 'Unsubscribe',
    origin: 'customer',
    failure: 'refused',
    failureDetail: message,
  });
  const { items } = await fixture.client.subscriptions.timeline.query({ subscriptionId });
  const failed = items.find(({ kind }) => kind === 'changeFailed');
  expect(failed?.details).toMatchObject({ changeId, failure: 'refused', failureDetail: message });
  expect((await view(subscriptionId)).status).toBe('Subscribed');
});

test("a change of ours waits while a customer's operation locks the subscription", async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  await fixture.control.addFault({
    endpoint: 'webhook',
    delayMs: 60_000,
    subscriptionId,
    count: 1,
  });
  await fixture.control.changeQuantity(subscriptionId, 6);
  const { changeId } = await fixture.client.subscriptions.changeQuantity.mutate({
    subscriptionId,
    quantity: 8,
    approvedBy,
  });
  await until('it was locked once', async () => {
    const row = await fixture.db.kysely
      .selectFrom('tasks')
      .select('rounds')
      .where('subscriptionId', '=', subscriptionId)
      .where('kind', '=', 'submitChange')
      .where('rounds', '>', 0)
      .executeTakeFirst();
    return row !== undefined;
  });
  await fixture.control.advance(71_000);
  expect(await ended(changeId)).toMatchObject({ state: 'succeeded' });
  expect((await view(subscriptionId)).quantity).toBe(8);
});

test('plans that are no longer sold are hidden, except the current one', async () => {
  const order = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };
  // A list is cached for some seconds, so each variant uses its own subscription.
  const first = await subscribed(fixture, order);
  const second = await subscribed(fixture, order);
  const ask = (subscriptionId: string) =>
    fixture.client.subscriptions.availablePlans.query({ subscriptionId });
  const { plans } = await ask(first);
  expect(plans.map(({ planId }) => planId)).not.toContain('legacy');
  expect(plans.map(({ planId }) => planId)).toContain('standard');
  await fixture.control.updateSettings({ oddities: { availablePlansCurrent: 'measured' } });
  try {
    const current = (await ask(second)).plans.find(({ planId }) => planId === 'basic');
    expect(current).toMatchObject({ isPricePerSeat: true });
    // Private offers that Microsoft did not name are not claimed.
    expect(current?.sourceOffers).toBeUndefined();
  } finally {
    await fixture.control.updateSettings({ oddities: { availablePlansCurrent: 'documented' } });
  }
});

test('the current plan names the private offers through which it was bought', async () => {
  const { control } = fixture;
  const order = { offerId: 'analytics', planId: 'growth', beneficiary: 'ada@fabrikam.example' };
  const privateOfferId = randomUUID();
  const bought = [
    await control.purchase(order),
    await control.purchase({ ...order, privateOfferId }),
  ];
  const offersOf = async ({ purchaseToken }: { purchaseToken: string }) => {
    const { id } = await fixture.client.purchases.resolve.mutate({ purchaseToken });
    const { plans } = await fixture.client.subscriptions.availablePlans.query({
      subscriptionId: id,
    });
    return plans.map(({ planId, sourceOffers }) => ({ planId, sourceOffers }));
  };

  const [listed, privately] = await Promise.all(bought.map(offersOf));

  expect(listed).toContainEqual({ planId: 'growth', sourceOffers: [] });
  expect(privately).toContainEqual({ planId: 'growth', sourceOffers: [privateOfferId] });
  expect(privately).toContainEqual({ planId: 'starter', sourceOffers: undefined });
});

test('plan and seats are two changes, and the second begins after the end of the first', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  const { changePlan, changeQuantity } = fixture.client.subscriptions;
  const seats = { subscriptionId, quantity: 30, approvedBy };
  const plan = await whileProcessing(fixture, subscriptionId, async () => {
    const requested = await changePlan.mutate({ subscriptionId, planId: 'standard', approvedBy });
    await expect(changeQuantity.mutate(seats)).rejects.toMatchObject({
      data: { rejection: 'subscription.change-pending' },
    });
    return requested;
  });
  expect(await ended(plan.changeId)).toMatchObject({ state: 'succeeded' });
  const more = await changeQuantity.mutate(seats);
  expect(await ended(more.changeId)).toMatchObject({ state: 'succeeded' });
  expect(await view(subscriptionId)).toMatchObject({ planId: 'standard', quantity: 30 });
});

test('a cancellation of ours waits for its turn and takes effect only when Microsoft says so', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({
    endpoint: 'webhook',
    delayMs: 60_000,
    subscriptionId,
    count: 1,
  });
  await fixture.control.changePlan(subscriptionId, 'growth');
  const cancel = await fixture.client.subscriptions.cancel.mutate({ subscriptionId, approvedBy });
  await until('it was locked once', async () => {
    const { rows } = await fixture.db.pool.query(
      `select 1 from tasks where subscription_id = $1 and kind = 'submitChange' and rounds > 0`,
      [subscriptionId],
    );
    return rows.length > 0;
  });
  expect(await view(subscriptionId)).toMatchObject({
    status: 'Subscribed',
    pendingChange: { kind: 'Unsubscribe' },
  });
  await fixture.control.advance(71_000);
  expect(await ended(cancel.changeId)).toMatchObject({ state: 'succeeded' });
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
});

test('a parked change has failed and does not block the next one', async () => {
  const subscriptionId = await subscribed(fixture);
  const wanted = { subscriptionId, planId: 'growth', approvedBy };
  const refused = { status: 400, subscriptionId } as const;
  await fixture.control.addFault({ endpoint: 'patchSubscription', ...refused });
  await fixture.control.addFault({ endpoint: 'get', ...refused });
  const first = await fixture.client.subscriptions.changePlan.mutate(wanted);
  expect(await ended(first.changeId)).toMatchObject({
    state: 'failed',
    failure: 'marketplace.bad-request',
  });
  expect(await kinds(fixture, subscriptionId)).toEqual(
    expect.arrayContaining(['taskParked', 'changeFailed']),
  );
  await fixture.control.clearFaults();
  const second = await fixture.client.subscriptions.changePlan.mutate(wanted);
  expect(await ended(second.changeId)).toMatchObject({ state: 'succeeded' });
});

test('a command never blocks the task that holds the lane', async () => {
  const subscriptionId = await subscribed(fixture);
  await settled(fixture, subscriptionId);
  const { fence } = await fixture.db.kysely
    .selectFrom('lanes')
    .select('fence')
    .where('subscriptionId', '=', subscriptionId)
    .executeTakeFirstOrThrow();
  const { changePlan } = fixture.client.subscriptions;
  let asked: Promise<{ changeId: string }> | undefined;
  await inLane(fixture.db, { subscriptionId, fence }, async (trx) => {
    asked ??= changePlan.mutate({ subscriptionId, planId: 'growth', approvedBy });
    await until('the command waits for the lane', async () => {
      const { rowCount } = await fixture.db.pool.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rowCount !== 0;
    });
    // A command that already held the subscription would deadlock.
    await sql`set local lock_timeout = '200ms'`.execute(trx);
    await lockSubscription(trx, subscriptionId);
  });
  expect(await ended((await asked!).changeId)).toMatchObject({ state: 'succeeded' });
});

test('a change that is requested twice under one id is one change, and the id cannot be reused for another', async () => {
  const subscriptionId = await subscribed(fixture);
  const request = { subscriptionId, planId: 'growth', approvedBy, changeId: randomUUID() };
  const answers = await Promise.all([
    fixture.client.subscriptions.changePlan.mutate(request),
    fixture.client.subscriptions.changePlan.mutate(request),
  ]);
  expect(answers.map(({ changeId }) => changeId)).toEqual([request.changeId, request.changeId]);
  await ended(request.changeId);
  expect(await fixture.client.subscriptions.changePlan.mutate(request)).toMatchObject({
    state: 'succeeded',
  });
  await settled(fixture, subscriptionId);
  const asked = (await kinds(fixture, subscriptionId)).filter((kind) => kind === 'changeRequested');
  expect(asked).toHaveLength(1);
  const other = await subscribed(fixture);
  for (const another of [
    { ...request, planId: 'starter' },
    { ...request, subscriptionId: other },
  ]) {
    await expect(fixture.client.subscriptions.changePlan.mutate(another)).rejects.toMatchObject({
      data: { rejection: 'change.id-reused' },
    });
  }
});

test('a timeline can be read backwards from its newest entry, page by page', async () => {
  const subscriptionId = await subscribed(fixture);
  await settled(fixture, subscriptionId);
  const { timeline } = fixture.client.subscriptions;
  const { items: oldest } = await timeline.query({ subscriptionId });
  const seen = [];
  let cursor: string | undefined;
  do {
    const page = await timeline.query({
      subscriptionId,
      order: 'newest',
      limit: 2,
      ...(cursor && { cursor }),
    });
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual(oldest.toReversed());
});
