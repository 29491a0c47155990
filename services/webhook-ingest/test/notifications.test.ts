import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import { MARKETPLACE, testAuthority, type TestAuthority } from './authority.ts';
import {
  bootIngest,
  deliver,
  listenToFacts,
  msPastHourEnd,
  notification,
  operatorClient,
  serveDecisions,
  storedRows,
  testBus,
  type Ingest,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let facts: AsyncDisposable & { readonly seen: NotificationReceived[] };
let instances: [Ingest, Ingest];
let worker: AsyncDisposable;
let token: string;

const aheadMs = msPastHourEnd();
const now = () => new Date(Date.now() + aheadMs);

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  const servers = { database, nats, issuer: authority, now };
  instances = await Promise.all([bootIngest(servers), bootIngest(servers)]);
  bus = await testBus(nats);
  facts = await listenToFacts(bus);
  worker = serveDecisions(bus, async () => ({ answer: 'accept' }));
  token = await authority.token();
});

afterAll(async () => {
  for (const part of [...instances, worker, facts, bus, nats, database, authority]) {
    await part[Symbol.asyncDispose]();
  }
});

const factsOf = (subscriptionId: unknown) =>
  facts.seen.filter((fact) => fact.subscriptionId === subscriptionId);
const rowsOf = async (subscriptionId: unknown) =>
  (await storedRows(database)).filter((row) => row.subscription_id === subscriptionId);

test.each(['Suspend', 'Reinstate', 'Renew', 'Unsubscribe', 'Subscribe'])(
  'a notification without a decision (%s) is answered with an empty 200 before any work',
  async (action) => {
    const answer = await deliver(instances[0], token, notification({ action }));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  },
);

test('50 parallel deliveries to two instances become one row and one message', async () => {
  const body = notification({ action: 'Suspend' });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => deliver(instances[n % 2 === 0 ? 0 : 1], token, body)),
  );
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
  await until('the notification is published', async () =>
    (await rowsOf(body['subscriptionId'])).some((row) => row.published_at !== null),
  );
  const [row, ...others] = await rowsOf(body['subscriptionId']);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ deliveries: 50, verdict: 'accepted' });
  // A second message would arrive before the message of this later notification.
  const later = notification();
  await deliver(instances[0], token, later);
  await until('the fact is published', () => factsOf(later['subscriptionId']).length === 1);
  expect(factsOf(body['subscriptionId'])).toHaveLength(1);
});

test('the fact names the notification and holds no personal data', async () => {
  const body = notification({
    subscription: { id: randomUUID(), beneficiary: { emailId: 'buyer@fabrikam.example' } },
  });
  await deliver(instances[0], token, body);
  await until('the fact is published', () => factsOf(body['subscriptionId']).length === 1);
  const [fact] = factsOf(body['subscriptionId']);
  expect(fact).toMatchObject({
    operationId: body['id'],
    action: 'Renew',
    planId: 'growth',
    quantity: 10,
  });
  expect(JSON.stringify(fact)).not.toContain('fabrikam.example');
});

test.each([
  ['an unknown action', { action: 'Transfer' }],
  ['an unknown status', { status: 'Pondering' }],
  ['an unknown term', { subscription: { id: randomUUID(), term: { termUnit: 'P18M' } } }],
  ['fields fail knows', { sustainability: { rating: 'A+' } }],
  ['no snapshot', { subscription: null }],
  ['a padded offer', { offerId: 'analytics-preview ' }],
  ['seats as text', { quantity: ' 25' }],
  ['NUL characters', { planId: 'gro\u0000wth' }],
  ['half a character', { action: 'Trans\uD800fer' }],
  ['a quantity fail can buy', { quantity: 1e300 }],
])('%s is stored, answered 200 and published', async (_title, changes) => {
  const body = notification(changes);
  expect((await deliver(instances[0], token, body)).status).toBe(200);
  await until('the fact is published', () => factsOf(body['subscriptionId']).length === 1);
});

