import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, testNats } from '@landfall/servers/testing';
import type { Statement } from '../src/usage/statement-page.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveBilling,
  testBus,
  type Gateway,
} from './fixture.ts';

const ID = 'contoso-1';
const at = '2026-11-29T10:00:00Z';
const record = (eventId: string, quantity: unknown = '1') => ({
  eventId,
  subscriptionId: ID,
  dimension: 'reports',
  quantity,
  occurredAt: at,
});

let resources: AsyncDisposableStack;
let gateway: Gateway;
let key: string;
let limited: string;
let reader: string;
/** Every batch that reached billing-sync. */
let batches: {
  records: readonly unknown[];
  dryRun?: boolean | undefined;
  publisherId?: string | undefined;
}[];

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await testDatabase({ services: ['gateway'] }));
  const nats = opened.use(await testNats());
  gateway = opened.use(await bootGateway({ database, nats }, { RATE_PER_KEY: '1000' }));
  const db = opened.use(await openGatewayDatabase(database));
  key = (await makeKey(db, ['usage:write', 'usage:read'])).text;
  limited = (await makeKey(db, ['usage:write', 'usage:read'], 'contoso')).text;
  reader = (await makeKey(db, ['usage:read'])).text;
  const bus = opened.use(await testBus(nats));
  opened.use(
    serveBilling(bus, {
      usage: {
        report: async (batch) => {
          batches.push(batch);
          return { results: batch.records.map(verdict) };
        },
        statement: async ({ subscriptionId, month }) => statementOf(subscriptionId, month),
        statements: async ({ month, cursor }) => ({
          items: [statementOf(cursor ?? ID, month)],
          ...(cursor === undefined ? { nextCursor: 'contoso-2' } : {}),
        }),
      },
    }),
  );
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

function verdict(given: unknown) {
  const { eventId, quantity } = given as { eventId?: string; quantity?: unknown };
  return quantity === '-1'
    ? ({ eventId, outcome: 'refused', refusal: 'quantity-invalid', message: 'too small' } as const)
    : ({ eventId, outcome: 'taken' } as const);
}

const line: Statement['lines'][number] = {
  planId: 'growth',
  planName: 'Growth & <more>',
  termUnit: 'P1M',
  dimension: 'reports',
  displayName: '=cmd()',
  unitOfMeasure: '=1+1',
  used: '1250.000001',
  included: '1000',
  billed: '250.000001',
  pending: '0',
  notBilled: '0',
  carriedIn: '0',
  carriedOut: '0',
  remainder: '0',
  unitPrice: '0.05',
  currency: 'USD',
  amount: '12.5',
};

function statementOf(subscriptionId: string, month: string): Statement {
  return {
    publisherId: 'contoso',
    subscriptionId,
    offerId: 'analytics',
    month,
    isTest: false,
    isFinal: true,
    lines: [line],
    totals: [{ currency: 'USD', amount: '12.5' }],
    isPriceMissing: false,
  };
}

