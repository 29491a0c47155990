import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wordsFor } from '../src/words/words.ts';
import type { Browser } from './browser.ts';
import { buyAndSignIn, confirm, type Fixture, openFixture, people, pick } from './fixture.ts';

const english = wordsFor('en');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const typed = 'ada.lovelace@elsewhere.example';

/** Signs in once more in another tab of the same browser. */
async function signInAgain(browser: Browser, person: string): Promise<void> {
  const choose = await browser.get(`${fixture.url}/landing/sign-in?account=other`);
  await pick(browser, choose, person);
}

/** As if the session cookie had expired. */
function endSession(browser: Browser): void {
  browser.setCookie(fixture.url, '__Host-landfall-session', '');
}

describe('an open form', () => {
  test('is accepted with all entries after its person signed in again in another tab', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    await signInAgain(browser, people.ada);

    const progress = await confirm(fixture, browser, { page, email: typed });

    expect(progress.path).toMatch(/^\/landing\/progress\//);
    expect(fixture.worker.asked.activated.at(-1)?.claimedBy?.emailId).toBe(typed);
  });

  test('is shown again with all entries if its person was signed out and signs in', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const before = fixture.worker.asked.activated.length;
    endSession(browser);

    // Ada is still signed in at Entra, which leads back without a click.
    const back = await confirm(fixture, browser, { page, email: typed });

    expect(back.path).toBe(page.path);
    expect(back.field('email')).toBe(typed);
    expect(back.html).toContain(english.t('confirm.restored'));
    expect(fixture.worker.asked.activated).toHaveLength(before);
    expect((await confirm(fixture, browser, { page: back })).path).toMatch(/progress/);
    expect(fixture.worker.asked.activated.at(-1)?.claimedBy?.emailId).toBe(typed);
  });

  test('changes nothing after another person signed in, and only its own person sees the entries again', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const before = fixture.worker.asked.activated.length;
    await signInAgain(browser, people.ben);

    const refused = await confirm(fixture, browser, { page, email: typed });

    expect(refused.status).toBe(403);
    expect(refused.heading).toBe(english.t('trouble.formRefused'));
    expect(refused.html).toContain('account=other');
    expect(fixture.worker.asked.activated).toHaveLength(before);
    expect((await browser.get(page.url)).html).not.toContain(typed);
    await signInAgain(browser, people.ada);
    expect((await browser.get(page.url)).field('email')).toBe(typed);
  });
});

describe('a form that was not accepted', () => {
  test('has an address that can be reloaded, and is deleted after the confirmation', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);

    const back = await confirm(fixture, browser, { page, email: 'nobody at all' });
    const reloaded = await browser.get(back.url);

    expect(back.path).toBe(page.path);
    for (const seen of [back, reloaded]) {
      expect(seen.status).toBe(200);
      expect(seen.field('email')).toBe('nobody at all');
      expect(seen.html).toContain('Enter an email address, for example name@example.com.');
    }
    await confirm(fixture, browser, { page: reloaded, email: people.ada });
    const [visit] = await fixture.query('SELECT draft_sealed FROM visits WHERE id = $1', [
      page.field('visit'),
    ]);
    expect(visit).toEqual({ draft_sealed: null });
  });

  test('is stored encrypted', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);

    await confirm(fixture, browser, { page, email: 'a very private thing' });

    const visits = await fixture.rows('visits');
    expect(visits.some(({ draft_sealed: draft }) => draft !== null)).toBe(true);
    expect(JSON.stringify(visits)).not.toContain('a very private thing');
  });
});

test('another site, or a browser that did not open the purchase, cannot leave entries in its form', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.ada);
  const visit = page.field('visit');
  const fields = { formKey: page.field('formKey'), visit, email: typed };
  const url = `${fixture.url}/landing/confirm`;
  endSession(browser);
  await browser.post(url, fields, { 'sec-fetch-site': 'cross-site' });
  browser.setCookie(fixture.url, '__Host-landfall-visit', '');

  await browser.post(url, fields);

  const [kept] = await fixture.query('SELECT draft_sealed FROM visits WHERE id = $1', [visit]);
  expect(kept).toEqual({ draft_sealed: null });
});
