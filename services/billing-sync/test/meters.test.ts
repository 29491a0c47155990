import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { HOUR, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture({ included: 'by-microsoft' });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const ids = ['calls', 'calls-tier1', 'calls-tier2'];
const dimensions = ids.map((id) => {
  return { id, displayName: id, unitOfMeasure: 'call', pricePerUnit: 0.4 };
});

/** A plan that no other test uses, whose second tier includes 5 units, and a subscription to it. */
async function newPlan() {
  const planId = `plan-${randomUUID()}`;
  await fixture.control.publishPlan(
    { offerId: 'analytics', planId },
    {
      displayName: 'Tested plan',
      description: 'Published by a test.',
      terms: [
        {
          termUnit: 'P1M',
          price: 49,
          description: 'One month',
          included: { 'calls-tier2': 5 },
        },
      ],
      dimensions,
    },
  );
  const id = await fixture.subscribe({ planId });
  await until('the plan is read', async () => {
    const { items } = await fixture.api.catalogue.list.query({ planId });
    return items[0] !== undefined && items[0].version > 0;
  });
  return { id, plan: { offerId: 'analytics', planId, meter: 'calls' } };
}

const tiers = [
  { from: '10', dimension: 'calls-tier1' },
  { from: '30', dimension: 'calls-tier2' },
];

type Meter = Parameters<Fixture['api']['meters']['put']['mutate']>[0];

const put = (meter: Meter) => fixture.api.meters.put.mutate(meter);

const refusalOf = (meter: Meter) =>
  put(meter).then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );

/** Reported units by dimension, once every hour of the subscription has its outcome. */
async function bill(subscriptionId: string, quantity: number) {
  await fixture.use(subscriptionId, quantity, { dimension: 'calls' });
  await fixture.advance(HOUR);
  const hours = await fixture.settled(subscriptionId);
  return Object.fromEntries(
    Map.groupBy(hours, ({ dimension }) => dimension)
      .entries()
      .map(([dimension, rows]) => [
        dimension,
        rows.reduce((sum, { reported }) => sum + Number(reported), 0),
      ]),
  );
}

test("a meter's usage of the term is spread over the dimensions of its tiers", async () => {
  const { id, plan } = await newPlan();
  await put({ ...plan, tiers });
  expect(await bill(id, 25)).toMatchObject({ 'calls-tier1': 15 });
  // 45 used: 10 free, 20 in the first tier, 15 in the second, which includes 5.
  expect(await bill(id, 20)).toMatchObject({ 'calls-tier1': 20, 'calls-tier2': 10 });
});

test('after its removal, usage counts for the dimension of that name', async () => {
  const { id, plan } = await newPlan();
  await put({ ...plan, tiers });
  expect(await fixture.api.meters.remove.mutate(plan)).toMatchObject({ removed: true });
  expect(await fixture.api.meters.remove.mutate(plan)).toEqual({ removed: false });
  expect(await bill(id, 7)).toEqual({ calls: 7 });
});

test("a publisher's own meter wins over the one of every publisher", async () => {
  const { id, plan } = await newPlan();
  await put({ ...plan, tiers: [{ from: '0', dimension: 'calls' }], publisherId: 'contoso' });
  await put({ ...plan, tiers });
  expect(await bill(id, 25)).toEqual({ calls: 25 });
});

test('thresholds that do not rise, and unreadable ones, are refused', async () => {
  const { plan } = await newPlan();
  expect(await refusalOf({ ...plan, tiers: tiers.toReversed() })).toBe('meter.invalid');
  const equal = tiers.map((tier) => ({ ...tier, from: '10.0' }));
  expect(await refusalOf({ ...plan, tiers: equal })).toBe('meter.invalid');
  const long = [{ from: 1e-13, dimension: 'calls-tier1' }];
  expect(await refusalOf({ ...plan, tiers: long })).toBe('meter.invalid');
});

test('a tier for a dimension that the plan does not have is refused; for a plan that is not known it is taken', async () => {
  const { plan } = await newPlan();
  const unknown = [{ from: '0', dimension: 'Calls' }];
  expect(await refusalOf({ ...plan, tiers: unknown })).toBe('catalogue.dimension-unknown');
  expect(await refusalOf({ ...plan, planId: randomUUID(), tiers: unknown })).toBeUndefined();
});

test('meters are listed in pages, and setting one again unchanged changes nothing', async () => {
  const own = { offerId: `offer-${randomUUID()}`, planId: 'p', meter: 'calls' };
  await put({ ...own, tiers });
  await put({ ...own, tiers, publisherId: 'contoso' });
  const since = fixture.now().toISOString();
  await fixture.advance(1000);
  await put({ ...own, tiers: tiers.map((tier) => ({ ...tier, from: Number(tier.from) })) });

  const found = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.api.meters.list.query({ limit: 1, cursor });
    found.push(...page.items.filter(({ offerId }) => offerId === own.offerId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(found).toEqual([
    { ...own, tiers, since },
    { ...own, publisherId: 'contoso', tiers, since },
  ]);
});
