import { until } from '@landfall/servers/wait';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MARKETPLACE_APPLICATION_ID } from '../src/market/constants.ts';
import { createApi, requestToken, startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const LIST = '/saas/subscriptions';

describe('a call without the right token is refused with 403', () => {
  test('without any token', async () => {
    const answer = await fixture.api('GET', LIST, { headers: { authorization: undefined } });
    expect(answer.status).toBe(403);
  });

  test('with the token in the wrong header', async () => {
    const answer = await fixture.api('GET', LIST, {
      headers: { authorization: undefined, authentication: 'Bearer x' },
    });
    expect(answer.status).toBe(403);
  });

  test.each([
    ['of another application', 'landingApp', MARKETPLACE_APPLICATION_ID],
    ['for another resource', 'fulfillmentApp', '62d94f6c-d599-489b-a797-3e10e42fbe22'],
    ['for a look-alike of the resource', 'fulfillmentApp', '20e940b3-4c07-4bc1-a733-45f7c7a3d0e3'],
  ] as const)('%s', async (_, app, resource) => {
    const { clientId, clientSecret } = fixture.emulator.identities[app];
    const { json } = await requestToken(fixture.emulator, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${resource}/.default`,
    });
    expect(json.access_token).toBeTypeOf('string');
    const answer = await createApi(fixture.emulator, json.access_token)('GET', LIST);
    expect(answer.status).toBe(403);
  });

  test('signed by a key that the authority has retired', async () => {
    await using other = await startFixture();
    expect((await other.api('GET', LIST)).status).toBe(200);
    await other.emulator.control.rotateKeys();
    expect((await other.api('GET', LIST)).status).toBe(200);
    await other.emulator.control.rotateKeys({ retire: true });
    expect((await other.api('GET', LIST)).status).toBe(403);
  });

  test('with alg none', async () => {
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ aud: MARKETPLACE_APPLICATION_ID })}.`;
    expect((await createApi(fixture.emulator, token)('GET', LIST)).status).toBe(403);
  });

  test('or with 401, with that oddity switched on', async () => {
    await fixture.emulator.control.updateSettings({ oddities: { authFailureStatus: 'measured' } });
    const answer = await fixture.api('GET', LIST, { headers: { authorization: undefined } });
    expect(answer.status).toBe(401);
  });
});

describe('the api-version', () => {
  test.each([
    [null, 'ApiVersionUnspecified'],
    ['2017-04-15', 'UnsupportedApiVersion'],
    ['2018-09-15', 'UnsupportedApiVersion'],
  ])('%s is refused with %s, in PascalCase', async (version, code) => {
    for (const path of [LIST, '/usageEvents']) {
      const answer = await fixture.api('GET', path, { version });
      expect(answer.status).toBe(400);
      expect(answer.json.Error.Code).toBe(code);
    }
  });
});

describe('headers and bodies', () => {
  test('request and correlation ids are returned, or generated', async () => {
    const sent = await fixture.api('GET', LIST, {
      headers: { 'x-ms-requestid': 'r-1', 'x-ms-correlationid': 'c-1' },
    });
    expect(sent.headers.get('x-ms-requestid')).toBe('r-1');
    expect(sent.headers.get('x-ms-correlationid')).toBe('c-1');
    const unsent = await fixture.api('GET', LIST);
    expect(unsent.headers.get('x-ms-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a body that is not declared as JSON is refused', async () => {
    const id = await fixture.subscribed();
    const answer = await fixture.api('PATCH', `${LIST}/${id}`, {
      body: '{"planId":"basic"}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(415);
  });

  test('a body that is not JSON is 400, never 500', async () => {
    const id = await fixture.subscribed();
    for (const [method, path] of [
      ['PATCH', `${LIST}/${id}`],
      ['POST', `${LIST}/${id}/activate`],
      ['POST', '/usageEvent'],
      ['POST', '/batchUsageEvent'],
    ] as const) {
      expect((await fixture.api(method, path, { body: '{"planId":' })).status).toBe(400);
      expect((await fixture.api(method, path, { body: '[1]' })).status).toBe(400);
    }
  });

  test('an unknown subscription is 404', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    for (const [method, path, body] of [
      ['GET', `${LIST}/${id}`, undefined],
      ['GET', `${LIST}/${id}/listAvailablePlans`, undefined],
      ['GET', `${LIST}/${id}/operations`, undefined],
      ['POST', `${LIST}/${id}/activate`, {}],
      ['PATCH', `${LIST}/${id}`, { planId: 'basic' }],
      ['DELETE', `${LIST}/${id}`, undefined],
    ] as const) {
      expect((await fixture.api(method, path, { body })).status).toBe(404);
    }
  });
});

describe('faults', () => {
  test('replace the answer as often as requested, without an effect', async () => {
    const { control } = fixture.emulator;
    const bought = await control.purchase({
      offerId: 'pulse',
      planId: 'starter',
      beneficiary: 'ada@fabrikam.example',
    });
    await control.addFault({
      endpoint: 'activate',
      status: 503,
      headers: { 'retry-after': '7' },
      count: 1,
    });
    const path = `${LIST}/${bought.subscriptionId}/activate`;
    const first = await fixture.api('POST', path);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '7']);
    await control.advance(60_000);
    expect((await control.subscription(bought.subscriptionId)).status).toBe(
      'PendingFulfillmentStart',
    );
    expect((await fixture.api('POST', path)).status).toBe(200);
    expect(await control.faults()).toEqual([]);
  });

  test('after the effect replace only the answer', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.addFault({
      endpoint: 'patchSubscription',
      drop: true,
      afterEffect: true,
      count: 1,
    });
    await expect(
      fixture.api('PATCH', `${LIST}/${id}`, { body: { quantity: 11 } }),
    ).rejects.toThrow();
    expect((await control.subscription(id)).pendingOperation?.quantity).toBe(11);
  });

  test('cut connections before any effect', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    await control.addFault({ endpoint: 'deleteSubscription', drop: true });
    await expect(fixture.api('DELETE', `${LIST}/${id}`)).rejects.toThrow();
    expect((await control.subscription(id)).pendingOperation).toBeNull();
  });

  test('hold a call until they are removed, and it has no effect if its caller has gone', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    for (const afterEffect of [false, true]) {
      const fault = await control.addFault({
        endpoint: 'patchSubscription',
        subscriptionId: id,
        hold: true,
        afterEffect,
      });
      const caller = new AbortController();
      const body = { quantity: 12 };
      const call = fixture.api('PATCH', `${LIST}/${id}`, { body, signal: caller.signal });
      await until('the call is held', async () => {
        return (await control.faults()).some((one) => one.holding);
      });
      caller.abort();
      await expect(call).rejects.toThrow();
      await control.removeFault(fault.id);
      expect((await control.subscription(id)).pendingOperation?.quantity).toBe(
        afterEffect ? 12 : undefined,
      );
    }
  });

  test('do not affect other calls while they hold one', async () => {
    const { control } = fixture.emulator;
    const id = await fixture.subscribed();
    const fault = await control.addFault({ endpoint: 'get', subscriptionId: id, hold: true });
    const held = fixture.api('GET', `${LIST}/${id}`);
    await until('the call is held', async () => {
      return (await control.faults()).some((one) => one.holding);
    });
    expect((await fixture.api('GET', `${LIST}/${id}`)).status).toBe(200);
    await control.removeFault(fault.id);
    expect((await held).status).toBe(200);
  });
});
