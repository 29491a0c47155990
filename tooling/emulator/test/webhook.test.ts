import { until } from '@landfall/servers/wait';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../src/market/constants.ts';
import { requestToken, startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

describe('the token on a notification', () => {
  test.each([
    [1, 'appid', 'azp'],
    [2, 'azp', 'appid'],
  ] as const)(
    'of version %i names Microsoft in %s, has no %s, and can be verified',
    async (version, caller, absent) => {
      const { control, authorityUrl, identities } = fixture.emulator;
      const { tenantId } = identities.publisher;
      await control.updateSettings({ tokenVersion: version });
      const id = await fixture.subscribed();
      await control.renew(id);
      await control.advance(0);
      const token =
        fixture.receiver.received[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
      const path = version === 1 ? 'discovery/keys' : 'discovery/v2.0/keys';
      const keys = createRemoteJWKSet(new URL(`${authorityUrl}/${tenantId}/${path}`));
      const { payload } = await jwtVerify(token, keys, {
        audience: identities.fulfillmentApp.clientId,
        issuer:
          version === 1
            ? `https://sts.windows.net/${tenantId}/`
            : `${authorityUrl}/${tenantId}/v2.0`,
      });
      expect(payload).toMatchObject({
        tid: tenantId,
        [caller]: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7',
      });
      expect(payload).not.toHaveProperty(absent);
    },
  );

  test('is available to the marketplace’s own client from the token endpoint', async () => {
    const { identities, control } = fixture.emulator;
    await control.updateSettings({ tokenVersion: 2 });
    const { json } = await requestToken(fixture.emulator, {
      grant_type: 'client_credentials',
      client_id: identities.marketplaceClient.clientId,
      client_secret: identities.marketplaceClient.clientSecret,
      scope: `${identities.fulfillmentApp.clientId}/.default`,
    });
    const claims = JSON.parse(Buffer.from(json.access_token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({
      aud: identities.fulfillmentApp.clientId,
      azp: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7',
      ver: '2.0',
    });
  });
});

describe('retries', () => {
  test.each([500, 503, 429, 302, null])(
    'follow %s, fast at first, with the same body',
    async (status) => {
      const { control } = fixture.emulator;
      const id = await fixture.subscribed();
      fixture.receiver.answer = () => status;
      await control.renew(id);
      await control.advance(120_000);
      const attempts = (await control.deliveries(id))[0]?.attempts ?? [];
      const seconds = attempts.map(
        (one) => (Date.parse(one.at) - Date.parse(attempts[0]?.at ?? '')) / 1000,
      );
      expect(seconds).toEqual([0, 1, 3, 8, 18, 48, 108]);
      expect(new Set(fixture.receiver.received.map((one) => JSON.stringify(one.body))).size).toBe(
        1,
      );
    },
  );

  test('end with the first 2xx', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    fixture.receiver.answer = () => (fixture.receiver.received.length < 3 ? 500 : 202);
    await control.renew(id);
    await control.advance(HOUR_MS);
    expect(fixture.receiver.received).toHaveLength(3);
    expect(await control.deliveries(id)).toMatchObject([{ state: 'delivered' }]);
  });

  test('end after 8 hours with at most 500 attempts', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    fixture.receiver.answer = () => 503;
    await control.renew(id);
    await control.advance(9 * HOUR_MS);
    const [delivery] = await control.deliveries(id);
    const attempts = delivery?.attempts ?? [];
    expect(delivery?.state).toBe('exhausted');
    expect(attempts.length).toBeGreaterThan(450);
    expect(attempts.length).toBeLessThanOrEqual(500);
    const lastAt = Date.parse(attempts.at(-1)?.at ?? '') - Date.parse(attempts[0]?.at ?? '');
    expect(lastAt).toBeLessThanOrEqual(8 * HOUR_MS);
  });

  test('write no token to the log', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.renew(id);
    await control.advance(0);
    expect(JSON.stringify(await control.state())).not.toMatch(/eyJ|[Bb]earer/);
  });
});

describe('notification faults', () => {
  test('duplicate: copies are sent at the same time', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.addFault({ endpoint: 'webhook', duplicate: 4, count: 1 });
    const { operationId } = await control.renew(id);
    await control.advance(0);
    expect(fixture.receiver.received.map((one) => one.body['id'])).toEqual(
      Array(5).fill(operationId),
    );
  });

  test('reorder: sent after the next notification', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.addFault({ endpoint: 'webhook', reorder: true, actions: ['Suspend'] });
    await control.suspend(id);
    await control.reinstate(id);
    await control.advance(0);
    expect(fixture.receiver.received.map((one) => one.body['action'])).toEqual([
      'Reinstate',
      'Suspend',
    ]);
  });

  test('delay and drop', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.addFault({ endpoint: 'webhook', delayMs: 5000, count: 1 });
    await control.renew(id);
    await control.advance(4999);
    expect(fixture.receiver.received).toHaveLength(0);
    await control.advance(1);
    expect(fixture.receiver.received).toHaveLength(1);
    await control.addFault({ endpoint: 'webhook', drop: true, actions: ['Unsubscribe'] });
    await control.cancel(id);
    await control.advance(HOUR_MS);
    expect(fixture.receiver.received).toHaveLength(1);
    expect((await control.subscription(id)).status).toBe('Unsubscribed');
  });
});

test('a notification can be delivered again, one at a time or in parallel', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  const { operationId } = await control.renew(id);
  await control.advance(0);
  expect(await control.redeliver(operationId, { times: 3 })).toEqual({ statuses: [200, 200, 200] });
  fixture.receiver.answer = () => 503;
  expect(
    (await control.redeliver(operationId, { times: 20, parallel: true })).statuses,
  ).toHaveLength(20);
  expect(fixture.receiver.received).toHaveLength(24);
  expect(await control.deliveries(id)).toMatchObject([{ state: 'delivered' }]);
});

test('a running clock delivers notifications by itself', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  await control.setClock({ frozen: false });
  await control.renew(id);
  await until('the notification arrives', () => fixture.receiver.received.length > 0);
  expect(fixture.receiver.received).toHaveLength(1);
});

test('a change is accepted while the webhook still has not answered', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  let release: (status: number) => void = () => undefined;
  fixture.receiver.answer = () => new Promise((resolve) => (release = resolve));
  const { operationId } = await control.changeQuantity(id, 11);
  await control.advance(10_000);
  const settled = async (): Promise<string | undefined> =>
    (await control.operations(id)).find((one) => one.id === operationId)?.status;
  expect(await settled()).toBe('Succeeded');
  release(400);
  await until('the attempt is recorded', async () => {
    const [delivery] = await control.deliveries(id);
    return delivery?.attempts.some(({ status }) => status !== null);
  });
  expect(await control.deliveries(id)).toMatchObject([{ attempts: [{ status: 400 }] }]);
  expect(await settled()).toBe('Succeeded');
});
