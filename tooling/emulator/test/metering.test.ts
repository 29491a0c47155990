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

describe('a fault for rows', () => {
  const send = async (...rows: unknown[]): Promise<unknown[]> => {
    const { json } = await fixture.api('POST', '/batchUsageEvent', { body: { request: rows } });
    return json.result.map((row: { status: string }) => row.status);
  };

  test('of one dimension leaves other rows and calls alone, and counts only calls with such a row', async () => {
    const { control } = fixture.emulator;
    await control.addFault({
      endpoint: 'batchUsageEvent',
      rowStatus: 'InvalidDimension',
      dimension: 'api-calls',
      count: 2,
    });
    const other = event({ dimension: 'api-calls' });
    expect(await send(event())).toEqual(['Accepted']);
    expect(await send(event(), other)).toEqual(['Duplicate', 'InvalidDimension']);
    expect(await send(other)).toEqual(['InvalidDimension']);
    expect(await control.faults()).toEqual([]);
    expect(await send(other)).toEqual(['Accepted']);
  });

  test('of one subscription applies together with others', async () => {
    const { control } = fixture.emulator;
    const fault = { endpoint: 'batchUsageEvent', count: 1 } as const;
    const subscriptionId = id.toUpperCase();
    await control.addFault({ ...fault, rowStatus: 'Expired', dimension: 'nonsense' });
    await control.addFault({ ...fault, rowStatus: 'ResourceNotActive', subscriptionId });
    const foreign = event({ resourceId: '11111111-2222-4333-8444-555555555555' });
    expect(await send(foreign, event(), event({ dimension: 'nonsense' }))).toEqual([
      'ResourceNotFound',
      'ResourceNotActive',
      'Expired',
    ]);
  });

  test('needs one row with both the subscription and the dimension', async () => {
    const { control } = fixture.emulator;
    const fault = { subscriptionId: id, dimension: 'api-calls', status: 503, count: 1 };
    await control.addFault({ endpoint: 'usageEvent', ...fault });
    const status = async (of: Record<string, unknown>): Promise<number> =>
      (await fixture.api('POST', '/usageEvent', { body: of })).status;
    expect(await status(event())).toBe(200);
    expect(await status(event({ dimension: 'api-calls' }))).toBe(503);
  });
});

describe('quantities', () => {
  const sent = (digits: string, change: Record<string, unknown> = {}): string =>
    JSON.stringify(event(change)).replace('"quantity":5', `"quantity":${digits}`);
  const post = async (digits: string, change?: Record<string, unknown>): Promise<string> =>
    (await fixture.api('POST', '/usageEvent', { body: sent(digits, change) })).text;

  test('are kept and answered with the digits that were sent', async () => {
    expect(await post('123456789012.123456')).toContain('"quantity":123456789012.123456');
    expect(await post('7')).toContain('"quantity":123456789012.123456');
    expect(await fixture.emulator.control.usage()).toMatchObject([
      { quantity: '123456789012.123456' },
    ]);
  });

  test('are echoed unchanged in refused rows', async () => {
    const body = `{"request":[${sent('1.10', { dimension: 'nonsense' })}]}`;
    const { text } = await fixture.api('POST', '/batchUsageEvent', { body });
    expect(text).toContain('"quantity":1.10');
  });

  test('too small or too large for a double are refused', async () => {
    expect(await post('1e-400')).toContain('InvalidQuantity');
    expect(await post('1e400')).toContain('"target":"quantity"');
  });

  test('are added without an error in the report', async () => {
    // Midday, so that all hours are in one day.
    const midday = hour - (hour % DAY_MS) + DAY_MS + 12 * HOUR_MS;
    await fixture.emulator.control.advance(midday - hour);
    const digits = ['0.1', '0.2', '1e-7', '2.5E+2', '90071992547409.93'];
    for (const [index, one] of digits.entries()) {
      await post(one, { effectiveStartTime: at(midday - index * HOUR_MS) });
    }
    await fixture.emulator.control.advance(3 * DAY_MS);
    const { text } = await fixture.api('GET', `/usageEvents?usageStartDate=${at(hour)}`);
    expect(text).toContain('"submittedQuantity":90071992547660.2300001,');
    await fixture.emulator.control.updateSettings({ reconStatus: 'Mismatch' });
    const halved = await fixture.api('GET', `/usageEvents?usageStartDate=${at(hour)}`);
    expect(halved.text).toContain('"processedQuantity":45035996273830.11500005,');
  });
});

describe('the report', () => {
  const read = async (): Promise<Record<string, unknown>[]> =>
    (await fixture.api('GET', `/usageEvents?usageStartDate=${at(hour - 5 * DAY_MS)}`)).json;
  const day = (): string => at(hour).slice(0, 10);

  test('shows a planted status and quantity for one day of one dimension, once it is processed', async () => {
    const { control } = fixture.emulator;
    const request = [event(), event({ dimension: 'api-calls' })];
    await fixture.api('POST', '/batchUsageEvent', { body: { request } });
    const recon = { subscriptionId: id.toUpperCase(), dimension: 'reports', day: day() };
    await control.setUsageRecon({ ...recon, reconStatus: 'Rejected' });
    await control.setUsageRecon({ ...recon, reconStatus: 'Mismatch', processedQuantity: '4.5' });
    expect((await read()).map((row) => row['reconStatus'])).toEqual(['Submitted', 'Submitted']);
    await control.advance(2 * DAY_MS);
    expect(await read()).toMatchObject([
      { dimension: 'reports', reconStatus: 'Mismatch', processedQuantity: 4.5 },
      { dimension: 'api-calls', reconStatus: 'Accepted', processedQuantity: 5 },
    ]);
    await control.setUsageRecon({ ...recon, reconStatus: null });
    expect((await read())[0]).toMatchObject({ reconStatus: 'Accepted', processedQuantity: 5 });
  });

  test('can leave out an accepted event, whose hour is still taken', async () => {
    const { control } = fixture.emulator;
    const { json } = await fixture.api('POST', '/usageEvent', { body: event() });
    expect(await read()).toHaveLength(1);
    const missing = await control.setUsageMissing(json.usageEventId);
    expect(missing).toMatchObject({ quantity: '5', isMissing: true });
    expect(await read()).toEqual([]);
    expect((await fixture.api('POST', '/usageEvent', { body: event() })).status).toBe(409);
    await control.setUsageMissing(json.usageEventId, false);
    expect(await read()).toHaveLength(1);
    await expect(control.setUsageMissing(id)).rejects.toMatchObject({ code: 'unknown' });
  });

  test('shows the usage of a commerce test as DryRun, with nothing processed', async () => {
    const { control } = fixture.emulator;
    const order = { offerId: 'analytics', planId: 'starter', isDryRun: true } as const;
    const bought = await control.purchase({ ...order, beneficiary: ADA });
    await fixture.api('POST', `/saas/subscriptions/${bought.subscriptionId}/activate`);
    await control.advance(HOUR_MS);
    const start = Date.parse((await control.clock()).now);
    await fixture.api('POST', '/usageEvent', {
      body: event({ resourceId: bought.subscriptionId, effectiveStartTime: at(start) }),
    });
    await control.advance(3 * DAY_MS);
    expect(await read()).toMatchObject([{ reconStatus: 'DryRun', processedQuantity: 0 }]);
  });
});
