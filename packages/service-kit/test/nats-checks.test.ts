import { afterAll, beforeAll, expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { consumersOf } from '@landfall/contracts/nats-permissions';
import { streams } from '@landfall/contracts/streams';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { runChecks } from '../src/checks/checks.ts';
import { natsChecks } from '../src/checks/nats.ts';
import { createLogger } from '../src/log/log.ts';

const log = createLogger('test', 'silent');
const service = 'fulfillment-worker';
let nats: TestNats;
let bus: Bus;
beforeAll(async () => {
  nats = await testNats();
  bus = await connectBus({ url: nats.urlFor(service), name: service, log });
});
afterAll(async () => {
  for (const each of [bus, nats]) await each[Symbol.asyncDispose]();
});

async function found(check: string, on: Bus = bus) {
  const checks = await runChecks(natsChecks({ bus: on, service }), { service, log });
  return checks.find((one) => one.check === check);
}

test.each(services)(
  'the user of $name has exactly the permissions of the contracts',
  async ({ name }) => {
    await using own = await connectBus({ url: nats.urlFor(name), name, log });
    const checks = await runChecks(natsChecks({ bus: own, service: name }), { service: name, log });
    expect(checks.find(({ check }) => check === 'nats.permissions')).toMatchObject({
      severity: 'ok',
    });
  },
);

test('a user without limits is a warning, and the user of another service an error', async () => {
  await using operator = await connectBus({ url: nats.url, name: service, log });
  expect(await found('nats.permissions', operator)).toMatchObject({ severity: 'warning' });

  await using foreign = await connectBus({
    url: nats.urlFor('billing-sync'),
    name: 'billing-sync',
    log,
  });
  expect(await found('nats.permissions', foreign)).toMatchObject({ severity: 'error' });
});

test('missing streams, changed streams and missing consumers are found', async () => {
  expect(await found('nats.streams')).toMatchObject({
    severity: 'error',
    finding: 'These streams are missing: FULFILLMENT, DEAD_LETTERS, MATTERS, INGEST, BILLING.',
  });

  await bus.ensureStreams(Object.values(streams));
  expect(await found('nats.streams')).toMatchObject({ severity: 'ok' });
  expect(await found('nats.consumers')).toMatchObject({
    severity: 'error',
    finding:
      'These consumers are missing: fulfillment-notifications, fulfillment-usage, fulfillment-matters.',
  });

  await using resources = new AsyncDisposableStack();
  for (const definition of consumersOf(service)) {
    resources.use(await bus.consume(definition, async () => undefined));
  }
  expect(await found('nats.consumers')).toMatchObject({ severity: 'ok' });

  await using owner = await connectBus({ url: nats.url, name: 'webhook-ingest', log });
  await owner.ensureStreams([{ ...streams.ingest, maxAgeMs: 3_600_000 }]);
  expect(await found('nats.streams')).toMatchObject({
    severity: 'warning',
    finding: 'INGEST: keeps messages for a different time',
  });
});

test('a lost connection is an error, and what it hides is unknown', async () => {
  await using own = await testNats();
  await using lost = await connectBus({ url: own.urlFor(service), name: service, log });
  await lost.ensureStreams(Object.values(streams));
  await own.kill();
  await expect.poll(() => lost.isReady()).toBe(false);
  expect(await found('nats.server', lost)).toMatchObject({ severity: 'error' });
  for (const check of ['nats.streams', 'nats.consumers', 'nats.permissions']) {
    expect(await found(check, lost)).toMatchObject({ severity: 'unknown' });
  }
});
