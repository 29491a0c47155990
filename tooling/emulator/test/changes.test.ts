import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../src/market/constants.ts';
import { SAM, startFixture, TARA, type Answer, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const BASE = '/saas/subscriptions';

function patch(id: string, body: unknown): Promise<Answer> {
  return fixture.api('PATCH', `${BASE}/${id}`, { body });
}

function answerOperation(id: string, operationId: string, status: string): Promise<Answer> {
  return fixture.api('PATCH', `${BASE}/${id}/operations/${operationId}`, { body: { status } });
}

async function operationStatus(id: string, operationId: string): Promise<string> {
  return (await fixture.api('GET', `${BASE}/${id}/operations/${operationId}`)).json
    .status as string;
}

describe('a change that the customer requests', () => {
  test('is InProgress, shows the target outside and the current value inside, and locks the subscription', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    const { operationId } = await control.changeQuantity(id, 20);
    await control.advance(0);
    expect(fixture.receiver.received[0]?.body).toMatchObject({
      id: operationId,
      subscriptionId: id,
      action: 'ChangeQuantity',
      status: 'InProgress',
      operationRequestSource: 'Azure',
      quantity: 20,
      subscription: { quantity: 10, saasSubscriptionStatus: 'Subscribed' },
    });
    const listed = await fixture.api('GET', `${BASE}/${id}/operations`);
    expect(listed.json.operations).toMatchObject([
      { id: operationId, status: 'InProgress', quantity: 20 },
    ]);
    expect((await patch(id, { quantity: 30 })).json).toMatchObject({ code: 'Failed' });
    expect((await fixture.api('DELETE', `${BASE}/${id}`)).status).toBe(409);
    await expect(control.changePlan(id, 'basic')).rejects.toMatchObject({ code: 'locked' });
  });

  test('is accepted 10 seconds after the notification without an answer', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    const { operationId } = await control.changePlan(id, 'basic');
    await control.advance(9_999);
    expect(await operationStatus(id, operationId)).toBe('InProgress');
    expect((await control.subscription(id)).planId).toBe('standard');
    await control.advance(1);
    expect(await operationStatus(id, operationId)).toBe('Succeeded');
    expect((await control.subscription(id)).planId).toBe('basic');
  });

  test('is accepted even if the webhook always answers 503', async () => {
    const { control } = fixture.emulator;
    fixture.receiver.answer = () => 503;
    const id = await fixture.subscribed();
    const { operationId } = await control.changePlan(id, 'basic');
    await control.advance(10_000);
    expect(await operationStatus(id, operationId)).toBe('Succeeded');
  });

  test.each([400, 401, 403, 404, 409, 422])('is refused by HTTP %i', async (status) => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    fixture.receiver.answer = () => status;
    const { operationId } = await control.changePlan(id, 'basic');
    await control.advance(60_000);
    expect(await operationStatus(id, operationId)).toBe('Failed');
    expect((await control.subscription(id)).planId).toBe('standard');
    expect(fixture.receiver.received).toHaveLength(1);
  });

  test('is decided by PATCH Success or Failure, and a second PATCH is 409', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    for (const [status, ended, quantity] of [
      ['Success', 'Succeeded', 20],
      ['Failure', 'Failed', 20],
    ] as const) {
      const { operationId } = await control.changeQuantity(id, status === 'Success' ? 20 : 30);
      expect((await answerOperation(id, operationId, status)).status).toBe(200);
      expect(await operationStatus(id, operationId)).toBe(ended);
      expect((await control.subscription(id)).quantity).toBe(quantity);
      const again = await answerOperation(id, operationId, 'Success');
      expect([again.status, typeof again.json.message]).toEqual([409, 'string']);
    }
  });

  test('to the current value ends in Conflict without a notification', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    const { operationId } = await control.changeQuantity(id, 10);
    await control.advance(1000);
    expect(await operationStatus(id, operationId)).toBe('Conflict');
    expect(fixture.receiver.received).toEqual([]);
  });

  test('changes back after a refusal, with that oddity switched on', async () => {
    const { control } = fixture.emulator;
    await control.updateSettings({ oddities: { refusedChange: 'measured' } });
    const id = await fixture.subscribed();
    fixture.receiver.answer = () => 400;
    await control.changePlan(id, 'basic');
    await control.advance(60_000);
    expect(fixture.receiver.received.map((one) => one.body['planId'])).toEqual([
      'basic',
      'standard',
    ]);
  });

  test('fails after 8 hours of retries, with the oddity that only an answered change is accepted', async () => {
    const { control } = fixture.emulator;
    await control.updateSettings({ oddities: { unansweredChange: 'measured' } });
    const id = await fixture.subscribed();
    fixture.receiver.answer = () => 500;
    const { operationId } = await control.changePlan(id, 'basic');
    await control.advance(HOUR_MS);
    expect(await operationStatus(id, operationId)).toBe('InProgress');
    await control.advance(8 * HOUR_MS);
    expect(await operationStatus(id, operationId)).toBe('Failed');
  });
});

