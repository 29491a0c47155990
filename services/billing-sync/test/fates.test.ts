import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { usageSettledFact } from '@landfall/contracts/subjects';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.control.clearFaults());

/** Usage of the last hour, due after a few minutes. */
async function lastHour(quantity = 3): Promise<string> {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, quantity, { agoMs: HOUR });
  return subscriptionId;
}

const keptBy = async (subscriptionId: string) =>
  (await fixture.control.usage()).filter((event) => event.resourceId === subscriptionId);

const post = async (subscriptionId: string, quantity: number) =>
  fixture.marketplace.metering.postUsageEvent(
    {
      resourceId: subscriptionId,
      dimension: 'reports',
      planId: 'starter',
      quantity,
      effectiveStartTime: new Date(fixture.now().getTime() - HOUR),
    },
    {},
  );

const notes = (subscriptionId: string) =>
  fixture.store.kysely
    .selectFrom('adjustments')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .execute();

describe("Microsoft's answer for a row", () => {
  test.each([
    ['ResourceNotFound'],
    ['ResourceNotAuthorized'],
    ['InvalidDimension'],
    ['InvalidQuantity'],
    ['BadArgument'],
  ])('%s is final and visible, and the row is not sent again', async (rowStatus) => {
    const subscriptionId = await lastHour();
    await fixture.control.addFault({ endpoint: 'batchUsageEvent', rowStatus, count: 1 });
    await fixture.advance(5 * MINUTE);
    const refused = { state: 'refused', status: rowStatus, problem: 'refused', attempts: 1 };
    expect(await fixture.settled(subscriptionId)).toMatchObject([refused]);
    await fixture.advance(2 * HOUR);
    await fixture.rounds();
    expect(await fixture.hours({ subscriptionId })).toMatchObject([refused]);
    expect(await keptBy(subscriptionId)).toEqual([]);
  });

  test.each([['Error'], ['SomethingNew']])('%s is sent again later', async (rowStatus) => {
    const subscriptionId = await lastHour();
    await fixture.control.addFault({ endpoint: 'batchUsageEvent', rowStatus, count: 1 });
    await fixture.advance(5 * MINUTE);
    await fixture.hoursWhen(
      { subscriptionId },
      ([hour]) => hour?.state === 'closed' && hour.status === rowStatus,
    );
    await fixture.advance(MINUTE);
    const settled = { state: 'settled', status: 'Accepted', attempts: 2 };
    expect(await fixture.settled(subscriptionId)).toMatchObject([settled]);
  });

  test('Expired is written off, with an adjustment', async () => {
    const subscriptionId = await lastHour();
    await fixture.control.addFault({ endpoint: 'batchUsageEvent', rowStatus: 'Expired', count: 1 });
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    expect(hour).toMatchObject({ state: 'writtenOff', status: 'Expired', problem: 'expired' });
    expect(await notes(subscriptionId)).toMatchObject([{ toHour: null, quantity: '3' }]);
  });

  test('Duplicate with our quantity is a success', async () => {
    const subscriptionId = await lastHour(0.1 + 0.2);
    const { usageEventId } = await post(subscriptionId, 0.3);
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    expect(hour).toMatchObject({ state: 'settled', status: 'Duplicate', usageEventId });
    expect(await keptBy(subscriptionId)).toHaveLength(1);
  });

  test('Duplicate with a smaller quantity is logged as an error, and the difference goes into a later hour', async () => {
    const subscriptionId = await lastHour(8);
    await post(subscriptionId, 5);
    await fixture.advance(5 * MINUTE);
    const incident = { state: 'refused', status: 'Duplicate', problem: 'quantity-mismatch' };
    await fixture.hoursWhen({ subscriptionId, state: 'refused' }, ([hour]) => hour !== undefined);
    expect(await notes(subscriptionId)).toMatchObject([
      { reason: 'quantity-mismatch', quantity: '3' },
    ]);
    await fixture.advance(HOUR + 5 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([
      { state: 'settled', used: 0, reported: 3 },
      { ...incident, reported: 8 },
    ]);
    expect((await keptBy(subscriptionId)).map((event) => event.quantity)).toEqual([5, 3]);
  });

  test('Duplicate with a larger quantity is logged as an error, and nothing else is sent', async () => {
    const subscriptionId = await lastHour(5);
    await post(subscriptionId, 8);
    await fixture.advance(5 * MINUTE);
    const incident = { state: 'refused', problem: 'quantity-mismatch' };
    expect(await fixture.settled(subscriptionId)).toMatchObject([incident]);
    expect(await notes(subscriptionId)).toEqual([]);
  });

  test('is published once, as a fact', async () => {
    const subscriptionId = await lastHour();
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    const facts = await until('the fact is published', async () => {
      const found = await fixture.store.kysely
        .selectFrom('outbox')
        .select(['body', 'subject', 'publishedAt'])
        .where('body', 'like', `%${subscriptionId}%`)
        .execute();
      return found[0]?.publishedAt != null && found;
    });
    expect(facts).toHaveLength(1);
    expect(facts[0]!.subject).toBe(usageSettledFact.subject);
    expect(usageSettledFact.schema.parse(JSON.parse(facts[0]!.body))).toMatchObject({
      subscriptionId,
      hour: hour!.hour,
      quantity: 3,
      status: 'Accepted',
      usageEventId: hour!.usageEventId,
    });
  });
});

describe('a batch', () => {
  test('of 60 rows is sent in calls of at most 25 rows, and a bad row does not stop the others', async () => {
    const subscriptionId = await fixture.subscribe();
    const submissionsBefore = await submissions();
    const records = Array.from({ length: 60 }, (_, index) => ({
      eventId: randomUUID(),
      subscriptionId,
      dimension: index < 20 ? 'reports' : index < 40 ? 'api-calls' : 'unknown',
      quantity: index + 1,
      occurredAt: new Date(fixture.now().getTime() - ((index % 20) + 1) * HOUR).toISOString(),
    }));
    await fixture.api.usage.report.mutate({ records });
    await fixture.control.startRecording();
    await fixture.advance(5 * MINUTE);
    const hours = await fixture.settled(subscriptionId);
    const inState = (state: string) => hours.filter((hour) => hour.state === state).length;
    expect([inState('settled'), inState('refused')]).toEqual([40, 20]);
    expect(await keptBy(subscriptionId)).toHaveLength(40);
    const sizes = (await submissions()).slice(submissionsBefore.length);
    expect(sizes.reduce((sum, size) => sum + Number(size), 0)).toBe(60);
    const { calls } = await fixture.control.recording();
    await fixture.control.stopRecording();
    const sent = calls.filter(({ path }) => path === '/batchUsageEvent');
    const rows = sent.map(
      ({ body }) => (JSON.parse(body) as { request: unknown[] }).request.length,
    );
    expect(rows.reduce((sum, size) => sum + size, 0)).toBe(60);
    expect(Math.max(...rows)).toBeLessThanOrEqual(25);
    // Three calls would be enough. Hours that close while others are being sent make some more.
    expect(sent.length).toBeLessThanOrEqual(6);
  });

  test('that is refused as a whole is sent row by row, so that only the bad row is refused', async () => {
    const [good, bad] = [await lastHour(1), await lastHour(2)];
    const refuse = { endpoint: 'batchUsageEvent', status: 400, body: {} } as const;
    await fixture.control.addFault({ ...refuse, count: 1 });
    await fixture.control.addFault({
      endpoint: 'batchUsageEvent',
      rowStatus: 'InvalidDimension',
      count: 1,
    });
    await fixture.advance(5 * MINUTE);
    const states = [...(await fixture.settled(good)), ...(await fixture.settled(bad))];
    expect(states.map((hour) => hour.state).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'refused',
      'settled',
    ]);
  });

  test.each([
    ['our credentials', 403, 'marketplace.not-authorized'],
    ['its address', 404, 'marketplace.not-found'],
  ])(
    'that is refused because of %s waits for an operator and is then sent',
    async (_, status, problem) => {
      const subscriptionId = await lastHour();
      await fixture.control.addFault({ endpoint: 'batchUsageEvent', status, body: {} });
      await fixture.advance(5 * MINUTE);
      await fixture.hoursWhen({ subscriptionId }, ([hour]) => hour?.problem === problem);
      await fixture.control.clearFaults();
      await fixture.advance(MINUTE);
      expect(await fixture.settled(subscriptionId)).toMatchObject([{ status: 'Accepted' }]);
    },
  );

  test('whose answer was lost after it was counted is not counted again', async () => {
    const subscriptionId = await lastHour(6);
    await fixture.control.addFault({
      endpoint: 'batchUsageEvent',
      drop: true,
      afterEffect: true,
      count: 1,
    });
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    expect(hour).toMatchObject({ state: 'settled', status: 'Duplicate' });
    expect(hour).not.toHaveProperty('problem');
    expect(await keptBy(subscriptionId)).toMatchObject([{ quantity: 6 }]);
  });

  test('waits for as long as Microsoft asks', async () => {
    const subscriptionId = await lastHour();
    await fixture.control.addFault({
      endpoint: 'batchUsageEvent',
      status: 429,
      headers: { 'retry-after': '600' },
      count: 1,
    });
    await fixture.advance(5 * MINUTE);
    await fixture.hoursWhen(
      { subscriptionId },
      ([hour]) => hour?.problem === 'marketplace.throttled',
    );
    await fixture.advance(9 * MINUTE);
    await fixture.rounds();
    expect(await keptBy(subscriptionId)).toEqual([]);
    await fixture.advance(MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([{ status: 'Accepted' }]);
  });
});

async function submissions(): Promise<string[]> {
  const rows = await fixture.store.kysely
    .selectFrom('submissions')
    .innerJoin('submissionRows', 'submissionId', 'id')
    .select((of) => of.fn.countAll<string>().as('rows'))
    .groupBy(['id', 'startedAt'])
    .orderBy('startedAt')
    .execute();
  return rows.map((row) => row.rows);
}
