import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { wordsFor } from '../src/words/words.ts';
import type { Page } from './browser.ts';
import {
  activeSubscription,
  buyAndSignIn,
  type Fixture,
  openFixture,
  people,
  signInAs,
  untilHeading,
} from './fixture.ts';

const english = wordsFor('en');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.emulator.control.updateSettings({
    oddities: { partnerWebhook: 'measured' },
    partnerDelayMs: 50,
  });
});
afterEach(() => fixture.worker.changes.hold(false));
afterAll(() => fixture[Symbol.asyncDispose]());

/** The visible text of a page. */
const words = ({ html }: Page) =>
  html
    .replaceAll(/<head>[\s\S]*<\/head>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const fieldsOf = (page: Page, names: string[]) =>
  Object.fromEntries(names.map((name) => [name, page.field(name)]));
const today = () =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date());

describe('an ended subscription', () => {
  test('shows when it ended and who cancelled it, and no renewal or future term', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada);
    const form = await browser.get(`${url}/cancel`);
    const before = today();
    const following = await browser.post(`${url}/cancel`, {
      ...fieldsOf(form, ['formKey', 'request']),
      understood: 'yes',
    });
    await untilHeading(browser, following.url, 'Your subscription has ended');

    const page = words(await browser.get(url));

    // Two dates, in case the test runs across midnight.
    expect([`Ended on ${before}`, `Ended on ${today()}`]).toContain(
      /Ended on \d+ \w+ \d+/.exec(page)?.[0],
    );
    expect(page).toContain('Reason Cancelled by Ada Fabrikam');
    for (const wrong of ['Renewal', 'Automatic', 'Next billing', 'Term', 'Total']) {
      expect(page).not.toContain(`${wrong} `);
    }
  });

  test.each<[string, string[], Record<string, unknown>, string]>([
    [
      'a failed payment',
      ['activated', 'suspended', 'unsubscribed'],
      {},
      'The payment didn’t go through',
    ],
    [
      'a cancellation elsewhere',
      ['activated', 'suspended', 'reinstated', 'unsubscribed'],
      {},
      'Cancelled where it was bought, or by Microsoft',
    ],
    [
      'a purchase that was never activated',
      ['purchased', 'unsubscribed'],
      {},
      'The purchase was never activated',
    ],
    [
      'a term that was not renewed',
      ['activated', 'reinstated', 'unsubscribed'],
      { autoRenew: false, term: { termUnit: 'P1M', endDate: '2026-11-01T00:00:00.000Z' } },
      'The term ended and automatic renewal was off',
    ],
  ])('gives the reason: %s', async (_title, kinds, shown, reason) => {
    const { browser, url, subscriptionId } = await activeSubscription(fixture, people.ada);
    await fixture.emulator.control.cancel(subscriptionId);
    fixture.worker.alter(subscriptionId, shown);
    if (kinds[0] === 'purchased') kinds.unshift('reinstated');
    for (const kind of kinds) fixture.worker.changes.note(subscriptionId, kind);

    expect(words(await browser.get(url))).toContain(`Reason ${reason}`);
  });
});

test('two purchases of one plan differ by first day and id, in the list and before a cancellation', async () => {
  const first = await activeSubscription(fixture, people.ada);
  const second = await activeSubscription(fixture, people.ada);
  fixture.worker.alter(second.subscriptionId, {
    term: { termUnit: 'P1M', startDate: '2026-10-03T00:00:00.000Z' },
  });

  const list = words(await first.browser.get(`${fixture.url}/landing/subscriptions`));

  for (const { subscriptionId } of [first, second]) {
    expect(list).toContain(`ID ${subscriptionId.slice(0, 8)}`);
  }
  expect(list).toContain(
    `Standard · 20 seats · Since 3 October 2026 · ID ${second.subscriptionId.slice(0, 8)}`,
  );
  for (const below of ['cancel', 'plan?to=basic', 'seats?to=25']) {
    const page = words(await second.browser.get(`${second.url}/${below}`));
    expect(page).toContain(`Since 3 October 2026 · ID ${second.subscriptionId.slice(0, 8)}`);
  }
});

