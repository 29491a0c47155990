import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import type { Browser } from './browser.ts';
import {
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

/** Microsoft waits for a payment this long. */
function inThirtyDays(): string {
  const form = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(Date.now() + 30 * 86_400_000).toLocaleDateString('en-GB', form);
}

describe('a purchase', () => {
  test('leads from the token through sign-in and confirmation to a ready subscription', async () => {
    const { browser, page, subscriptionId, purchaseToken } = await buyAndSignIn(
      fixture,
      people.ada,
    );
    expect(page.status).toBe(200);
    expect(page.path).toMatch(/^\/landing\/purchase\/[0-9a-f-]{36}$/);
    expect(page.heading).toBe('Confirm your purchase');
    for (const shown of ['Contoso Analytics', 'Standard', '20', '1 month', 'Ada Fabrikam']) {
      expect(page.html).toContain(shown);
    }
    expect(page.field('email')).toBe(people.ada);
    expect(fixture.worker.asked.resolved).toContain(purchaseToken);
    expect(fixture.worker.asked.activated).toEqual([]);

    const progress = await confirm(fixture, browser, { page });
    expect(progress.path).toMatch(/^\/landing\/progress\/[0-9a-f-]{36}$/);
    expect(progress.status).toBe(200);
    const ready = await untilHeading(browser, progress.url, 'Ready to use');
    expect(ready.html).toContain('href="https://product.example/start"');
    const ada = fixture.emulator.identities.people.find((one) => one.email === people.ada);
    expect(fixture.worker.asked.activated).toEqual([
      {
        subscriptionId,
        claimedBy: { tenantId: ada?.tenantId, objectId: ada?.objectId, emailId: people.ada },
      },
    ]);
    expect(await fixture.emulator.control.subscription(subscriptionId)).toMatchObject({
      status: 'Subscribed',
    });
  });

  test('also reports its progress as data, step by step', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const progress = await confirm(fixture, browser, { page });
    const state = async () =>
      JSON.parse((await browser.get(`${progress.url}/state`)).html) as {
        stage: string;
        isFinal: boolean;
        steps: { state: string }[];
      };
    const ready = await until('the state is final', async () => {
      const seen = await state();
      return seen.isFinal && seen;
    });
    expect(ready.stage).toBe('ready');
    expect(ready.steps.map((step) => step.state)).toEqual(['done', 'done', 'done', 'done']);
  });

  test('is activated once by a double click or from two tabs', async () => {
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ben);
    const before = fixture.worker.sent();
    const tabs = [browser, browser.copy(), browser.copy()];
    const pages = await Promise.all(tabs.map((tab) => confirm(fixture, tab, { page })));
    expect(new Set(pages.map((one) => one.path)).size).toBe(1);
    expect(pages.every((one) => one.status === 200)).toBe(true);
    expect(fixture.worker.sent()).toBe(before + 1);
    const asked = fixture.worker.asked.activated.filter(
      (one) => one.subscriptionId === subscriptionId,
    );
    expect(asked).toHaveLength(1);
  });

  test('shows the running activation, not a second form, if its link is opened twice', async () => {
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ben);
    await fixture.emulator.control.updateSettings({ activationDelayMs: 600_000 });
    await confirm(fixture, browser, { page });
    const { landingUrl } = await fixture.emulator.control.mintToken(subscriptionId);
    const again = await browser.get(landingUrl ?? '');
    await fixture.emulator.control.updateSettings({ activationDelayMs: 300 });
    expect(again.path).toMatch(/^\/landing/);
    expect(again.heading).toBe('Waiting for Microsoft to confirm');
  });

  test('needs no click for a buyer who is signed in already', async () => {
    const { browser } = await buyAndSignIn(fixture, people.ada);
    const { landingUrl } = await fixture.emulator.control.purchase({
      offerId: 'analytics',
      planId: 'growth',
      beneficiary: people.ada,
    });
    const page = await browser.get(landingUrl ?? '');
    expect(page.heading).toBe('Confirm your purchase');
    expect(page.html).toContain('Growth');
  });

  test('requires an e-mail address if the ID token has none', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.nora);
    expect(page.heading).toBe('Confirm your purchase');
    const before = fixture.worker.sent();
    const missing = await confirm(fixture, browser, { page, email: 'nobody' });
    expect(missing.path).toBe(page.path);
    expect(missing.html).toContain('aria-invalid="true"');
    expect(fixture.worker.sent()).toBe(before);
    const unstorable = await confirm(fixture, browser, { page, email: 'no\0ra@elsewhere.example' });
    expect(unstorable.html).toContain('aria-invalid="true"');
    const progress = await confirm(fixture, browser, { page, email: 'nora@elsewhere.example' });
    expect(progress.path).toMatch(/progress/);
    expect(fixture.worker.asked.activated.at(-1)?.claimedBy?.emailId).toBe(
      'nora@elsewhere.example',
    );
  });

  test('of a personal account works only for that person', async () => {
    const { page } = await buyAndSignIn(fixture, people.pia);
    expect(page.heading).toBe('Confirm your purchase');
    expect(page.html).toContain('Personal Microsoft account');
  });

  test('of a partner is confirmed for the customer after a check box is ticked', async () => {
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada, {
      purchaser: people.sam,
      by: people.sam,
    });
    const ada = fixture.emulator.identities.people.find((one) => one.email === people.ada);
    expect(page.html).toContain(ada?.tenantId);
    const refused = await confirm(fixture, browser, { page, email: people.ada });
    expect(refused.path).toBe(page.path);
    expect(refused.html).toContain('Tick this box to continue.');
    await confirm(fixture, browser, { page, email: people.ada, onBehalf: 'yes' });
    expect(fixture.worker.asked.activated.at(-1)).toEqual({
      subscriptionId,
      claimedBy: { tenantId: ada?.tenantId, objectId: ada?.objectId, emailId: people.ada },
      answers: { confirmedBy: 'purchaser' },
    });
  });

  test('is hidden from a stranger, which is recorded, and waits for the right person', async () => {
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada, {
      by: people.tara,
    });
    expect(page.status).toBe(403);
    expect(page.heading).toBe('This purchase is for another organisation');
    expect(page.html).not.toContain(subscriptionId);
    expect(page.html).not.toContain('Standard');
    expect(await fixture.events('visitor.refused')).toHaveLength(1);
    const choose = await browser.get(`${fixture.url}/landing/sign-in?account=other`);
    const right = await pick(browser, choose, people.ben);
    expect(right.heading).toBe('Confirm your purchase');
    expect(right.html).toContain('Ben Fabrikam');
  });

  test('that was activated without a landing visit is linked, not activated again', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada, {
      offerId: 'pulse',
      planId: 'essential',
    });
    expect(page.heading).toBe('Link your subscription');
    const before = fixture.worker.sent();
    const linked = await confirm(fixture, browser, { page });
    expect(linked.heading).toBe('Ready to use');
    expect(fixture.worker.sent()).toBe(before);
  });
});

