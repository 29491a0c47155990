import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLandfallClient, type LiveEvent } from '@landfall/client';
import { until, within } from '@landfall/servers/wait';
import { ScenarioFixture } from '../src/fixture/scenario-fixture.ts';
import type { StackClient } from '../src/fixture/stack-client.ts';
import { buyAndActivate } from '../src/scenarios/buying.ts';
import { makeProduct, startProduct, type RunningProduct } from './product.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

const gateway = fileURLToPath(new URL('../../../services/gateway/src/main.ts', import.meta.url));

/** Events are shown within a second. */
const SHOWN_MS = 10_000;

let resources: AsyncDisposableStack;
let stack: StackFixture;
let client: StackClient;
let fixture: ScenarioFixture;
let folder: string;
let usageKey: string;

beforeAll(async () => {
  resources = new AsyncDisposableStack();
  folder = resources.use(temporaryFolder()).path;
  [stack] = await Promise.all([startStackFixture(), makeProduct(folder)]);
  resources.use(stack);
  ({ client } = stack);
  fixture = new ScenarioFixture(client, 'sdk', () => undefined);
  usageKey = await keyWith('usage:write');
});
afterAll(() => resources.disposeAsync());

describe.for(['express', 'fastify', 'hono', 'next'])('the example for %s', (name) => {
  let product: RunningProduct;
  let destinationId = '';

  beforeAll(async () => {
    const env = { LANDFALL_URL: gatewayUrl(), LANDFALL_API_KEY: usageKey };
    const secretFor = async (url: string) => {
      const { api } = client;
      const created = await api.destinations.create.mutate({ label: name, url, types: ['ping'] });
      destinationId = created.destination.id;
      return created.secret;
    };
    product = await startProduct(folder, { program: `${name}.js`, env, secretFor });
  });
  afterAll(async () => {
    await product?.[Symbol.asyncDispose]();
    await client.api.destinations.disable.mutate({ destinationId });
  });

  test('takes an event, and Landfall records its delivery', async () => {
    await client.api.destinations.ping.mutate({ destinationId });
    await until('it is delivered', async () => {
      const { items } = await client.api.deliveries.list.query({ destinationId });
      return items.some(({ state }) => state === 'delivered');
    });
    const forged = await fetch(`${product.url}/landfall`, { method: 'POST', body: '{}' });
    expect(forged.status).toBe(400);
  });

  test('refuses a seat change while Microsoft waits', async () => {
    const { api, control } = client;
    const order = { offerId: 'teamdesk', planId: 'standard', quantity: 10 };
    const id = await buyAndActivate(fixture, order);
    const before = await api.policies.get.query({});
    await api.policies.put.mutate({
      ...before,
      rules: [{ id: 'ask', when: { action: 'ChangeQuantity' }, decision: 'ask' }],
      ask: { destinationId, onSilence: 'accept' },
    });
    try {
      const { operationId } = await control.changeQuantity(id, 7);
      const operation = await until('the operation is settled', async () => {
        const { items } = await api.subscriptions.operations.query({ subscriptionId: id });
        return items.find((one) => one.operationId === operationId && one.outcome !== undefined);
      });
      expect(operation).toMatchObject({ outcome: 'refused', isInTime: true });
      expect(operation.reason).toContain('seats-in-use');
    } finally {
      await api.policies.put.mutate(before);
    }
  });

  test('reports usage once, also what it still holds when it is asked to end', async () => {
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'growth' });
    const headers = { 'content-type': 'application/json' };
    for (const reportId of ['a', 'b', 'b', 'c']) {
      const body = JSON.stringify({ subscriptionId: id, reportId: `${id} ${reportId}` });
      const made = await fetch(`${product.url}/reports`, { method: 'POST', headers, body });
      expect(made.status).toBe(202);
    }
    const printed = await product.stop();
    // Two hours if a new one began between the reports.
    const units = new Map<string, number>();
    for await (const { dimension, used } of client.api.usage.hours.each({ subscriptionId: id })) {
      units.set(dimension, (units.get(dimension) ?? 0) + Number(used));
    }
    expect(units).toEqual(new Map([['reports', 3]]));
    expect(printed).toContain('ping');
  });
});

test('live events show the progress of a purchase', async () => {
  const landfall = createLandfallClient({
    url: gatewayUrl(),
    apiKey: await keyWith('events:read'),
  });
  const gone = new AbortController();
  const seen: LiveEvent[] = [];
  const listening = (async () => {
    for await (const event of landfall.events.live.listen({}, { signal: gone.signal })) {
      seen.push(event);
    }
  })();
  // The stream does not say when it is connected, so the test buys until an activation is shown.
  await until('an activation is shown', async () => {
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    return await within(SHOWN_MS, () =>
      seen.some(
        ({ type, subscriptionId }) =>
          type === 'fulfillment.subscription.activated' && subscriptionId === id,
      ),
    );
  });
  gone.abort();
  await listening;
  expect(seen.every(({ publisherId }) => publisherId !== undefined)).toBe(true);
});

test('a command that is repeated with its key is carried out once', async () => {
  const landfall = createLandfallClient({ url: gatewayUrl(), apiKey: client.stack.operatorApiKey });
  const idempotencyKey = randomUUID();
  const create = () =>
    landfall.destinations.create.mutate(
      { label: 'once', url: 'https://once.contoso.example/events' },
      { idempotencyKey },
    );
  await create();
  await create().catch(() => undefined);
  const labels: string[] = [];
  for await (const { label } of landfall.destinations.list.each({})) labels.push(label);
  expect(labels.filter((label) => label === 'once')).toHaveLength(1);
});

function gatewayUrl(): string {
  return client.stack.trpcUrl.replace(/\/trpc$/, '');
}

async function keyWith(scopes: string): Promise<string> {
  const env = { DATABASE_URL: client.stack.databaseUrl };
  const wanted = ['create', '--label', 'the product', '--scopes', scopes];
  const { stdout } = await promisify(execFile)(process.execPath, [gateway, 'keys', ...wanted], {
    env,
  });
  return stdout.trim();
}