test('after Microsoft refused a cancellation, the page says that billing continues and where to cancel', async () => {
  const { browser, url, subscriptionId } = await activeSubscription(fixture, people.ada);
  fixture.worker.changes.hold(true);
  const form = await browser.get(`${url}/cancel`);
  const following = await browser.post(`${url}/cancel`, {
    ...fieldsOf(form, ['formKey', 'request']),
    understood: 'yes',
  });
  const change = fixture.worker.changes.asked.find((one) => one.subscriptionId === subscriptionId);
  fixture.worker.changes.fail(change!.changeId, 'refused');

  const page = await browser.get(following.url);

  expect(page.heading).toBe('Your subscription wasn’t cancelled');
  expect(words(page)).toContain(
    'Microsoft didn’t carry out the cancellation, so your subscription is still active and billed.',
  );
  expect(page.html).toContain('https://portal.azure.com');
  expect(words(page)).not.toContain('Your plan and seats are unchanged');
});

test('a refused change is in the history, with the person who requested it and the publisher’s reason', async () => {
  const { browser, url, subscriptionId } = await activeSubscription(fixture, people.ada);
  fixture.worker.changes.note(subscriptionId, 'changeRefused', {
    change: 'ChangePlan',
    action: 'ChangePlan',
    origin: 'marketplace',
    from: 'standard',
    planId: 'basic',
    quantity: 20,
    message: { en: 'Basic is for new customers only.', de: 'Nur für Neukunden.' },
  });

  expect(words(await browser.get(`${url}/history`))).toContain(
    'Requested in the marketplace, not allowed by the seller: change from the Standard plan to the Basic plan. Basic is for new customers only.',
  );
  const german = await browser.get(`${url}/history`, { 'accept-language': 'de' });
  expect(german.html).toContain('Nur für Neukunden.');
});

test('the page of a subscription shows the price of all seats and the billing date, and hides ids behind details', async () => {
  const { browser, url, subscriptionId } = await activeSubscription(fixture, people.ada);

  const page = await browser.get(url);

  expect(words(page)).toMatch(/Price US\$15\.00 per seat per month Total US\$300\.00 per month/);
  expect(words(page)).toMatch(/Next billing date \d+ \w+ \d{4}/);
  expect(page.html).toMatch(
    new RegExp(`<details class="ids">[\\s\\S]*${subscriptionId}[\\s\\S]*</details>`),
  );
  const seats = words(await browser.get(`${url}/seats?to=25`));
  expect(seats).toContain('New total US$375.00 per month');
  const plan = words(await browser.get(`${url}/plan?to=basic`));
  expect(plan).toContain('New total US$160.00 per month');
});

test('the price of a private offer is never replaced by the list price', async () => {
  const { browser, url, subscriptionId } = await activeSubscription(fixture, people.ada);
  fixture.worker.nameOffers(subscriptionId, ['private-1']);
  fixture.worker.alter(subscriptionId, { sourceOffers: ['private-1'] });

  const page = words(await browser.get(url));
  expect(page).toContain('As agreed in your private offer');
  expect(page).not.toContain('US$');
  expect(words(await browser.get(`${url}/seats?to=25`))).not.toContain('New total');
});

test('a person who waits for access sees what to do if there is no answer', async () => {
  const { url } = await activeSubscription(fixture, people.ada);
  const ben = await signInAs(fixture, people.ben);
  const form = await ben.get(url);
  expect(words(form)).toContain(english.t('people.ask.shared', { product: 'Contoso Analytics' }));
  const waiting = await ben.post(`${url}/access`, fieldsOf(form, ['formKey']));
  expect(words(waiting)).toContain(
    english.t('people.ask.noAnswer', { product: 'Contoso Analytics' }),
  );
});

test('a new purchase shows no countdown of days', async () => {
  const { page } = await buyAndSignIn(fixture, people.ada);
  expect(words(page)).not.toMatch(/days? (is|are) left/);
});
