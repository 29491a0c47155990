import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

const DAY = 24 * HOUR;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture({ included: 'by-microsoft' });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const reports = {
  id: 'reports',
  displayName: 'Reports rendered',
  unitOfMeasure: 'report',
  pricePerUnit: 0.05,
};

const monthly = (included: Record<string, number | 'unlimited'>) => [
  { termUnit: 'P1M', price: 49, description: 'One month', included },
];

type Change = Parameters<Fixture['control']['publishPlan']>[1];

/** A plan that no other test uses. */
async function newPlan(change: Change = {}): Promise<string> {
  const planId = `plan-${randomUUID()}`;
  await publish(planId, {
    displayName: 'Tested plan',
    description: 'Published by a test.',
    terms: monthly({ reports: 10 }),
    dimensions: [reports],
    ...change,
  });
  return planId;
}

const publish = (planId: string, change: Change) =>
  fixture.control.publishPlan({ offerId: 'analytics', planId }, change);

const listed = async (planId: string) =>
  (await fixture.api.catalogue.list.query({ offerId: 'analytics', planId })).items;

/** The only market of a plan, once it is as wanted. */
const planWhen = (
  planId: string,
  isWanted: (plan: Awaited<ReturnType<typeof listed>>[number]) => boolean,
) =>
  until(`the plan ${planId} is as wanted`, async () => {
    const [plan] = await listed(planId);
    return plan && isWanted(plan) && plan;
  });

const isRead = ({ version }: { readonly version: number }) => version > 0;

const buy = (planId: string, termUnit = 'P1M') => fixture.subscribe({ planId, termUnit });

/** Uses a quantity and waits until the hour has its outcome. */
async function bill(subscriptionId: string, quantity: number) {
  await fixture.use(subscriptionId, quantity);
  await fixture.advance(HOUR);
  return await fixture.settled(subscriptionId);
}

const includedIn = (plan: Awaited<ReturnType<typeof listed>>[number], termUnit = 'P1M') =>
  plan.terms.find((term) => term.termUnit === termUnit)?.included;

async function withFault<T>(
  fault: Parameters<Fixture['control']['addFault']>[0],
  fn: () => Promise<T>,
): Promise<T> {
  const { id } = await fixture.control.addFault(fault);
  try {
    return await fn();
  } finally {
    await fixture.control.removeFault(id);
  }
}

test('a plan is shown with its terms, prices, dimensions and included quantities, in its market', async () => {
  await buy('growth');
  const plan = await planWhen('growth', isRead);
  expect(plan).toMatchObject({
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'growth',
    market: 'US',
    displayName: 'Growth',
    isPrivate: false,
    version: 1,
    dimensions: [
      { id: 'api-calls', unitPrice: '0.4', currency: 'USD' },
      { id: 'reports', displayName: 'Reports rendered', unitPrice: '0.05', currency: 'USD' },
    ],
  });
  expect(includedIn(plan, 'P1M')).toContainEqual(
    expect.objectContaining({ dimension: 'reports', quantity: '1000', source: 'microsoft' }),
  );
  expect(includedIn(plan, 'P1Y')).toContainEqual(
    expect.objectContaining({ dimension: 'reports', quantity: '12000', source: 'microsoft' }),
  );
  expect(plan.problem).toBeUndefined();
});

test('a monthly and a yearly term of one plan each include their own quantity', async () => {
  const month = await buy('growth', 'P1M');
  const year = await buy('growth', 'P1Y');
  await fixture.use(month, 1005);
  await fixture.use(year, 1005);
  await fixture.advance(HOUR);
  expect(await fixture.settled(month)).toMatchObject([{ used: '1005', reported: '5' }]);
  expect(await fixture.settled(year)).toMatchObject([{ used: '1005', reported: '0' }]);
});

test('usage of an unlimited dimension is counted and never reported', async () => {
  const planId = await newPlan({ terms: monthly({ reports: 'unlimited' }) });
  const id = await buy(planId);
  expect(includedIn(await planWhen(planId, isRead))).toMatchObject([
    { dimension: 'reports', quantity: null, source: 'microsoft' },
  ]);
  expect(await bill(id, 1_000_000)).toMatchObject([{ used: '1000000', reported: '0' }]);
});

test('a private plan appears with its purchase, and usage that waited for it is billed', async () => {
  const away = { endpoint: 'plans', status: 503, body: {} } as const;
  const { planId, id } = await withFault(away, async () => {
    const { tenantId } = fixture.emulator.identities.people[0]!;
    const privately = await newPlan({ privateTo: [tenantId] });
    const bought = await buy(privately);
    const { results } = await fixture.use(bought, 25);
    expect(results).toMatchObject([{ outcome: 'taken' }]);
    await fixture.advance(HOUR);
    await planWhen(privately, ({ problem }) => problem === 'marketplace.unavailable');
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId: bought })).toMatchObject([
      { reported: '0', problem: 'included-unknown' },
    ]);
    await fixture.untilPlansTried();
    return { planId: privately, id: bought };
  });

  await fixture.advance(HOUR);
  expect(await planWhen(planId, isRead)).toMatchObject({ isPrivate: true });
  expect(await fixture.settled(id)).toMatchObject([
    { used: '25', reported: '15', status: 'Accepted' },
  ]);
});

