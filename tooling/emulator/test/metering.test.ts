import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../src/market/constants.ts';
import { ADA, startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
let id: string;
let hour: number;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(async () => {
  await fixture.fresh();
  const { control } = fixture.emulator;
  const bought = await control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: ADA,
  });
  id = bought.subscriptionId;
  await fixture.api('POST', `/saas/subscriptions/${id}/activate`);
  await control.advance(2 * DAY_MS);
  // Half past the hour, so that no test crosses an hour by chance.
  const now = Date.parse((await control.clock()).now);
  await control.advance(1.5 * HOUR_MS - (now % HOUR_MS));
  hour = now - (now % HOUR_MS) + HOUR_MS;
});

function event(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    resourceId: id,
    quantity: 5,
    dimension: 'reports',
    effectiveStartTime: new Date(hour).toISOString(),
    planId: 'starter',
    ...change,
  };
}

const at = (ms: number): string => new Date(ms).toISOString();

/**
 * Every status with an event that causes it, as the HTTP status of a single event and in a batch.
 */
const CASES: readonly [string, number, () => Record<string, unknown>][] = [
  ['Accepted', 200, () => event()],
  ['Accepted', 200, () => event({ effectiveStartTime: at(hour).slice(0, 19) })],
  ['Accepted', 200, () => event({ resourceId: id.toUpperCase() })],
  ['Expired', 400, () => event({ effectiveStartTime: at(hour - DAY_MS - HOUR_MS) })],
  ['BadArgument', 400, () => event({ effectiveStartTime: at(hour + 2 * HOUR_MS) })],
  ['BadArgument', 400, () => event({ effectiveStartTime: 'yesterday' })],
  ['BadArgument', 400, () => event({ quantity: '5' })],
  ['BadArgument', 400, () => event({ dimension: undefined })],
  ['BadArgument', 400, () => event({ planId: undefined })],
  ['BadArgument', 400, () => event({ planId: 'growth' })],
  ['BadArgument', 400, () => event({ resourceId: 'x' })],
  ['BadArgument', 400, () => event({ resourceUri: '/subscriptions/x' })],
  ['InvalidQuantity', 400, () => event({ quantity: 0 })],
  ['InvalidQuantity', 400, () => event({ quantity: -1 })],
  ['InvalidDimension', 400, () => event({ dimension: 'nonsense' })],
  ['ResourceNotFound', 400, () => event({ resourceId: '11111111-2222-4333-8444-555555555555' })],
  ['ResourceNotAuthorized', 403, () => event({ resourceId: undefined, resourceUri: '/x' })],
];

describe.each(CASES)('a usage event that is %s', (status, httpStatus, make) => {
  test(`is HTTP ${httpStatus} when sent as a single event`, async () => {
    const answer = await fixture.api('POST', '/usageEvent', { body: make() });
    expect(answer.status).toBe(httpStatus);
    if (httpStatus === 400) {
      expect(answer.json).toMatchObject({ code: 'BadArgument', details: [{ code: status }] });
    }
  });

  test('is a row in a batch that is answered 200', async () => {
    const answer = await fixture.api('POST', '/batchUsageEvent', { body: { request: [make()] } });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ count: 1, result: [{ status }] });
    expect(answer.json.result[0].messageTime === '0001-01-01T00:00:00').toBe(status !== 'Accepted');
  });
});

test('one event counts per subscription, dimension and UTC hour, and a duplicate gets the kept one', async () => {
  expect((await fixture.api('POST', '/usageEvent', { body: event() })).json).toMatchObject({
    status: 'Accepted',
    quantity: 5,
  });
  const inTheSameHour = event({
    quantity: 9,
    effectiveStartTime: at(hour - HOUR_MS + 59 * 60_000),
  });
  expect((await fixture.api('POST', '/usageEvent', { body: inTheSameHour })).status).toBe(200);
  const again = await fixture.api('POST', '/usageEvent', { body: event({ quantity: 7 }) });
  expect(again.status).toBe(409);
  expect(again.json).toMatchObject({
    code: 'Conflict',
    additionalInfo: { acceptedMessage: { status: 'Duplicate', quantity: 5 } },
  });
  const batch = await fixture.api('POST', '/batchUsageEvent', {
    body: { request: [event({ quantity: 7 }), event({ dimension: 'api-calls' })] },
  });
  expect(batch.json.result).toMatchObject([
    { status: 'Duplicate', error: { additionalInfo: { acceptedMessage: { quantity: 5 } } } },
    { status: 'Accepted' },
  ]);
});

