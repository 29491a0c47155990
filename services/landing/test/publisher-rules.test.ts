import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { wordsFor } from '../src/words/words.ts';
import type { Page } from './browser.ts';
import { activeSubscription, type Fixture, openFixture, people, untilPage } from './fixture.ts';

const english = wordsFor('en');

let fixture: Fixture;
/** How far the service's clock is ahead of ours, so that no test waits for real minutes. */
let aheadMs = 0;
beforeAll(async () => {
  fixture = await openFixture({}, () => new Date(Date.now() + aheadMs));
});
afterEach(() => {
  fixture.worker.changes.policy = { rules: [] };
});
afterAll(() => fixture[Symbol.asyncDispose]());

const MESSAGE = { en: 'Basic is for new customers only.', de: 'Basic gibt es nur für Neukunden.' };
const refuseBasic = () => {
  fixture.worker.changes.policy = {
    rules: [
      {
        id: 'no-basic',
        when: { action: 'ChangePlan', toPlanIds: ['basic'] },
        decision: 'refuse',
        message: MESSAGE,
      },
    ],
  };
};
const words = (page: Page) => page.html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

test('a plan that the publisher refuses cannot be chosen, and the page shows the publisher’s reason', async () => {
  const { browser, url } = await activeSubscription(fixture, people.ada);
  refuseBasic();

  const choose = await browser.get(`${url}/plan`);

  expect(choose.html).not.toContain('value="basic"');
  expect(words(choose)).toContain(
    `${english.t('changes.plan.refused')} Basic Basic is for new customers only.`,
  );
  const german = await browser.get(`${url}/plan`, { 'accept-language': 'de' });
  expect(german.html).toContain('Basic gibt es nur für Neukunden.');
  const direct = await browser.get(`${url}/plan?to=basic`);
  expect(direct.status).toBe(409);
  expect(direct.html).toContain('This plan isn’t available for your subscription.');
});

test('the form neither offers nor accepts numbers of seats that the publisher refuses', async () => {
  const { browser, url } = await activeSubscription(fixture, people.ada);
  const message = { en: 'Teams start at 10 seats.' };
  fixture.worker.changes.policy = {
    rules: [
      { id: 'min', when: { action: 'ChangeQuantity', below: 10 }, decision: 'refuse', message },
    ],
  };

  const form = await browser.get(`${url}/seats`);
  const few = await browser.get(`${url}/seats?to=9`);
  const enough = await browser.get(`${url}/seats?to=10`);

  expect(form.html).toContain('min="10"');
  expect(words(form)).toMatch(/Allowed: 10 to [\d,]+ Teams start at 10 seats\./);
  expect(few.status).toBe(422);
  expect(words(few)).toContain(english.t('changes.seats.problem', { possible: '10' }));
  expect(few.html).toContain('value="9"');
  expect(enough.status).toBe(200);
});

test('if every number of seats is refused, the page says so and shows no form', async () => {
  const { browser, url } = await activeSubscription(fixture, people.ada);
  fixture.worker.changes.policy = {
    rules: [{ id: 'none', when: { action: 'ChangeQuantity' }, decision: 'refuse' }],
  };

  const page = await browser.get(`${url}/seats`);

  expect(page.html).toContain(english.t('changes.seats.none'));
  expect(page.html).not.toContain('name="to"');
});

test('if all seats and plans are refused, the subscription’s page says so and has no buttons', async () => {
  const order = { offerId: 'teamdesk', planId: 'standard', quantity: 20 };
  const { url, browser } = await activeSubscription(fixture, people.ada, order);
  expect((await browser.get(url)).html).toContain(`/seats"`);
  const refuse = { decision: 'refuse', message: { en: 'Please call us first.' } } as const;
  fixture.worker.changes.policy = {
    rules: [
      { ...refuse, id: 'seats', when: { action: 'ChangeQuantity' } },
      { ...refuse, id: 'plans', when: { action: 'ChangePlan' } },
    ],
  };
  aheadMs += 61_000;

  const page = await untilPage(
    'the page has no buttons for changes',
    () => browser.get(url),
    ({ html }) => !/href="[^"]*\/(seats|plan)"/.test(html),
  );

  expect(page.html).toContain('/cancel"');
  expect(words(page)).toContain(`${english.t('changes.seats.none')} Please call us first.`);
  expect(words(page)).toContain(
    `${english.t('manage.why.noOtherPlan')} ${english.t('changes.plan.refused')} Basic Please call us first.`,
  );

  fixture.worker.changes.policy = { rules: [] };
  aheadMs += 61_000;
  await untilPage(
    'the page has the buttons again',
    () => browser.get(url),
    ({ html }) => /\/plan"[^]*\/seats"/.test(html),
  );
});

test('a form that was opened before the rule existed is refused with the publisher’s reason', async () => {
  const { browser, url } = await activeSubscription(fixture, people.ada);
  const check = await browser.get(`${url}/plan?to=basic`);
  refuseBasic();
  const form = Object.fromEntries(
    ['formKey', 'from', 'to', 'request'].map((name) => [name, check.field(name)]),
  );

  const refused = await browser.post(`${url}/plan`, form);
  const again = await browser.post(`${url}/plan`, form);

  for (const page of [refused, again]) {
    expect(page.heading).toBe('Your change wasn’t made');
    expect(words(page)).toContain(
      english.t('changes.failed.byPublisher', { product: 'Contoso Analytics' }),
    );
    expect(page.html).toContain('Basic is for new customers only.');
  }
  const { asked } = fixture.worker.changes;
  expect(asked.filter(({ changeId }) => changeId === form['request'])).toHaveLength(1);
});

test('a forged form for a refused plan changes nothing', async () => {
  const { browser, url, subscriptionId } = await activeSubscription(fixture, people.ada);
  const formKey = (await browser.get(`${url}/plan?to=basic`)).field('formKey');
  refuseBasic();

  const fields = { formKey, from: 'standard', to: 'basic', request: randomUUID() };
  const page = await browser.post(`${url}/plan`, fields);

  expect(page.heading).toBe('Your change wasn’t made');
  expect((await fixture.emulator.control.subscription(subscriptionId)).planId).toBe('standard');
});
