import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMarketplace } from '../src/client.ts';
import { MAX_BATCH_EVENTS, type Metering, type UsageEvent } from '../src/metering.ts';
import { fixedTokens } from './fixed-tokens.ts';
import { startLocalServer, type LocalServer } from '@landfall/servers/local-server';

const event: UsageEvent = {
  resourceId: '8151a707-467c-4105-df0b-44c3fca5880d',
  dimension: 'reports',
  planId: 'growth',
  quantity: '5',
  effectiveStartTime: new Date('2025-01-12T08:00:00Z'),
};
const other: UsageEvent = { ...event, dimension: 'api-calls', quantity: '7.25' };

let server: LocalServer;
let metering: Metering;

beforeEach(async () => {
  server = await startLocalServer();
  const baseUrl = `${server.url}/api`;
  ({ metering } = createMarketplace({ baseUrl, tokens: fixedTokens() }));
});
afterEach(() => server[Symbol.asyncDispose]());

const kept = {
  additionalInfo: {
    acceptedMessage: {
      usageEventId: '8152aa9b-0000-4000-8000-000000000001',
      status: 'Duplicate',
      messageTime: '2025-01-12T09:00:01.1234567Z',
      resourceId: event.resourceId,
      quantity: 4,
      dimension: 'reports',
      effectiveStartTime: '2025-01-12T08:03:28.14',
      planId: 'growth',
    },
  },
  message: 'This usage event already exist.',
  code: 'Conflict',
};

test('an answer says whether an earlier attempt of the same call may have been counted', async () => {
  const rows = { result: [{ ...wire(event), status: 'Error' }] };
  server.answer({ status: 500, body: {} }, { body: rows });
  const [repeated] = await metering.postBatch([event], {});
  expect(repeated).toMatchObject({ status: 'Error', mayHaveArrivedBefore: true });

  server.answer({ status: 429, body: {} }, { body: rows });
  const [refusedFirst] = await metering.postBatch([event], {});
  expect(refusedFirst).toMatchObject({ status: 'Error', mayHaveArrivedBefore: false });

  server.answer({ status: 500, body: {} }, { status: 400, body: {} });
  const single = await metering.postUsageEvent(event, {});
  expect(single).toMatchObject({ status: 'BadArgument', mayHaveArrivedBefore: true });
});

const wire = ({ resourceId, dimension, effectiveStartTime }: UsageEvent) => {
  return { resourceId, dimension, effectiveStartTime: effectiveStartTime.toISOString() };
};

describe('a single event', () => {
  test('counts as accepted only by its status', async () => {
    server.answer({
      body: {
        usageEventId: 'ABCDAA9B-0000-4000-8000-000000000001',
        status: 'Accepted',
        messageTime: '2025-01-12T09:00:01Z',
      },
    });
    expect(await metering.postUsageEvent(event, {})).toMatchObject({
      event,
      status: 'Accepted',
      usageEventId: 'abcdaa9b-0000-4000-8000-000000000001',
      messageTime: new Date('2025-01-12T09:00:01Z'),
    });
    server.answer({ body: {} });
    expect(await metering.postUsageEvent(event, {})).toMatchObject({ status: 'Unanswered' });
  });

  test('that is a duplicate comes with the event that Microsoft kept', async () => {
    server.answer({ status: 409, body: kept });
    expect(await metering.postUsageEvent(event, {})).toMatchObject({
      status: 'Duplicate',
      accepted: { quantity: '4', effectiveStartTime: new Date('2025-01-12T08:03:28.140Z') },
    });
  });

  test('that is refused gives a result with the message', async () => {
    server.answer({
      status: 400,
      body: { message: 'One or more errors', target: 'usageEventRequest', code: 'BadArgument' },
    });
    expect(await metering.postUsageEvent(event, {})).toMatchObject({
      status: 'BadArgument',
      message: 'One or more errors',
    });
  });

  test('is sent again after a lost answer, because Microsoft counts its hour once', async () => {
    server.answer({ drop: true }, { status: 409, body: kept });
    expect(await metering.postUsageEvent(event, {})).toMatchObject({ status: 'Duplicate' });
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
  });
});

