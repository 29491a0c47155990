import { createSocket } from 'node:dgram';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { startSilentProxy, type SilentProxy } from '@landfall/servers/silent-proxy';
import { throwAwayFolder, throwAwayPostgres } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { rmSync } from 'node:fs';
import { Buyer } from '../src/fixture/buyer.ts';
import { openFolder } from '../src/launch/folder.ts';
import { ScenarioFixture } from '../src/fixture/scenario-fixture.ts';
import { buyAndActivate } from '../src/scenarios/buying.ts';
import { startStack } from '../src/launch/stack.ts';
import { openStackClient, type StackClient } from '../src/fixture/stack-client.ts';

/** Microsoft accepts a change that is not answered within this time. */
const MICROSOFT_WAITS_MS = 10_000;
/** Longer than a decision may take, so calls for plans occupy the worker all the time. */
const PLANS_LATENCY_MS = 15_000;
/** More than the worker answers at the same time. */
const PAGE_LOADS = 400;
const KEY_CALLS = 400;
const DEAD_DESTINATIONS = 20;
/** Concurrent forged calls; each is followed by the next. */
const FORGERS = 30;

const gateway = fileURLToPath(new URL('../../../services/gateway/src/main.ts', import.meta.url));

let resources: AsyncDisposableStack;
let client: StackClient;
let fixture: ScenarioFixture;
let proxy: SilentProxy;
let admin: pg.Pool;

beforeAll(async () => {
  resources = new AsyncDisposableStack();
  const root = throwAwayFolder();
  resources.defer(() => rmSync(root, { recursive: true, force: true }));
  const postgres = resources.use(await throwAwayPostgres());
  proxy = resources.use(await startSilentProxy(postgres.adminUrl));
  const nameServer = createSocket('udp4').bind(0, '127.0.0.1');
  await once(nameServer, 'listening');
  resources.defer(() => void nameServer.close());
  const running = await startStack({
    folder: openFolder(`${root}/data`),
    fresh: false,
    workers: 1,
    onStep: () => undefined,
    onEvent: () => undefined,
    env: { DATABASE_URL: proxy.url },
    settings: {
      'fulfillment-worker': {
        // A name server that never answers.
        DESTINATION_NAME_SERVERS: `127.0.0.1:${nameServer.address().port}`,
      },
    },
  });
  resources.defer(async () => void (await running.stop()));
  client = openStackClient(running.description);
  fixture = new ScenarioFixture(client, 'neighbours', () => undefined);
  const { pathname } = new URL(running.description.databaseUrl);
  admin = new pg.Pool({
    connectionString: Object.assign(new URL(postgres.adminUrl), { pathname }).href,
  });
  admin.on('error', () => undefined);
  resources.defer(() => admin.end());
});
afterAll(() => resources.disposeAsync());

test('another publisher’s rule refuses in time despite an overload by a customer, a key, a destination, a silent connection and forged calls', async () => {
  const { api, control } = client;
  const noisy = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
  const quiet = await buyAndActivate(fixture, {
    offerId: 'ledger',
    planId: 'starter',
    beneficiary: 'tara',
  });
  await api.policies.put.mutate({
    rules: [
      { id: 'no-practice', offerId: 'ledger', when: { action: 'ChangePlan' }, decision: 'refuse' },
    ],
  });
  const pages = await planPages(noisy);
  const key = await limitedKey(noisy);
  await refusedInTime(quiet, 'before');
  expect(await silenceDecisions()).toBeGreaterThan(0);

  const stop = new AbortController();
  const forged = forgeUntil(stop.signal);
  const noise = [pages(), key(), forged.done];
  await until('forgers are turned away', () => forged.refused() > 0);
  await refusedInTime(quiet, 'with all of them at their worst');

  const view = await api.subscriptions.get.query({ subscriptionId: quiet });
  expect(view.planId).toBe('starter');
  expect((await control.subscription(quiet)).planId).toBe('starter');
  stop.abort();
  await control.clearFaults();
  await Promise.all(noise);
});

/**
 * The customer requests another plan. The first answer to Microsoft must be the rule's refusal, in
 * time.
 */
