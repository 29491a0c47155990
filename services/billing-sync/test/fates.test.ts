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
async function lastHour(quantity: number | string = 3): Promise<string> {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, quantity, { agoMs: HOUR });
  return subscriptionId;
}

const keptBy = async (subscriptionId: string) =>
  (await fixture.control.usage()).filter((event) => event.resourceId === subscriptionId);

const post = async (subscriptionId: string, quantity: string) =>
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

/** Entries of the ledger about units that left their hour. */
const leaving = (subscriptionId: string) =>
  fixture.store.kysely
    .selectFrom('ledgerEntries')
    .select(['kind', 'reported', 'reason', 'toHour'])
    .where('subscriptionId', '=', subscriptionId)
    .where('kind', '<>', 'rated')
    .execute();

const answerRows = async (rowStatus: string, of: object = {}) => {
  await fixture.control.addFault({ endpoint: 'batchUsageEvent', rowStatus, ...of });
};

/** The rows of each call that was sent while `work` ran. */
async function callsDuring(work: () => Promise<void>): Promise<SentRow[][]> {
  await fixture.control.startRecording();
  await work();
  const { calls } = await fixture.control.recording();
  await fixture.control.stopRecording();
  return calls
    .filter(({ path }) => path === '/batchUsageEvent')
    .map(({ body }) => (JSON.parse(body) as { request: SentRow[] }).request);
}

interface SentRow {
  readonly resourceId: string;
  readonly effectiveStartTime: string;
}

const factsOf = async (subscriptionId: string, count: number) => {
  const rows = await until('the facts are published', async () => {
    const found = await fixture.store.kysely
      .selectFrom('outbox')
      .select(['messageId', 'body', 'subject', 'publishedAt'])
      .where('body', 'like', `%${subscriptionId}%`)
      .orderBy('id')
      .execute();
    return found.length >= count && found.every((fact) => fact.publishedAt !== null) && found;
  });
  return rows.map(({ body, messageId, subject }) => ({
    messageId,
    subject,
    fact: usageSettledFact.schema.parse(JSON.parse(body)),
  }));
};

