import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { DECISION_WINDOW_MS } from '@landfall/domain/operation';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import { testAuthority, type TestAuthority } from './authority.ts';
import {
  bootIngest,
  deliver,
  listenToFacts,
  notification,
  operatorClient,
  serveDecisions,
  storedRows,
  testBus,
  type Decide,
  type Ingest,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let ingest: Ingest;
let token: string;

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  ingest = await bootIngest({ database, nats, issuer: authority });
  bus = await testBus(nats);
  token = await authority.token();
});

afterAll(async () => {
  for (const part of [ingest, bus, nats, database, authority]) await part[Symbol.asyncDispose]();
});

const change = () => notification({ action: 'ChangePlan', status: 'InProgress' });
const rowOf = async (body: Record<string, unknown>) =>
  (await storedRows(database)).find((row) => row.subscription_id === body['subscriptionId']);

/** A worker that counts how often it is asked. */
function worker(decide: Decide) {
  const asked: Parameters<Decide>[0][] = [];
  const serving = serveDecisions(bus, (input, call) => {
    asked.push(input);
    return decide(input, call);
  });
  return { asked, [Symbol.asyncDispose]: () => serving[Symbol.asyncDispose]() };
}

test('a refused change is answered 400, stored with its reason, and published', async () => {
  await using facts = await listenToFacts(bus);
  await using decider = worker(async () => ({ answer: 'refuse', reason: 'rule:no-downgrade' }));
  const body = change();
  const response = await deliver(ingest, token, body);
  expect(response.status).toBe(400);
  expect(await response.text()).toBe('');
  expect(await rowOf(body)).toMatchObject({ verdict: 'refused', reason: 'rule:no-downgrade' });
  expect(decider.asked).toMatchObject([{ operationId: body['id'], action: 'ChangePlan' }]);
  await until('the fact is published', () =>
    facts.seen.some((fact) => fact.subscriptionId === body['subscriptionId']),
  );
});

test.each(['accept', 'unconfirmed'] as const)('%s is answered 200', async (answer) => {
  await using decider = worker(async () => ({ answer }));
  const body = notification({ action: 'ChangeQuantity', status: 'InProgress', quantity: 20 });
  expect((await deliver(ingest, token, body)).status).toBe(200);
  expect(await rowOf(body)).toMatchObject({ verdict: 'accepted' });
  expect(decider.asked).toHaveLength(1);
});

test('a repeated delivery gets the stored verdict without another question', async () => {
  await using decider = worker(async () => ({ answer: 'refuse', reason: 'rule:x' }));
  const body = change();
  expect((await deliver(ingest, token, body)).status).toBe(400);
  expect((await deliver(ingest, token, body)).status).toBe(400);
  expect(decider.asked).toHaveLength(1);
});

test('deliveries at the same time get the same answer, whatever the worker would say the second time', async () => {
  let isFirst = true;
  await using _decider = worker(async () => {
    const answer = isFirst ? 'refuse' : 'accept';
    isFirst = false;
    return { answer };
  });
  await using second = await bootIngest({ database, nats, issuer: authority });
  const body = change();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => deliver(n % 2 === 0 ? ingest : second, token, body)),
  );
  expect(new Set(answers.map((answer) => answer.status)).size).toBe(1);
});

test('without a worker a change is answered 503 and undecided, and its next delivery is decided', async () => {
  const body = change();
  const undecided = await deliver(ingest, token, body);
  expect(undecided.status).toBe(503);
  expect(undecided.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await rowOf(body)).toMatchObject({ verdict: 'undecided' });
  await using _decider = worker(async () => ({ answer: 'refuse', reason: 'rule:x' }));
  expect((await deliver(ingest, token, body)).status).toBe(400);
});

test('a change shows when the worker was asked, when it answered, and whether that was in time', async () => {
  const body = change();
  const startedAt = Date.now();
  const shown = async () => {
    const client = operatorClient(bus);
    const subscriptionId = String(body['subscriptionId']);
    const { items } = await client.notifications.list.query({ subscriptionId });
    return await client.notifications.get.query({ notificationId: items[0]!.id });
  };
  expect((await deliver(ingest, token, body)).status).toBe(503);
  await until('the silence is stored', async () => (await shown()).decision !== undefined);
  const { decision: silence } = await shown();
  expect(silence).toMatchObject({ isInTime: false });
  expect(silence).not.toHaveProperty('answeredAt');

  await using _decider = worker(async () => ({ answer: 'refuse', reason: 'rule:x' }));
  expect((await deliver(ingest, token, body)).status).toBe(400);
  const { decision: answered } = await shown();
  expect((await deliver(ingest, token, body)).status).toBe(400);

  expect(answered).toMatchObject({ isInTime: true });
  const moments = [silence?.askedAt, answered?.askedAt, answered?.answeredAt].map((moment) =>
    Date.parse(moment ?? ''),
  );
  expect(moments.toSorted((left, right) => left - right)).toEqual(moments);
  expect(moments[0]).toBeGreaterThanOrEqual(startedAt);
  expect((await shown()).decision).toEqual(answered);
});

test('a failure of the worker is answered 503, never 4xx', async () => {
  await using _decider = worker(async () => {
    throw new Fault('marketplace.unavailable', 'Get Operation failed', { retry: 'later' });
  });
  const body = change();
  expect((await deliver(ingest, token, body)).status).toBe(503);
  await until(
    'the reason is stored',
    async () => (await rowOf(body))?.reason === 'marketplace.unavailable',
  );
});

test('a decision that is too late is answered 503 before Microsoft stops waiting', async () => {
  const release = Promise.withResolvers<void>();
  await using _decider = worker(async () => {
    await release.promise;
    return { answer: 'refuse' };
  });
  const startedAt = performance.now();
  const response = await deliver(ingest, token, change());
  const elapsedMs = performance.now() - startedAt;
  release.resolve();
  expect(response.status).toBe(503);
  expect(elapsedMs).toBeGreaterThan(5_000);
  expect(elapsedMs).toBeLessThan(DECISION_WINDOW_MS);
});
