import { afterAll, beforeAll, expect, test } from 'vitest';
import { wordsFor } from '../src/words/words.ts';
import { Browser } from './browser.ts';
import { type Fixture, openFixture, people, pick } from './fixture.ts';
import { makeView } from './worker.ts';

const english = wordsFor('en');

let fixture: Fixture;
/** How far the service's clock is ahead of ours, so that no test waits for real minutes. */
let aheadMs = 0;
beforeAll(async () => {
  fixture = await openFixture({}, () => new Date(Date.now() + aheadMs));
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** A purchase of Ada with a token that the test chooses. */
function pretend(token: string): void {
  const ada = fixture.emulator.identities.people.find((one) => one.email === people.ada);
  const owner = { tenantId: ada?.tenantId, objectId: ada?.objectId };
  fixture.worker.pretend(token, makeView({ beneficiary: owner, purchaser: owner }));
}

async function arriveWith(query: string): Promise<Browser> {
  const browser = new Browser();
  const page = await pick(
    browser,
    await browser.get(`${fixture.url}/landing?token=${query}`),
    people.ada,
  );
  expect(page.heading).toBe('Confirm your purchase');
  return browser;
}

test('a token of 1,500 characters reaches Resolve unchanged and appears nowhere else', async () => {
  const token = 'Zx9+/%41=k'.repeat(150);
  pretend(token);
  const encoded = encodeURIComponent(token);
  const browser = await arriveWith(encoded);
  expect(fixture.worker.asked.resolved.at(-1)).toBe(token);

  const [first, ...later] = browser.visited;
  expect(first).toContain(encoded);
  const piece = token.slice(0, 20);
  const pieceEncoded = encodeURIComponent(piece);
  for (const url of later) {
    expect(url).not.toContain(piece);
    expect(url).not.toContain(pieceEncoded);
  }
  const logged = fixture.lines.join('\n');
  expect(logged).toContain('/landing');
  expect(logged).not.toContain(piece);
  expect(logged).not.toContain(pieceEncoded);
  const kept = JSON.stringify([await fixture.rows('visits'), await fixture.rows('events')]);
  expect(kept).not.toContain(piece);
  expect((await fixture.rows('visits')).every((visit) => visit['token_sealed'] === null)).toBe(
    true,
  );
});

test('the first response to a token is a 303 that removes it from the address, without a referrer', async () => {
  const answer = await new Browser().once(`${fixture.url}/landing?token=ab%2Bcd`);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toMatch(/^\/landing\/purchase\/[0-9a-f-]{36}\?arrived$/);
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const [cookie = ''] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-landfall-visit=/);
  for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) {
    expect(cookie).toContain(attribute);
  }
});

test('a slash at the end of the address, as Partner Center may have it, loses no token', async () => {
  const answer = await new Browser().once(`${fixture.url}/landing/?token=ab%2Bcd`);
  expect(answer.status).toBe(303);
  expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-landfall-visit=/);
});

test('a purchase without a known customer is claimed after a check box is ticked, and shows no other person’s address', async () => {
  const nora = fixture.emulator.identities.people.find((one) => one.email === people.nora);
  fixture.worker.pretend(
    'for-nobody-known',
    makeView({
      beneficiary: { emailId: 'customer@elsewhere.example' },
      purchaser: { tenantId: nora?.tenantId },
    }),
  );
  const browser = new Browser();
  const signIn = await browser.get(`${fixture.url}/landing?token=for-nobody-known`);
  const page = await pick(browser, signIn, people.nora);
  expect(page.heading).toBe('Confirm your purchase');
  expect(page.html).toContain('Microsoft didn’t tell us which organisation');
  expect(page.html).not.toContain('customer@elsewhere.example');
  expect(page.html).toContain('name="onBehalf"');
});