test.each<[string, (subscriptionId: string) => Record<string, unknown>]>([
  ['PascalCase keys', (id) => ({ Id: randomUUID(), SubscriptionId: id, Action: 'Renew' })],
  [
    'operationId for id',
    (id) => ({ operationId: randomUUID(), subscriptionId: id, action: 'Renew' }),
  ],
  ['operationType and nothing more', (id) => ({ subscriptionId: id, operationType: 'Reinstate' })],
  [
    'the misspelt source',
    (id) => ({ ...notification(), subscriptionId: id, operationRequestedSource: 'Partner' }),
  ],
])('the variant with %s is understood', async (_title, bodyFor) => {
  const subscriptionId = randomUUID();
  expect((await deliver(instances[0], token, bodyFor(subscriptionId))).status).toBe(200);
  await until('the fact is published', () => factsOf(subscriptionId).length === 1);
});

test.each([
  ['text that is not JSON', '{"action": oops', 'not-json'],
  ['an empty body', '', 'not-json'],
  ['a list', '[1,2]', 'not-an-object'],
  [
    'all values empty',
    '{"id":"","subscriptionId":"","action":"","quantity":"","x":1}',
    'subscriptionId-missing',
  ],
  ['nesting without end', '['.repeat(30_000) + ']'.repeat(30_000), 'not-an-object'],
  [
    'an invalid subscription id',
    `{"id":"o","action":"ChangePlan","subscriptionId":"${randomBytes(10_000).toString('hex')}"}`,
    'subscriptionId-too-long',
  ],
])(
  '%s from a genuine caller is kept for operators and answered 200',
  async (_title, text, problem) => {
    const before = (await storedRows(database)).length;
    expect((await deliver(instances[0], token, text)).status).toBe(200);
    const rows = await storedRows(database);
    expect(rows).toHaveLength(before + 1);
    const kept = rows.find((row) => row.body === text);
    expect(kept).toMatchObject({ subscription_id: null, verdict: 'accepted' });
    expect(kept?.problems).toContain(problem);
  },
);

test('a minimal notification that is repeated within the hour is stored once', async () => {
  const body = { subscriptionId: randomUUID(), operationType: 'Reinstate' };
  await deliver(instances[0], token, body);
  await deliver(instances[1], token, body);
  expect(await rowsOf(body.subscriptionId)).toMatchObject([{ deliveries: 2 }]);
});

test('another action with the same operation id is another notification', async () => {
  const body = notification({ action: 'Renew' });
  await deliver(instances[0], token, body);
  await deliver(instances[0], token, { ...body, action: 'Suspend' });
  expect(await rowsOf(body['subscriptionId'])).toHaveLength(2);
});

test('a notification is shown without personal data, and its purchase token is never stored', async () => {
  const body = notification({
    purchaseToken: 'secret+token/with=signs',
    subscription: {
      id: randomUUID(),
      name: 'Ada Buyer',
      beneficiary: { emailId: 'ada@fabrikam.example', objectId: randomUUID(), puid: '1003' },
    },
  });
  await deliver(instances[0], token, body);
  const [row] = await rowsOf(body['subscriptionId']);
  expect(row?.body).not.toContain('secret+token');
  const shown = await operatorClient(bus).notifications.get.query({
    notificationId: row?.id ?? '',
  });
  const text = JSON.stringify(shown);
  for (const personal of ['ada@', 'Ada Buyer', '1003', 'purchaseToken']) {
    expect(text).not.toContain(personal);
  }
  expect(text).toContain('objectId');
});

