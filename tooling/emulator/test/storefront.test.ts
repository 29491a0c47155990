import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTransport } from 'nodemailer';
import { ODDITIES, ODDITY_GROUPS } from '../src/market/oddities.ts';
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
    /Change the seats from 10 to 20 In progress Waiting for the publisher’s answer Requested in the marketplace/,
  );
  await patchPending(id, 'Failure');
  expect(await operations(id)).toMatch(/from 10 to 20 Failed Refused by the publisher/);

  await post(`${path}/change-plan`, { planId: 'basic' });
  await fixture.emulator.control.advance(1000);
  await patchPending(id, 'Success');
  expect(await operations(id)).toMatch(
    /Change the plan from Standard to Basic Succeeded Accepted by the publisher/,
  );

  await post(`${path}/change-plan`, { planId: 'standard' });
  await fixture.emulator.control.advance(15_000);
  expect(await operations(id)).toMatch(
    /from Basic to Standard Succeeded Accepted automatically after 10 seconds without an answer/,
  );
});

test('an operation shows that the publisher’s API requested it, or that the webhook refused it', async () => {
  const id = await fixture.subscribed();

  await fixture.api('PATCH', `/saas/subscriptions/${id}`, { body: { planId: 'basic' } });
  expect(await operations(id)).toMatch(
    /from Standard to Basic .* Requested through the publisher’s API/,
  );
  await fixture.emulator.control.advance(15_000);

  fixture.receiver.answer = () => 400;
  await post(`/subscriptions/${id}/change-quantity`, { quantity: '12' });
  await fixture.emulator.control.advance(1000);
  expect(await operations(id)).toMatch(
    /from 10 to 12 Failed Refused: the publisher’s webhook answered with an error/,
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
  expect(await page('/settings')).toContain('authFailureStatus');
});

test('reading a page changes nothing, and unknown pages are 404', async () => {
  const before = JSON.stringify((await fixture.emulator.control.state()).subscriptions);
  for (const path of [
    '/',
    '/subscriptions',
    '/usage',
    '/calls',
    '/mail',
    '/chat',
    '/clock',
    '/settings',
    '/buy/pulse/pro',
    '/live/clock',
  ])
    await page(path);
  for (const path of ['/nothing', '/subscriptions/nothing', '/buy/pulse/nothing']) {
    expect((await fetch(`${fixture.emulator.url}${path}`)).status).toBe(404);
  }
  expect(JSON.stringify((await fixture.emulator.control.state()).subscriptions)).toBe(before);
});

/** A page as text, for the customer. */
async function text(path: string, customer?: string): Promise<string> {
  const response = await fetch(`${fixture.emulator.url}${path}`, {
    headers: customer === undefined ? {} : { cookie: `customer=${customer}` },
  });
  return (await response.text()).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

test('a card has the publisher’s name, and prices as a shop writes them', async () => {
  const shop = await text('/');
  expect(shop).toMatch(/Starter by Contoso US\$49\.00 \/ month/);
  expect(shop).toMatch(/Basic by Contoso US\$8\.00 per user \/ month/);
  expect(shop).toMatch(/Starter by Litware US\$29\.00 \/ month/);
  expect(shop).toContain('Reports rendered: 100 / month included, then US$0.05 per report');
  expect(shop).toMatch(/1 month free .* US\$12\.00 per user \/ month/);
  expect(shop).not.toContain('Legacy');
});

test('private plans are shown to their customers only, and the choice of a customer is kept', async () => {
  expect(await text('/', ADA)).toMatch(/Growth for Fabrikam 2026 Private offer/);
  const others = await text('/', TARA);
  expect(others).not.toContain('Growth for Fabrikam 2026');
  expect(others).toContain('2 plans are private to another customer. Sign in as Ada Fabrikam');

  const chosen = await post('/customer', { customer: TARA, back: '/usage' });
  expect(chosen.headers.get('location')).toBe('/usage');
  const cookie = chosen.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^customer=tara.*HttpOnly.*SameSite=Strict/);
  for (const back of ['//evil.example/', 'https://evil.example/', '/\\evil.example'])
    expect((await post('/customer', { customer: TARA, back })).headers.get('location')).toBe('/');
});

test('the page of a subscription says in words where it stands', async () => {
  const { control } = fixture.emulator;
  const { subscriptionId: id } = await control.purchase({
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 10,
    beneficiary: ADA,
  });
  const state = () => text(`/subscriptions/${id}/live/state`);
  expect(await state()).toMatch(
    /Not set up yet .* Configure the account on the publisher’s landing/,
  );
  await fixture.api('POST', `/saas/subscriptions/${id}/activate`);
  expect(await state()).toContain('The publisher has activated the subscription.');
  await control.advance(1500);
  expect(await state()).toMatch(/Active Paid until \d{4}-\d\d-\d\d, then it renews\./);
  await post(`/subscriptions/${id}/auto-renew`, { autoRenew: 'false' });
  expect(await state()).toContain('then it ends.');
  await control.suspend(id);
  expect(await state()).toMatch(/Suspended A payment failed\. .* by \d{4}-\d\d-\d\d/);
  await control.cancel(id);
  expect(await state()).toContain('Ended on');
});

test('usage is shown per hour with its price and its totals, and refused rows with their reason', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed({
    offerId: 'analytics',
    planId: 'starter',
    quantity: undefined,
  });
  const row = {
    resourceId: id,
    planId: 'starter',
    effectiveStartTime: (await control.clock()).now,
  };
  for (const [dimension, quantity] of [
    ['reports', 43],
    ['api-calls', 1.25],
    ['reports', 1],
  ]) {
    await fixture.api('POST', '/usageEvent', { body: { ...row, dimension, quantity } });
  }
  const usage = await text(`/usage?subscriptionId=${id}`);
  expect(usage).toMatch(/Reports rendered reports 43 US\$2\.15 US\$0\.05 per report Submitted/);
  expect(usage).toMatch(/Total of 2 events US\$2\.65/);
  expect(usage).toMatch(/Duplicate This hour already has an event for this dimension/);
  await control.advance(3 * 86_400_000);
  expect(await text('/live/usage')).toMatch(/US\$0\.05 per report Accepted/);
});

