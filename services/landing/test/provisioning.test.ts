import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import {
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  untilHeading,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const requestedAt = new Date().toISOString();

/** A purchase that its buyer confirmed, and that the worker then shows with these changes. */
async function confirmed(changes: Parameters<Fixture['worker']['alter']>[1]) {
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
  const { url } = await confirm(fixture, browser, { page });
  fixture.worker.alter(subscriptionId, { status: 'PendingFulfillmentStart', ...changes });
  const progress = await browser.get(url);
  const retry = (visit = progress.field('visit')) =>
    browser.post(`${fixture.url}/landing/retry`, { formKey: progress.field('formKey'), visit });
  return { browser, progress, subscriptionId, retry };
}

test('the buyer sees that the space is being created, and the next steps', async () => {
  const { progress } = await confirmed({
    activation: { state: 'provisioning', requestedAt },
    provisioning: { state: 'requested' },
  });
  expect(progress.heading).toBe('Setting up your workspace');
  expect(progress.html).toContain('Activation request to Microsoft');
});

test('a purchase that Microsoft has confirmed is not ready before the space exists', async () => {
  const { browser, progress, subscriptionId } = await confirmed({
    status: 'Subscribed',
    activation: { state: 'confirmed' },
    provisioning: { state: 'requested' },
  });
  expect(progress.heading).toBe('Almost there: setting up your workspace');
  expect(progress.html).not.toContain('href="https://product.example/start"');
  const { landingUrl } = await fixture.emulator.control.mintToken(subscriptionId);
  const again = await browser.get(landingUrl ?? '');
  expect(again.heading).toBe('Almost there: setting up your workspace');
  fixture.worker.alter(subscriptionId, {
    status: 'Subscribed',
    activation: { state: 'confirmed' },
    provisioning: { state: 'failed', failure: 'full' },
  });
  const failed = await browser.get(progress.url);
  expect(failed.heading).toBe('Your workspace isn’t ready yet');
  expect(failed.html).toContain('help@contoso.example');
});

test('a failed activation can be tried again from its page, which also names a contact', async () => {
  const { browser, progress, subscriptionId, retry } = await confirmed({
    activation: { state: 'failed', requestedAt, failure: 'product-silent' },
    provisioning: { state: 'failed', failure: 'product-silent' },
  });
  expect(progress.heading).toBe('The activation didn’t go through');
  expect(progress.html).toContain('help@contoso.example');
  expect(progress.html).toContain('support-code');
  expect(progress.html).not.toContain('product-silent');
  const asked = () =>
    fixture.worker.asked.activated.filter((one) => one.subscriptionId === subscriptionId);
  const before = asked().length;
  const answers = await Promise.all([retry(), retry()]);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(asked().length).toBeGreaterThan(before);
  expect(asked().at(-1)).toEqual(asked()[0]);
  await untilHeading(browser, progress.url, 'Ready to use');
  expect((await fixture.events('confirmation.repeated')).length).toBeGreaterThan(0);
});

test('the links of a purchase lead to the same purchase, whichever was opened last', async () => {
  const { browser, progress } = await confirmed({ status: 'Suspended' });
  const other = await fixture.emulator.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: people.ada,
  });
  await browser.get(other.landingUrl ?? '');
  const [, onward = ''] = /class="button" href="([^"]*)"/.exec(progress.html) ?? [];
  const page = await browser.get(new URL(onward, fixture.url).href);
  expect(page.heading).toBe('Your payment didn’t go through');
  expect(page.path).toBe(progress.path.replace('progress', 'purchase'));
});

test('only the person who confirmed can try again', async () => {
  const { progress } = await confirmed({
    activation: { state: 'failed', requestedAt, failure: 'refused' },
  });
  const other = await confirmed({
    activation: { state: 'failed', requestedAt, failure: 'refused' },
  });
  const before = fixture.worker.asked.activated.length;
  const ben = await buyAndSignIn(fixture, people.ben);
  const foreign = await ben.browser.post(`${fixture.url}/landing/retry`, {
    formKey: ben.page.field('formKey'),
    visit: progress.field('visit'),
  });
  expect(foreign.status).toBe(404);
  expect((await other.retry('not-a-visit')).status).toBe(404);
  const unconfirmed = await ben.browser.post(`${fixture.url}/landing/retry`, {
    formKey: ben.page.field('formKey'),
    visit: ben.page.field('visit'),
  });
  expect(unconfirmed.status).toBe(404);
  expect(fixture.worker.asked.activated).toHaveLength(before);
});

test('a repeated confirmation that could not be sent is sent later, automatically', async () => {
  const { browser, progress, subscriptionId, retry } = await confirmed({
    activation: { state: 'failed', requestedAt, failure: 'refused' },
  });
  const startWorker = await fixture.stopWorker();
  const kept = await retry();
  expect(kept.status).toBe(200);
  expect(kept.html).toContain('We can’t get the latest status');
  startWorker();
  await until('the worker gets the confirmation', () =>
    fixture.worker.asked.activated.some((one) => one.subscriptionId === subscriptionId),
  );
  await untilHeading(browser, progress.url, 'Ready to use');
});
