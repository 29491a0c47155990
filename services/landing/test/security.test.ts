import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser } from './browser.ts';
import { buyAndSignIn, confirm, type Fixture, openFixture, people, pick } from './fixture.ts';

const SESSION = '__Host-landfall-session';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function signInAs(person: string): Promise<Browser> {
  const browser = new Browser();
  await pick(browser, await browser.get(`${fixture.url}/landing/sign-in`), person);
  return browser;
}

describe('signing in', () => {
  test('uses PKCE with S256 and a nonce, requests only the profile, and never carries the token', async () => {
    const browser = new Browser();
    await browser.once(`${fixture.url}/landing?token=purchase-token`);
    const answer = await browser.once(`${fixture.url}/landing/sign-in`);
    const url = new URL(answer.headers.get('location') ?? '');
    expect(url.origin).toBe(fixture.emulator.authorityUrl);
    expect(url.pathname).toBe('/common/oauth2/v2.0/authorize');
    const query = Object.fromEntries(url.searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${fixture.url}/landing/signed-in`,
    });
    expect(query['nonce']).toHaveLength(43);
    expect(query['state']).toHaveLength(43);
    expect(query['scope']?.split(' ').sort()).toEqual([
      'email',
      'offline_access',
      'openid',
      'profile',
    ]);
    expect(query).not.toHaveProperty('prompt');
    expect(url.href).not.toContain('purchase-token');
  });

  test('uses cookies that no script, no other host and no plain connection can see', async () => {
    const browser = new Browser();
    const signIn = await browser.get(`${fixture.url}/landing/sign-in`);
    await pick(browser, signIn, people.ada);
    const lines = browser.set.filter((line) => line.startsWith('__Host-landfall-'));
    const names = lines.map((line) => line.split('=')[0]?.replace(/sign-in-[\w-]{8}$/, 'sign-in'));
    expect(new Set(names)).toEqual(new Set(['__Host-landfall-sign-in', SESSION]));
    for (const line of lines) {
      for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) {
        expect(line.split('; ')).toContain(attribute);
      }
      // Only longer words: three letters occur in every twentieth ciphertext by chance.
      expect(line).not.toMatch(/domain=|fabrikam/i);
    }
  });

  test('in two tabs at the same time leads each tab back to its own page', async () => {
    const browser = new Browser();
    const pages = ['/landing/subscriptions', '/landing/progress/nowhere'];
    const asked = await Promise.all(
      pages.map((back) => browser.get(`${fixture.url}/landing/sign-in?back=${back}`)),
    );
    const paths = [];
    for (const page of asked) paths.push((await pick(browser, page, people.ada)).path);
    expect(paths).toEqual(pages);
  });

  test('leaves at most five cookies if it is never finished', async () => {
    const browser = new Browser();
    for (let times = 0; times < 8; times += 1) {
      await browser.once(`${fixture.url}/landing/sign-in`);
    }
    const dropped = browser.set.filter((line) => /sign-in-.*Max-Age=0/.test(line));
    expect(dropped).toHaveLength(3);
  });

  test('is refused in another browser than the one that began it', async () => {
    const answer = await new Browser().get(
      `${fixture.url}/landing/signed-in?code=stolen&state=${'s'.repeat(43)}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.heading).toBe('Please sign in again');
  });

  test('is refused if the same answer arrives a second time', async () => {
    const browser = await signInAs(people.ada);
    const callback = browser.visited.find((url) => url.includes('/signed-in?')) ?? '';
    const session = browser.cookie(fixture.url, SESSION);
    const signIns = (await fixture.events('visitor.signedIn')).length;
    expect((await browser.get(callback)).path).toBe('/landing');
    expect(browser.cookie(fixture.url, SESSION)).toBe(session);
    expect(await fixture.events('visitor.signedIn')).toHaveLength(signIns);
    await browser.post(`${fixture.url}/landing/sign-out`, {
      formKey: (await browser.get(`${fixture.url}/landing`)).field('formKey'),
    });
    expect((await browser.get(callback)).status).toBe(400);
  });

  test('starts a new session each time, so a planted session is useless', async () => {
    const attacker = await signInAs(people.tara);
    const planted = attacker.cookie(fixture.url, SESSION) ?? '';
    const { browser, page } = await signInWithPlanted(planted);
    expect(page.html).toContain('Ada Fabrikam');
    expect(browser.cookie(fixture.url, SESSION)).not.toBe(planted);
  });

  async function signInWithPlanted(planted: string) {
    const { landingUrl } = await fixture.emulator.control.purchase({
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: people.ada,
    });
    const browser = new Browser();
    browser.setCookie(fixture.url, SESSION, planted);
    await browser.get(landingUrl ?? '');
    const choose = await browser.get(`${fixture.url}/landing/sign-in?account=other`);
    return { browser, page: await pick(browser, choose, people.ada) };
  }

  test('keeps the purchase if the tenant refuses, and works after approval', async () => {
    const { tenantId } = fixture.emulator.identities.people.find(
      (one) => one.email === people.tara,
    )!;
    for (const error of ['consent_required', 'access_denied'] as const) {
      await fixture.emulator.control.updateSettings({ consentRefused: { [tenantId]: error } });
      const { browser, page } = await buyAndSignIn(fixture, people.tara);
      expect(page.status).toBe(403);
      expect(page.heading).toBe('Sign-in wasn’t completed');
      expect(page.html).toContain(fixture.emulator.identities.landingApp.clientId);
      await fixture.emulator.control.updateSettings({ consentRefused: {} });
      const retry = await browser.get(`${fixture.url}/landing/sign-in`);
      expect(retry.heading).toBe('Confirm your purchase');
    }
  });

  test('ends with sign-out, and a changed session is invalid', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const value = browser.cookie(fixture.url, SESSION) ?? '';
    const altered = new Browser();
    const other = value.at(-2) === 'A' ? 'B' : 'A';
    altered.setCookie(fixture.url, SESSION, `${value.slice(0, -2)}${other}${value.at(-1)}`);
    expect((await altered.get(`${fixture.url}/landing`)).html).not.toContain('Ada');
    await browser.post(`${fixture.url}/landing/sign-out`, { formKey: page.field('formKey') });
    expect(browser.cookie(fixture.url, SESSION)).toBeUndefined();
    expect((await browser.get(`${fixture.url}/landing`)).html).not.toContain('Ada');
  });
});

