import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  activeSubscription,
  buyAndSignIn,
  confirm,
  openStage,
  people,
  pick,
  signInAs,
  until,
  type Stage,
} from './stage.ts';
import { Browser } from './browser.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() =>
  stage.emulator.control.updateSettings({
    activationDelayMs: 300,
    oddities: { subscriptionPeople: 'documented', partnerWebhook: 'measured' },
  }),
);
afterAll(() => stage[Symbol.asyncDispose]());

test('after a transfer the former people lose access at once, and their records stay', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
  const visit = (await stage.rows('visits')).find(
    (row) => row['subscription_id'] === subscriptionId,
  );
  const progress = `${stage.url}/landing/progress/${String(visit?.['id'])}`;
  expect((await browser.get(progress)).status).toBe(200);

  await stage.emulator.control.transfer(subscriptionId, {
    beneficiary: people.tara,
    purchaser: people.tara,
  });

  for (const page of [url, `${url}/history`, `${url}/people`, progress, `${progress}/state`]) {
    expect((await browser.get(page)).status, page).toBe(404);
  }
  expect((await browser.get(`${stage.url}/landing/subscriptions`)).html).not.toContain(
    subscriptionId,
  );
  expect(await stage.events('progress.denied')).not.toEqual([]);
  const members = await stage.rows('members');
  expect(members.filter((row) => row['subscription_id'] === subscriptionId)).toHaveLength(1);
});

test('after a transfer a person of the new organisation claims it, and sees no names of the old one', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
  const seats = await browser.get(`${url}/seats?to=21`);
  await browser.post(`${url}/seats`, {
    formKey: seats.field('formKey'),
    from: '20',
    to: '21',
    request: seats.field('request'),
  });
  await until(
    () => browser.get(`${url}/history`),
    (page) => page.html.includes('Ada'),
  );
  const { landingUrl } = await stage.emulator.control.mintToken(subscriptionId);
  await stage.emulator.control.transfer(subscriptionId, {
    beneficiary: people.tara,
    purchaser: people.tara,
  });

  const tara = new Browser();
  const page = await pick(tara, await tara.get(landingUrl ?? ''), people.tara);
  await confirm(stage, tara, { page, email: people.tara });

  const managed = await until(
    () => tara.get(url),
    (seen) => seen.status === 200,
  );
  expect(managed.html).toContain('Owner');
  const history = await tara.get(`${url}/history`);
  expect(history.status).toBe(200);
  expect(history.html).not.toContain('Ada');
  const { claimedBy } = stage.worker.asked.activated.at(-1)!;
  expect(claimedBy?.tenantId).toBe(
    stage.emulator.identities.people.find(({ email }) => email === people.tara)?.tenantId,
  );
});

test('a claim with the token alone ends when Microsoft names another organisation', async () => {
  await stage.emulator.control.updateSettings({
    activationDelayMs: 2_000,
    oddities: { subscriptionPeople: 'measured' },
  });
  // Somebody else has the link; Microsoft does not say yet whose purchase it is.
  const { browser, page, subscriptionId } = await buyAndSignIn(stage, people.ada, {
    by: people.tara,
  });
  const progress = await confirm(stage, browser, {
    page,
    email: people.tara,
    onBehalf: 'yes',
  });
  expect(progress.status).toBe(200);

  const seen = await until(
    () => browser.get(progress.url),
    ({ status }) => status === 404,
  );

  expect(seen.html).not.toContain(subscriptionId);
  const url = `${stage.url}/landing/subscriptions/${subscriptionId}`;
  expect((await browser.get(url)).status).toBe(404);
  expect((await (await signInAs(stage, people.ada)).get(url)).status).toBe(200);
});