describe('a later visit', () => {
  async function activated(): Promise<{
    browser: Browser;
    subscriptionId: string;
    open: () => Promise<string>;
  }> {
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
    const progress = await confirm(fixture, browser, { page });
    await untilHeading(browser, progress.url, 'Ready to use');
    const open = async () => {
      const { landingUrl } = await fixture.emulator.control.mintToken(subscriptionId);
      return landingUrl ?? '';
    };
    return { browser, subscriptionId, open };
  }

  test('opens the manage page of an active subscription, without a second activation', async () => {
    const { browser, open } = await activated();
    const before = fixture.worker.asked.activated.length;
    const page = await browser.get(await open());
    expect(page.heading).toBe('Manage your subscription');
    expect(fixture.worker.asked.activated).toHaveLength(before);
  });

  test('without a token leads a known customer to the subscription', async () => {
    const { browser } = await activated();
    const page = await browser.get(`${fixture.url}/landing`);
    expect(page.heading).toBe('Manage your subscription');
  });

  test('of a suspended subscription says what to do and until when', async () => {
    const { browser, subscriptionId, open } = await activated();
    await fixture.emulator.control.suspend(subscriptionId);
    const before = inThirtyDays();
    const page = await browser.get(await open());
    expect(page.status).toBe(200);
    expect(page.heading).toBe('Your payment didn’t go through');
    // Two dates, in case the test runs across midnight.
    const dates = [before, inThirtyDays()];
    expect(
      dates.some((date) => page.html.includes(date)),
      dates.join(),
    ).toBe(true);
  });

  test('of an ended subscription offers to buy again and reactivates nothing', async () => {
    const { browser, subscriptionId, open } = await activated();
    const link = await open();
    await fixture.emulator.control.cancel(subscriptionId);
    const page = await browser.get(link);
    expect(page.heading).toBe('This subscription has ended');
    expect(page.html).not.toContain('name="visit"');
  });
});