test.each([
  ['26 rows', () => ({ request: Array.from({ length: 26 }, () => event()) })],
  ['no rows', () => ({ request: [] })],
  ['a bare array', () => [event()]],
  ['the plural key', () => ({ requests: [event()] })],
])('a batch of %s is 400', async (_, body) => {
  expect((await fixture.api('POST', '/batchUsageEvent', { body: body() })).status).toBe(400);
});

test('usage of pending and suspended subscriptions is refused, and usage before an end is accepted', async () => {
  const { control } = fixture.emulator;
  const status = async (of: Record<string, unknown>): Promise<unknown> => {
    const { json } = await fixture.api('POST', '/batchUsageEvent', { body: { request: [of] } });
    return json.result[0].status;
  };
  const pending = await control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: ADA,
  });
  expect(await status(event({ resourceId: pending.subscriptionId }))).toBe('ResourceNotActive');
  await control.suspend(id);
  expect(await status(event())).toBe('ResourceNotActive');
  expect((await fixture.api('POST', '/usageEvent', { body: event() })).status).toBe(400);
  await control.reinstate(id);
  await control.advance(0);
  await control.cancel(id);
  await control.advance(2 * HOUR_MS);
  expect(await status(event())).toBe('Accepted');
  expect(await status(event({ effectiveStartTime: at(hour + 2 * HOUR_MS) }))).toBe(
    'ResourceNotActive',
  );
});

test('in the hour of a plan change both plans are accepted, later only the new one', async () => {
  const { control } = fixture.emulator;
  await control.changePlan(id, 'growth');
  await control.advance(10_000);
  const of = (planId: string, dimension: string, time: number): Record<string, unknown> =>
    event({ planId, dimension, effectiveStartTime: at(time) });
  const statuses = async (...rows: unknown[]): Promise<unknown[]> => {
    const { json } = await fixture.api('POST', '/batchUsageEvent', { body: { request: rows } });
    return json.result.map((row: { status: string }) => row.status);
  };
  expect(await statuses(of('starter', 'reports', hour), of('growth', 'api-calls', hour))).toEqual([
    'Accepted',
    'Accepted',
  ]);
  await control.advance(2 * HOUR_MS);
  expect(await statuses(of('starter', 'reports', hour + 2 * HOUR_MS))).toEqual(['BadArgument']);
});

test('read-back has daily totals, with Submitted until they are processed', async () => {
  const { control } = fixture.emulator;
  const times = [hour, hour - HOUR_MS, hour - 2 * HOUR_MS];
  const request = times.map((time) => event({ effectiveStartTime: at(time) }));
  await fixture.api('POST', '/batchUsageEvent', { body: { request } });
  const read = async (query = ''): Promise<Record<string, unknown>[]> =>
    (await fixture.api('GET', `/usageEvents?usageStartDate=${at(hour - 5 * DAY_MS)}${query}`)).json;
  const sum = (rows: Record<string, unknown>[], key: string): number =>
    rows.reduce((total, row) => total + Number(row[key]), 0);
  expect(sum(await read(), 'submittedQuantity')).toBe(15);
  expect(sum(await read(), 'processedQuantity')).toBe(0);
  expect(await read('&reconStatus=Accepted')).toEqual([]);
  await control.advance(2 * DAY_MS);
  expect(sum(await read('&reconStatus=Accepted'), 'processedQuantity')).toBe(15);
  expect(await read('&dimension=api-calls')).toEqual([]);
  await control.updateSettings({ reconStatus: 'Mismatch' });
  expect((await read())[0]).toMatchObject({ reconStatus: 'Mismatch', usageResourceId: id });
  expect((await fixture.api('GET', '/usageEvents')).status).toBe(400);
});

test('a fault can give rows any status', async () => {
  await fixture.emulator.control.addFault({
    endpoint: 'batchUsageEvent',
    rowStatus: 'Error',
    count: 1,
  });
  const send = (): ReturnType<Fixture['api']> =>
    fixture.api('POST', '/batchUsageEvent', { body: { request: [event()] } });
  expect((await send()).json.result).toMatchObject([{ status: 'Error' }]);
  expect((await send()).json.result).toMatchObject([{ status: 'Accepted' }]);
});
