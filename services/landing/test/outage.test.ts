import { afterEach, beforeEach, expect, test } from 'vitest';
import { Browser } from './browser.ts';
import {
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  pick,
  untilHeading,
  untilPage,
} from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

test('a purchase survives an outage of the worker, and its page works again afterwards', async () => {
  const { landingUrl } = await fixture.emulator.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: people.ada,
  });
  const startWorker = await fixture.stopWorker();
  const browser = new Browser();
  const away = await pick(browser, await browser.get(landingUrl ?? ''), people.ada);
  expect(away.status).toBe(503);
  expect(away.headers.get('retry-after')).toBe('15');
  expect(away.html).toContain('http-equiv="refresh"');
  expect(away.html).toContain('Your purchase is safe.');
  startWorker();
  const back = await browser.get(`${fixture.url}/landing`);
  expect(back.heading).toBe('Confirm your purchase');
});

test('a confirmation that could not be sent is sent later, automatically and once', async () => {
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
  const startWorker = await fixture.stopWorker();
  const kept = await confirm(fixture, browser, { page });
  expect(kept.status).toBe(200);
  expect(kept.heading).toBe('Thank you. We’re getting started');
  expect(kept.html).toContain('We can’t get the latest status');
  startWorker();
  await untilHeading(browser, kept.url, 'Ready to use');
  expect(fixture.worker.asked.activated.map((one) => one.subscriptionId)).toEqual([subscriptionId]);
});

test('an outage of Microsoft’s Resolve is 503 and does not count as a refusal of the token', async () => {
  await fixture.emulator.control.addFault({ endpoint: 'resolve', status: 503 });
  const { browser, page } = await buyAndSignIn(fixture, people.ada);
  expect(page.status).toBe(503);
  await fixture.emulator.control.clearFaults();
  expect((await browser.get(`${fixture.url}/landing`)).heading).toBe('Confirm your purchase');
});

test('an outage of the sign-in service is 503 and loses no purchase', async () => {
  await fixture.emulator.control.addFault({ endpoint: 'token', drop: true, count: 10 });
  const { browser, page } = await buyAndSignIn(fixture, people.ada);
  expect(page.status).toBe(503);
  await fixture.emulator.control.clearFaults();
  const again = await browser.get(`${fixture.url}/landing`);
  expect(again.heading).toBe('Confirm your purchase');
});

test('dropped database connections cause 503 at most, and the service recovers', async () => {
  const { browser } = await buyAndSignIn(fixture, people.ada);
  await fixture.database.dropConnections();
  const first = await browser.get(`${fixture.url}/landing`);
  expect([200, 503]).toContain(first.status);
  await untilHeading(browser, `${fixture.url}/landing`, 'Confirm your purchase');
});

test('a purchase that arrives while the database is away can be tried again', async () => {
  const { landingUrl } = await fixture.emulator.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: people.ada,
  });
  await fixture.allowConnections(false);
  const browser = new Browser();
  const away = await browser.get(landingUrl ?? '');
  expect(away.status).toBe(503);
  await fixture.allowConnections(true);
  const [, tryAgain] = /<a class="button" href="([^"]*)"/.exec(away.html) ?? [];
  const signIn = await untilPage(
    'the service answers again',
    () => browser.get(new URL(tryAgain ?? '', away.url).href),
    (seen) => seen.status !== 503,
  );
  const page = await pick(browser, signIn, people.ada);
  expect(page.heading).toBe('Confirm your purchase');
});

test('the buyer learns that an activation failed at Microsoft', async () => {
  await fixture.emulator.control.updateSettings({ activationFails: true });
  const { browser, page } = await buyAndSignIn(fixture, people.ada);
  const progress = await confirm(fixture, browser, { page });
  const ended = await untilHeading(browser, progress.url, 'This subscription has ended');
  expect(ended.html).toContain('You won’t be billed for it again.');
});