test.each([
  ['an encoded plus', 'ab%2Bcd%2Fef', 'ab+cd/ef'],
  ['a literal plus', 'gh+ij/kl', 'gh+ij/kl'],
  ['a percent sign that looks like an escape', 'mn%2541op', 'mn%41op'],
  ['a malformed escape', 'qr%zzst%', 'qr%zzst%'],
])('%s reaches Resolve correctly', async (_, query, token) => {
  pretend(token);
  await arriveWith(query);
  expect(fixture.worker.asked.resolved.at(-1)).toBe(token);
});

test('an impossible publisher id leads to a page that does not reload for ever', async () => {
  const path = `/landing/p/${'x'.repeat(101)}?token=ab`;
  const answer = await new Browser().once(fixture.url + path);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('http-equiv="refresh"');
});

test('the help about cookies names the host that the browser knows', async () => {
  const arrived = await new Browser().once(`${fixture.url}/landing?token=ab`);
  const headers = { 'x-forwarded-host': 'market.contoso.example:8443' };
  const page = await fetch(fixture.url + (arrived.headers.get('location') ?? ''), { headers });
  const html = await page.text();
  expect(html).toContain('market.contoso.example');
  expect(html).not.toContain('127.0.0.1');
});

test('a token that Microsoft refuses is kept, checked again by the page, and after a minute leads to guidance with 400', async () => {
  const browser = new Browser();
  const signIn = await browser.get(`${fixture.url}/landing?token=not-one-of-ours`);
  const first = await pick(browser, signIn, people.ada);
  expect(first.heading).toBe('We’re still confirming your purchase');
  expect(first.html).toContain(english.t('guide.confirmingLead'));
  expect(first.html).toContain('http-equiv="refresh" content="15');

  aheadMs += 61_000;
  const later = await browser.get(first.url);
  expect([later.status, later.heading]).toEqual([400, 'We couldn’t confirm your purchase']);
  expect(later.html).toContain(english.t('guide.unconfirmedLead'));
  expect(later.html).toContain('Azure portal');
  expect(later.html).toContain('http-equiv="refresh" content="60');
  const asked = fixture.worker.asked.resolved.length;
  await browser.get(`${fixture.url}/landing`);
  expect(fixture.worker.asked.resolved).toHaveLength(asked);
  expect(await fixture.events('token.refused')).toHaveLength(1);
});

test('a token that Microsoft refused for a while opens its purchase when the page is loaded again', async () => {
  const { landingUrl } = await fixture.emulator.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: people.ada,
  });
  const error = { code: 'BadRequest', message: 'The token is invalid.' };
  await fixture.emulator.control.addFault({ endpoint: 'resolve', status: 400, body: { error } });
  const browser = new Browser();
  const first = await pick(browser, await browser.get(landingUrl ?? ''), people.ada);
  expect(first.heading).toBe('We’re still confirming your purchase');
  aheadMs += 61_000;
  expect((await browser.get(first.url)).status).toBe(400);
  await fixture.emulator.control.clearFaults();
  expect((await browser.get(first.url)).heading).toBe('Confirm your purchase');
});

test('a token that has expired at Microsoft leads to guidance', async () => {
  const { landingUrl } = await fixture.emulator.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: people.ada,
  });
  await fixture.emulator.control.advance(25 * 60 * 60 * 1000);
  const browser = new Browser();
  const first = await pick(browser, await browser.get(landingUrl ?? ''), people.ada);
  aheadMs += 61_000;
  expect((await browser.get(first.url)).status).toBe(400);
});

test('a token that would split a header is refused without a call', async () => {
  const before = fixture.worker.asked.resolved.length;
  const page = await new Browser().get(`${fixture.url}/landing?token=a%0d%0aX-Evil:%201`);
  expect(page.status).toBe(400);
  expect(fixture.worker.asked.resolved).toHaveLength(before);
});

test('without a token, the page explains how to get one and calls no service', async () => {
  const before = fixture.worker.asked.resolved.length;
  const page = await new Browser().get(`${fixture.url}/landing`);
  expect(page.status).toBe(200);
  expect(page.html).toContain('Configure account');
  expect(fixture.worker.asked.resolved).toHaveLength(before);
});
