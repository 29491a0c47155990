import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from './browser.ts';
import {
  activeSubscription,
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  signInAs,
  untilPage,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** The first page of a purchase for which Microsoft names these private offers. */
async function opened(offers: string[] | undefined) {
  const browser = await signInAs(fixture, people.ben);
  const { subscriptionId, landingUrl } = await fixture.emulator.control.purchase({
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 20,
    beneficiary: people.ben,
  });
  fixture.worker.nameOffers(subscriptionId, offers);
  return { browser, subscriptionId, page: await browser.get(landingUrl ?? '') };
}

/** The same page when the price is known. On a busy machine that takes as long as at Microsoft. */
function finished({ browser, page }: { browser: Browser; page: Page }): Promise<Page> {
  return untilPage(
    'the page shows the price',
    () => browser.get(page.url),
    (seen) => !seen.html.includes('data-unfinished'),
  );
}

const AGREED = 'As agreed in your private offer';
const NOT_YET = 'The amount appears here once Microsoft has confirmed it.';

describe('the price beside the confirm button', () => {
  test('is per seat, with the total of all seats', async () => {
    const page = await finished(await opened([]));

    expect(page.html).toContain('US$15.00 per seat per month');
    expect(page.html).toMatch(/Total[\s\S]*US\$300\.00 per month/);
  });

  test('of a private offer is never the list price', async () => {
    const first = await opened(['5b1f0c6e-2d3a-4b8e-9a6d-0c5e7f1a2b3c']);
    const page = await finished(first);

    expect(page.html).toContain(AGREED);
    expect(first.page.html).not.toContain('US$');
    expect(page.html).not.toContain('US$');
  });

  test('is hidden until it is known whether a private offer applies, and correct then', async () => {
    const { browser, page, subscriptionId } = await opened(undefined);

    expect(page.heading).toBe('Confirm your purchase');
    expect(page.html).toContain(NOT_YET);
    expect(page.html).toContain('data-unfinished');
    expect(page.html).not.toContain('US$');

    fixture.worker.nameOffers(subscriptionId, ['5b1f0c6e-2d3a-4b8e-9a6d-0c5e7f1a2b3c']);
    const later = await finished({ browser, page });
    expect(later.html).toContain(AGREED);
    expect(later.html).not.toContain('US$');
  });

  test('is private as soon as the record names a private offer, whatever the visit has stored', async () => {
    const { browser, page, subscriptionId } = await opened([]);
    expect((await finished({ browser, page })).html).toContain('US$15.00');

    fixture.worker.alter(subscriptionId, {
      sourceOffers: ['5b1f0c6e-2d3a-4b8e-9a6d-0c5e7f1a2b3c'],
    });

    const again = await browser.get(page.url);
    expect(again.html).toContain(AGREED);
    expect(again.html).not.toContain('US$');
  });

  test('ignores the stored price when the term has changed', async () => {
    const { browser, page, subscriptionId } = await opened([]);
    expect((await finished({ browser, page })).html).toContain('per month');

    fixture.worker.alter(subscriptionId, { term: { termUnit: 'P6M' } });

    expect((await browser.get(page.url)).html).not.toContain('US$');
  });

  test('has no total until Microsoft has named the number of seats', async () => {
    const { browser, page, subscriptionId } = await opened([]);
    expect((await finished({ browser, page })).html).toContain('US$300.00');

    fixture.worker.alter(subscriptionId, { quantity: null });

    const again = await browser.get(page.url);
    expect(again.html).toContain(NOT_YET);
    expect(again.html).not.toContain('US$');
  });

  test('is hidden for a partner’s sale, because it is between partner and customer', async () => {
    const { page } = await buyAndSignIn(fixture, people.ada, { purchaser: people.sam });

    expect(page.html).toContain('As agreed with your partner');
    expect(page.html).not.toContain('US$');
  });
});

test('change pages hide the price of the current plan if it was bought in a private offer', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
  const listed = await browser.get(`${url}/plan?to=basic`);
  expect(listed.html).toContain('US$15.00 per seat per month');

  fixture.worker.nameOffers(subscriptionId, ['5b1f0c6e-2d3a-4b8e-9a6d-0c5e7f1a2b3c']);
  fixture.worker.alter(subscriptionId, { sourceOffers: ['5b1f0c6e-2d3a-4b8e-9a6d-0c5e7f1a2b3c'] });

  for (const path of ['/plan', '/plan?to=basic', '/seats?to=30']) {
    const page = await browser.get(`${url}${path}`);
    expect(page.status).toBe(200);
    expect(page.html).not.toContain('US$15.00');
  }
});

test('a confirmation ends with a receipt: plan, seats, price, total and next billing date', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.ada);

  const progress = await confirm(fixture, browser, { page });
  const ready = await untilPage(
    'the receipt shows the price',
    () => browser.get(progress.url),
    (seen) => seen.heading === 'Ready to use' && !seen.html.includes('data-unfinished'),
  );

  const receipt = /<section[^>]*data-order[\s\S]*?<\/section>/.exec(ready.html)?.[0] ?? '';
  const text = receipt.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('Plan Standard');
  expect(text).toContain('Seats 20');
  expect(text).toContain('Price US$15.00 per seat per month');
  expect(text).toContain('Total US$300.00 per month');
  expect(text).toMatch(/Next billing date \d{1,2} \w+ \d{4}/);
});

test('a new purchase shows the last day for confirming it, and no countdown', async () => {
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
  const at = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000 - 60_000).toISOString();
  fixture.worker.alter(subscriptionId, { deadlines: [{ kind: 'configuration', at }] });

  const text = (await browser.get(page.url)).html;

  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(at),
  );
  expect(text).toContain(`Confirm by ${day}.`);
  expect(text).not.toMatch(/\d+ days/);
});

test('ids are available for support, behind a click', async () => {
  const { page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
  const { tenantId } = fixture.emulator.identities.people.find((one) => one.email === people.ada)!;

  const open = page.html.replaceAll(/<details[\s\S]*?<\/details>/g, '');

  for (const id of [subscriptionId, tenantId, '>teamdesk<', '>standard<']) {
    expect(page.html).toContain(id);
    expect(open).not.toContain(id);
  }
});
