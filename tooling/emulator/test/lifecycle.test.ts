import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../src/market/constants.ts';
import { ADA, SAM, startFixture, TARA, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const BASE = '/saas/subscriptions';

async function statusOf(id: string): Promise<string> {
  return (await fixture.api('GET', `${BASE}/${id}`)).json.saasSubscriptionStatus as string;
}

function actions(): unknown[] {
  return fixture.receiver.received.map((one) => one.body['action']);
}

describe('a purchase token', () => {
  const resolve = (token: string): ReturnType<Fixture['api']> =>
    fixture.api('POST', `${BASE}/resolve`, { headers: { 'x-ms-marketplace-token': token } });

  test('resolves any number of times after one decoding of the landing URL', async () => {
    const { control } = fixture.emulator;
    const bought = await control.purchase({
      offerId: 'teamdesk',
      planId: 'basic',
      quantity: 3,
      beneficiary: ADA,
    });
    const raw = /token=([^&]*)/.exec(bought.landingUrl ?? '')?.[1] ?? '';
    expect(decodeURIComponent(raw)).toBe(bought.purchaseToken);
    for (const token of [bought.purchaseToken, bought.purchaseToken]) {
      const answer = await resolve(token);
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        id: bought.subscriptionId,
        offerId: 'teamdesk',
        planId: 'basic',
        quantity: 3,
        subscription: { saasSubscriptionStatus: 'PendingFulfillmentStart' },
      });
    }
    const damaged = await resolve(raw);
    expect([damaged.status, damaged.json.code]).toEqual([400, 'InvalidValue']);
    const missing = await fixture.api('POST', `${BASE}/resolve`);
    expect([missing.status, missing.json.code]).toEqual([400, 'HeaderNotPresent']);
  });

  test('is valid for 24 hours, and each click creates a new one', async () => {
    const { control } = fixture.emulator;
    const bought = await control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: ADA,
    });
    await control.advance(DAY_MS - 1);
    expect((await resolve(bought.purchaseToken)).status).toBe(200);
    const later = await control.mintToken(bought.subscriptionId);
    await control.advance(1);
    expect((await resolve(bought.purchaseToken)).status).toBe(400);
    expect((await resolve(later.purchaseToken)).status).toBe(200);
  });
});

describe('activation', () => {
  test('is answered at once and becomes visible later', async () => {
    const { control } = fixture.emulator;
    const { subscriptionId } = await control.purchase({
      offerId: 'teamdesk',
      planId: 'basic',
      quantity: 3,
      beneficiary: ADA,
    });
    const path = `${BASE}/${subscriptionId}/activate`;
    const first = await fixture.api('POST', path, { body: { planId: 'basic', quantity: 3 } });
    expect([first.status, first.text]).toEqual([200, '']);
    expect((await fixture.api('POST', path)).status).toBe(200);
    await control.advance(1499);
    expect(await statusOf(subscriptionId)).toBe('PendingFulfillmentStart');
    await control.advance(1);
    expect(await statusOf(subscriptionId)).toBe('Subscribed');
    expect((await fixture.api('POST', path)).status).toBe(400);
    expect(actions()).toEqual([]);
  });

  test('with a plan or quantity that differs from the purchase is 400', async () => {
    const { subscriptionId } = await fixture.emulator.control.purchase({
      offerId: 'teamdesk',
      planId: 'basic',
      quantity: 3,
      beneficiary: ADA,
    });
    const path = `${BASE}/${subscriptionId}/activate`;
    expect((await fixture.api('POST', path, { body: { planId: 'standard' } })).status).toBe(400);
    expect(
      (await fixture.api('POST', path, { body: { planId: 'basic', quantity: 4 } })).status,
    ).toBe(400);
  });

  test('that fails ends in Unsubscribed, with an Unsubscribe notification', async () => {
    const { control } = fixture.emulator;
    await control.updateSettings({ activationFails: true });
    const { subscriptionId } = await control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: ADA,
    });
    expect((await fixture.api('POST', `${BASE}/${subscriptionId}/activate`)).status).toBe(200);
    await control.advance(2000);
    expect(await statusOf(subscriptionId)).toBe('Unsubscribed');
    expect(actions()).toEqual(['Unsubscribe']);
    expect((await fixture.api('POST', `${BASE}/${subscriptionId}/activate`)).status).toBe(404);
  });

  test('is not needed for an auto-activated plan, whose purchase sends Subscribe', async () => {
    const { control } = fixture.emulator;
    const { subscriptionId } = await control.purchase({
      offerId: 'pulse',
      planId: 'essential',
      beneficiary: ADA,
    });
    expect(await statusOf(subscriptionId)).toBe('Subscribed');
    await control.advance(0);
    expect(fixture.receiver.received[0]?.body).toMatchObject({
      action: 'Subscribe',
      status: 'Succeeded',
      subscription: { id: subscriptionId, saasSubscriptionStatus: 'Subscribed' },
    });
  });
});

