import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

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

/** A plan that no other test uses, with 10 reports a month and 100 a year, and a subscription to it. */
async function newPlan(termUnit = 'P1M') {
  const planId = `plan-${randomUUID()}`;
  const term = (unit: string, included: number) => {
    return { termUnit: unit, price: 49, description: unit, included: { reports: included } };
  };
  await fixture.control.publishPlan(
    { offerId: 'analytics', planId },
    {
      displayName: 'Tested plan',
      description: 'Published by a test.',
      terms: [term('P1M', 10), term('P1Y', 100)],
      dimensions: [reports],
    },
  );
  const id = await fixture.subscribe({ planId, termUnit });
  await until('the plan is read', async () => (await planOf(planId)).version > 0);
  return { id, planId, plan: { offerId: 'analytics', planId, dimension: 'reports' } };
}

async function planOf(planId: string) {
  const { items } = await fixture.api.catalogue.list.query({ planId });
  return items[0] ?? { version: 0, terms: [] };
}

const includedIn = async (planId: string, termUnit = 'P1M') =>
  (await planOf(planId)).terms.find((term) => term.termUnit === termUnit)?.included[0];

const put = (override: Parameters<Fixture['api']['overrides']['put']['mutate']>[0]) =>
  fixture.api.overrides.put.mutate(override);

async function bill(subscriptionId: string, quantity: number) {
  await fixture.use(subscriptionId, quantity);
  await fixture.advance(HOUR);
  return await fixture.settled(subscriptionId);
}

test("an override replaces Microsoft's included quantity, and its removal restores it", async () => {
  const { id, planId, plan } = await newPlan();
  await put({ ...plan, included: '20' });
  expect(await includedIn(planId)).toEqual({
    dimension: 'reports',
    quantity: '20',
    source: 'override',
    microsoft: '10',
  });
  expect(await bill(id, 25)).toMatchObject([{ used: '25', reported: '5' }]);

  const preview = await fixture.api.overrides.remove.mutate({ ...plan, dryRun: true });
  expect(preview).toMatchObject({ removed: false, was: { ...plan, included: '20' } });
  expect(await includedIn(planId)).toMatchObject({ source: 'override' });
  const removed = await fixture.api.overrides.remove.mutate(plan);
  expect(removed).toEqual({ removed: true, was: preview.was });
  expect(await fixture.api.overrides.remove.mutate(plan)).toEqual({ removed: false });
  expect(await includedIn(planId)).toMatchObject({ quantity: '10', source: 'microsoft' });
  // Units that were included when they were rated are not billed afterwards.
  expect(await bill(id, 1)).toMatchObject([{ used: '1', reported: '1' }, { reported: '5' }]);
});

test('ids that no subscription has are saved with a warning that names the likely one', async () => {
  const { planId, plan } = await newPlan();
  const included = '20';

  const known = await put({ ...plan, included });
  const offer = await put({ ...plan, offerId: 'analitycs', included });
  const misspelled = `${planId.slice(0, -1)}-`;
  const otherPlan = await put({ ...plan, planId: misspelled, included });
  const dimension = await put({ ...plan, dimension: 'report', included });

  expect(known).toMatchObject({ override: { ...plan, included }, warnings: [] });
  expect(offer).toMatchObject({ override: { offerId: 'analitycs' } });
  expect(offer.warnings).toEqual([
    'No subscription has the offer "analitycs" yet. Did you mean "analytics"?',
  ]);
  expect(otherPlan.warnings).toEqual([expect.stringContaining(`Did you mean "${planId}"?`)]);
  expect(dimension.warnings).toEqual([expect.stringContaining('Did you mean "reports"?')]);
  const refresh = await fixture.api.catalogue.refresh.mutate({ offerId: 'analitycs' });
  expect(refresh).toMatchObject({ plans: 0, detail: offer.warnings[0] });
});

test('the most specific override applies: own before every publisher, then the term before every term', async () => {
  const { planId, plan } = await newPlan();
  const ownPublisher = { ...plan, publisherId: 'contoso' };
  const quantity = async () => (await includedIn(planId))?.quantity;
  expect(await quantity()).toBe('10');
  await put({ ...plan, included: '1' });
  expect(await quantity()).toBe('1');
  await put({ ...plan, termUnit: 'P1M', included: '2' });
  expect(await quantity()).toBe('2');
  await put({ ...ownPublisher, included: '3' });
  expect(await quantity()).toBe('3');
  await put({ ...ownPublisher, termUnit: 'p1m', included: '4' });
  expect(await quantity()).toBe('4');
  expect((await includedIn(planId, 'P1Y'))?.quantity).toBe('3');

  await put({ ...ownPublisher, publisherId: 'northwind', included: '5' });
  expect(await quantity()).toBe('4');
});

