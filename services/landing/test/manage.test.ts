import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { wordsFor } from '../src/words/words.ts';
import type { Browser, Page } from './browser.ts';
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
  // Otherwise each change would wait ten seconds for the answer of a missing webhook.
  await fixture.emulator.control.updateSettings({
    oddities: { partnerWebhook: 'measured' },
    partnerDelayMs: 50,
  });
});
afterEach(() => fixture.worker.changes.hold(false));
afterAll(() => fixture[Symbol.asyncDispose]());

/** Sends the form of a page with its hidden fields and `fields`. */
function submit(browser: Browser, page: Page, fields: Record<string, string> = {}): Promise<Page> {
  const own = Object.fromEntries(
    ['formKey', 'from', 'to', 'request'].flatMap((name) =>
      page.html.includes(`name="${name}"`) ? [[name, page.field(name)]] : [],
    ),
  );
  return browser.post(page.url.split('?')[0] ?? '', { ...own, ...fields });
}

const idOf = (person: string) =>
  fixture.emulator.identities.people.find((one) => one.email === person)!;

const asked = (subscriptionId: string) =>
  fixture.worker.changes.asked.filter((one) => one.subscriptionId === subscriptionId);

describe('the page of an active subscription', () => {
  test('shows its state and links to everything that an owner may do', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada);
    const page = await browser.get(url);
    expect(page.heading).toBe('Manage your subscription');
    for (const shown of ['is active and renews on', 'Standard', '20', '1 month', 'Owner']) {
      expect(page.html).toContain(shown);
    }
    for (const below of ['plan', 'seats', 'cancel', 'people', 'history']) {
      expect(page.html).toContain(`${new URL(url).pathname}/${below}"`);
    }
  });

  test('of a partner’s purchase has no buttons for changes, says why, and refuses the forms', async () => {
    const {
      browser,
      page: bought,
      subscriptionId,
    } = await buyAndSignIn(fixture, people.ada, {
      purchaser: people.sam,
    });
    await fixture.emulator.control.updateSettings({ activationDelayMs: 0 });
    await browser.post(`${fixture.url}/landing/confirm`, {
      formKey: bought.field('formKey'),
      visit: bought.field('visit'),
      email: people.ada,
    });
    const url = `${fixture.url}/landing/subscriptions/${subscriptionId}`;
    const page = await untilHeading(browser, url, 'Manage your subscription');
    expect(page.html).toContain('Ask the partner to change the plan or seats, or to cancel.');
    expect(page.html).not.toMatch(/\/(plan|seats|cancel)"/);
    for (const act of ['plan', 'seats', 'cancel']) {
      const refused = await browser.post(`${url}/${act}`, {
        formKey: page.field('formKey'),
        request: '3f2b8a50-7a0e-4a51-9d0b-3f3c6a1f2b90',
        from: act === 'plan' ? 'standard' : '20',
        to: act === 'plan' ? 'basic' : '21',
        understood: 'yes',
      });
      expect(refused.status).toBe(403);
      expect(refused.html).toContain('Ask the partner to change the plan or seats, or to cancel.');
    }
    expect(asked(subscriptionId)).toEqual([]);
  });

  test('is another page if the subscription is not active', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    await fixture.emulator.control.suspend(subscriptionId);
    expect((await browser.get(url)).heading).toBe('Your payment didn’t go through');
    await fixture.emulator.control.cancel(subscriptionId);
    const erasedAt = '2099-03-01T10:00:00.000Z';
    fixture.worker.alter(subscriptionId, { deadlines: [{ kind: 'erasure', at: erasedAt }] });
    const ended = await browser.get(url);
    expect(ended.heading).toBe('This subscription has ended');
    expect(ended.html).toContain('We keep your data until 1 March 2099');
    const late = await browser.get(`${url}/plan`);
    expect(late.status).toBe(409);
    expect(late.html).toContain('has ended and can no longer be changed');
    const pending = await buyAndSignIn(fixture, people.ada);
    const page = await pending.browser.get(
      `${fixture.url}/landing/subscriptions/${pending.subscriptionId}`,
    );
    expect(page.heading).toBe('Confirm your purchase');
  });

  test('opens after sign-in, and stays open when the language is switched', async () => {
    const { url } = await activeSubscription(fixture, people.ada);
    const browser = await signInAs(fixture, people.ada);
    const german = await browser.get(url, { 'accept-language': 'de' });
    expect(german.heading).toBe('Abonnement verwalten');
  });
});

