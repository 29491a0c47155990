import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { startLocalServer, type LocalServer } from '@landfall/servers/local-server';
import { until } from '@landfall/servers/wait';
import { isOtherEmulator } from '../src/launch/other-marketplace.ts';
import type { StackDescription } from '../src/launch/stack-file.ts';
import { startWebhookTokenProxy } from '../src/launch/webhook-token-proxy.ts';
import { startProcess, type StartProcess } from './start-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const subscriptionId = randomUUID();
const operationId = randomUUID();

/** The record of another emulator, with only what every emulator has. */
const record = {
  id: subscriptionId,
  publisherId: 'fourthcoffee',
  offerId: 'coffee-club',
  name: 'Coffee for everyone',
  planId: 'monthly',
  quantity: 12,
  saasSubscriptionStatus: 'Subscribed',
  beneficiary: { emailId: 'ada@fabrikam.example', objectId: randomUUID(), tenantId: randomUUID() },
  purchaser: { emailId: 'ada@fabrikam.example', objectId: randomUUID(), tenantId: randomUUID() },
  term: { startDate: '2026-11-01T00:00:00Z', endDate: '2026-12-01T00:00:00Z', termUnit: 'P1M' },
  autoRenew: true,
  isTest: false,
  isFreeTrial: false,
  allowedCustomerOperations: ['Read', 'Update', 'Delete'],
  sandboxType: 'None',
  sessionMode: 'None',
};
const notification = {
  id: operationId,
  activityId: operationId,
  subscriptionId,
  publisherId: record.publisherId,
  offerId: record.offerId,
  planId: record.planId,
  quantity: record.quantity,
  timeStamp: '2026-11-28T10:00:00Z',
  action: 'ChangeQuantity',
  status: 'Succeeded',
};

describe('npm start with only the address of another emulator on this machine', () => {
  const folder = temporaryFolder();
  let emulator: LocalServer;
  let launcher: StartProcess;
  let stack: StackDescription;
  beforeAll(async () => {
    emulator = await startLocalServer();
    emulator.answer(({ path }) => {
      if (path === `/api/saas/subscriptions/${subscriptionId}`) return { body: record };
      if (path.endsWith(`/operations/${operationId}`)) {
        return { body: { ...notification, status: 'Succeeded' } };
      }
      if (path.endsWith('/operations')) return { body: { operations: [] } };
      if (path === '/api/saas/subscriptions') return { body: { subscriptions: [record] } };
      return { status: 404 };
    });
    launcher = startProcess(folder.path, ['--no-seed'], {
      MARKETPLACE_BASE_URL: `${emulator.url}/api`,
    });
    stack = await launcher.ready();
  });
  afterAll(async () => {
    launcher.child.kill('SIGTERM');
    await launcher.exitCode();
    await emulator[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('there are an authority, test people and a client that gets webhook tokens', async () => {
    expect(stack.emulatorUrl).toBeUndefined();
    expect(stack.people.map(({ email }) => email)).toContain('ada@fabrikam.example');
    expect(stack.marketplaceClient?.clientSecret).toBeTypeOf('string');
    const discovery = `${stack.authorityUrl}/common/v2.0/.well-known/openid-configuration`;
    expect((await fetch(discovery)).status).toBe(200);
    expect(launcher.output()).toContain('Webhook proxy');
  });

  test('a notification without a token is refused at the webhook, and arrives through the proxy', async () => {
    const post = (url: string, headers: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(notification),
      });
    expect((await post(stack.webhookUrl)).status).toBe(401);
    const proxy = stack.webhookProxyUrl ?? '';
    expect((await post(proxy, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post(proxy)).status).toBe(200);

    const { trpcUrl: url, operatorApiKey: apiKey } = stack;
    const api = createLandfallClient({ url, apiKey });
    const seen = await until('the subscription is recorded', async () => {
      const { items } = await api.subscriptions.list.query({});
      return items.find(({ id }) => id === subscriptionId);
    });
    expect(seen).toMatchObject({ status: 'Subscribed', planId: 'monthly', quantity: 12 });
    const tokens = emulator.requests.map(({ headers }) => headers.authorization);
    expect(tokens.every((token) => token?.startsWith('Bearer ') === true)).toBe(true);
  });
});

test.each([
  ['https://marketplaceapi.microsoft.com/api', {}, false],
  ['http://marketplace.contoso.example/api', {}, false],
  ['http://127.0.0.1:3978/api', {}, true],
  ['http://localhost:3978/api', {}, true],
  ['http://127.0.0.1:3978/api', { LANDING_CLIENT_ID: 'mine' }, false],
  ['http://127.0.0.1:3978/api', { ENTRA_AUTHORITY_URL: 'http://127.0.0.1:1' }, false],
])('with %s and %o, a local authority is started: %s', (baseUrl, env, expected) => {
  expect(isOtherEmulator(baseUrl, env)).toBe(expected);
});

test.each(['webhookUrl', 'authorityUrl'])(
  'the proxy refuses a %s that is not on this machine',
  async (name) => {
    const options = {
      port: 0,
      webhookUrl: 'http://127.0.0.1:1/webhook',
      authorityUrl: 'http://127.0.0.1:1',
      tenantId: randomUUID(),
      marketplaceClient: { clientId: randomUUID(), clientSecret: 'local-only' },
      audience: randomUUID(),
      [name]: 'https://contoso.example',
    };
    await expect(startWebhookTokenProxy(options)).rejects.toThrow('works only on this machine');
  },
);
