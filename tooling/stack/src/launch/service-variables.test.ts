import path from 'node:path';
import { expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { givenSettings, readServiceVariables } from './service-variables.ts';

test.each([
  [
    'gateway',
    [
      'TRUSTED_PROXIES',
      'RATE_PER_KEY',
      'RATE_PER_PUBLISHER',
      'RATE_PER_ADDRESS',
      'RATE_ARRIVALS',
      'RATE_WEBHOOK',
    ],
  ],
  ['gateway', ['METRICS_HOST', 'METRICS_PORT', 'HTTP_HOST']],
  ['landing', ['PRODUCT_NAME', 'SUPPORT_URL']],
  [
    'fulfillment-worker',
    ['RECONCILE_INTERVAL', 'LANE_CONCURRENCY', 'LANE_LEASE_MS', 'ACK_WAIT_MS'],
  ],
  ['billing-sync', ['USAGE_EXPIRED', 'USAGE_HOUR_GRACE_MS', 'SUBMIT_INTERVAL_MS']],
] as const)('%s gets %j from the environment of the start', async (name, expected) => {
  const variables = (await readServiceVariables())[name];
  const env = Object.fromEntries(variables.map((variable) => [variable, 'given']));
  expect(Object.keys(givenSettings(env, name, variables))).toEqual(
    expect.arrayContaining([...expected]),
  );
});

test('publishers, and an address for services behind the gateway, are not taken from the environment', async () => {
  const variables = await readServiceVariables();
  for (const { name } of services) {
    const env = Object.fromEntries(variables[name].map((variable) => [variable, 'given']));
    const given = givenSettings(env, name, variables[name]);
    expect(given).not.toHaveProperty('PUBLISHERS_FILE');
    expect(given).not.toHaveProperty('FULFILLMENT_CLIENT_SECRET');
    if (name !== 'gateway') expect(given).not.toHaveProperty('HTTP_HOST');
  }
});

test('empty variables count as absent, and file names are resolved in the current folder', () => {
  const env = { A: '', SOME_FILE: 'secrets/key.pem' };
  expect(givenSettings(env, 'landing', ['A', 'SOME_FILE', 'B'])).toEqual({
    SOME_FILE: path.resolve('secrets/key.pem'),
  });
});