test('while Microsoft does not state an included quantity, usage is held; once it does, it is billed', async () => {
  const set = (noIncludedQuantities: 'documented' | 'measured') =>
    fixture.control.updateSettings({ oddities: { noIncludedQuantities } });
  await set('measured');
  const planId = await newPlan();
  const id = await buy(planId);
  try {
    const [included] = includedIn(await planWhen(planId, isRead)) ?? [];
    expect(included).toEqual({ dimension: 'reports' });
    await fixture.use(id, 25);
    await fixture.advance(HOUR);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId: id })).toMatchObject([
      { reported: '0', problem: 'included-unknown' },
    ]);
  } finally {
    await set('documented');
  }

  await fixture.api.catalogue.refresh.mutate({ offerId: 'analytics', planId });
  expect(await fixture.settled(id)).toMatchObject([{ reported: '15', status: 'Accepted' }]);
});

test('a new version applies to usage that is rated after it, and the history has both', async () => {
  const planId = await newPlan();
  const id = await buy(planId);
  await planWhen(planId, isRead);
  expect(await bill(id, 15)).toMatchObject([{ reported: '5' }]);

  await publish(planId, { terms: monthly({ reports: 20 }) });
  const { plans } = await fixture.api.catalogue.refresh.mutate({ offerId: 'analytics', planId });
  expect(plans).toBe(1);
  await planWhen(planId, ({ version }) => version === 2);
  // 28 used, 20 included and 5 reported already.
  expect(await bill(id, 13)).toMatchObject([{ used: '13', reported: '3' }, { reported: '5' }]);

  const { items } = await fixture.api.catalogue.history.query({ offerId: 'analytics', planId });
  expect(items.map((item) => [item.version, includedIn(item)?.[0]?.quantity])).toEqual([
    [2, '20'],
    [1, '10'],
  ]);
  expect(items[1]?.until).toBe(items[0]?.since);
  expect(items[0]?.until).toBeUndefined();
});

test('a reading without a difference creates no new version', async () => {
  const planId = await newPlan();
  await buy(planId);
  const first = await planWhen(planId, isRead);
  await publish(planId, { terms: monthly({ reports: 10 }) });
  await fixture.advance(MINUTE);
  await fixture.api.catalogue.refresh.mutate({ planId });
  const again = await planWhen(planId, ({ readAt }) => readAt !== first.readAt);
  expect(again).toEqual({ ...first, readAt: again.readAt });
});

test('prices of several markets are kept apart', async () => {
  const planId = await newPlan();
  await buy(planId);
  await planWhen(planId, isRead);
  const german = {
    planId,
    displayName: 'Tested plan',
    market: 'DE',
    planComponents: {
      recurrentBillingTerms: [
        {
          termUnit: 'P1M',
          price: 45,
          currency: 'EUR',
          meteredQuantityIncluded: [{ dimensionId: 'reports', units: '10' }],
        },
      ],
      meteringDimensions: [{ id: 'reports', pricePerUnit: 0.04, currency: 'EUR' }],
    },
  };
  const body = { plans: [german] };
  await withFault({ endpoint: 'plans', status: 200, body }, async () => {
    await fixture.api.catalogue.refresh.mutate({ planId });
    const markets = await until('both markets are listed', async () => {
      const found = await listed(planId);
      return found.length === 2 && found;
    });
    expect(markets).toMatchObject([
      { market: 'DE', terms: [{ price: '45', currency: 'EUR' }], version: 1 },
      { market: 'US', terms: [{ price: '49', currency: 'USD' }], version: 1 },
    ]);
  });
});

test('a plan that Microsoft refuses to show for one subscription is read through another one', async () => {
  const planId = await newPlan();
  const fault = { endpoint: 'plans', status: 403, body: {} } as const;
  const first = await withFault(fault, async () => {
    const id = await buy(planId);
    await planWhen(planId, ({ problem }) => problem === 'marketplace.not-authorized');
    return id;
  });
  await withFault({ ...fault, subscriptionId: first }, async () => {
    await buy(planId);
    const plan = await planWhen(planId, isRead);
    expect(plan.problem).toBeUndefined();
  });
});

test('one answer updates every plan that it lists', async () => {
  const [first, second] = [await newPlan(), await newPlan()];
  await buy(first);
  await planWhen(first, isRead);
  expect(await listed(second)).toMatchObject([{ version: 1, terms: [{ termUnit: 'P1M' }] }]);
});

test('the plan of an ended subscription stays, without a problem', async () => {
  const planId = await newPlan();
  const id = await buy(planId);
  const before = await planWhen(planId, isRead);
  await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
  await fixture.advance(DAY + MINUTE);
  await until('the plan is not due', async () => {
    const due = await fixture.store.kysely
      .selectFrom('catalogueReadings')
      .select('planId')
      .where('planId', '=', planId)
      .where('nextAt', '<=', fixture.now())
      .execute();
    return due.length === 0;
  });
  expect(await listed(planId)).toMatchObject([{ version: before.version, terms: before.terms }]);
  expect((await listed(planId))[0]?.problem).toBeUndefined();
});
