import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RELEASE } from '@landfall/contracts/release';
import { until } from '@landfall/servers/wait';
import { openDestination, type ReceivedCall } from '../src/fixture/destination.ts';
import { ScenarioFixture } from '../src/fixture/scenario-fixture.ts';
import { buyAndActivate, buyHoursAgo } from '../src/scenarios/buying.ts';
import { hoursAgo, report } from '../src/scenarios/usage/reporting.ts';
import { startCollector, type CollectedSpan, type Collector } from './collector.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';

/** A trace that a stranger asks for. */
const FOREIGN = 'c0ffee00c0ffee00c0ffee00c0ffee00';

let resources: AsyncDisposableStack;
let collector: Collector;
let stack: StackFixture;
let fixture: ScenarioFixture;
let subscriptionId: string;
const received: ReceivedCall[] = [];

beforeAll(async () => {
  resources = new AsyncDisposableStack();
  collector = resources.use(await startCollector());
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_SAMPLER_ARG: '1',
  };
  stack = resources.use(await startStackFixture({ settings }));
  fixture = new ScenarioFixture(stack.client, 'traces', () => undefined);
  const about = { label: 'traced', types: ['subscription.activated' as const], path: '/events' };
  const answer = (call: ReceivedCall) => Promise.resolve(String(received.push(call)));
  resources.use(await openDestination(stack.client, about, answer));
  const order = { offerId: 'teamdesk', planId: 'standard', quantity: 10 };
  subscriptionId = await buyAndActivate(fixture, order);
  await fixture.agreed('the customer takes 25 seats', subscriptionId, { quantity: 25 }, () =>
    stack.client.control.changeQuantity(subscriptionId, 25),
  );
  const [metered] = await buyHoursAgo(fixture, { offerId: 'analytics', planId: 'growth' });
  const occurredAt = await hoursAgo(fixture, 2);
  await report(fixture, metered, { dimension: 'reports', quantity: '50000', occurredAt });
  const headers = { traceparent: `00-${FOREIGN}-00f067aa0ba902b7-01`, baggage: 'user=ada' };
  await fetch(new URL('/landing', stack.client.stack.gatewayUrl), { headers });
});
afterAll(() => resources.disposeAsync());

/** What a trace begins with: a request from outside, or work that a service does by itself. */
const ROOTS = ['gateway: ', 'billing-sync: submit usage'];

const nameOf = ({ service, name }: CollectedSpan) => `${service}: ${name}`;

/** The names of a span's ancestors and its own, from the root on. */
function way(span: CollectedSpan): string[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent ? way(parent) : []), nameOf(span)];
}

/** The way to the first span of this name that has arrived with all its ancestors. */
async function wayTo(name: string): Promise<string[]> {
  return await until(`a span ${name} arrives with its ancestors`, () =>
    collector.spans
      .filter((span) => nameOf(span) === name)
      .map(way)
      .find(([root = '']) => ROOTS.some((name) => root.startsWith(name))),
  );
}

test('a purchase is one trace, from the browser to the product and the other services', async () => {
  const confirmed = [
    'gateway: POST /landing/*',
    'landing: POST /landing/confirm',
    'landing: fulfillment-worker/subscriptions.activate',
    'fulfillment-worker: fulfillment-worker/subscriptions.activate',
    'fulfillment-worker: task activate',
    'fulfillment-worker: task confirmActivation',
  ];
  expect(await wayTo('fulfillment-worker: deliver product')).toEqual([
    ...confirmed,
    'fulfillment-worker: deliver product',
  ]);
  expect(await wayTo('billing-sync: process fulfillment.subscription.activated')).toEqual([
    ...confirmed,
    'fulfillment-worker: send fulfillment.subscription.activated',
    'billing-sync: process fulfillment.subscription.activated',
  ]);
  expect(await wayTo('fulfillment-worker: Microsoft activate')).toEqual([
    ...confirmed.slice(0, -1),
    'fulfillment-worker: Microsoft activate',
  ]);

  const [call] = received;
  const sent = collector.spans.filter(({ name }) => name === 'deliver product');
  expect(sent.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)).toContain(
    call?.headers['traceparent'],
  );
});