describe('a change that the publisher requests', () => {
  test('is answered 202 with the absolute URL of its operation, then notified with source Partner', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    const answer = await patch(id, { planId: 'basic' });
    expect(answer.status).toBe(202);
    const location = new URL(answer.headers.get('operation-location') ?? '');
    expect(
      location.href.startsWith(`${fixture.emulator.marketplaceBaseUrl}${BASE}/${id}/operations/`),
    ).toBe(true);
    const operationId = location.pathname.split('/').at(-1) ?? '';
    expect(await operationStatus(id, operationId)).toBe('InProgress');
    expect(fixture.receiver.received).toEqual([]);
    await control.advance(1000);
    expect(fixture.receiver.received[0]?.body).toMatchObject({
      id: operationId,
      operationRequestSource: 'Partner',
      planId: 'basic',
    });
    expect((await control.subscription(id)).planId).toBe('standard');
    expect((await answerOperation(id, operationId, 'Success')).status).toBe(200);
    expect((await control.subscription(id)).planId).toBe('basic');
  });

  test.each([
    [{ planId: 'basic', quantity: 5 }, 'both at once'],
    [{}, 'nothing'],
    [{ planId: null }, 'a null plan'],
    [{ quantity: null }, 'a null quantity'],
    [{ quantity: '20' }, 'a quantity in quotes'],
    [{ quantity: 7.5 }, 'half a seat'],
    [{ quantity: 4 }, 'fewer seats than the plan sells'],
    [{ quantity: 101 }, 'more seats than the plan sells'],
    [{ quantity: 10 }, 'the present quantity'],
    [{ planId: 'standard' }, 'the present plan'],
    [{ planId: 'nonsense' }, 'an unknown plan'],
    [{ planId: 'legacy' }, 'a plan that is no longer sold'],
    [{ planId: 'starter' }, 'a plan of another offer'],
  ])('is 400 for %j: %s', async (body, _label) => {
    const id = await fixture.subscribed();
    expect((await patch(id, body)).status).toBe(400);
    expect((await fixture.emulator.control.subscription(id)).pendingOperation).toBeNull();
  });

  test('is 400 for another customer’s private plan, and for seats of a flat-rate plan', async () => {
    const { control } = fixture.emulator;
    const bought = await control.purchase({
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: TARA,
    });
    await fixture.api('POST', `${BASE}/${bought.subscriptionId}/activate`);
    await control.advance(1500);
    expect((await patch(bought.subscriptionId, { planId: 'enterprise' })).status).toBe(400);
    expect((await patch(bought.subscriptionId, { quantity: 2 })).status).toBe(400);
  });

  test('is 400 unless the subscription is subscribed', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.suspend(id);
    expect((await patch(id, { quantity: 11 })).status).toBe(400);
    await control.cancel(id);
    expect((await patch(id, { quantity: 11 })).status).toBe(400);
    expect((await fixture.api('DELETE', `${BASE}/${id}`)).status).toBe(400);
  });

  test('succeeds by itself and answers PATCH with 500, with those oddities switched on', async () => {
    const { control } = fixture.emulator;
    await control.updateSettings({
      oddities: { partnerWebhook: 'measured', partnerPatch: 'measured' },
    });
    const id = await fixture.subscribed();
    await patch(id, { quantity: 11 });
    const operationId = (await control.subscription(id)).pendingOperation?.id ?? '';
    expect((await answerOperation(id, operationId, 'Success')).status).toBe(500);
    await control.advance(1000);
    expect(await operationStatus(id, operationId)).toBe('Succeeded');
    expect(fixture.receiver.received).toEqual([]);
  });

  test('to cancel is 202, and takes effect only with the Unsubscribe notification', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    expect((await fixture.api('DELETE', `${BASE}/${id}`)).status).toBe(202);
    expect((await control.subscription(id)).status).toBe('Subscribed');
    await control.advance(1000);
    expect((await control.subscription(id)).status).toBe('Unsubscribed');
    expect(fixture.receiver.received[0]?.body).toMatchObject({
      action: 'Unsubscribe',
      status: 'Succeeded',
      operationRequestSource: 'Partner',
      subscription: { saasSubscriptionStatus: 'Unsubscribed' },
    });
  });
});