describe('a change of plan', () => {
  test('is offered if it is possible, explained, approved once, and followed to its end', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const choose = await browser.get(`${url}/plan`);
    expect(choose.html).toContain('value="basic"');
    expect(choose.html).not.toContain('value="legacy"');
    expect(choose.html).not.toContain('value="standard"');
    expect(choose.html).toContain('Your current plan');

    const check = await browser.get(`${url}/plan?to=basic`);
    expect(check.heading).toBe('Review your change');
    expect(check.html).toContain('US$8.00 per seat');
    expect(check.html).toContain('Today (');
    expect(asked(subscriptionId)).toEqual([]);

    const pages = await Promise.all([
      submit(browser, check),
      submit(browser.copy(), check),
      submit(browser.copy(), check),
    ]);
    expect(new Set(pages.map(({ path }) => path)).size).toBe(1);
    const { tenantId, objectId } = idOf(people.ada);
    expect(asked(subscriptionId)).toMatchObject([
      { wanted: { planId: 'basic' }, approvedBy: `entra:${tenantId}/${objectId}` },
    ]);
    const [followed] = pages;
    const done = await untilHeading(browser, followed.url, 'Your change is complete');
    expect(done.html).toContain('Change from the Standard plan to the Basic plan');
    const state = JSON.parse((await browser.get(`${followed.url}/state`)).html) as object;
    expect(state).toMatchObject({ stage: 'succeeded', isFinal: true });
    const home = await browser.get(url);
    expect(home.html).toContain('Your last change is complete.');
    const history = await browser.get(`${url}/history`);
    expect(history.html).toContain(
      'Requested by Ada Fabrikam: change from the Standard plan to the Basic plan.',
    );
    expect((await submit(browser, check)).path).toBe(followed.path);
    expect(asked(subscriptionId)).toHaveLength(1);
  });

  test('to a plan that is not offered is refused and changes nothing', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    expect((await browser.get(`${url}/plan?to=legacy`)).status).toBe(409);
    const check = await browser.get(`${url}/plan?to=basic`);
    const refused = await submit(browser, check, { to: 'legacy' });
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('You can’t switch to this plan.');
    expect(asked(subscriptionId)).toEqual([]);
  });

  test('is refused if the form is older than the current plan', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const check = await browser.get(`${url}/plan?to=basic`);
    const first = await submit(browser, await browser.get(`${url}/plan?to=trial`));
    await untilHeading(browser, first.url, 'Your change is complete');
    const refused = await submit(browser, check);
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('Your subscription changed after you opened this form.');
    expect(asked(subscriptionId)).toHaveLength(1);
  });

  test('is visible to everyone while it is under way, blocks other changes, and says why it failed', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    fixture.worker.changes.hold(true);
    const following = await submit(browser, await browser.get(`${url}/plan?to=basic`));
    expect(following.heading).toBe('We’ve received your request');
    const later = await signInAs(fixture, people.ada);
    const home = await later.get(url);
    expect(home.html).toContain('Change in progress');
    expect(home.html).not.toMatch(/\/(plan|seats|cancel)"/);
    expect((await later.get(`${url}/seats`)).html).toContain('Another change is in progress.');
    const [change] = asked(subscriptionId);
    for (const [failure, key] of [
      ['locked', 'changes.failed.locked'],
      ['refused', 'changes.failed.refused'],
      ['conflict', 'changes.failed.conflict'],
      ['task-expired', 'changes.failed.unknown'],
    ] as const) {
      fixture.worker.changes.fail(change!.changeId, failure);
      const failed = await later.get(following.url);
      expect(failed.heading).toBe('Your change wasn’t made');
      expect(failed.html).toContain(english.t(key));
    }
    expect((await later.get(url)).html).toContain('Your last change wasn’t made.');
  });

  test('is refused with a reason if the worker refuses it', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada);
    const check = await browser.get(`${url}/plan?to=basic`);
    fixture.worker.changes.refuseNext('subscription.change-pending');
    const refused = await submit(browser, check);
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('Another change is in progress.');
  });

  test('that could not be sent says so, and stays one change when it is sent again', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const check = await browser.get(`${url}/plan?to=basic`);
    const startAgain = await fixture.stopWorker();
    expect((await submit(browser, check)).status).toBe(503);
    startAgain();
    // The double knows only what Microsoft knows, and finds the buyer by that.
    const pages = [await submit(browser, check), await submit(browser, check)];
    expect(pages[0]?.path).toBe(pages[1]?.path);
    expect(asked(subscriptionId)).toHaveLength(1);
  });
});

