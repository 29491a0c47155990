import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.control.clearFaults());

const keptBy = async (subscriptionId: string) =>
  (await fixture.control.usage()).filter((event) => event.resourceId === subscriptionId);

const answerRows = (rowStatus: string, of: object) =>
  fixture.control.addFault({ endpoint: 'batchUsageEvent', rowStatus, ...of });

/** An hour that Microsoft has refused once. */
async function refused(status = 'BadArgument', quantity = '3') {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, quantity, { agoMs: HOUR });
  await answerRows(status, { subscriptionId, count: 1 });
  await fixture.advance(5 * MINUTE);
  const [hour] = await fixture.settled(subscriptionId);
  expect(hour).toMatchObject({ state: 'refused', status });
  return { subscriptionId, dimension: 'reports', hour: hour!.hour };
}

type Key = Awaited<ReturnType<typeof refused>>;
const resend = (key: Key, reason = 'the plan was corrected') =>
  fixture.api.usage.resend.mutate({ ...key, reason });

const settledWhen = (subscriptionId: string) =>
  fixture.hoursWhen({ subscriptionId, state: 'settled' }, ([hour]) => hour !== undefined);

describe('a refused hour that a person sends again', () => {
  test('is sent once, with its quantity, and keeps the reason', async () => {
    const key = await refused();
    const midHour = new Date(Date.parse(key.hour) + 40 * MINUTE).toISOString();
    const { expiresAt } = await resend({
      ...key,
      subscriptionId: key.subscriptionId.toUpperCase(),
      hour: midHour,
    });
    const [settled] = await settledWhen(key.subscriptionId);
    expect(settled).toMatchObject({
      state: 'settled',
      billed: '3',
      attempts: 2,
      resentBecause: 'the plan was corrected',
    });
    expect(settled).not.toHaveProperty('problem');
    expect(Date.parse(expiresAt)).toBeGreaterThan(fixture.now().getTime() + 22 * HOUR);
    expect(await keptBy(key.subscriptionId)).toMatchObject([{ quantity: '3' }]);
  });

  test('does not get usage that was reported after the first call', async () => {
    const key = await refused();
    await fixture.use(key.subscriptionId, '4', { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.rounds();
    await resend(key);
    const [settled] = await settledWhen(key.subscriptionId);
    expect(settled).toMatchObject({ hour: key.hour, used: '7', reported: '3', billed: '3' });
  });

  test('must exist, be refused, and be young enough', async () => {
    const rejection = async (key: Key) =>
      resend(key).then(
        () => undefined,
        (error: { data?: { rejection?: string } }) => error.data?.rejection,
      );
    const key = await refused();
    expect(await rejection({ ...key, dimension: 'Reports' })).toBe('usage.hour-not-found');
    const other = new Date(Date.parse(key.hour) - HOUR).toISOString();
    expect(await rejection({ ...key, hour: other })).toBe('usage.hour-not-found');
    const sent = await refused();
    await resend(sent);
    await settledWhen(sent.subscriptionId);
    expect(await rejection(sent)).toBe('usage.not-refused');
    await fixture.advance(24 * HOUR);
    expect(await rejection(key)).toBe('usage.too-old');
  });

  test('must not be one for which Microsoft has another quantity', async () => {
    const subscriptionId = await fixture.subscribe();
    await fixture.use(subscriptionId, '8', { agoMs: HOUR });
    const event = { resourceId: subscriptionId, dimension: 'reports', planId: 'starter' };
    const effectiveStartTime = new Date(fixture.now().getTime() - HOUR);
    await fixture.marketplace.metering.postUsageEvent(
      { ...event, quantity: '5', effectiveStartTime },
      {},
    );
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.hoursWhen({ subscriptionId, state: 'refused' }, ([one]) => !!one);
    const key = { subscriptionId, dimension: 'reports', hour: hour!.hour };
    await expect(resend(key)).rejects.toMatchObject({ data: { rejection: 'usage.not-refused' } });
  });
});

describe('a cure', () => {
  test.each(['ResourceNotFound', 'BadArgument', 'InvalidDimension'])(
    'by a fact of the subscription sends an hour with %s again, once',
    async (status) => {
      const subscriptionId = await fixture.subscribe({ planId: 'growth' });
      await fixture.control.addFault({ endpoint: 'plans', status: 503, body: {} });
      await fixture.use(subscriptionId, '3', { agoMs: HOUR });
      // Without Microsoft's plan, an invalid dimension is refused.
      await fixture.store.kysely.deleteFrom('cataloguePlans').execute();
      await answerRows(status, { subscriptionId, count: 2 });
      await fixture.advance(5 * MINUTE);
      await fixture.hoursWhen(
        { subscriptionId, state: 'refused' },
        ([hour]) => hour?.status === status && hour.attempts === 1,
      );
      await fixture.rounds();

      await fixture.deliver('quantityChanged', { id: subscriptionId });
      await fixture.hoursWhen(
        { subscriptionId, state: 'refused' },
        ([hour]) => hour?.attempts === 2,
      );
      await fixture.rounds();
      expect(await fixture.hours({ subscriptionId })).toMatchObject([{ attempts: 2 }]);

      await fixture.deliver('quantityChanged', { id: subscriptionId });
      expect(await settledWhen(subscriptionId)).toMatchObject([{ billed: '3', attempts: 3 }]);
    },
  );

  test('by a fact about the subscription sends nothing that it cannot cure, and nothing that is too old', async () => {
    const { subscriptionId } = await refused('InvalidQuantity');
    await fixture.deliver('quantityChanged', { id: subscriptionId });
    const old = await refused('BadArgument');
    await fixture.advance(24 * HOUR);
    await fixture.deliver('quantityChanged', { id: old.subscriptionId });
    await fixture.rounds();
    for (const id of [subscriptionId, old.subscriptionId]) {
      expect(await fixture.hours({ subscriptionId: id })).toMatchObject([
        { state: 'refused', attempts: 1 },
      ]);
    }
  });

  test('by a reading of the plan sends hours of the dimensions that the plan has now', async () => {
    const plan = { offerId: 'analytics', planId: 'just-published' };
    await fixture.control.publishPlan(plan, {
      displayName: 'Just published',
      description: 'A plan that Landfall cannot read yet.',
      terms: [{ termUnit: 'P1M', price: 0, description: 'Free' }],
      dimensions: [
        { id: 'reports', displayName: 'Reports', unitOfMeasure: 'report', pricePerUnit: 1 },
      ],
    });
    await fixture.control.addFault({ endpoint: 'plans', status: 403, body: {} });
    const subscriptionId = await fixture.subscribe({ planId: plan.planId });
    for (const dimension of ['reports', 'not-in-the-plan']) {
      await fixture.setIncluded({ ...plan, dimension, included: 0 });
      await fixture.use(subscriptionId, '3', { dimension, agoMs: HOUR });
    }
    await answerRows('InvalidDimension', { subscriptionId, count: 2 });
    await fixture.advance(5 * MINUTE);
    await fixture.hoursWhen({ subscriptionId, state: 'refused' }, (hours) => hours.length === 2);
    await fixture.api.overrides.remove.mutate({ ...plan, dimension: 'not-in-the-plan' });

    await fixture.untilPlansTried();
    await fixture.control.clearFaults();
    await fixture.advance(2 * HOUR);

    expect(await settledWhen(subscriptionId)).toMatchObject([{ dimension: 'reports' }]);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId, state: 'refused' })).toMatchObject([
      { dimension: 'not-in-the-plan', attempts: 1 },
    ]);
  });
});
