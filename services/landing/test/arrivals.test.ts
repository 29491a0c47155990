import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, type Page } from './browser.ts';
import {
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  pick,
  untilHeading,
} from './fixture.ts';

const SESSION = '__Host-landfall-session';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function buy(planId: string, beneficiary: string): Promise<string> {
  const { landingUrl } = await fixture.emulator.control.purchase({
    offerId: 'analytics',
    planId,
    beneficiary,
  });
  return landingUrl ?? '';
}

/** As if eight hours had passed. The person is still signed in at Microsoft and returns without a click. */
function endSession(browser: Browser): void {
  browser.setCookie(fixture.url, SESSION, '');
}

describe('two purchases in two tabs', () => {
  test('can each be shown, reloaded and confirmed in its own tab', async () => {
    const browser = new Browser();
    const first = await browser.get(await buy('starter', people.ada));
    const second = await browser.get(await buy('growth', people.ada));
    const [starter, growth] = [
      await pick(browser, first, people.ada),
      await pick(browser, second, people.ada),
    ];
    expect(starter.html).toContain('Starter');
    expect(growth.html).toContain('Growth');
    expect((await browser.get(starter.url)).html).toContain('Starter');
    // A second sign-in of the same person does not invalidate the form in the first tab.
    const progress = await confirm(fixture, browser, { page: starter });
    expect(progress.path).toBe(starter.path.replace('purchase', 'progress'));
    expect((await browser.get(growth.url)).html).toContain('Growth');
  });
});

describe('a session that has ended', () => {
  test('leads back to a bookmarked progress page after sign-in', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const progress = await confirm(fixture, browser, { page });
    await buyAndSignIn(fixture, people.ada);
    endSession(browser);
    const back = await browser.get(progress.url);
    expect(back.url).toBe(progress.url);
    expect(back.status).toBe(200);
  });

  test('leads back to the purchase of an open form and confirms nothing', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    await browser.get(await buy('growth', people.ada));
    const before = fixture.worker.asked.activated.length;
    endSession(browser);
    const back = await confirm(fixture, browser, { page });
    expect(back.url).toBe(page.url);
    expect(fixture.worker.asked.activated).toHaveLength(before);
  });

  test('never leads to a foreign page', async () => {
    for (const back of ['https://evil.example', '//evil.example', '/landing/../evil', '/evil']) {
      const browser = new Browser();
      const signIn = await browser.get(
        `${fixture.url}/landing/sign-in?back=${encodeURIComponent(back)}`,
      );
      expect((await pick(browser, signIn, people.ada)).url).toMatch(`${fixture.url}/landing`);
    }
  });

  test('is invalid in every copy of its cookie, after sign-out and after a new sign-in', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const copy = browser.copy();
    const isSignedIn = async (one: Browser) => (await one.once(page.url)).status === 200;
    expect(await isSignedIn(copy)).toBe(true);
    await browser.post(`${fixture.url}/landing/sign-out`, { formKey: page.field('formKey') });
    expect(await isSignedIn(copy)).toBe(false);

    await copy.get(page.url);
    const replaced = copy.copy();
    expect(await isSignedIn(replaced)).toBe(true);
    await pick(copy, await copy.get(`${fixture.url}/landing/sign-in?account=other`), people.ada);
    expect(await isSignedIn(replaced)).toBe(false);
  });

  test('cannot be ended by another site', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const fields = { formKey: page.field('formKey') };
    const url = `${fixture.url}/landing/sign-out`;
    expect((await browser.post(url, fields, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await browser.post(url, {})).status).toBe(403);
    expect((await browser.get(page.url)).html).toContain('Ada Fabrikam');
  });
});

test('a browser that rejects cookies gets an explanation before sign-in', async () => {
  const url = await buy('starter', people.ada);
  const arrived = await new Browser().once(url);
  const next = new URL(arrived.headers.get('location') ?? '', fixture.url).href;
  const page = await new Browser().get(next, { 'accept-language': 'de' });
  expect(page.status).toBe(400);
  expect(page.heading).toBe('Ihr Browser blockiert Cookies');
  expect(page.html).toContain('portal.azure.com');
});

describe('the address of a purchase', () => {
  test('shows another person nothing, exactly like an unknown address', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    await confirm(fixture, browser, { page });
    const colleague = new Browser();
    const visit = page.path.split('/').at(-1) ?? '';
    colleague.setCookie(fixture.url, '__Host-landfall-visit', visit);
    const recorded = (await fixture.events('progress.denied')).length;
    const foreign = await pick(colleague, await colleague.get(page.url), people.ben);
    const unknown = await colleague.get(page.url.replace(visit, crypto.randomUUID()));
    const neutral = ({ html }: Page) => html.replaceAll(/[0-9a-f-]{36}/g, '');
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(neutral(foreign)).toBe(neutral(unknown));
    expect(await fixture.events('progress.denied')).toHaveLength(recorded + 2);
  });

  test('never causes an error if it is damaged', async () => {
    const { browser } = await buyAndSignIn(fixture, people.ada);
    for (const id of ['x', '%00', '..%2f..', "1'--"]) {
      expect((await browser.get(`${fixture.url}/landing/purchase/${id}`)).status).toBe(404);
    }
    expect((await new Browser().get(`${fixture.url}/landing/purchase/x`)).status).toBe(200);
  });
});

test('a known customer without a token finds the subscription after all visits were deleted', async () => {
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.tara);
  const progress = await confirm(fixture, browser, { page });
  await untilHeading(browser, progress.url, 'Ready to use');
  await fixture.query('DELETE FROM visits WHERE subscription_id = $1', [subscriptionId]);
  const known = new Browser();
  const signIn = await known.get(`${fixture.url}/landing/sign-in`);
  const list = await pick(known, signIn, people.tara);
  expect(list.path).toBe('/landing/subscriptions');
  expect(list.html).toContain(`/landing/subscriptions/${subscriptionId}`);
});

test('a guest of the tenant with a forwarded link sees nothing of the purchase', async () => {
  const { page } = await buyAndSignIn(fixture, people.ada, { by: people.gus });
  expect(page.status).toBe(403);
  expect(page.heading).toBe('This purchase is for another organisation');
  expect(page.html).not.toContain('/landing/confirm');
});

describe('the landing page of one publisher among several', () => {
  test('resolves the purchase for that publisher', async () => {
    const url = new URL(await buy('starter', people.ada));
    const own = `${fixture.url}/landing/p/contoso${url.search}`;
    const browser = new Browser();
    const page = await pick(browser, await browser.get(own), people.ada);
    expect(page.heading).toBe('Confirm your purchase');
    expect(fixture.worker.asked.publishers.at(-1)).toBe('contoso');
    await buyAndSignIn(fixture, people.ada);
    expect(fixture.worker.asked.publishers.at(-1)).toBeUndefined();
  });

  test('explains how to get a working link if the publisher is unknown', async () => {
    const browser = new Browser();
    const signIn = await browser.get(`${fixture.url}/landing/p/nobody?token=ab%2Bcd`);
    const page = await pick(browser, signIn, people.ada);
    expect(page.status).toBe(400);
    expect(page.heading).toBe('This link no longer works');
  });
});