test('a notification is one trace, from the webhook to the decision and its answer', async () => {
  expect(await wayTo('fulfillment-worker: Microsoft updateOperation')).toEqual([
    'gateway: POST /webhook',
    'webhook-ingest: POST /webhook',
    'webhook-ingest: send ingest.notification.received',
    'fulfillment-worker: process ingest.notification.received',
    'fulfillment-worker: task notification',
    'fulfillment-worker: Microsoft updateOperation',
  ]);
  expect(await wayTo('webhook-ingest: group commit')).toEqual([
    'gateway: POST /webhook',
    'webhook-ingest: POST /webhook',
    'webhook-ingest: group commit',
  ]);
  expect(await wayTo('fulfillment-worker: fulfillment-worker/decisions.decide')).toContain(
    'webhook-ingest: POST /webhook',
  );
});

test('a usage record is one trace to its claim, and its submission another one', async () => {
  expect(await wayTo('billing-sync: billing-sync/usage.report')).toEqual([
    'gateway: POST /trpc/*',
    'gateway: billing-sync/usage.report',
    'billing-sync: billing-sync/usage.report',
  ]);
  expect(await wayTo('fulfillment-worker: process billing.usage.settled')).toEqual([
    'billing-sync: submit usage',
    'billing-sync: send billing.usage.settled',
    'fulfillment-worker: process billing.usage.settled',
  ]);
});

test('a caller from outside cannot choose the trace of a request', async () => {
  // Those of both purchases, and the stranger's.
  await until(
    'the requests have arrived',
    () => collector.spans.filter((span) => nameOf(span) === 'landing: GET /landing').length === 3,
  );
  expect(collector.spans.filter(({ traceId }) => traceId === FOREIGN)).toEqual([]);
});

test('the lines of the log name the trace that they belong to', async () => {
  const { traceId } = await until('the task has a span', () =>
    collector.spans.find(({ name }) => name === 'POST /landing/confirm'),
  );
  const lines = readdirSync(stack.folder.logs)
    .flatMap((name) => readFileSync(path.join(stack.folder.logs, name), 'utf8').split('\n'))
    .filter((line) => line.includes(`"trace_id":"${traceId}"`));
  expect(lines.length).toBeGreaterThan(0);
});

test('the durations of requests, calls and calls to Microsoft name a trace that was collected', async () => {
  const measured = [
    { service: 'gateway', bucket: /http_request_\S+route="\/landing\/\*"/ },
    { service: 'landing', bucket: /http_request_\S+route="\/landing\/confirm"/ },
    { service: 'fulfillment-worker', bucket: /rpc_call_\S+procedure="subscriptions.activate"/ },
    { service: 'fulfillment-worker', bucket: /marketplace_call_\S+operation="activate"/ },
  ];
  for (const { service, bucket } of measured) {
    const found = stack.client.stack.services.find(({ name }) => name === service);
    const answer = await fetch(found?.metricsUrl ?? '', {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    const lines = (await answer.text()).split('\n').filter((line) => bucket.test(line));
    const ids = lines.flatMap((line) => / # \{trace_id="(\w+)"\} /.exec(line)?.[1] ?? []);
    expect(ids.length, String(bucket)).toBeGreaterThan(0);
    await until('a span of the exemplar arrives', () =>
      collector.spans.some(
        (span) => span.service === service && ids.some((id) => id === span.traceId),
      ),
    );
  }
});

test('each span comes from a service of this release', () => {
  expect([...new Set(collector.spans.map(({ version }) => version))]).toEqual([RELEASE]);
});

test('spans hold no ids of people or subscriptions, no addresses, no tokens and no values', () => {
  const { email, tenantId, objectId, name } = stack.client.person('ada');
  const secrets = [
    email,
    name,
    tenantId,
    objectId,
    subscriptionId,
    stack.client.stack.operatorApiKey,
  ];
  for (const secret of secrets) expect(collector.texts.join('\n')).not.toContain(secret);
  // The span of a failed attempt also has the kind of error, even if a repeat succeeded.
  const known = new Set(
    collector.spans.flatMap(({ attributes, hasFailed }) =>
      Object.keys(attributes).filter((name) => !(hasFailed && name === 'error.type')),
    ),
  );
  expect([...known].toSorted()).toEqual([
    'db.collection.name',
    'db.operation.name',
    'db.system.name',
    'http.request.method',
    'http.response.status_code',
    'http.route',
    'messaging.destination.name',
    'messaging.operation.type',
    'messaging.system',
    'rpc.method',
    'rpc.service',
    'rpc.system',
  ]);
});