async function post(
  body: string | Buffer,
  options: { type?: string; query?: string; headers?: Record<string, string>; as?: string } = {},
) {
  batches = [];
  const { type = 'application/json', query = '', headers = {}, as = key } = options;
  const answer = await rawRequest(gateway, `/v1/usage${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, 'content-type': type, ...headers },
    body,
  });
  return { ...answer, json: () => JSON.parse(answer.body) as Record<string, unknown> };
}

const get = (path: string, as = key) =>
  rawRequest(gateway, path, { headers: { authorization: `Bearer ${as}` } });

test.each([
  ['{ records }', { records: [record('a'), record('b')] }],
  ['a list', [record('a'), record('b')]],
])('JSON is taken as %s, and each record has its verdict', async (_form, body) => {
  const answer = await post(JSON.stringify(body));
  expect(answer.status).toBe(200);
  expect(answer.json()).toEqual({
    results: [
      { eventId: 'a', outcome: 'taken' },
      { eventId: 'b', outcome: 'taken' },
    ],
  });
  expect(batches[0]?.records).toEqual([record('a'), record('b')]);
});

test('a malformed record goes to billing-sync with the others and gets its own verdict', async () => {
  const bad = { ...record('b'), dimension: null };
  await post(JSON.stringify([record('a'), bad, 'nonsense', 7]));
  expect(batches[0]?.records).toEqual([record('a'), bad, 'nonsense', 7]);
});

const event = {
  specversion: '1.0',
  type: 'com.contoso.report.rendered',
  source: '/reports',
  id: '4711',
  subject: ID,
  time: at,
  data: { dimension: 'reports', quantity: '0.5' },
};
const fromEvent = { ...record('/reports 4711'), quantity: '0.5' };

test('CloudEvents are taken one by one, in batches and in binary mode', async () => {
  const structured = await post(JSON.stringify(event), { type: 'application/cloudevents+json' });
  expect([structured.status, batches[0]?.records]).toEqual([200, [fromEvent]]);
  await post(JSON.stringify([event, event]), {
    type: 'application/cloudevents-batch+json; charset=utf-8',
  });
  expect(batches[0]?.records).toEqual([fromEvent, fromEvent]);
  await post(JSON.stringify(event.data), {
    headers: {
      'ce-specversion': '1.0',
      'ce-type': event.type,
      'ce-source': event.source,
      'ce-id': event.id,
      'ce-subject': event.subject,
      'ce-time': event.time,
    },
  });
  expect(batches[0]?.records).toEqual([fromEvent]);
});

test('events of two sources with the same id are two records', async () => {
  const other = { ...event, source: '/exports' };
  await post(JSON.stringify([event, other]), { type: 'application/cloudevents-batch+json' });
  const ids = batches[0]?.records.map((one) => (one as { eventId: string }).eventId);
  expect(new Set(ids).size).toBe(2);
});

test('dryRun and publisherId reach billing-sync, from the address or the body', async () => {
  await post(JSON.stringify([record('a')]), { query: '?dryRun=true&publisherId=contoso' });
  expect(batches[0]).toMatchObject({ dryRun: true, publisherId: 'contoso' });
  await post(JSON.stringify({ records: [record('a')], dryRun: true }));
  expect(batches[0]).toMatchObject({ dryRun: true });
  await post(JSON.stringify([record('a')]), { as: limited });
  expect(batches[0]).toMatchObject({ publisherId: 'contoso' });
});

test.each([
  ['no JSON', '{', '', 400, /not JSON/],
  ['another shape', '"text"', '', 400, /must be a record/],
  ['no list of records', '{"records":{}}', '', 400, /must be a list/],
  ['an empty list', '[]', '', 400, /1 to 1,000/],
  [
    'too many records',
    JSON.stringify(Array.from({ length: 1001 }, () => 1)),
    '',
    400,
    /1 to 1,000/,
  ],
  ['an unknown dryRun', '[]', '?dryRun=maybe', 400, /true or false/],
  [
    'a misspelled dryRun',
    JSON.stringify([record('a')]),
    '?dryrun=true',
    400,
    /no parameter .*dryrun.* The parameters are: dryRun/,
  ],
  [
    'dryRun with two values',
    JSON.stringify([record('a')]),
    '?dryRun=true&dryRun=false',
    400,
    /once/,
  ],
  ['too large a body', `"${'x'.repeat(1024 * 1024)}"`, '', 413, /./],
])('%s is a clear error, and nothing is reported', async (_what, body, query, status, detail) => {
  const answer = await post(body, { query });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(detail);
  expect(batches).toEqual([]);
});

test('without a key nothing is read; without the scope the answer names it', async () => {
  const stranger = await post('{', { as: 'lf_unknown' });
  expect([stranger.status, stranger.headers['content-type']]).toEqual([
    401,
    'application/problem+json',
  ]);
  const without = await post(JSON.stringify([record('a')]), { as: reader });
  expect([without.status, without.json()['detail']]).toEqual([
    403,
    expect.stringContaining('usage:write'),
  ]);
  expect((await get('/v1/usage')).status).toBe(405);
  expect((await get('/v1/other')).status).toBe(404);
});

const HEAD = 'eventId,subscriptionId,dimension,quantity,occurredAt';
const row = (id: string, quantity = '1') => `${id},${ID},reports,${quantity},${at}`;
const lines = (body: string) =>
  body
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);

test('a CSV file is reported in batches; the answer lists the records that were not counted, and the totals', async () => {
  const rows = Array.from({ length: 2500 }, (_, index) =>
    row(`e${index}`, index === 1700 ? '-1' : '2'),
  );
  const answer = await post(`\uFEFF${HEAD}\r\n${rows.join('\r\n')}\r\n`, { type: 'text/csv' });
  expect(batches.map(({ records }) => records.length)).toEqual([1000, 1000, 500]);
  expect(batches[0]?.records[0]).toEqual({ ...record('e0'), quantity: '2' });
  expect(lines(answer.body)).toEqual([
    {
      line: 1702,
      eventId: 'e1700',
      outcome: 'refused',
      refusal: 'quantity-invalid',
      message: 'too small',
    },
    { summary: { records: 2500, taken: 2499, repeated: 0, refused: 1, dryRun: false } },
  ]);
});

test('a CSV preview gives every verdict if it is asked to, in any order of columns', async () => {
  const file = `quantity,eventId,occurredAt,dimension,subscriptionId\n3,e1,${at},reports,${ID}\n`;
  const answer = await post(file, { type: 'text/csv', query: '?dryRun=true&verdicts=all' });
  expect(batches).toMatchObject([{ dryRun: true, records: [{ ...record('e1'), quantity: '3' }] }]);
  expect(lines(answer.body)).toEqual([
    { line: 2, eventId: 'e1', outcome: 'taken' },
    { summary: { records: 1, taken: 1, repeated: 0, refused: 0, dryRun: true } },
  ]);
});

test.each([
  [
    'a missing and an unknown column',
    'eventId,subscriptionId,dimension,amount,occurredAt\n',
    /missing: quantity; unknown: amount/,
  ],
  ['a column that stands twice', `eventId,${HEAD}\n`, /twice: eventId/],
  ['semicolons', `\uFEFF${HEAD.replaceAll(',', ';')}\n`, /separated by semicolons/],
  ['no line at all', '', /file is empty/],
  ['an endless row', `${HEAD}\n${'x'.repeat(20_000)}`, /not readable as CSV/],
])('%s in a CSV file is a clear error', async (_what, file, detail) => {
  const answer = await post(file, { type: 'text/csv' });
  expect(answer.status).toBe(400);
  expect(answer.json()['detail']).toMatch(detail);
});

test('an unreadable line of a CSV file is refused, and the others count', async () => {
  const file = Buffer.concat([
    Buffer.from(`${HEAD}\n${row('e1')}\ne2,x\n${row('e3')},more\n,,,,\n`),
    Buffer.from(`${row('\u00E4')}\n${row('\u00F6')}\n`, 'latin1'),
    Buffer.from(row('\u00E4')),
  ]);
  const answer = await post(file, { type: 'text/csv' });
  expect(batches[0]?.records).toEqual([record('e1'), record('\u00E4')]);
  expect(lines(answer.body)).toEqual([
    { line: 3, ...malformed(/5 cells/) },
    { line: 4, ...malformed(/5 cells/) },
    { line: 6, ...malformed(/UTF-8/) },
    { line: 7, ...malformed(/UTF-8/) },
    { summary: { records: 6, taken: 2, repeated: 0, refused: 4, dryRun: false } },
  ]);
});

const malformed = (message: RegExp) => ({
  outcome: 'refused',
  refusal: 'malformed',
  message: expect.stringMatching(message) as unknown,
});

test('JSON that is not UTF-8 is refused, because replaced characters could make two event ids equal', async () => {
  const answer = await post(Buffer.from(JSON.stringify([record('\u00E4')]), 'latin1'));
  expect([answer.status, answer.json()['detail']]).toEqual([400, expect.stringMatching(/UTF-8/)]);
  expect(batches).toEqual([]);
});

test('if a file fails in the middle, the answer says what was counted and that the file can be sent again', async () => {
  const good = Array.from({ length: 1000 }, (_, index) => row(`e${index}`)).join('\n');
  const answer = await post(`${HEAD}\n${good}\n"broken\n`, { type: 'text/csv' });
  expect(answer.status).toBe(200);
  expect(lines(answer.body).at(-1)).toMatchObject({
    problem: { status: 400, detail: expect.stringMatching(/not readable as CSV/) },
    summary: { records: 1000, taken: 1000 },
  });
});

