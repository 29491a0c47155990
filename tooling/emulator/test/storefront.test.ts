import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADA, SAM, startFixture, TARA, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

function post(path: string, form: Record<string, string> = {}): Promise<Response> {
  return fetch(`${fixture.emulator.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
}

async function page(path: string): Promise<string> {
  const response = await fetch(`${fixture.emulator.url}${path}`);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  return response.text();
}

test('a purchase, its configuration and its changes work with plain forms', async () => {
  const { control } = fixture.emulator;
  const bought = await post('/buy/teamdesk/standard', {
    beneficiary: ADA,
    purchaser: SAM,
    quantity: '12',
    termUnit: 'P1Y',
    name: 'Desk <b>1</b>',
    autoRenew: 'on',
  });
  expect(bought.status).toBe(303);
  const path = bought.headers.get('location') ?? '';
  const id = path.split('/').at(-1) ?? '';
  expect(await control.subscription(id)).toMatchObject({
    quantity: 12,
    isCsp: true,
    termUnit: 'P1Y',
  });
  expect(await page(path)).toContain('Desk &lt;b&gt;1&lt;/b&gt;');

  const configure = await post(`${path}/configure`);
  expect(configure.status).toBe(303);
  expect(configure.headers.get('location')).toMatch(
    /^http:\/\/127\.0\.0\.1:9\/landing\?token=[\w%]+$/,
  );

  await fixture.api('POST', `/saas/subscriptions/${id}/activate`);
  await post('/clock/advance', { ms: '10000' });
  expect((await post(`${path}/change-quantity`, { quantity: '20' })).status).toBe(303);
  const locked = await post(`${path}/change-plan`, { planId: 'basic' });
  expect(locked.status).toBe(409);
  expect(await locked.text()).toContain('locked by a pending operation');
  await post('/clock/advance', { ms: '10000' });
  expect((await control.subscription(id)).quantity).toBe(20);
  for (const action of ['suspend', 'reinstate', 'renew', 'cancel']) {
    expect((await post(`${path}/${action}`)).status).toBe(303);
    await control.advance(1000);
  }
  expect((await control.subscription(id)).status).toBe('Unsubscribed');
  const log = await page(`${path}/live/log`);
  for (const action of ['ChangeQuantity', 'Suspend', 'Reinstate', 'Renew', 'Unsubscribe']) {
    expect(log).toContain(action);
  }
});

/** The operations of a subscription, as text on the page. */
async function operations(id: string): Promise<string> {
  const log = await page(`/subscriptions/${id}/live/log`);
  return log.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

async function patchPending(id: string, status: 'Success' | 'Failure'): Promise<void> {
  const { pendingOperation } = await fixture.emulator.control.subscription(id);
  const path = `/saas/subscriptions/${id}/operations/${pendingOperation?.id}`;
  expect((await fixture.api('PATCH', path, { body: { status } })).status).toBe(200);
}

test('an operation shows its old and new value, who requested it, and the answer of the publisher', async () => {
  const id = await fixture.subscribed();
  const path = `/subscriptions/${id}`;

  await post(`${path}/change-quantity`, { quantity: '20' });
  await fixture.emulator.control.advance(1000);
  expect(await operations(id)).toMatch(
    /ChangeQuantity 10 → 20 seats requested in the marketplace .* Waiting for the publisher’s answer/,
  );
  await patchPending(id, 'Failure');
  expect(await operations(id)).toMatch(/10 → 20 seats .* Failed Refused by the publisher/);

  await post(`${path}/change-plan`, { planId: 'basic' });
  await fixture.emulator.control.advance(1000);
  await patchPending(id, 'Success');
  expect(await operations(id)).toMatch(
    /ChangePlan standard → basic .* Succeeded Accepted by the publisher/,
  );

  await post(`${path}/change-plan`, { planId: 'standard' });
  await fixture.emulator.control.advance(15_000);
  expect(await operations(id)).toMatch(
    /basic → standard .* Accepted automatically after 10 seconds without an answer/,
  );
});

test('an operation shows that the publisher’s API requested it, or that the webhook refused it', async () => {
  const id = await fixture.subscribed();

  await fixture.api('PATCH', `/saas/subscriptions/${id}`, { body: { planId: 'basic' } });
  expect(await operations(id)).toContain(
    'ChangePlan standard → basic requested through the publisher’s API',
  );
  await fixture.emulator.control.advance(15_000);

  fixture.receiver.answer = () => 400;
  await post(`/subscriptions/${id}/change-quantity`, { quantity: '12' });
  await fixture.emulator.control.advance(1000);
  expect(await operations(id)).toMatch(
    /10 → 12 seats .* Failed Refused: the publisher’s webhook answered with an error/,
  );
});

test('an order that the marketplace refuses shows why and buys nothing', async () => {
  const refused = await post('/buy/analytics/enterprise', {
    beneficiary: TARA,
    termUnit: 'P1Y',
    name: 'x',
  });
  expect(refused.status).toBe(409);
  expect(await refused.text()).toContain('private to other customers');
  expect((await post('/buy/teamdesk/basic', { beneficiary: ADA, quantity: 'many' })).status).toBe(
    409,
  );
  expect((await fixture.emulator.control.state()).subscriptions).toEqual([]);
});

test('forms set faults, settings and oddities', async () => {
  const { control } = fixture.emulator;
  await post('/clock/faults', { endpoint: 'get', what: 'status', value: '503', count: '1' });
  await post('/clock/faults', { endpoint: 'webhook', what: 'duplicate', value: '2' });
  expect(await control.faults()).toMatchObject([
    { endpoint: 'get', status: 503, count: 1 },
    { endpoint: 'webhook', duplicate: 2 },
  ]);
  expect(
    (await post('/clock/faults', { endpoint: 'webhook', what: 'status', value: '503' })).status,
  ).toBe(400);
  await post('/clock/oddities', { authFailureStatus: 'on' });
  expect((await control.settings()).oddities).toMatchObject({
    authFailureStatus: 'measured',
    listEmpty: 'documented',
  });
  expect(await page('/clock')).toContain('authFailureStatus');
});

test('reading a page changes nothing, and unknown pages are 404', async () => {
  const before = JSON.stringify((await fixture.emulator.control.state()).subscriptions);
  for (const path of ['/', '/subscriptions', '/clock', '/buy/pulse/pro', '/live/clock'])
    await page(path);
  for (const path of ['/nothing', '/subscriptions/nothing', '/buy/pulse/nothing']) {
    expect((await fetch(`${fixture.emulator.url}${path}`)).status).toBe(404);
  }
  expect(JSON.stringify((await fixture.emulator.control.state()).subscriptions)).toBe(before);
});