describe('a batch', () => {
  test('gives each event its own result, in any order of the answers', async () => {
    const later = { ...event, effectiveStartTime: new Date('2025-01-12T09:00:00Z') };
    server.answer({
      body: {
        count: 3,
        result: [
          {
            ...kept.additionalInfo.acceptedMessage,
            effectiveStartTime: '2025-01-12T09:00:00',
            messageTime: '0001-01-01T00:00:00',
            usageEventId: undefined,
            error: kept,
          },
          {
            status: 'accepted',
            resourceId: event.resourceId.toUpperCase(),
            dimension: 'api-calls',
            effectiveStartTime: '2025-01-12T08:00:00Z',
          },
          {
            status: 'InvalidDimension',
            resourceId: event.resourceId,
            dimension: 'reports',
            effectiveStartTime: '2025-01-12T08:00:00',
          },
        ],
      },
    });
    const results = await metering.postBatch([event, other, later], {});
    expect(results.map((result) => [result.event, result.status])).toEqual([
      [event, 'InvalidDimension'],
      [other, 'Accepted'],
      [later, 'Duplicate'],
    ]);
    expect(results[2]).toMatchObject({ accepted: { quantity: '4' }, messageTime: undefined });
  });

  test('gives Unanswered for events that the answer omits', async () => {
    server.answer({
      body: {
        count: 1,
        result: [
          {
            status: 'Pondering',
            resourceId: event.resourceId,
            dimension: 'reports',
            effectiveStartTime: '2025-01-12T08:00:00Z',
          },
          null,
          'x',
        ],
      },
    });
    const results = await metering.postBatch([event, other], {});
    expect(results.map(({ status }) => status)).toEqual(['Pondering', 'Unanswered']);
  });

  test('with events of the same key uses each answer once', async () => {
    const row = {
      resourceId: event.resourceId,
      dimension: 'reports',
      effectiveStartTime: '2025-01-12T08:00:00Z',
    };
    server.answer({
      body: {
        result: [
          { ...row, status: 'Accepted' },
          { ...row, status: 'Duplicate' },
        ],
      },
    });
    const twin = { ...event };
    const results = await metering.postBatch([event, twin], {});
    expect(results.map(({ status }) => status)).toEqual(['Accepted', 'Duplicate']);
  });

  test.each(['0', '0.00', '-1', 'NaN', 'Infinity', '', '1,5', '1234567890.123456'])(
    'never sends the quantity %j, but sends the others',
    async (quantity) => {
      server.answer({ body: { result: [] } });
      const results = await metering.postBatch([{ ...event, quantity }, other], {});
      expect(results.map(({ status }) => status)).toEqual(['InvalidQuantity', 'Unanswered']);
      const sent = JSON.parse(server.requests[0]?.body ?? '') as { request: unknown[] };
      expect(sent.request).toHaveLength(1);
    },
  );

  test('sends quantities with exactly their digits, as JSON numbers', async () => {
    const texts = ['0.1', '123456789.012345', '0.0000001', '7000000000000000000', '2.50'];
    const withQuantity = (quantity: string): UsageEvent => ({ ...event, quantity });
    const events = texts.map(withQuantity);
    await metering.postBatch(events, {});
    const sent = [...(server.requests[0]?.body ?? '').matchAll(/"quantity":([^,]+)/g)];
    expect(sent.map(([, digits]) => digits)).toEqual([
      '0.1',
      '123456789.012345',
      '0.0000001',
      '7000000000000000000',
      '2.5',
    ]);
  });

  test('prefers the row that spells the dimension as the event does', async () => {
    const row = { resourceId: event.resourceId, effectiveStartTime: '2025-01-12T08:00:00Z' };
    server.answer({
      body: {
        result: [
          { ...row, dimension: 'REPORTS', status: 'Expired' },
          { ...row, dimension: 'Reports', status: 'Duplicate' },
          { ...row, dimension: 'reports', status: 'Accepted' },
        ],
      },
    });
    const spelled = (dimension: string): UsageEvent => ({ ...event, dimension });
    const events = ['reports', 'rePorts', 'Reports'].map(spelled);
    const results = await metering.postBatch(events, {});
    expect(results.map(({ status }) => status)).toEqual(['Accepted', 'Expired', 'Duplicate']);
  });

  test('without a valid event makes no call', async () => {
    expect(await metering.postBatch([], {})).toEqual([]);
    const bad = { ...event, effectiveStartTime: new Date(Number.NaN) };
    expect(await metering.postBatch([bad], {})).toMatchObject([{ status: 'BadArgument' }]);
    expect(server.requests).toEqual([]);
  });

  test('larger than Microsoft allows throws a RangeError', async () => {
    const many = Array.from({ length: MAX_BATCH_EVENTS + 1 }, () => ({ ...event }));
    await expect(metering.postBatch(many, {})).rejects.toThrow(RangeError);
    expect(MAX_BATCH_EVENTS).toBe(25);
  });

  test('that is refused as a whole is an error', async () => {
    server.answer({ status: 403, body: { code: 'Forbidden' } });
    await expect(metering.postBatch([event], {})).rejects.toMatchObject({ status: 403 });
  });
});

describe('the report', () => {
  const day = { usageDate: '2025-01-12T00:00:00Z', usageResourceId: event.resourceId };
  const read = async (rows: readonly unknown[]) => {
    server.answer({ body: rows });
    return metering.listUsageEvents({ usageStartDate: new Date(0) }, {});
  };

  test('keeps unknown states, and writes known ones as Microsoft documents them', async () => {
    const states = ['Submitted', 'MISMATCH', 'Rejected', 'dryrun', 'TestHeaders', 'Reheated', ''];
    const rowOf = (reconStatus: string) => ({ ...day, reconStatus });
    const rows = await read(states.map(rowOf));
    expect(rows.map(({ reconStatus }) => reconStatus)).toEqual([
      'Submitted',
      'Mismatch',
      'Rejected',
      'DryRun',
      'TestHeaders',
      'Reheated',
      '',
    ]);
  });

  test('has quantities with every digit that was sent', async () => {
    server.answer({
      body: `[{"submittedQuantity":123456789012.123456,"processedQuantity":1e-7,"submittedCount":17},
        {"submittedQuantity":17.0,"processedQuantity":"0"}]`,
      headers: { 'content-type': 'application/json' },
    });
    expect(await metering.listUsageEvents({ usageStartDate: new Date(0) }, {})).toMatchObject([
      {
        submittedQuantity: '123456789012.123456',
        processedQuantity: '0.0000001',
        submittedCount: 17,
        problems: [],
      },
      { submittedQuantity: '17', processedQuantity: '0', problems: [] },
    ]);
  });

  test('has no quantity where none was sent or it cannot be read', async () => {
    const [row] = await read([{ ...day, submittedQuantity: 'NaN', processedQuantity: null }]);
    expect(row).toMatchObject({ problems: ['submittedQuantity-invalid'] });
    expect(row?.submittedQuantity).toBeUndefined();
    expect(row?.processedQuantity).toBeUndefined();
    expect(row?.submittedCount).toBeUndefined();
  });

  test('skips entries that are not objects', async () => {
    expect(await read([null, 'x', 1, [], { ...day }])).toHaveLength(1);
  });
});
