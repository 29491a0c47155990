import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** axe's rules for WCAG 2.2 up to AA, and its best practices. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Expects no accessibility problem that axe can find. The page must run scripts. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ runOnly: { type: 'tag', values } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  }, AXE_TAGS);
  expect(faults).toEqual([]);
}

/** Expects that the page needs no horizontal scrolling (WCAG 2.2, 1.4.10). */
export async function expectNoOverflow(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const overflow = document.documentElement.scrollWidth - limit;
    const culprit = [...document.querySelectorAll('body *')].find(
      (one) => one.getBoundingClientRect().right > limit + 1,
    );
    return overflow > 0 ? `${overflow} px too wide: ${culprit?.outerHTML.slice(0, 200)}` : '';
  });
  expect(tooWide).toBe('');
}

/** The size in bytes of the page and everything that it loads, compressed as a server would. */
export async function pageWeight(page: Page): Promise<number> {
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.startsWith('http')),
  );
  const bodies = await Promise.all(
    [...new Set(urls)]
      .filter((url) => !url.includes('/state'))
      .map(async (url) => Buffer.from(await (await page.request.get(url)).body())),
  );
  return [Buffer.from(await page.content()), ...bodies]
    .map((body) => gzipSync(body).byteLength)
    .reduce((sum, size) => sum + size, 0);
}

/** More stops than any of our pages has. */
const MAX_STOPS = 40;

/** Presses Tab until the element has the focus, and checks that the focus is visible. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  const wanted = page.locator(selector).first();
  await wanted.waitFor();
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const outline = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(`${selector}: ${outline}`).not.toBe(`${selector}: none`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not reach ${selector}`);
}

/** Reaches the element with the Tab key and presses Enter. */
export async function press(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.press('Enter');
}