describe("Microsoft's answer for a row", () => {
  test.each([['ResourceNotFound'], ['InvalidQuantity'], ['BadArgument']])(
    '%s is final and visible, and the row is not sent again',
    async (rowStatus) => {
      const subscriptionId = await lastHour();
      await answerRows(rowStatus, { count: 1 });
      const refused = {
        state: 'refused',
        status: rowStatus,
        problem: 'refused',
        billed: '0',
        attempts: 1,
      };
      const calls = await callsDuring(async () => {
        await fixture.advance(5 * MINUTE);
        expect(await fixture.settled(subscriptionId)).toMatchObject([refused]);
        await fixture.advance(2 * HOUR);
        await fixture.rounds();
      });
      expect(calls.filter((rows) => rows[0]?.resourceId === subscriptionId)).toHaveLength(1);
      expect(await fixture.hours({ subscriptionId })).toMatchObject([refused]);
      expect(await keptBy(subscriptionId)).toEqual([]);
    },
  );

  test.each([
    ['Error', 'retrying'],
    ['SomethingNew', 'retrying'],
    ['ResourceNotAuthorized', 'not-authorized'],
    ['InvalidDimension', 'dimension-not-ready'],
  ])('%s is shown, sent again later, and no storm of calls', async (rowStatus, problem) => {
    const subscriptionId = await lastHour();
    await answerRows(rowStatus, { subscriptionId });
    const calls = await callsDuring(async () => {
      await fixture.advance(5 * MINUTE);
      await fixture.hoursWhen(
        { subscriptionId },
        ([hour]) =>
          hour?.state === 'closed' && hour.status === rowStatus && hour.problem === problem,
      );
      await fixture.rounds();
    });
    expect(calls).toHaveLength(1);
    await fixture.control.clearFaults();
    await fixture.advance(MINUTE);
    const settled = { state: 'settled', status: 'Accepted', billed: '3', attempts: 2 };
    expect(await fixture.settled(subscriptionId)).toMatchObject([settled]);
  });

  test('Expired is written off, with an entry in the ledger', async () => {
    const subscriptionId = await lastHour();
    await answerRows('Expired', { count: 1 });
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    expect(hour).toMatchObject({ state: 'writtenOff', status: 'Expired', problem: 'expired' });
    expect(await leaving(subscriptionId)).toEqual([
      { kind: 'given-up', reported: '3', reason: 'expired', toHour: null },
    ]);
  });

  test('Duplicate with exactly our quantity is a success', async () => {
    const subscriptionId = await lastHour('0.100000000001');
    await fixture.use(subscriptionId, '0.2', { agoMs: HOUR });
    const { usageEventId } = await post(subscriptionId, '0.3');
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    expect(hour).toMatchObject({
      state: 'settled',
      status: 'Duplicate',
      reported: '0.3',
      billed: '0.3',
      usageEventId,
    });
    expect(await keptBy(subscriptionId)).toHaveLength(1);
  });

  test('Duplicate with a smaller quantity is an incident, and exactly the difference goes into a later hour', async () => {
    const subscriptionId = await lastHour('8.000001');
    await post(subscriptionId, '5');
    await fixture.advance(5 * MINUTE);
    const incident = { state: 'refused', status: 'Duplicate', problem: 'quantity-mismatch' };
    await fixture.hoursWhen({ subscriptionId, state: 'refused' }, ([hour]) => hour !== undefined);
    expect(await leaving(subscriptionId)).toMatchObject([
      { kind: 'moved', reason: 'quantity-mismatch', reported: '3.000001' },
    ]);
    await fixture.advance(HOUR + 5 * MINUTE);
    expect(await fixture.settled(subscriptionId)).toMatchObject([
      { state: 'settled', used: '0', reported: '3.000001', billed: '3.000001' },
      { ...incident, reported: '8.000001', billed: '5' },
    ]);
    expect((await keptBy(subscriptionId)).map(({ quantity }) => quantity)).toEqual([
      '5',
      '3.000001',
    ]);
  });

  test('Duplicate with a larger quantity is an incident, and nothing else is sent', async () => {
    const subscriptionId = await lastHour(5);
    await post(subscriptionId, '8');
    await fixture.advance(5 * MINUTE);
    const incident = { state: 'refused', problem: 'quantity-mismatch', billed: '8' };
    expect(await fixture.settled(subscriptionId)).toMatchObject([incident]);
    expect(await leaving(subscriptionId)).toEqual([]);
    const { items } = await fixture.api.incidents.list.query({ subscriptionId });
    expect(items).toMatchObject([
      { kind: 'over-billed', dimension: 'reports', ours: '5', theirs: '8' },
    ]);
  });

  test('is published once, as a fact', async () => {
    const subscriptionId = await lastHour('1.50');
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    const facts = await factsOf(subscriptionId, 1);
    expect(facts).toHaveLength(1);
    expect(facts[0]).toMatchObject({
      subject: usageSettledFact.subject,
      fact: {
        publisherId: 'contoso',
        subscriptionId,
        hour: hour!.hour,
        quantity: '1.5',
        outcome: 'billed',
        status: 'Accepted',
        usageEventId: hour!.usageEventId,
        isTest: false,
      },
    });
  });

  test('is published again only if a row that is sent again ends differently', async () => {
    const subscriptionId = await fixture.subscribe({ isTest: true });
    await fixture.use(subscriptionId, 3, { agoMs: HOUR });
    await answerRows('BadArgument', { subscriptionId, count: 2 });
    await fixture.advance(5 * MINUTE);
    const [hour] = await fixture.settled(subscriptionId);
    const resend = async (attempts: number) => {
      const key = { subscriptionId, dimension: 'reports', hour: hour!.hour };
      await fixture.api.usage.resend.mutate({ ...key, reason: 'fixed' });
      await fixture.hoursWhen(
        { subscriptionId },
        ([found]) => found?.attempts === attempts && found.settledAt !== undefined,
      );
    };
    await resend(2);
    await resend(3);
    const facts = await factsOf(subscriptionId, 2);
    expect(facts.map(({ fact }) => [fact.outcome, fact.status, fact.isTest])).toEqual([
      ['refused', 'BadArgument', true],
      ['billed', 'Accepted', true],
    ]);
    expect(new Set(facts.map(({ messageId }) => messageId)).size).toBe(2);
  });
});