test('the history has pages, shows each entry once, and rejects an overlong cursor', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
  fixture.worker.changes.hold(true);
  await submit(browser, await browser.get(`${url}/plan?to=basic`));
  const { changeId } = asked(subscriptionId)[0]!;
  for (let times = 0; times < 120; times += 1) fixture.worker.changes.fail(changeId, 'locked');
  const perPage: number[] = [];
  let next: string | undefined = `${new URL(url).pathname}/history`;
  while (next) {
    const { html } = await browser.get(fixture.url + next);
    perPage.push(html.split('Not completed: ').length - 1);
    next = /href="([^"]*\?before=[^"]*)"/.exec(html)?.[1];
  }
  expect(perPage).toEqual([50, 50, 20]);
  expect((await browser.get(`${url}/history?before=${'x'.repeat(501)}`)).status).toBe(404);
});

describe('a change of seats', () => {
  test('is limited to what the plan permits, and takes effect when Microsoft has confirmed it', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const form = await browser.get(`${url}/seats`);
    expect(form.html).toMatch(/min="5"[\s\S]*max="100"/);
    for (const wrong of ['4', '101', '20', '7.5', '-1', 'many', '']) {
      const again = await browser.get(`${url}/seats?to=${wrong}`);
      expect(again.status).toBe(422);
      expect(again.html).toContain('aria-invalid="true"');
    }
    const check = await browser.get(`${url}/seats?to=25`);
    expect((await submit(browser, check, { to: '500' })).status).toBe(409);
    const following = await submit(browser, check);
    await untilHeading(browser, following.url, 'Your change is complete');
    expect(asked(subscriptionId)).toMatchObject([{ wanted: { quantity: 25 } }]);
    expect((await browser.get(url)).html).toContain('25');
  });

  test('is not offered if the plan is not sold per seat', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada, {
      offerId: 'analytics',
      planId: 'starter',
    });
    expect((await browser.get(url)).html).not.toContain('/seats"');
    const refused = await browser.get(`${url}/seats`);
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('Your plan isn’t sold per seat');
  });
});

describe('a cancellation', () => {
  test('explains the consequences, requires the check box, and ends the subscription', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const form = await browser.get(`${url}/cancel`);
    for (const shown of [
      'Your organisation then loses access to Contoso Analytics.',
      '72 hours',
      'at least 7 days',
    ]) {
      expect(form.html).toContain(shown);
    }
    const missing = await submit(browser, form);
    expect(missing.status).toBe(422);
    expect(missing.html).toMatch(/aria-invalid="true" [^>]*autofocus/);
    expect(missing.field('back')).toBe(`${new URL(url).pathname}/cancel`);
    expect(asked(subscriptionId)).toEqual([]);
    const following = await submit(browser, missing, { understood: 'yes' });
    const ended = await untilHeading(browser, following.url, 'Your subscription has ended');
    expect(ended.html).toContain('Cancellation');
    expect((await browser.get(url)).heading).toBe('This subscription has ended');
  });
});

test('the log contains no name and no address of a person', () => {
  const logged = fixture.lines.join('\n');
  expect(logged).not.toMatch(/fabrikam|Ada |\bBen\b|tailspin/i);
});