describe('time ends', () => {
  test('a purchase that is not configured within 30 days, without a notification', async () => {
    const { control } = fixture.emulator;
    const { subscriptionId } = await control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: ADA,
    });
    await control.advance(30 * DAY_MS - 1);
    expect(await statusOf(subscriptionId)).toBe('PendingFulfillmentStart');
    await control.advance(1);
    expect(await statusOf(subscriptionId)).toBe('Unsubscribed');
    expect(actions()).toEqual([]);
  });

  test('a suspension after 30 days', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.suspend(id);
    expect(await statusOf(id)).toBe('Suspended');
    await control.advance(30 * DAY_MS);
    expect(await statusOf(id)).toBe('Unsubscribed');
    expect(actions()).toEqual(['Suspend', 'Unsubscribe']);
  });

  test('a term and a free trial, with a renewal', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed({ planId: 'trial', quantity: 1 });
    const before = (await fixture.api('GET', `${BASE}/${id}`)).json;
    expect(before.isFreeTrial).toBe(true);
    await control.advance(32 * DAY_MS);
    const after = (await fixture.api('GET', `${BASE}/${id}`)).json;
    expect(after.isFreeTrial).toBe(false);
    expect(Date.parse(after.term.startDate) - Date.parse(before.term.endDate)).toBe(DAY_MS);
    expect(fixture.receiver.received[0]?.body).toMatchObject({
      action: 'Renew',
      status: 'Succeeded',
      subscription: { term: { startDate: after.term.startDate } },
    });
  });

  test('the subscription at the end of a term without renewal', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed({ autoRenew: false });
    await control.advance(32 * DAY_MS);
    expect(await statusOf(id)).toBe('Unsubscribed');
    expect(actions()).toEqual(['Unsubscribe']);
  });

  test('three years of monthly terms, all renewed in one advance', async () => {
    const { control } = fixture.emulator;
    await fixture.subscribed();
    await control.advance(3 * 365 * DAY_MS + HOUR_MS);
    expect(actions().filter((action) => action === 'Renew').length).toBeGreaterThanOrEqual(35);
    expect(new Set(actions())).toEqual(new Set(['Renew']));
  });
});

describe('who may do what', () => {
  test('a partner’s customer can only read', async () => {
    const id = await fixture.subscribed({ purchaser: SAM });
    const answer = await fixture.api('GET', `${BASE}/${id}`);
    expect(answer.json.allowedCustomerOperations).toEqual(['Read']);
    expect(answer.json.purchaser.tenantId).not.toBe(answer.json.beneficiary.tenantId);
    expect((await fixture.api('PATCH', `${BASE}/${id}`, { body: { quantity: 11 } })).status).toBe(
      400,
    );
    expect((await fixture.api('DELETE', `${BASE}/${id}`)).status).toBe(400);
  });

  test('the partner can change the subscription in the marketplace', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed({ purchaser: SAM });
    await control.changeQuantity(id, 12);
    await control.advance(10_000);
    expect((await control.subscription(id)).quantity).toBe(12);
  });

  test('private and withdrawn plans are not sold to other customers', async () => {
    const { control } = fixture.emulator;
    const order = { offerId: 'analytics', planId: 'enterprise' };
    await expect(control.purchase({ ...order, beneficiary: TARA })).rejects.toMatchObject({
      code: 'not-sold',
    });
    await expect(control.purchase({ ...order, beneficiary: ADA })).resolves.toBeDefined();
    await expect(
      control.purchase({ offerId: 'teamdesk', planId: 'legacy', beneficiary: ADA }),
    ).rejects.toMatchObject({ code: 'not-sold' });
    await expect(
      control.purchase({ offerId: 'teamdesk', planId: 'basic', quantity: 26, beneficiary: ADA }),
    ).rejects.toMatchObject({ code: 'seats-out-of-range' });
  });

  test('the available plans are those for the customer, including the current one', async () => {
    const ids = async (id: string, query = ''): Promise<string[]> => {
      const { json } = await fixture.api('GET', `${BASE}/${id}/listAvailablePlans${query}`);
      return json.plans.map((plan: { planId: string }) => plan.planId);
    };
    const forTara = await fixture.subscribed({
      offerId: 'analytics',
      planId: 'starter',
      quantity: undefined,
      beneficiary: TARA,
    });
    const forAda = await fixture.subscribed({
      offerId: 'analytics',
      planId: 'starter',
      quantity: undefined,
    });
    expect(await ids(forTara)).toEqual(['starter', 'growth', 'scale']);
    expect(await ids(forAda)).toEqual([
      'starter',
      'growth',
      'scale',
      'enterprise',
      'growth-fabrikam-2026',
    ]);
    expect(await ids(forAda, '?planId=growth')).toEqual(['growth']);
    expect(await ids(forAda, '?planId=nonsense')).toEqual([]);
    await fixture.emulator.control.cancel(forAda);
    expect((await fixture.api('GET', `${BASE}/${forAda}/listAvailablePlans`)).status).toBe(403);
  });
});

test('the list is paged, complete and without duplicates', async () => {
  const { control } = fixture.emulator;
  const empty = await fixture.api('GET', BASE);
  expect([empty.status, empty.text]).toEqual([200, '']);
  for (let bought = 0; bought < 205; bought += 1) {
    await control.purchase({ offerId: 'pulse', planId: 'starter', beneficiary: ADA });
  }
  const seen = new Set<string>();
  const sizes: number[] = [];
  let path: string | undefined = `${BASE}/`;
  while (path !== undefined) {
    const { json } = await fixture.api('GET', path);
    for (const one of json.subscriptions) seen.add(one.id);
    sizes.push(json.subscriptions.length);
    const link = json['@nextLink'] as string | undefined;
    if (link) expect(link.startsWith(fixture.emulator.marketplaceBaseUrl)).toBe(true);
    path = link?.slice(fixture.emulator.marketplaceBaseUrl.length);
  }
  expect(sizes).toEqual([100, 100, 5]);
  expect(seen.size).toBe(205);
});
