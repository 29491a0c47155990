import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browsers } from '../../src/browser/browsers.ts';
import type { StackClient } from '../../src/fixture/stack-client.ts';
import { startStackFixture, type StackFixture } from '../stack-fixture.ts';
import { openContext } from './context.ts';

describe('the manage page in a browser', () => {
  let stack: StackFixture;
  let client: StackClient;
  const browsers = new Browsers();

  beforeAll(async () => {
    stack = await startStackFixture();
    ({ client } = stack);
  });

  afterAll(async () => {
    await browsers[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
  });

  test('back, reload and forward at each step of a seat change repeat nothing and show no wrong page', async () => {
    await using context = await openContext(browsers, {}, { isTroubled: true });
    const page = await context.newPage();
    const { subscriptionId, url } = await activeInBrowser(page);

    await changeRestlessly(page, {
      url: `${url}/seats`,
      choose: () => page.locator('#to').fill('9'),
      chosen: () => page.locator('input[name=to][type=number]').inputValue(),
      to: '9',
    });

    expect(await requestsOf(subscriptionId)).toEqual(['ChangeQuantity']);
    expect((await client.control.subscription(subscriptionId)).quantity).toBe(9);
  });

  test('back, reload and forward at each step of a plan change repeat nothing and show no wrong page', async () => {
    await using context = await openContext(browsers, {}, { isTroubled: true });
    const page = await context.newPage();
    const { subscriptionId, url } = await activeInBrowser(page);

    await changeRestlessly(page, {
      url: `${url}/plan`,
      choose: () => page.locator('input[name=to][value=basic]').check(),
      chosen: () => page.locator('input[name=to]:checked').inputValue(),
      to: 'basic',
    });

    expect(await requestsOf(subscriptionId)).toEqual(['ChangePlan']);
    expect((await client.control.subscription(subscriptionId)).planId).toBe('basic');
  });

  test('back, reload and forward at each step of a cancellation cancel once, and only with the box checked', async () => {
    await using context = await openContext(browsers, {}, { isTroubled: true });
    const page = await context.newPage();
    const { subscriptionId, url } = await activeInBrowser(page);

    await page.goto(url);
    await page.locator('a[href$="/cancel"]').click();
    await page.locator('input[name=understood]').check();
    await page.goBack();
    await page.locator('a[href$="/cancel"]').waitFor();
    await page.goForward();
    await page.locator('input[name=understood]').waitFor();
    await page.reload();
    await page.locator('input[name=understood]').waitFor();
    expect(await requestsOf(subscriptionId)).toEqual([]);
    await page.locator('input[name=understood]').check();
    await page.locator('main form button[type=submit]').click();
    await page.waitForURL(/\/changes\//);
    const following = page.url();

    await page.goBack();
    await page.locator('h1').waitFor();
    await page.goForward();
    await page.waitForURL(following);
    await page.reload();
    await page.locator('[data-stage="succeeded"]').waitFor();
    expect(await page.locator('h1').innerText()).toBe('Your subscription has ended');
    await page.goBack();
    await page.locator('h1').waitFor();
    await page.locator('main a[href^="/landing/subscriptions/"]').first().click();
    await page.getByText('This subscription has ended').first().waitFor();

    expect(await requestsOf(subscriptionId)).toEqual(['Unsubscribe']);
  });

  /** Ada buys seven seats and confirms in this browser. */
  async function activeInBrowser(page: Page): Promise<{ subscriptionId: string; url: string }> {
    const { email } = client.person('ada');
    const { landingUrl, subscriptionId } = await client.control.purchase({
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 7,
      beneficiary: email,
    });
    await page.goto(landingUrl!);
    await page.locator(`button[value="${email}"]`).click();
    await page.locator('form[action="/landing/confirm"] button[type=submit]').click();
    await page.locator('[data-stage="ready"]').waitFor();
    return { subscriptionId, url: `${client.stack.landingUrl}/subscriptions/${subscriptionId}` };
  }

  /** Makes a change once, with back, forward and reload after each step. */
  async function changeRestlessly(
    page: Page,
    change: {
      readonly url: string;
      readonly choose: () => Promise<void>;
      readonly chosen: () => Promise<string>;
      readonly to: string;
    },
  ): Promise<void> {
    const { url, choose, chosen, to } = change;
    const send = () => page.locator('main form button[type=submit]').click();
    const isReview = () =>
      page.locator('main form input[name=request]').waitFor({ state: 'attached' });

    await page.goto(url);
    await choose();
    await send();
    await isReview();
    await page.goBack();
    await page.locator('main form[method=get]').waitFor();
    expect(await chosen()).toBe(to);
    await page.goForward();
    await isReview();
    await page.reload();
    await isReview();
    expect(await page.locator('input[name=to]').inputValue()).toBe(to);
    await send();
    await page.waitForURL(/\/changes\//);
    const following = page.url();

    await page.goBack();
    await page.locator('h1').waitFor();
    await page.goForward();
    await page.waitForURL(following);
    await page.reload();
    await page.locator('[data-stage="succeeded"]').waitFor();
    await page.goBack();
    await page.locator('h1').waitFor();
    // Submits a form that the browser kept again, if there is one.
    const again = page.locator('main form:has(input[name=request]) button[type=submit]');
    if (await again.count()) {
      await again.click();
      await page.locator('h1').waitFor();
    }
    await page.locator('main a[href^="/landing/subscriptions/"]').first().waitFor();
  }

  /** The customers' requests for a subscription, oldest first. */
  async function requestsOf(subscriptionId: string): Promise<unknown[]> {
    const { items } = await client.api.subscriptions.timeline.query({ subscriptionId, limit: 200 });
    return items
      .filter(({ kind }) => kind === 'changeRequested')
      .map(({ details }) => details['change']);
  }
});