test('a large file passes through in little memory', async () => {
  batches = [];
  const count = 60_000;
  const before = process.memoryUsage().rss;
  let peak = before;
  const file = Readable.from(
    (function* rows() {
      yield `${HEAD}\n`;
      for (let index = 0; index < count; index += 1)
        yield `${row(`event-${index}-${'x'.repeat(40)}`)}\n`;
    })(),
  );
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(
    `${gateway.url}/v1/usage`,
    { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' } },
    (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    },
  );
  sent.on('error', reject);
  file.on('data', () => (peak = Math.max(peak, process.memoryUsage().rss)));
  file.pipe(sent);
  const summary = lines(await promise).at(-1);
  expect(summary).toMatchObject({ summary: { records: count, taken: count } });
  expect(peak - before).toBeLessThan(200 * 1024 * 1024);
});

test('a statement is JSON, CSV that no spreadsheet runs, or a page without scripts', async () => {
  const query = `?subscriptionId=${ID}&month=2026-11`;
  const json = await get(`/v1/usage/statement${query}`);
  expect(JSON.parse(json.body)).toEqual(statementOf(ID, '2026-11'));
  const csv = await get(`/v1/usage/statement${query}&format=csv`);
  expect(csv.headers['content-type']).toMatch(/^text\/csv/);
  expect(csv.body).toContain('1250.000001');
  expect(csv.body).toContain("'=1+1");
  const page = await get(`/v1/usage/statement${query}&format=html`);
  expect(page.body).toContain('1,250.000001');
  expect(page.body).toContain('Growth &amp; &lt;more&gt;');
  expect(page.body).toContain('$12.50');
  expect(page.body).not.toContain('<script');
  expect((await get(`/v1/usage/statement${query}&format=pdf`)).status).toBe(400);
  const badMonth = await get(`/v1/usage/statement?subscriptionId=${ID}&month=11`);
  expect([badMonth.status, JSON.parse(badMonth.body)]).toEqual([
    400,
    expect.objectContaining({ detail: '"month" must be a month, such as 2026-11.' }),
  ]);
  expect((await get(`/v1/usage/statement${query}&formt=csv`)).status).toBe(400);
});

test('the statements of a publisher are read to the last page', async () => {
  const csv = await get('/v1/usage/statements?month=2026-11&format=csv');
  expect(csv.body.trim().split('\n')).toHaveLength(3);
  const json = await get('/v1/usage/statements?month=2026-11');
  expect(lines(json.body).map((one) => one['subscriptionId'])).toEqual([ID, 'contoso-2']);
  const page = await get('/v1/usage/statements?month=2026-11&format=html');
  expect(page.body).toContain('contoso-2');
  expect(page.body).toMatch(/All 2 subscriptions[^]*Total \$25\.00/);
  expect((await get('/v1/usage/statements?month=2026-11&isTest=yes')).status).toBe(400);
});
