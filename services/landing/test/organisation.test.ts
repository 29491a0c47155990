import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, type Page } from './browser.ts';
import {
  activeSubscription,
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  pick,
  untilHeading,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const person = (email: string) =>
  fixture.emulator.identities.people.find((one) => one.email === email)!;

/** The link to the organisation's sign-in on the refused page. */
function organisationSignIn(page: Page): string | undefined {
  const [, href] = /href="([^"]*account=organisation[^"]*)"/.exec(page.html) ?? [];
  return href && new URL(href.replaceAll('&amp;', '&'), page.url).href;
}

test('a personal account that bought for its directory is led to that directory, and sets up the purchase there', async () => {
  const mia = person(people.mia);
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.mia);
  expect(page.status).toBe(403);
  expect(page.html).toContain('This is a personal account.');
  expect(page.html).not.toContain(mia.tenantId);

  const choose = await browser.get(organisationSignIn(page) ?? '');
  expect(choose.path).toContain(`/${mia.tenantId}/`);
  const form = await pick(browser, choose, people.mia);

  expect(form.path).toBe(page.path);
  expect(form.heading).toBe('Confirm your purchase');
  const progress = await confirm(fixture, browser, { page: form });
  expect(progress.path).toMatch(/progress/);
  expect(fixture.worker.asked.activated.at(-1)).toMatchObject({
    subscriptionId,
    claimedBy: { tenantId: mia.tenantId, objectId: mia.objectId },
  });
});

test('a person who signed in to an organisation returns to it, until they ask for another account', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.mia);
  const form = await pick(browser, await browser.get(organisationSignIn(page) ?? ''), people.mia);
  const progress = await confirm(fixture, browser, { page: form });
  await untilHeading(browser, progress.url, 'Ready to use');
  browser.setCookie(fixture.url, '__Host-landfall-session', '');

  const back = await browser.get(progress.url);

  expect(back.heading).toBe('Ready to use');
  const other = await browser.get(`${fixture.url}/landing/sign-in?account=other`);
  expect(other.path).toContain('/common/');
});

test('an organisation that a person can no longer sign in to is tried only once', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.mia);
  await pick(browser, await browser.get(organisationSignIn(page) ?? ''), people.mia);
  browser.setCookie(fixture.url, '__Host-landfall-session', '');
  const signIn = async () =>
    (await browser.once(`${fixture.url}/landing/sign-in`)).headers.get('location');

  expect(await signIn()).toContain(`/${person(people.mia).tenantId}/`);
  expect(await signIn()).toContain('/common/');
});

test('a member of another organisation gets the same offer, and stays a stranger without an account there', async () => {
  const { browser, page } = await buyAndSignIn(fixture, people.ada, { by: people.tara });
  const { tenantId } = person(people.ada);
  expect(page.html).toContain('If your account also belongs to the organisation');
  expect(page.html).not.toContain(tenantId);

  const choose = await browser.get(organisationSignIn(page) ?? '');

  expect(choose.path).toContain(`/${tenantId}/`);
  expect((await pick(browser, choose, people.tara)).status).toBe(401);
});

test('a guest of the organisation learns that a member has to do it, without a loop of sign-ins', async () => {
  const { page } = await buyAndSignIn(fixture, people.ada, { by: people.gus });

  expect(page.status).toBe(403);
  expect(page.html).toContain('You’re a guest in the organisation');
  expect(organisationSignIn(page)).toBeUndefined();
});

test('a colleague needs no other sign-in', async () => {
  const { page } = await buyAndSignIn(fixture, people.ada, { by: people.ben });

  expect(page.heading).toBe('Confirm your purchase');
});

test('only a browser that opened the purchase with its token learns which organisation it is for', async () => {
  const { page } = await buyAndSignIn(fixture, people.mia);
  const { url } = await activeSubscription(fixture, people.ada);

  for (const back of [page.path, new URL(url).pathname]) {
    const query = new URLSearchParams({ account: 'organisation', back }).toString();
    const answer = await new Browser().once(`${fixture.url}/landing/sign-in?${query}`);
    expect(answer.headers.get('location')).toContain('/common/');
  }
});