test('the list is paged, newest first, without gaps or repeats', async () => {
  const subscriptionId = randomUUID();
  const sent: unknown[] = [];
  for (let n = 0; n < 5; n += 1) {
    const body = notification({ subscriptionId });
    sent.unshift(body['id']);
    await deliver(instances[0], token, body);
  }
  const client = operatorClient(bus);
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.notifications.list.query({
      subscriptionId: subscriptionId.toUpperCase(),
      limit: 2,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen.push(...page.items.map((item) => item.operationId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(sent);
});

test('a malformed cursor and an unknown notification are rejections with a code', async () => {
  const client = operatorClient(bus);
  const codeOf = (error: { data?: { rejection?: string } }) => error.data?.rejection;
  await expect(client.notifications.list.query({ cursor: 'nonsense' }).catch(codeOf)).resolves.toBe(
    'cursor.invalid',
  );
  await expect(
    client.notifications.get.query({ notificationId: randomUUID() }).catch(codeOf),
  ).resolves.toBe('notification.not-found');
});

test('the counters show accepted, refused and unpublished calls', async () => {
  const client = operatorClient(bus);
  const before = await client.notifications.counters.query({});
  await Promise.all(instances.map((instance) => deliver(instance, undefined, {})));
  await until('the counters show the calls', async () => {
    const after = await client.notifications.counters.query({});
    const missing = (counted: typeof after) => counted.unauthenticated['missing'] ?? 0;
    return missing(after) > missing(before) && after.accepted > 0 && after.unpublished === 0;
  });
});

test('the summary counts the notifications of 14 days, names the latest, and leaves out other publishers', async () => {
  const client = operatorClient(bus);
  const before = await client.notifications.summary.query({});
  expect((await deliver(instances[0], token, notification())).status).toBe(200);

  const after = await client.notifications.summary.query({});
  const theirs = await client.notifications.summary.query({ publisherId: 'nobody' });

  const today = now().toISOString().slice(0, 10);
  expect(after.days).toHaveLength(14);
  expect(after.days.at(-1)).toMatchObject({
    day: today,
    received: before.days.at(-1)!.received + 1,
  });
  expect(after.lastReceivedAt! > (before.lastReceivedAt ?? '')).toBe(true);
  expect(theirs).toMatchObject({ waiting: 0 });
  expect(theirs.days.every(({ received }) => received === 0)).toBe(true);
  expect(theirs.lastReceivedAt).toBeUndefined();
});

test('notifications are found by operation, verdict, time of arrival and whether they can be read', async () => {
  const body = notification();
  const since = now().toISOString();
  expect((await deliver(instances[0], token, body)).status).toBe(200);
  const unreadable = notification({ subscriptionId: 'no guid' });
  expect((await deliver(instances[0], token, unreadable)).status).toBe(200);
  const client = operatorClient(bus);
  const operationsOf = async (filter: Parameters<typeof client.notifications.list.query>[0]) =>
    (await client.notifications.list.query(filter)).items.map(({ operationId }) => operationId);

  expect(await operationsOf({ operationId: String(body['id']) })).toEqual([body['id']]);
  expect(await operationsOf({ since, verdict: 'accepted' })).toEqual([
    unreadable['id'],
    body['id'],
  ]);
  expect(await operationsOf({ since, verdict: 'refused' })).toEqual([]);
  expect(await operationsOf({ since, isUnreadable: true })).toEqual([unreadable['id']]);
  expect(await operationsOf({ since, isUnreadable: false })).toEqual([body['id']]);
  expect(await operationsOf({ until: since, operationId: String(body['id']) })).toEqual([]);
});

test('a notification shows the headers it came with and what its token passed, but not the token', async () => {
  const body = notification();
  expect((await deliver(instances[0], token, body)).status).toBe(200);
  const client = operatorClient(bus);
  const subscriptionId = String(body['subscriptionId']);
  const { items } = await client.notifications.list.query({ subscriptionId });

  const shown = await client.notifications.get.query({ notificationId: items[0]!.id });

  expect(shown.headers).toMatchObject({ 'content-type': 'application/json' });
  expect(shown.headers).not.toHaveProperty('authorization');
  expect(shown.verification).toEqual([
    { check: 'signature', found: 'key-1' },
    { check: 'audience', found: authority.clientId },
    { check: 'tenant', found: authority.tenantId },
    { check: 'caller', found: MARKETPLACE },
    { check: 'issuer', found: `${authority.url}/${authority.tenantId}/v2.0` },
    { check: 'version', found: '2' },
  ]);
  expect(shown.decision).toBeUndefined();
  for (const part of token.split('.')) expect(JSON.stringify(shown)).not.toContain(part);
});
