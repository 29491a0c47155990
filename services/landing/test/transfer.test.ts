import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Browser } from './browser.ts';
import {
  activeSubscription,
  buyAndSignIn,
  confirm,
  type Fixture,
  openFixture,
  people,
  pick,
  signInAs,
  untilPage,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
beforeEach(() =>
  fixture.emulator.control.updateSettings({
    activationDelayMs: 300,
    oddities: { subscriptionPeople: 'documented', partnerWebhook: 'measured' },
  }),
);
afterAll(() => fixture[Symbol.asyncDispose]());

test('after a transfer, the former people lose access at once and their records stay', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
  const visit = (await fixture.rows('visits')).find(
    (row) => row['subscription_id'] === subscriptionId,
  );
  const progress = `${fixture.url}/landing/progress/${String(visit?.['id'])}`;
  expect((await browser.get(progress)).status).toBe(200);

  await fixture.emulator.control.transfer(subscriptionId, {
    beneficiary: people.tara,
    purchaser: people.tara,
  });

  for (const page of [url, `${url}/history`, `${url}/people`, progress, `${progress}/state`]) {
    expect((await browser.get(page)).status, page).toBe(404);
  }
  expect((await browser.get(`${fixture.url}/landing/subscriptions`)).html).not.toContain(
    subscriptionId,
  );
  expect(await fixture.events('progress.denied')).not.toEqual([]);
  const members = await fixture.rows('members');
  expect(members.filter((row) => row['subscription_id'] === subscriptionId)).toHaveLength(1);
});

test('after a transfer, a person of the new organisation claims it and sees no names of the old one', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
  const seats = await browser.get(`${url}/seats?to=21`);
  await browser.post(`${url}/seats`, {
    formKey: seats.field('formKey'),
    from: '20',
    to: '21',
    request: seats.field('request'),
  });
  await untilPage(
    'the history names Ada',
    () => browser.get(`${url}/history`),
    (page) => page.html.includes('Ada'),
  );
  const { landingUrl } = await fixture.emulator.control.mintToken(subscriptionId);
  await fixture.emulator.control.transfer(subscriptionId, {
    beneficiary: people.tara,
    purchaser: people.tara,
  });

  const tara = new Browser();
  const page = await pick(tara, await tara.get(landingUrl ?? ''), people.tara);
  await confirm(fixture, tara, { page, email: people.tara });

  const managed = await untilPage(
    'the new beneficiary sees the subscription',
    () => tara.get(url),
    (seen) => seen.status === 200,
  );
  expect(managed.html).toContain('Owner');
  const history = await tara.get(`${url}/history`);
  expect(history.status).toBe(200);
  expect(history.html).not.toContain('Ada');
  const { claimedBy } = fixture.worker.asked.activated.at(-1)!;
  expect(claimedBy?.tenantId).toBe(
    fixture.emulator.identities.people.find(({ email }) => email === people.tara)?.tenantId,
  );
});

test('a claim that only had the token ends when Microsoft names another organisation', async () => {
  const activationDelayMs = 600_000;
  await fixture.emulator.control.updateSettings({
    activationDelayMs,
    oddities: { subscriptionPeople: 'measured' },
  });
  // Another person has the link, and Microsoft does not name the customer yet.
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada, {
    by: people.tara,
  });
  const progress = await confirm(fixture, browser, {
    page,
    email: people.tara,
    onBehalf: 'yes',
  });
  expect(progress.status).toBe(200);

  await fixture.emulator.control.advance(activationDelayMs);
  const seen = await untilPage(
    'the progress is hidden',
    () => browser.get(progress.url),
    ({ status }) => status === 404,
  );

  expect(seen.html).not.toContain(subscriptionId);
  const url = `${fixture.url}/landing/subscriptions/${subscriptionId}`;
  expect((await browser.get(url)).status).toBe(404);
  expect((await (await signInAs(fixture, people.ada)).get(url)).status).toBe(200);
});