describe('the confirmation', () => {
  test.each([
    ['without the key of the person', { formKey: '' }, { 'sec-fetch-site': 'same-origin' }],
    ['from another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling domain', {}, { 'sec-fetch-site': 'same-site' }],
  ])('%s is refused and changes nothing', async (_, fields, headers) => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const before = fixture.worker.asked.activated.length;
    const answer = await browser.post(
      `${fixture.url}/landing/confirm`,
      {
        formKey: page.field('formKey'),
        visit: page.field('visit'),
        email: people.ada,
        ...fields,
      },
      headers,
    );
    expect(answer.status).toBe(403);
    expect(fixture.worker.asked.activated).toHaveLength(before);
  });

  test('ignores a subscription that the form names', async () => {
    const other = await buyAndSignIn(fixture, people.tara);
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
    await browser.post(`${fixture.url}/landing/confirm`, {
      formKey: page.field('formKey'),
      visit: page.field('visit'),
      email: people.ada,
      subscriptionId: other.subscriptionId,
    });
    expect(fixture.worker.asked.activated.at(-1)?.subscriptionId).toBe(subscriptionId);
  });

  test("of another person's visit is 404, and recorded", async () => {
    const victim = await buyAndSignIn(fixture, people.ada);
    const { browser, page } = await buyAndSignIn(fixture, people.tara);
    const answer = await browser.post(`${fixture.url}/landing/confirm`, {
      formKey: page.field('formKey'),
      visit: victim.page.field('visit'),
      email: people.tara,
    });
    expect(answer.status).toBe(404);
    expect((await fixture.events('progress.denied')).length).toBeGreaterThan(0);
  });

  test('by GET confirms nothing, and leads to the purchase', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const query = new URLSearchParams({
      formKey: page.field('formKey'),
      visit: page.field('visit'),
      email: people.ada,
    });
    const before = fixture.worker.asked.activated.length;
    const answer = await browser.get(`${fixture.url}/landing/confirm?${query.toString()}`);
    expect(answer.url).toBe(page.url);
    expect(fixture.worker.asked.activated).toHaveLength(before);
  });
});

describe('a progress page', () => {
  test('of another person is 404, as page and as data, even for a colleague', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const progress = await confirm(fixture, browser, { page });
    const before = (await fixture.events('progress.denied')).length;
    for (const person of [people.ben, people.tara]) {
      const other = await signInAs(person);
      expect((await other.get(progress.url)).status).toBe(404);
      expect((await other.get(`${progress.url}/state`)).status).toBe(404);
    }
    expect(await fixture.events('progress.denied')).toHaveLength(before + 4);
    expect((await new Browser().get(`${progress.url}/state`)).status).toBe(404);
  });

  test('asks a signed-out visitor to sign in and reveals nothing', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const progress = await confirm(fixture, browser, { page });
    const answer = await new Browser().once(progress.url);
    expect(answer.status).toBe(303);
    const back = encodeURIComponent(new URL(progress.url).pathname);
    expect(answer.headers.get('location')).toBe(`/landing/sign-in?back=${back}`);
  });

  test.each(['nonsense', '../../etc', '00000000-0000-0000-0000-000000000000', "1' OR 1=1"])(
    'is 404 for %s',
    async (id) => {
      const browser = await signInAs(people.ada);
      const url = `${fixture.url}/landing/progress/${encodeURIComponent(id)}`;
      expect((await browser.get(url)).status).toBe(404);
    },
  );
});

test('no parameter sends the browser to another site', async () => {
  const browser = new Browser();
  const evil = encodeURIComponent('https://evil.example');
  for (const path of [
    `/landing?token=x&returnUrl=${evil}&redirect_uri=${evil}`,
    `/landing/sign-in?returnUrl=${evil}&redirect_uri=${evil}`,
    `/landing/signed-in?returnUrl=${evil}&state=x`,
    '/landing//evil.example',
  ]) {
    const answer = await browser.once(`${fixture.url}${path}`);
    const location = answer.headers.get('location');
    if (!location) continue;
    const target = new URL(location, fixture.url);
    expect([fixture.url, fixture.emulator.authorityUrl]).toContain(target.origin);
    expect(decodeURIComponent(location)).not.toContain('evil');
  }
});

test('every response has a strict policy and is not cached, except assets', async () => {
  for (const path of ['/landing', '/landing/nowhere', '/landing/signed-in']) {
    const { headers } = await new Browser().get(`${fixture.url}${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
  const page = await new Browser().get(`${fixture.url}/landing`);
  expect(page.html).not.toMatch(/ on\w+="|<style|style="|<script>/);
  const [, css = ''] = /href="([^"]*landing\.css[^"]*)"/.exec(page.html) ?? [];
  const sheet = await new Browser().get(`${fixture.url}${css}`);
  expect(sheet.status).toBe(200);
  expect(sheet.headers.get('cache-control')).toContain('immutable');
});

test('the log contains no name and no address of a buyer', () => {
  const logged = fixture.lines.join('\n');
  expect(logged).not.toMatch(/\bAda\b|fabrikam|tailspin|\bTara\b/i);
});
