import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../src/chromium.ts';
import { openFolder } from '../src/folder.ts';
import { startStack, type RunningStack } from '../src/stack.ts';
import { openWorld, type World } from '../src/world.ts';
import { temporaryFolder } from './temporary-folder.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

describe('in a browser', () => {
  const folder = temporaryFolder();
  let stack: RunningStack;
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    const onEvent = (line: string) => console.error(line);
    [stack, browser] = await Promise.all([
      startStack({
        folder: openFolder(folder.path),
        fresh: false,
        workers: 1,
        onStep: () => undefined,
        onEvent,
      }),
      launchChromium(),
    ]);
    world = openWorld(stack.description);
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    folder[Symbol.dispose]();
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`a purchase goes from the storefront to a ready product, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      await using context = await openContext(browser, { javaScriptEnabled });
      const storefront = await context.newPage();
      await storefront.goto(world.stack.emulatorUrl!);
      await expectCleanPage(storefront, javaScriptEnabled);

      const { landingUrl } = await world.control.purchase({
        offerId: 'teamdesk',
        planId: 'standard',
        quantity: 7,
        beneficiary: world.person('ada').email,
      });
      const page = await context.newPage();
      await page.goto(landingUrl!);
      await page.locator(`button[value="${world.person('ada').email}"]`).click();

      await page.getByText('Ada Fabrikam').first().waitFor();
      expect(await page.locator('main').innerText()).toContain('7');
      expect(page.url()).not.toContain('token=');
      await expectCleanPage(page, javaScriptEnabled);

      await page.locator('form[action="/landing/confirm"] button[type=submit]').click();
      await page.waitForURL(/\/landing\/progress\//);
      await page.locator('[data-stage="ready"]').waitFor({ timeout: 30_000 });
      await expectCleanPage(page, javaScriptEnabled);
    });
  }

  test('pages fit a narrow screen and the dark', async () => {
    await using context = await openContext(browser, {
      viewport: { width: 320, height: 640 },
      colorScheme: 'dark',
    });
    const page = await context.newPage();
    for (const url of [world.stack.emulatorUrl!, world.stack.landingUrl]) {
      await page.goto(url);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(`${url}: ${overflow} px too wide`).toBe(`${url}: 0 px too wide`);
      await expectCleanPage(page, true);
    }
  });
});

type WatchedContext = BrowserContext & AsyncDisposable;

/** A fresh browser profile in which a page's complaint fails the test. */
async function openContext(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0],
): Promise<WatchedContext> {
  const context = await browser.newContext(options);
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // Leaving a page cuts its open requests.
    if (!reason.includes('ABORTED')) complaints.push(`${request.url().split('?')[0]}: ${reason}`);
  });
  return Object.assign(context, {
    [Symbol.asyncDispose]: async () => {
      await context.close();
      expect(complaints).toEqual([]);
    },
  });
}

/** No accessibility fault that axe can find; it runs where scripts run. */
async function expectCleanPage(page: Page, canRunScript: boolean): Promise<void> {
  if (!canRunScript) return;
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
  expect(faults).toEqual([]);
}