describe('suspend and reinstate', () => {
  test('Suspend takes effect before its notification, Reinstate with the 200', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.suspend(id);
    await control.advance(0);
    expect(fixture.receiver.received[0]?.body).toMatchObject({
      action: 'Suspend',
      status: 'Succeeded',
      subscription: { saasSubscriptionStatus: 'Suspended' },
    });
    fixture.receiver.answer = () => 503;
    const { operationId } = await control.reinstate(id);
    await control.advance(0);
    expect(await operationStatus(id, operationId)).toBe('InProgress');
    fixture.receiver.answer = () => 200;
    await control.advance(1000);
    expect(await operationStatus(id, operationId)).toBe('Succeeded');
    expect((await control.subscription(id)).status).toBe('Subscribed');
  });

  test('a 4xx to an informational notification changes nothing', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed({ purchaser: SAM });
    fixture.receiver.answer = () => 400;
    const { operationId } = await control.suspend(id);
    await control.advance(0);
    expect(await operationStatus(id, operationId)).toBe('Succeeded');
    expect((await control.deliveries(id))[0]?.state).toBe('rejected');
    expect((await answerOperation(id, operationId, 'Failure')).status).toBe(409);
  });
});

test('unknown operations are 404, or 400 as measured, and so are those of another subscription', async () => {
  const { control } = fixture.emulator;
  const [one, other] = [await fixture.subscribed(), await fixture.subscribed()];
  const { operationId } = await control.renew(one);
  const path = `${BASE}/${other}/operations/${operationId}`;
  for (const [choice, status] of [
    ['documented', 404],
    ['measured', 400],
  ] as const) {
    await control.updateSettings({ oddities: { unknownOperationStatus: choice } });
    expect((await fixture.api('GET', path)).status).toBe(status);
    expect((await fixture.api('PATCH', path, { body: { status: 'Success' } })).status).toBe(status);
  }
});

test('a status that is neither Success nor Failure is 400, or accepted as measured', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  const { operationId } = await control.changeQuantity(id, 11);
  expect((await answerOperation(id, operationId, 'Succeeded')).status).toBe(400);
  await control.updateSettings({
    oddities: { junkOperationStatus: 'measured', refuseByPatch: 'measured' },
  });
  expect((await answerOperation(id, operationId, 'Banana')).status).toBe(200);
  expect((await answerOperation(id, operationId, 'Failure')).status).toBe(200);
  expect(await operationStatus(id, operationId)).toBe('InProgress');
});
