import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { firingAlerts } from './firing-alerts.ts';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

type Put = Parameters<Fixture['api']['recurring']['put']['mutate']>[0];

async function put(over: Partial<Put>): Promise<string> {
  const charge = { dimension: 'reports', quantity: '2.5', every: 'hour', label: 'Base' } as const;
  return (await fixture.api.recurring.put.mutate({ ...charge, ...over })).id;
}

async function outcomes(id: string, atLeast: number): Promise<string[]> {
  return await until(`${atLeast} runs`, async () => {
    const { items } = await fixture.api.recurring.runs.query({ id, limit: 200 });
    return items.length >= atLeast && items.map(({ outcome }) => outcome);
  });
}

test('Microsoft gets a recurring quantity once, with two instances and after a restart', async () => {
  const subscriptionId = await fixture.subscribe();
  const id = await put({ offerId: 'analytics', planId: 'starter' });
  await using _second = await fixture.startService();
  expect(await outcomes(id, 1)).toEqual(['taken']);
  await fixture.stopService();
  await fixture.advance(2 * HOUR);
  expect(await outcomes(id, 3)).toEqual(['taken', 'taken', 'taken']);
  await fixture.api.recurring.remove.mutate({ id });
  await fixture.advance(2 * HOUR);
  const hours = await fixture.settled(subscriptionId);

  expect(hours).toHaveLength(3);
  for (const hour of hours) {
    expect(hour).toMatchObject({ status: 'Accepted', reported: '2.5', billed: '2.5' });
  }
});

test('a quantity of a plan counts for a subscription whose activation became known later', async () => {
  const known = await fixture.subscribe();
  const id = await put({ offerId: 'analytics', planId: 'starter' });
  await outcomes(id, 1);
  await fixture.advance(2 * HOUR);
  await outcomes(id, 3);

  const late = await fixture.subscribe({ agoMs: 65 * MINUTE });

  const { items } = await until('the missing runs', async () => {
    const page = await fixture.api.recurring.runs.query({ id, limit: 200 });
    return page.items.length >= 5 && page;
  });
  const runsOf = (one: string) => items.filter(({ subscriptionId }) => subscriptionId === one);
  expect(runsOf(known)).toHaveLength(3);
  expect(runsOf(late).map(({ outcome }) => outcome)).toEqual(['taken', 'taken']);
  await fixture.api.recurring.remove.mutate({ id });
  await fixture.advance(2 * HOUR);
  expect(await fixture.settled(late)).toMatchObject([{ billed: '2.5' }, { billed: '2.5' }]);
});

test('a renewal reports the quantity of its term', async () => {
  const subscriptionId = await fixture.subscribe();
  const id = await put({ subscriptionId, every: 'term' });
  await fixture.advance(5 * MINUTE);
  const term = { startDate: fixture.now().toISOString() };
  await fixture.deliver('renewed', { id: subscriptionId, term });
  await fixture.advance(2 * MINUTE);
  expect(await outcomes(id, 1)).toEqual(['taken']);
  await fixture.advance(2 * HOUR);

  expect(await fixture.settled(subscriptionId)).toMatchObject([{ billed: '2.5' }]);
});

test('an alert reports missed runs, and ends after two days', async () => {
  const subscriptionId = await fixture.subscribe();
  const id = await put({ subscriptionId });
  await outcomes(id, 1);
  expect(await firingAlerts(fixture)).not.toContain('RecurringRunsFailed');
  await fixture.stopService();
  await fixture.advance(26 * HOUR);
  await using _restarted = await fixture.startService();
  expect(await outcomes(id, 27)).toContain('missed');
  expect(await firingAlerts(fixture)).toContain('RecurringRunsFailed');

  await fixture.api.recurring.remove.mutate({ id });
  await fixture.advance(48 * HOUR);
  expect(await firingAlerts(fixture)).not.toContain('RecurringRunsFailed');
});
