import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Browsers } from '../../src/browser/browsers.ts';
import { expectAccessible, expectNoOverflow, press, tabTo } from '../../src/browser/page-checks.ts';
import { openContext } from './context.ts';

const ADA = 'ada@fabrikam.example';

const browsers = new Browsers();
let emulator: Emulator;
let subscriptionId: string;

beforeAll(async () => {
  emulator = await startEmulator({ landingUrl: 'http://127.0.0.1:9/landing' });
});
afterAll(async () => {
  await browsers[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});
beforeEach(async () => {
  const { control } = emulator;
  await control.reset();
  ({ subscriptionId } = await control.purchase({
    offerId: 'pulse',
    planId: 'pro',
    beneficiary: ADA,
  }));
  await control.suspend(subscriptionId);
  await postToSlack();
});

async function postToSlack(): Promise<void> {
  await fetch(`${emulator.url}/chat/slack/alerts`, {
    method: 'POST',
    body: JSON.stringify({ text: 'Activation failed' }),
  });
}

const PAGES = [
  '/',
  '/buy/teamdesk/standard',
  '/subscriptions',
  '/subscriptions/:id',
  '/usage',
  '/calls',
  '/mail',
  '/chat',
  '/clock',
  '/settings',
] as const;

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'at 320 px', colorScheme: 'light', viewport: { width: 320, height: 800 } },
] as const;

test.each(LOOKS)('every page of the local marketplace is accessible, $name', async (look) => {
  await emulator.control.runPreset('outage');
  await using context = await openContext(browsers, look);
  const page = await context.newPage();
  for (const path of PAGES) {
    await page.goto(`${emulator.url}${path.replace(':id', subscriptionId)}`);
    await expectAccessible(page);
    await expectNoOverflow(page);
  }
});

test('a newcomer buys with the keyboard alone, and sees the next step', async () => {
  await using context = await openContext(browsers, LOOKS[0]);
  const page = await context.newPage();
  await page.goto(emulator.url);
  await press(page, 'a[href="/buy/analytics/starter"]');
  await page.waitForURL('**/buy/analytics/starter');
  await press(page, 'main form button.primary');
  await page.waitForURL('**/subscriptions/*');
  await tabTo(page, 'form[action$="/configure"] button');
  expect(await page.locator('main').textContent()).toContain('Not set up yet');
});

test('choosing a customer shows the plans of that customer, on every page from then on', async () => {
  await using context = await openContext(browsers, LOOKS[0]);
  const page = await context.newPage();
  await page.goto(emulator.url);
  await page.locator('text=Growth for Fabrikam 2026').waitFor();
  await page.selectOption('#customer', 'tara@tailspin.example');
  await page.click('form.who button');
  await page.locator('text=private to another customer').waitFor();
  expect(await page.locator('text=Growth for Fabrikam 2026').count()).toBe(0);
  await page.goto(`${emulator.url}/usage`);
  expect(await page.inputValue('#customer')).toBe('tara@tailspin.example');
});

test('an open page shows new messages, and a fault that began elsewhere, without a reload', async () => {
  await using context = await openContext(browsers, LOOKS[0]);
  const page = await context.newPage();
  await page.goto(`${emulator.url}/chat`);
  await page.locator('article').waitFor();
  await postToSlack();
  await emulator.control.runPreset('outage');
  await page.locator('article').nth(1).waitFor();
  await page.locator('text=Disturbed on purpose: Marketplace down for a minute').waitFor();
});

test('a fault is started and ended with the keyboard', async () => {
  await using context = await openContext(browsers, LOOKS[0]);
  const page = await context.newPage();
  await page.goto(`${emulator.url}/clock`);
  await reach(page, 'form[action="/clock/presets/duplicate"] button');
  await page.locator('form[action="/clock/faults/duplicate/remove"]').waitFor();
  await reach(page, 'form[action="/clock/faults/duplicate/remove"] button');
  await page.locator('text=Nothing. The marketplace works').waitFor();
  expect(await emulator.control.activeFaults()).toEqual([]);
});

/** Presses Enter on a button that may be replaced while the page refreshes itself. */
async function reach(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.press('Enter');
  await page.waitForLoadState();
}
