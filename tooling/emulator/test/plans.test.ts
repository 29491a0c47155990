import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../src/market/constants.ts';
import { ADA, startFixture, TARA, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const analytics = (planId: string) =>
  fixture.subscribed({ offerId: 'analytics', planId, quantity: undefined });

// oxlint-disable-next-line typescript/no-explicit-any -- the test names the fields it expects
async function plan(id: string, planId: string): Promise<any> {
  const path = `/saas/subscriptions/${id}/listAvailablePlans?planId=${planId}`;
  return (await fixture.api('GET', path)).json.plans[0];
}

async function included(id: string, planId: string, term = 0): Promise<Record<string, string>> {
  const { planComponents } = await plan(id, planId);
  const listed = planComponents.recurrentBillingTerms[term].meteredQuantityIncluded;
  return Object.fromEntries(
    listed.map((one: { dimensionId: string; units: string }) => [one.dimensionId, one.units]),
  );
}

async function use(id: string, planId: string, dimension: string): Promise<unknown> {
  const now = Date.parse((await fixture.emulator.control.clock()).now);
  const effectiveStartTime = new Date(now).toISOString();
  const row = { resourceId: id, quantity: 1, dimension, effectiveStartTime, planId };
  const answer = await fixture.api('POST', '/batchUsageEvent', { body: { request: [row] } });
  return answer.json.result[0].status;
}

test('a customised plan belongs to one customer, and names the private offer through which it was bought', async () => {
  const { control } = fixture.emulator;
  const order = { offerId: 'analytics', planId: 'growth-fabrikam-2026' };
  await expect(control.purchase({ ...order, beneficiary: TARA })).rejects.toMatchObject({
    code: 'not-sold',
  });
  const id = await analytics('growth-fabrikam-2026');
  const custom = await plan(id, 'growth-fabrikam-2026');
  expect(custom).toMatchObject({
    isPrivate: true,
    sourceOffers: [{ externalId: expect.any(String) }],
  });
  expect((await plan(id, 'growth')).sourceOffers).toBeUndefined();
  expect(await included(id, 'growth-fabrikam-2026')).not.toEqual(await included(id, 'growth'));
  expect(await included(id, 'growth-fabrikam-2026', 1)).toEqual({
    reports: '30000',
    'api-calls': '480',
  });
});

test('each dimension of a plan has an included quantity: a number, nothing or unlimited', async () => {
  const id = await analytics('scale');
  expect(await included(id, 'scale')).toEqual({
    reports: 'Unlimited',
    'api-calls': '0',
    'api-calls-tier1': '0',
    'api-calls-tier2': '0',
  });
});

test('a dimension that is not enabled for a plan is not listed, and its usage is refused', async () => {
  const id = await fixture.subscribed({
    offerId: 'analytics',
    planId: 'enterprise',
    quantity: undefined,
  });
  expect(await included(id, 'enterprise')).toEqual({ reports: '1000000' });
  expect(await use(id, 'enterprise', 'api-calls')).toBe('InvalidDimension');
});

test('a published change of a plan is visible at once, and leaves its other fields alone', async () => {
  const { control } = fixture.emulator;
  const id = await analytics('starter');
  const terms = [
    { termUnit: 'P1M', price: 59, description: 'One month', included: { reports: 70 } },
  ];
  const at = { offerId: 'analytics', planId: 'starter' };
  expect(await control.publishPlan(at, { terms })).toMatchObject({ displayName: 'Starter', terms });
  expect(await included(id, 'starter')).toEqual({ reports: '70', 'api-calls': '0' });
  await control.publishPlan(at, { displayName: 'Starter 2' });
  expect(await included(id, 'starter')).toEqual({ reports: '70', 'api-calls': '0' });
  await control.reset();
  const offers = await control.offers();
  expect(offers[0]?.plans[0]).toMatchObject({ displayName: 'Starter', terms: [{ price: 49 }] });
});

test('usage of a dimension is accepted as soon as the plan has it', async () => {
  const { control } = fixture.emulator;
  const id = await analytics('starter');
  await control.advance(HOUR_MS);
  expect(await use(id, 'starter', 'exports')).toBe('InvalidDimension');
  const exports = {
    id: 'exports',
    displayName: 'Exports',
    unitOfMeasure: 'file',
    pricePerUnit: 0.5,
  };
  const at = { offerId: 'analytics', planId: 'starter' };
  await control.publishPlan(at, { dimensions: [exports] });
  expect(await use(id, 'starter', 'exports')).toBe('Accepted');
  expect(await use(id, 'starter', 'reports')).toBe('InvalidDimension');
});

test('a new plan can be listed, bought and changed to', async () => {
  const { control } = fixture.emulator;
  const id = await analytics('starter');
  const terms = [{ termUnit: 'P1M', price: 5, description: 'One month' }];
  const at = { offerId: 'analytics', planId: 'micro' };
  await expect(control.publishPlan(at, { terms })).rejects.toMatchObject({ code: 'invalid' });
  const elsewhere = { offerId: 'nothing', planId: 'micro' };
  const whole = { displayName: 'Micro', description: 'Small.', terms };
  await expect(control.publishPlan(elsewhere, whole)).rejects.toMatchObject({ code: 'unknown' });
  await control.publishPlan(at, whole);
  expect(await plan(id, 'micro')).toMatchObject({ displayName: 'Micro' });
  await control.purchase({ ...at, beneficiary: ADA });
  await control.changePlan(id, 'micro');
  await control.advance(10_000);
  expect((await control.subscription(id)).planId).toBe('micro');
});

test('the storefront shows the dimensions of each plan with price and included quantities', async () => {
  const { control, url } = fixture.emulator;
  const shown = async (): Promise<string> =>
    (await (await fetch(url)).text()).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  const text = await shown();
  expect(text).toContain(
    'Reports rendered: 1,000 / month or 12,000 / year included, then US$0.05 per report',
  );
  expect(text).toContain('Reports rendered: unlimited');
  const terms = [{ termUnit: 'P1M', price: 5, description: 'One month' }];
  const micro = { displayName: 'Micro', description: 'Small.', terms };
  await control.publishPlan({ offerId: 'analytics', planId: 'micro' }, micro);
  expect(await shown()).toContain('Micro');
});
