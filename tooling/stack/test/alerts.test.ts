import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricLabels } from '@landfall/contracts/metric-spec';
import { services } from '@landfall/contracts/services';
import { until } from '@landfall/servers/wait';
import { CrashFixture } from './crashes/fixture.ts';

let fixture: CrashFixture;
beforeAll(async () => {
  fixture = await CrashFixture.open();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const processNamed = (name: string) => {
  const found = fixture.chaos.services.find((service) => service.name === name);
  if (!found) throw new Error(`there is no service called ${name}`);
  return found;
};
const metricsOf = async (name: string) =>
  await (await fetch(processNamed(name).metricsUrl ?? '')).text();
const silentOnes = async () =>
  (await fixture.api.alerts.list.query({})).firing
    .filter(({ alert }) => alert === 'ServiceSilent')
    .map(({ service }) => service);

test('a stopped worker with a waiting notification raises an alert, which ends when the worker continues', async () => {
  const subscriptionId = await fixture.subscribed();
  await expect.poll(silentOnes).toEqual([]);
  const worker = processNamed('fulfillment-worker');
  worker.kill('SIGSTOP');
  try {
    await fixture.control.suspend(subscriptionId);
    await until('the notification waits for the worker', async () => {
      const text = await metricsOf('webhook-ingest');
      return /consumer_pending\{durable="fulfillment-notifications"\} [1-9]/.test(text);
    });
    await expect.poll(silentOnes).toEqual(['fulfillment-worker']);
    expect((await fixture.api.alerts.list.query({})).services).toContainEqual({
      service: 'fulfillment-worker',
      answers: false,
    });
  } finally {
    worker.kill('SIGCONT');
  }
  await until('the worker has done it', async () => {
    const { status } = await fixture.api.subscriptions.get.query({ subscriptionId });
    return status === 'Suspended';
  });
  await expect.poll(silentOnes).toEqual([]);
});

test('every service has metrics, and no label contains an id, an address or a name', async () => {
  const subscriptionId = await fixture.subscribed();
  await fixture.api.subscriptions.timeline.query({ subscriptionId, limit: 10 });
  const { tenantId } = fixture.chaos.client.person('ada');
  for (const { name } of services) {
    const text = await metricsOf(name);
    expect(text, name).toContain('process_resident_memory_bytes');
    expect(text, name).toContain('landfall_readings_failed 0');
    const ours = text.split('\n').filter((line) => line.startsWith('landfall_'));
    for (const part of [subscriptionId, tenantId, '@']) expect(ours.join('\n')).not.toContain(part);
    for (const [, label = '', value = ''] of ours.join('\n').matchAll(/(\w+)="([^"]*)"/g)) {
      if (label === 'le') continue;
      const form = metricLabels[label as keyof typeof metricLabels];
      expect(form.test(value) || value === 'other', `${name}: ${label}="${value}"`).toBe(true);
    }
  }
  const publicly = await fetch(`${processNamed('gateway').url}/metrics`);
  expect(publicly.status).toBe(404);
});
