import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import { until } from '@landfall/servers/wait';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import {
  activeSubscription,
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  signInAs,
} from './fixture.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let fixture: Fixture;
/** How far the service's clock is ahead of ours, so that no test waits for real minutes. */
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  fixture = await openFixture({}, () => new Date(Date.now() + aheadMs));
});
afterEach(() => fixture[Symbol.asyncDispose]());

async function readMetrics(): Promise<string> {
  return await (await fetch(`${fixture.url}/metrics`)).text();
}

/** Advances the clock by more than the time for which a reading is cached. */
async function alerts(): Promise<string[]> {
  aheadMs += 6_000;
  const log = createLogger('test', 'silent');
  await using bus = await connectBus({ url: fixture.natsUrl, name: 'gateway', log });
  const caller = { kind: 'service', name: 'gateway' } as const;
  const correlationId = randomUUID();
  const client = procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller,
    correlationId: () => correlationId,
  });
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => client);
  const deadline = new Date(Date.now() + PATIENCE_MS);
  const answer = await ownAlerts.list({}, { caller, correlationId, deadline });
  return ownAlertProcedures.ownAlerts.list.output.parse(answer).firing.map(({ alert }) => alert);
}

test('a confirmation that was not sent for five minutes raises an alert until it is sent', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.ada);
  const startWorker = await fixture.stopWorker();
  await confirm(fixture, browser, { page });
  expect(await alerts()).toEqual([]);
  aheadMs += 6 * MINUTE_MS;
  expect(await alerts()).toEqual(['ConfirmationsWaiting']);

  startWorker();
  await until('there is no alert', async () => (await alerts()).length === 0);
});

test('a request for access that waits for a day raises an alert until it is answered', async () => {
  const { browser: ada, url } = await activeSubscription(fixture, people.ada);
  const ben = await signInAs(fixture, people.ben);
  await ben.post(`${url}/access`, { formKey: (await ben.get(url)).field('formKey') });
  expect(await alerts()).toEqual([]);
  aheadMs += DAY_MS;
  expect(await alerts()).toEqual(['AccessRequestsWaiting']);

  // Ada answers within her session, so no request waits a day later.
  aheadMs -= DAY_MS;
  const formKey = (await ada.get(`${url}/people`)).field('formKey');
  const { objectId } = fixture.emulator.identities.people.find(
    ({ email }) => email === people.ben,
  )!;
  await ada.post(`${url}/people`, { formKey, person: objectId, do: 'set', role: 'viewer' });
  aheadMs += DAY_MS;
  expect(await alerts()).toEqual([]);
});

test('metrics that cannot be read for two minutes raise an alert until they can be read', async () => {
  expect(await alerts()).toEqual([]);
  await fixture.allowConnections(false);
  expect(await alerts()).toEqual([]);
  aheadMs += 2 * MINUTE_MS;
  expect(await alerts()).toEqual(['ReadingsFailed']);

  await fixture.allowConnections(true);
  await until('there is no alert', async () => (await alerts()).length === 0);
});

test('the metrics report the age of the oldest unsent confirmation until it is sent', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.ada);
  const startWorker = await fixture.stopWorker();
  await confirm(fixture, browser, { page });
  await until('the age of the confirmation is above 0', async () =>
    /^landfall_confirmations_oldest_seconds 0?\.?[1-9]/m.test(await readMetrics()),
  );
  startWorker();
  await until('no confirmation waits', async () =>
    /^landfall_confirmations_oldest_seconds 0$/m.test(await readMetrics()),
  );
});

test('pages are counted by route and status, and no metric contains a person, a token or an id', async () => {
  const { page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
  expect(page.status).toBe(200);
  const text = await readMetrics();
  expect(text).toMatch(/_count\{route="\/landing[^"]*",status="200"\} [1-9]/);
  expect(text).toContain('route="/landing/signed-in"');
  const samples = text.split('\n').filter((line) => line.startsWith('landfall_'));
  for (const part of [subscriptionId, people.ada, '@', 'token=', '?']) {
    expect(samples.join('\n')).not.toContain(part);
  }
});
