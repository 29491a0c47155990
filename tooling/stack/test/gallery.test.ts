import type { Page } from 'playwright-core';
import { languages, type Language } from '@landfall/words/language';
import { PATIENCE_MS } from '@landfall/config/patience';
import { within } from '@landfall/servers/wait';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browsers } from '../src/browser/browsers.ts';
import { missingSentences, onOneLine } from '../src/gallery/said.ts';
import { GalleryFixture, type PageState } from '../src/gallery/fixture.ts';
import { pageStates } from '../src/gallery/states/all.ts';
import { expectAccessible, expectNoOverflow, pageWeight } from '../src/browser/page-checks.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';

/** A page of this size, with everything that it loads, takes two seconds on a slow connection. */
const MAX_PAGE_BYTES = 50 * 1024;

describe('every page and state that a buyer can see', () => {
  let stack: StackFixture;
  const browsers = new Browsers();

  beforeAll(async () => {
    stack = await startStackFixture();
  });

  afterAll(async () => {
    await browsers[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
  });

  async function check(state: PageState): Promise<void> {
    await using lent = await browsers.borrow();
    await using fixture = new GalleryFixture(stack.client.stack, lent.browser, {
      reducedMotion: 'reduce',
    });
    const page = await state.reach(fixture);
    const response = await answerOf(page);
    await expectNoSecret(page, fixture);
    await expectSaid(page, state, 'en');
    await page.setViewportSize({ width: 1440, height: 900 });
    await expectAccessible(page);
    expect(await pageWeight(page)).toBeLessThan(MAX_PAGE_BYTES);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await expectNoOverflow(page);
    if (response === 'safe to load again') await checkLanguages(page, state);
  }

  describe.concurrent('in parallel', () => {
    for (const state of pageStates.filter(({ isAlone }) => !isAlone)) {
      test(`${state.name} shows its messages, is accessible and small, has no secrets, and fits in every language`, () =>
        check(state));
    }
  });

  describe('one at a time', () => {
    for (const state of pageStates.filter(({ isAlone }) => isAlone)) {
      test(`${state.name} shows its messages, is accessible and small, has no secrets, and fits in every language`, () =>
        check(state));
    }
  });
});

/** Checks that the page visibly shows the messages of its state. */
async function expectSaid(page: Page, { says, hides = [] }: PageState, language: Language) {
  let text = '';
  let missing: readonly string[] = [];
  // If Microsoft or the machine is slow, a script completes the page after it is loaded.
  await within(PATIENCE_MS, async () => {
    text = onOneLine(await page.locator('body').innerText());
    missing = missingSentences(text, says, language);
    return missing.length === 0;
  });
  expect({ language, missing }).toEqual({ language, missing: [] });
  expect(hides.filter((one) => text.includes(one))).toEqual([]);
}

/** The publisher's secrets must not leave the services, not even in a cookie. */
async function expectNoSecret(page: Page, { client }: GalleryFixture): Promise<void> {
  const { fulfillmentApp, landingApp, otherPublishers = [] } = await client.control.identities();
  const apps = [fulfillmentApp, landingApp, ...otherPublishers.map((one) => one.fulfillmentApp)];
  const reached = [await page.content(), JSON.stringify(await page.context().cookies())].join();
  for (const { clientSecret } of apps) expect(reached.includes(clientSecret)).toBe(false);
}

/** Whether the page can be loaded again: a response to a form cannot. */
async function answerOf(page: Page): Promise<'safe to load again' | 'of a form'> {
  const isAnswer = await page.evaluate(
    () =>
      (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).type ===
      'navigate',
  );
  return isAnswer && !page.url().includes('/signed-in') ? 'safe to load again' : 'of a form';
}

async function checkLanguages(page: Page, state: PageState): Promise<void> {
  const titles = new Set<string>();
  for (const language of languages) {
    await page.setExtraHTTPHeaders({ 'accept-language': language });
    await page.goto(page.url());
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    await expectSaid(page, state, language);
    titles.add(await page.locator('h1').first().innerText());
    await expectNoOverflow(page);
  }
  expect(titles.size).toBe(languages.length);
}