test('setting the same override again changes nothing', async () => {
  const { planId, plan } = await newPlan();
  await put({ ...plan, included: '20' });
  const rows = async () =>
    (await fixture.store.kysely
      .selectFrom('overrides')
      .select(['included', 'since', 'until'])
      .where('planId', '=', planId)
      .orderBy('id')
      .execute()) as unknown[];
  const before = await rows();
  await fixture.advance(MINUTE);
  await put({ ...plan, included: 20 });
  await put({ ...plan, included: '20.0' });
  expect(await rows()).toEqual(before);

  await put({ ...plan, included: null });
  expect(await rows()).toMatchObject([
    { included: '20', until: fixture.now() },
    { included: null, since: fixture.now(), until: null },
  ]);
});

test('two changes of one override at the same time leave one in force', async () => {
  const { planId, plan } = await newPlan();
  const quantities = ['1', '2', '3', '4', '5'];
  await Promise.all(quantities.map((included) => put({ ...plan, included })));
  const { items } = await fixture.api.overrides.list.query({ limit: 200 });
  expect(items.filter((item) => item.planId === planId)).toHaveLength(1);
});

test('the history shows which override was in force when, even after its removal', async () => {
  const { planId, plan } = await newPlan();
  const moments = [];
  for (const included of ['20', '30']) {
    await fixture.advance(MINUTE);
    moments.push(fixture.now().toISOString());
    await put({ ...plan, included });
  }
  await fixture.advance(MINUTE);
  moments.push(fixture.now().toISOString());
  await fixture.api.overrides.remove.mutate(plan);

  const periods = await pagesOf(planId);
  expect(
    periods.map(({ terms, since }) => [
      terms.find(({ termUnit }) => termUnit === 'P1M')?.included[0]?.quantity,
      since,
    ]),
  ).toEqual([
    ['10', moments[2]],
    ['30', moments[1]],
    ['20', moments[0]],
    ['10', expect.any(String)],
  ]);
  expect(periods.map(({ until: end }) => end)).toEqual([undefined, ...moments.toReversed()]);
});

/** Every period of a plan, read in pages of one. */
async function pagesOf(planId: string) {
  const items = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.api.catalogue.history.query({
      offerId: 'analytics',
      planId,
      limit: 1,
      cursor,
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

test('usage that is held for an unknown quantity is billed as soon as an override states it', async () => {
  const oddity = (noIncludedQuantities: 'documented' | 'measured') =>
    fixture.control.updateSettings({ oddities: { noIncludedQuantities } });
  await oddity('measured');
  try {
    const { id, plan } = await newPlan();
    await fixture.use(id, 25);
    await fixture.advance(HOUR);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId: id })).toMatchObject([
      { reported: '0', problem: 'included-unknown' },
    ]);

    await put({ ...plan, included: '0' });
    expect(await fixture.settled(id)).toMatchObject([{ reported: '25', status: 'Accepted' }]);
  } finally {
    await oddity('documented');
  }
});

test('overrides are listed in pages, those of every publisher first', async () => {
  const offerId = `offer-${randomUUID()}`;
  const own = { offerId, planId: 'p', dimension: 'd' };
  await put({ ...own, included: '1', publisherId: 'northwind' });
  await put({ ...own, included: null });
  await put({ ...own, included: '2', termUnit: 'P1Y' });
  const found = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.api.overrides.list.query({ limit: 1, cursor });
    found.push(...page.items.filter((item) => item.offerId === offerId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const since = fixture.now().toISOString();
  expect(found).toEqual([
    { ...own, included: null, since },
    { ...own, termUnit: 'P1Y', included: '2', since },
    { ...own, publisherId: 'northwind', included: '1', since },
  ]);
});

test('an override of a preview offer applies to the offer itself', async () => {
  const { planId, plan } = await newPlan();
  await put({ ...plan, offerId: 'analytics-preview', included: '7' });
  expect(await includedIn(planId)).toMatchObject({ quantity: '7', source: 'override' });
});

test('an included quantity with more digits than are counted is refused', async () => {
  const error = await put({
    offerId: 'analytics',
    planId: 'starter',
    dimension: 'reports',
    included: 1e-13,
  }).catch((caught: unknown) => errorDetails(caught));
  expect(error).toMatchObject({ rejection: 'override.invalid' });
});
