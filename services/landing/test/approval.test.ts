import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyAndSignIn, confirm, type Fixture, openFixture, people } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const requestedAt = new Date().toISOString();
const pending = { status: 'PendingFulfillmentStart' } as const;
const waiting = {
  ...pending,
  activation: { state: 'awaiting-approval', requestedAt },
  approval: {
    state: 'waiting',
    requestedAt,
    dueAt: new Date(Date.now() + 3 * DAY_MS - HOUR_MS).toISOString(),
  },
} as const;
const declined = {
  ...pending,
  activation: { state: 'declined', requestedAt },
  approval: {
    state: 'declined',
    requestedAt,
    decidedAt: requestedAt,
    decidedBy: 'operator northwind/grace',
    reason: 'credit check failed',
    messageToBuyer: 'We sell in Europe only.\nAsk <b>Northwind</b>.',
  },
} as const;

/** A purchase that its buyer confirmed, and that the worker then shows with these changes. */
async function confirmed(changes: Parameters<Fixture['worker']['alter']>[1]) {
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
  const { url } = await confirm(fixture, browser, { page });
  fixture.worker.alter(subscriptionId, changes);
  return { browser, url, subscriptionId, progress: await browser.get(url) };
}

test('the buyer sees that the seller decides, what follows, and how many days are left', async () => {
  const { browser, progress, subscriptionId, url } = await confirmed(waiting);
  expect(progress.heading).toBe('Waiting for the seller’s approval');
  expect(progress.html).toContain('The seller has 3 days left to decide.');
  expect(progress.html).toContain('Activation request to Microsoft');
  expect(progress.html).toContain('data-follow="/landing/progress/');
  const { landingUrl } = await fixture.emulator.control.mintToken(subscriptionId);
  const again = await browser.get(landingUrl ?? '');
  expect(again.heading).toBe('Waiting for the seller’s approval');

  fixture.worker.alter(subscriptionId, {
    ...pending,
    activation: { state: 'requested', requestedAt },
    approval: { state: 'approved', requestedAt, decidedAt: new Date().toISOString() },
  });
  const approved = await browser.get(url);
  expect(approved.heading).toBe('Activating your subscription');
  expect(approved.html).toContain('Approved by the seller');
});

test('a wait of days for the approval does not count as a slow activation', async () => {
  const { browser, url, subscriptionId } = await confirmed(waiting);
  const confirmedAt = new Date(Date.now() - 2 * DAY_MS);
  await fixture.query('UPDATE visits SET confirmed_at = $1 WHERE subscription_id = $2', [
    confirmedAt,
    subscriptionId,
  ]);
  const slow = 'This is taking longer than usual';
  expect((await browser.get(url)).html).not.toContain(slow);
  const approvedAgo = (ms: number) =>
    fixture.worker.alter(subscriptionId, {
      ...pending,
      activation: { state: 'requested', requestedAt },
      approval: {
        state: 'approved',
        requestedAt,
        decidedAt: new Date(Date.now() - ms).toISOString(),
      },
    });
  approvedAgo(1_000);
  expect((await browser.get(url)).html).not.toContain(slow);
  approvedAgo(HOUR_MS);
  expect((await browser.get(url)).html).toContain(slow);
});

test("the buyer of a declined purchase reads the publisher's message, but not the internal reason", async () => {
  const { browser, progress, subscriptionId } = await confirmed(declined);
  const shows = (page: { heading: string | undefined; html: string }) => {
    expect(page.heading).toBe('Your purchase was declined');
    expect(page.html).toContain('We sell in Europe only.\nAsk &lt;b&gt;Northwind&lt;/b&gt;.');
    expect(page.html).toContain('support-code');
    expect(page.html).not.toContain('credit check failed');
    expect(page.html).not.toContain('grace');
    expect(page.html).not.toContain('/landing/retry');
    expect(page.html).not.toContain('data-follow');
  };
  shows(progress);
  // After Microsoft has ended the purchase, the page still says why.
  fixture.worker.alter(subscriptionId, { ...declined, status: 'Unsubscribed' });
  shows(await browser.get(progress.url));
  const { landingUrl } = await fixture.emulator.control.mintToken(subscriptionId);
  shows(await browser.get(landingUrl ?? ''));
});