async function refusedInTime(subscriptionId: string, when: string): Promise<number> {
  const { operationId } = await client.control.changePlan(subscriptionId, 'practice');
  const attempt = await until(`Microsoft has an answer, ${when}`, async () => {
    const deliveries = await client.control.deliveries(subscriptionId);
    return deliveries.find((one) => one.operationId === operationId)?.attempts[0];
  });
  expect({ when, status: attempt.status }).toEqual({ when, status: 400 });
  expect(attempt.durationMs).toBeLessThan(MICROSOFT_WAITS_MS);
  return attempt.durationMs;
}

/** One person's browser, which loads the page of plans many times at once. */
async function planPages(subscriptionId: string): Promise<Noise> {
  const url = `${client.stack.gatewayUrl}/landing/subscriptions/${subscriptionId}/plan`;
  const buyer = new Buyer(client.person('ada'));
  expect((await buyer.open(url)).status).toBe(200);
  await client.control.addFault({ endpoint: 'plans', latencyMs: PLANS_LATENCY_MS });
  const cookie = buyer.cookiesFor(url);
  const load = async () => {
    const response = await fetch(url, { headers: { cookie } });
    await response.body?.cancel();
    return response.status;
  };
  return allAtOnce(PAGE_LOADS, load);
}

/** A program with an API key that is limited to the first publisher. */
async function limitedKey(subscriptionId: string): Promise<Noise> {
  const { databaseUrl, trpcUrl, publishers } = client.stack;
  const publisherId = publishers[0]?.publisherId ?? '';
  const wanted = ['--label', 'noisy', '--scopes', 'all', '--publisher', publisherId];
  const env = { DATABASE_URL: databaseUrl };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [gateway, 'keys', 'create', ...wanted],
    { env },
  );
  const api = createLandfallClient({ url: trpcUrl, apiKey: stdout.trim() });
  for (let number = 0; number < DEAD_DESTINATIONS; number += 1) {
    const { destination } = await api.destinations.create.mutate({
      label: `dead ${number}`,
      url: `https://dead-${number}.contoso.example/events`,
      publisherId,
    });
    await api.destinations.ping.mutate({ destinationId: destination.id });
  }
  return allAtOnce(KEY_CALLS, () => api.subscriptions.availablePlans.query({ subscriptionId }));
}

/** Sends calls from many addresses, each with a different forged token. */
function forgeUntil(signal: AbortSignal) {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [publisher] = client.stack.publishers;
  const claims = { tid: publisher?.tenantId, aud: publisher?.clientId, exp: 4_000_000_000 };
  const body = JSON.stringify({ id: crypto.randomUUID(), action: 'ChangePlan' });
  let refused = 0;
  const forger = async (number: number): Promise<void> => {
    for (let call = 0; !signal.aborted; call += 1) {
      const kid = `forged-${number}-${call}`;
      const token = `${part({ alg: 'RS256', kid })}.${part(claims)}.c2lnbmF0dXJl`;
      const from = `127.0.0.${2 + number}`;
      if ((await post(client.stack.webhookUrl, { from, token, body })) !== 200) refused += 1;
    }
  };
  return {
    refused: () => refused,
    done: Promise.all(Array.from({ length: FORGERS }, (_, number) => forger(number))),
  };
}

/** Silences the database connections that the worker uses for decisions. */
async function silenceDecisions(): Promise<number> {
  const { rows } = await admin.query<{ client_port: number }>(
    `select client_port from pg_stat_activity where application_name = $1`,
    ['landfall-fulfillment-worker-decisions'],
  );
  return proxy.fallSilent(rows.map((row) => row.client_port));
}

function post(
  url: string,
  call: { readonly from: string; readonly token: string; readonly body: string },
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const outgoing = request(url, {
    method: 'POST',
    localAddress: call.from,
    headers: { authorization: `Bearer ${call.token}`, 'content-type': 'application/json' },
  });
  outgoing.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  outgoing.on('error', () => resolve(0));
  outgoing.end(call.body);
  return promise;
}

/** Starts the load; resolves when the last call has ended in any way. */
type Noise = () => Promise<unknown>;

function allAtOnce(times: number, act: () => Promise<unknown>): Noise {
  return () => Promise.allSettled(Array.from({ length: times }, act));
}
