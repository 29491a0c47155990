import { catalogues } from '@landfall/landing/words/catalogues';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browsers } from '../../src/browser/browsers.ts';
import { setOfferPages } from '../../src/fixture/seed-pages.ts';
import type { StackClient } from '../../src/fixture/stack-client.ts';
import { expectAccessible, expectNoOverflow, press, tabTo } from '../../src/browser/page-checks.ts';
import { startStackFixture, type StackFixture } from '../stack-fixture.ts';
import { openContext } from './context.ts';

describe('a purchase in a browser', () => {
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

  for (const javaScriptEnabled of [true, false]) {
    test(`a purchase goes from the storefront to a ready product, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      await using context = await openContext(browsers, { javaScriptEnabled });
      const storefront = await context.newPage();
      await storefront.goto(client.stack.emulatorUrl!);
      if (javaScriptEnabled) await expectAccessible(storefront);

      const { landingUrl } = await client.control.purchase({
        offerId: 'teamdesk',
        planId: 'standard',
        quantity: 7,
        beneficiary: client.person('ada').email,
      });
      const page = await context.newPage();
      await page.goto(landingUrl!);
      await page.locator(`button[value="${client.person('ada').email}"]`).click();

      await page.getByText('Ada Fabrikam').first().waitFor();
      expect(await page.locator('main').innerText()).toContain('7');
      expect(page.url()).not.toContain('token=');
      if (javaScriptEnabled) await expectAccessible(page);

      await page.locator('form[action="/landing/confirm"] button[type=submit]').click();
      await page.waitForURL(/\/landing\/progress\//);
      await page.locator('[data-stage="ready"]').waitFor();
      if (javaScriptEnabled) await expectAccessible(page);
    });
  }

  test('a page that waits for Microsoft shows the purchase as soon as Microsoft answers', async () => {
    await using context = await openContext(browsers, {}, { isTroubled: true });
    const { landingUrl } = await client.control.purchase({
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: client.person('ada').email,
    });
    const fault = await client.control.addFault({ endpoint: 'resolve', status: 503 });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(landingUrl!);
    await page.locator(`button[value="${client.person('ada').email}"]`).click();
    await page.locator('[data-look-again]').waitFor();
    await client.control.removeFault(fault.id);
    await page.clock.fastForward(20_000);
    await page.locator('form[action="/landing/confirm"]').waitFor();
  });

  test('a rejected form leads to its errors, and what was entered is kept until it is sent', async () => {
    await setOfferPages(client);
    await using context = await openContext(browsers, {}, { isTroubled: true });
    const { landingUrl } = await client.control.purchase({
      offerId: 'teamdesk',
      planId: 'basic',
      quantity: 3,
      beneficiary: client.person('ada').email,
    });
    const page = await context.newPage();
    await page.goto(landingUrl!);
    await page.locator(`button[value="${client.person('ada').email}"]`).click();
    const form = page.locator('form[action="/landing/confirm"]');
    const submit = form.locator('button[type=submit]');
    const company = page.getByLabel('Company');
    await company.fill('Fabrikam');
    await page.getByLabel('Tell me about new features').check();
    await page.reload();
    expect(await company.inputValue()).toBe('Fabrikam');
    expect(await page.getByLabel('Tell me about new features').isChecked()).toBe(true);
    await expectAccessible(page);

    await submit.click();
    // The browser has noticed that an answer is missing.
    expect(page.url()).toContain('/landing/purchase/');
    await form.evaluate((one: HTMLFormElement) => one.setAttribute('novalidate', ''));
    await submit.click();
    await page.locator('#problems:focus').waitFor();
    await expectAccessible(page);
    await page.locator('#problems a').first().click();
    await page.locator('select:focus').waitFor();
    expect(await company.inputValue()).toBe('Fabrikam');
    await page.getByLabel('Where your data is kept').selectOption('eu');
    await submit.click();

    await page.waitForURL(/\/landing\/progress\//);
    const copy = page.locator('[data-copy]');
    await copy.focus();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    await page.locator('[data-stage="ready"]').waitFor();
    await expectAccessible(page);
    const after = await page.evaluate(() => ({
      isSamePage: 'isSamePage' in globalThis,
      hasFocus: document.activeElement?.hasAttribute('data-copy'),
      kept: Object.keys(sessionStorage),
    }));
    expect(after).toEqual({ isSamePage: true, hasFocus: true, kept: [] });
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`back, forward and reload at each step of a purchase repeat nothing, lose nothing and show no wrong page, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      await using context = await openContext(browsers, { javaScriptEnabled });
      const ada = client.person('ada').email;
      const { landingUrl, subscriptionId } = await client.control.purchase({
        offerId: 'analytics',
        planId: 'starter',
        beneficiary: ada,
      });
      const page = await context.newPage();
      const email = page.locator('#email');
      const submit = page.locator('form[action="/landing/confirm"] button[type=submit]');
      const onward = /\/landing\/(progress|subscriptions)\//;
      await page.goto(landingUrl!);
      await page.locator(`button[value="${ada}"]`).click();
      await submit.waitFor();
      const confirmUrl = page.url();

      // Before anything is sent, the page's script keeps the input. Browsers without script differ.
      await email.fill(javaScriptEnabled ? 'typed@elsewhere.example' : ada);
      await page.reload();
      if (javaScriptEnabled) expect(await email.inputValue()).toBe('typed@elsewhere.example');
      await page.goBack();
      await submit.waitFor();
      await page.goForward();
      await submit.waitFor();
      if (javaScriptEnabled) expect(await email.inputValue()).toBe('typed@elsewhere.example');

      // Sends an error that only the server detects.
      await email.evaluate((field: HTMLInputElement) => field.form!.setAttribute('novalidate', ''));
      await email.fill('nobody at all');
      await submit.click();
      await page.locator('#problems').waitFor();
      for (const again of [() => page.reload(), () => page.goBack(), () => page.goForward()]) {
        await again();
        await submit.waitFor();
      }
      await page.goto(confirmUrl);
      expect(await email.inputValue()).toBe('nobody at all');
      await page.locator('#problems').waitFor();

      await email.fill('right@elsewhere.example');
      await submit.click();
      await page.waitForURL(/\/landing\/progress\//);
      await page.reload();
      await page.locator('[data-stage="ready"]').waitFor();
      await page.goBack();
      await page.waitForLoadState();
      // Submitting a form that the browser kept shows the outcome of the purchase.
      if (await submit.isVisible()) await submit.click();
      await page.waitForURL(onward);
      await page.goto(confirmUrl);
      await page.waitForURL(onward);
      await page.goBack();
      await page.goForward();
      await page.waitForURL(onward);
      await page.reload();
      expect(await page.locator('h1').innerText()).not.toBe('Page not found');

      const { items } = await client.api.subscriptions.timeline.query({ subscriptionId });
      const times = (kind: string) => items.filter((entry) => entry.kind === kind).length;
      expect([times('activationRequested'), times('activated')]).toEqual([1, 1]);
      const { claimedBy } = await client.api.subscriptions.get.query({ subscriptionId });
      expect(claimedBy?.emailId).toBe('right@elsewhere.example');
    });
  }

  test('the content of an open form survives a sign-in in another tab and the end of the session', async () => {
    await using context = await openContext(browsers, {});
    const ada = client.person('ada').email;
    const { landingUrl } = await client.control.purchase({
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: ada,
    });
    const page = await context.newPage();
    const email = page.locator('#email');
    const submit = page.locator('form[action="/landing/confirm"] button[type=submit]');
    await page.goto(landingUrl!);
    await page.locator(`button[value="${ada}"]`).click();
    await email.fill('typed@elsewhere.example');

    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name.endsWith('landfall-session'))!;
    await context.clearCookies({ name: session.name });
    await submit.click();

    await page.getByText(catalogues.en['confirm.restored']).waitFor();
    expect(await email.inputValue()).toBe('typed@elsewhere.example');
    const other = await context.newPage();
    await other.goto(`${client.stack.landingUrl}/sign-in?account=other`);
    await other.locator(`button[value="${ada}"]`).click();
    await submit.click();
    await page.waitForURL(/\/landing\/progress\//);
  });

  test('the price appears as soon as Microsoft returns it, and what was entered meanwhile is kept', async () => {
    await using context = await openContext(browsers, {});
    const ada = client.person('ada').email;
    const { landingUrl, subscriptionId } = await client.control.purchase({
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 7,
      beneficiary: ada,
      privateOfferId: '5b1f0c6e-2d3a-4b8e-9a6d-0c5e7f1a2b3c',
    });
    const fault = await client.control.addFault({ endpoint: 'plans', status: 503, subscriptionId });
    const page = await context.newPage();
    await page.goto(landingUrl!);
    await page.locator(`button[value="${ada}"]`).click();
    await page.locator('[data-order][data-unfinished]').waitFor();
    expect(await page.locator('[data-order]').innerText()).not.toContain('$');
    await page.locator('#email').fill('typed@elsewhere.example');

    await client.control.removeFault(fault.id);

    await page.getByText('As agreed in your private offer').waitFor();
    expect(await page.locator('[data-unfinished]').count()).toBe(0);
    expect(await page.locator('[data-order]').innerText()).not.toContain('$');
    expect(await page.locator('#email').inputValue()).toBe('typed@elsewhere.example');
  });

  test('a purchase and a seat change need no mouse, and the focus is always visible', async () => {
    await using context = await openContext(browsers, { reducedMotion: 'reduce' });
    const ada = client.person('ada').email;
    const { landingUrl } = await client.control.purchase({
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 7,
      beneficiary: ada,
    });
    const page = await context.newPage();
    await page.goto(landingUrl!);
    await press(page, `button[value="${ada}"]`);
    await page.locator('form[action="/landing/confirm"]').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('href')).toBe('#content');
    await press(page, 'form[action="/landing/confirm"] button[type=submit]');
    await page.locator('[data-stage="ready"]').waitFor();
    await press(page, 'a[href^="/landing/subscriptions/"]');
    await press(page, 'a[href$="/seats"]');
    await tabTo(page, 'input[type=number]');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('9');
    await page.keyboard.press('Enter');
    await press(page, 'main form button[type=submit]');
    await page.waitForURL(/\/changes\//);
    await page.locator('[data-stage="succeeded"]').waitFor();
  });

  test('pages fit a narrow screen and have a dark scheme', async () => {
    await using context = await openContext(browsers, {
      viewport: { width: 320, height: 640 },
      colorScheme: 'dark',
    });
    const page = await context.newPage();
    for (const url of [client.stack.emulatorUrl!, client.stack.landingUrl]) {
      await page.goto(url);
      await expectNoOverflow(page);
      await expectAccessible(page);
    }
  });
});
