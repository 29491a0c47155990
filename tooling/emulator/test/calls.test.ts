import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fulfillmentToken, startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

test('the log has the calls of both directions, newest first, with what they were about', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  await control.suspend(id);
  await control.advance(1000);
  const calls = await control.calls.list();
  expect(calls.map(({ caller, api, title, status }) => ({ caller, api, title, status }))).toEqual([
    { caller: 'microsoft', api: 'Webhook', title: 'Notification: Suspend', status: 200 },
    { caller: 'publisher', api: 'Fulfillment', title: 'Activate a subscription', status: 200 },
  ]);
  expect(calls.every(({ subscriptionIds }) => subscriptionIds.includes(id))).toBe(true);
});

test('a retry and an unanswered notification are calls of their own', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  await control.calls.clear();
  const answers = [503, null, 200];
  fixture.receiver.answer = () => answers.shift() ?? null;
  await control.suspend(id);
  await control.advance(60_000);
  const calls = (await control.calls.list()).toReversed();
  expect(calls.map(({ title, status, outcome }) => [title, status, outcome])).toEqual([
    ['Notification: Suspend', 503, 'failed'],
    ['Notification: Suspend (retry)', null, 'failed'],
    ['Notification: Suspend (retry)', 200, 'accepted'],
  ]);
  expect(calls[1]?.error).not.toBeNull();
});

test('tokens, secrets and purchase tokens are never in the log', async () => {
  const { control } = fixture.emulator;
  const { clientSecret } = fixture.emulator.identities.fulfillmentApp;
  const token = await fulfillmentToken(fixture.emulator);
  const { purchaseToken } = await control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  await fixture.api('POST', '/saas/subscriptions/resolve', {
    headers: { 'x-ms-marketplace-token': purchaseToken },
  });
  const calls = await control.calls.list();
  expect(calls.map(({ api, title }) => `${api}: ${title}`)).toEqual([
    'Fulfillment: Resolve a purchase',
    'Sign-in: Get a token',
  ]);
  const whole = await Promise.all(calls.map(({ id }) => control.calls.get(id)));
  const text = JSON.stringify(whole);
  for (const secret of [clientSecret, token, purchaseToken]) expect(text).not.toContain(secret);
  expect(whole[0]?.request.headers['authorization']).toBe('Bearer kept-back');
  expect(whole[0]?.subscriptionIds).toHaveLength(1);
  expect(whole[1]?.request.body).toContain('grant_type=client_credentials');
});

test('filters choose by direction, API, outcome and subscription', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  const other = await fixture.subscribed();
  await control.suspend(other);
  await control.advance(1000);
  await fixture.api('GET', `/saas/subscriptions/${id}/operations/${id}`);
  await control.addFault({ endpoint: 'get', status: 503 });
  await fixture.api('GET', `/saas/subscriptions/${id}`);
  const titles = async (filter: Parameters<typeof control.calls.list>[0]) =>
    (await control.calls.list(filter)).map(({ title }) => title);
  expect(await titles({ caller: 'microsoft' })).toEqual(['Notification: Suspend']);
  expect(await titles({ api: 'Operations' })).toEqual(['Get operation']);
  expect(await titles({ outcome: 'failed' })).toEqual(['Get subscription']);
  expect(await titles({ outcome: 'refused' })).toEqual(['Get operation']);
  expect(await titles({ subscriptionId: other.slice(0, 8).toUpperCase() })).toEqual([
    'Notification: Suspend',
    'Activate a subscription',
  ]);
  await expect(control.calls.list({ api: 'Graph' as 'Webhook' })).rejects.toMatchObject({
    status: 400,
  });
});

test('usage rows of a batch are found under each of their subscriptions', async () => {
  const { control } = fixture.emulator;
  const ids = [
    await fixture.subscribed({ offerId: 'analytics', planId: 'starter', quantity: undefined }),
    await fixture.subscribed({ offerId: 'analytics', planId: 'starter', quantity: undefined }),
  ];
  await fixture.api('POST', '/batchUsageEvent', {
    body: { request: ids.map((resourceId) => ({ resourceId, dimension: 'reports' })) },
  });
  for (const id of ids) {
    const [call] = await control.calls.list({ subscriptionId: id });
    expect(call?.title).toBe('Post a batch of usage events');
  }
});

test('long bodies are cut and old calls are dropped, so the log does not grow without end', async () => {
  const { control } = fixture.emulator;
  await fixture.api('POST', '/saas/subscriptions/resolve', {
    body: { filler: 'x'.repeat(100_000) },
  });
  const [long] = await control.calls.list();
  const { request } = await control.calls.get(long?.id ?? '');
  expect(request.body).toMatch(/… \(\d+ more characters\)$/);
  for (let batch = 0; batch < 21; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, () => fixture.api('GET', '/unknown')));
  }
  expect(await control.calls.list()).toHaveLength(2000);
  await expect(control.calls.get(long?.id ?? '')).rejects.toMatchObject({ status: 404 });
});

test('usage that was not accepted is kept with its status and the invalid field', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed({
    offerId: 'analytics',
    planId: 'starter',
    quantity: undefined,
  });
  const row = {
    resourceId: id,
    dimension: 'reports',
    planId: 'starter',
    quantity: 2.5,
    effectiveStartTime: (await control.clock()).now,
  };
  for (const change of [{}, {}, { dimension: 'pages' }, { quantity: -1 }]) {
    await fixture.api('POST', '/usageEvent', { body: { ...row, ...change } });
  }
  await control.addFault({ endpoint: 'usageEvent', rowStatus: 'Error' });
  await fixture.api('POST', '/usageEvent', { body: row });
  expect(
    (await control.refusedUsage()).map(({ status, target, isForced }) => [
      status,
      target,
      isForced,
    ]),
  ).toEqual([
    ['Duplicate', null, false],
    ['InvalidDimension', 'dimension', false],
    ['InvalidQuantity', 'quantity', false],
    ['Error', null, true],
  ]);
  expect((await control.refusedUsage())[0]?.row['quantity']).toBe('2.5');
});