describe('a batch', () => {
  /** Usage of each of the last hours in one dimension. */
  async function hoursOf(count: number): Promise<string> {
    const subscriptionId = await fixture.subscribe();
    const records = Array.from({ length: count }, (_, index) => ({
      eventId: randomUUID(),
      subscriptionId,
      dimension: index % 2 === 0 ? 'reports' : 'api-calls',
      quantity: String(index + 1),
      occurredAt: new Date(
        fixture.now().getTime() - (Math.floor(index / 2) + 1) * HOUR,
      ).toISOString(),
    }));
    await fixture.api.usage.report.mutate({ records });
    return subscriptionId;
  }

  test('has at most 25 rows, those that expire first come first, and bad rows do not stop the others', async () => {
    const subscriptionId = await hoursOf(40);
    await answerRows('BadArgument', { subscriptionId, dimension: 'api-calls' });
    const calls = await callsDuring(async () => {
      await fixture.advance(5 * MINUTE);
      const hours = await fixture.settled(subscriptionId);
      const inState = (state: string) => hours.filter((hour) => hour.state === state).length;
      expect([inState('settled'), inState('refused')]).toEqual([20, 20]);
    });
    expect(await keptBy(subscriptionId)).toHaveLength(20);
    expect(calls.map((rows) => rows.length)).toEqual([25, 15]);
    const starts = calls.map((rows) => rows.map((row) => row.effectiveStartTime));
    const [first = [], second = []] = starts;
    expect(first.toSorted().at(-1)! <= second.toSorted()[0]!).toBe(true);
  });

  test('that is refused as a whole is halved until the bad row is found, and the others are accepted', async () => {
    const subscriptionIds = await Promise.all(Array.from({ length: 25 }, () => lastHour(1)));
    const [bad = ''] = subscriptionIds.toSpliced(0, 17);
    const refuse = { endpoint: 'batchUsageEvent', status: 400, body: {} } as const;
    await fixture.control.addFault({ ...refuse, subscriptionId: bad });
    const calls = await callsDuring(async () => {
      await fixture.advance(5 * MINUTE);
      for (const id of subscriptionIds) {
        const [hour] = await fixture.settled(id);
        expect(hour).toMatchObject(
          id === bad
            ? { state: 'refused', problem: 'marketplace.bad-request' }
            : { state: 'settled', status: 'Accepted' },
        );
      }
      await fixture.rounds();
    });
    expect(calls.length).toBeLessThanOrEqual(11);
  });

  test('that is refused whatever its rows are refuses none of them', async () => {
    const ids = [await lastHour(1), await lastHour(2), await lastHour(3)];
    await fixture.control.addFault({ endpoint: 'batchUsageEvent', status: 400, body: {} });
    await fixture.advance(5 * MINUTE);
    for (const subscriptionId of ids) {
      const waiting = { state: 'closed', problem: 'marketplace.bad-request' };
      await fixture.hoursWhen({ subscriptionId }, ([hour]) => hour?.problem === waiting.problem);
      expect(await fixture.hours({ subscriptionId })).toMatchObject([waiting]);
    }
    await fixture.control.clearFaults();
    await fixture.advance(MINUTE);
    for (const id of ids) expect(await fixture.settled(id)).toMatchObject([{ state: 'settled' }]);
  });

  test.each([
    ['our token', 401, 'marketplace.not-authorized'],
    ['our credentials', 403, 'marketplace.not-authorized'],
    ['its address', 404, 'marketplace.not-found'],
  ])(
    'that is refused because of %s waits for an operator, with few calls, and is then sent',
    async (_, status, problem) => {
      const subscriptionId = await hoursOf(40);
      await fixture.control.addFault({ endpoint: 'batchUsageEvent', status, body: {} });
      const calls = await callsDuring(async () => {
        await fixture.advance(5 * MINUTE);
        await fixture.hoursWhen(
          { subscriptionId },
          (hours) => hours.filter((hour) => hour.problem === problem).length === 25,
        );
        await fixture.rounds();
      });
      // One call, and for 401 a second one with a new token.
      expect(calls.length).toBeLessThanOrEqual(2);
      await fixture.control.clearFaults();
      await fixture.advance(MINUTE);
      const hours = await fixture.settled(subscriptionId);
      expect(hours.every(({ status: answer }) => answer === 'Accepted')).toBe(true);
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
    expect(hour).toMatchObject({ state: 'settled', status: 'Duplicate', billed: '6' });
    expect(hour).not.toHaveProperty('problem');
    expect(await keptBy(subscriptionId)).toMatchObject([{ quantity: '6' }]);
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