test('a call opens with its request and its answer, and lists follow their filters', async () => {
  const id = await fixture.subscribed();
  await fixture.api('GET', `/saas/subscriptions/${id}`);
  await fixture.api('GET', '/saas/subscriptions');
  const [, got] = await fixture.emulator.control.calls.list();
  const call = await text(`/calls/${got?.id}`);
  expect(call).toContain('authorization: Bearer kept-back');
  expect(call).toContain('&quot;saasSubscriptionStatus&quot;: &quot;Subscribed&quot;');
  const listed = await text(`/live/calls?subscriptionId=${id}&outcome=&caller=publisher`);
  expect(listed).toContain('Get subscription');
  expect(listed).not.toContain('List subscriptions');
});

test('an active fault is shown on every page in words, and a button ends it', async () => {
  await post('/clock/presets/outage');
  await post('/clock/faults', {
    endpoint: 'mail',
    refuse: 'greylist',
    recipient: '',
    count: '3',
    seconds: '90',
  });
  const active = await text('/live/active');
  expect(active).toMatch(
    /Marketplace down for a minute 1:00 left Every call .* is answered with 503/,
  );
  expect(active).toMatch(/Mail 1:30 left, 3 to go Each of the next 3 recipients/);
  expect(await text('/usage')).toContain(
    'Disturbed on purpose: Marketplace down for a minute, Mail.',
  );
  await post('/clock/faults/outage/remove');
  expect(await text('/live/trouble')).not.toContain('Marketplace down');
});

test('every oddity is in one group', () => {
  const grouped = Object.values(ODDITY_GROUPS).flatMap(({ names }): readonly string[] => names);
  expect(grouped.toSorted()).toEqual(Object.keys(ODDITIES).toSorted());
});

test('a page that does not exist leads back to the shop', async () => {
  expect(await page('/nothing')).toContain('href="/"');
});

test('a mail is shown in a frame that cannot run scripts or load anything', async () => {
  const { emulator } = fixture;
  const transport = createTransport(`${emulator.smtpUrl}?ignoreTLS=true`);
  const html = '<p>Hello <img src="https://evil.example/x.png"><script>alert(1)</script></p>';
  await transport.sendMail({ from: 'a@contoso.example', to: ADA, subject: 'Hi', html });
  transport.close();
  const [mail] = await emulator.control.mails.list();
  const shown = await page(`/mail/${mail?.id}`);
  expect(shown).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  expect(shown).not.toContain('evil.example');
  const frame = await fetch(`${emulator.url}/mail/${mail?.id}/html`);
  const policy = frame.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('script-src');
  expect(policy).not.toContain('allow-scripts');
});

test('buttons empty the log of calls, the mailbox and the chats', async () => {
  const { control, url } = fixture.emulator;
  await fixture.subscribed();
  await fetch(`${url}/chat/slack/alerts`, { method: 'POST', body: '{"text":"Hi"}' });
  expect(await text('/calls')).toContain('Clear the log');
  expect(await text('/chat')).toContain('Clear the chats');
  for (const path of ['/calls', '/mail', '/chat']) {
    expect((await post(`${path}/clear`)).headers.get('location')).toBe(path);
  }
  expect(await control.calls.list()).toEqual([]);
  expect(await control.chat.list()).toEqual([]);
});
