import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { launchChromium } from '@landfall/stack/chromium';
import { expectAccessible, expectNoOverflow } from '@landfall/stack/page-checks';
import { buy, confirmOnLandingPage } from '@landfall/stack/scenarios/buying';
import { openStackClient, type StackClient } from '@landfall/stack/stack-client';
import { openThrowAwayStack } from '@landfall/stack/throw-away-stack';

import { until } from '@landfall/servers/wait';

export { chromiumMissing } from '@landfall/stack/chromium';
export { press, tabTo } from '@landfall/stack/page-checks';
export { until } from '@landfall/servers/wait';

/** People of the local publisher: an admin, an operator and a viewer for all publishers. */
export type Operator = 'alma' | 'otto' | 'vera';

/** The widths that every page is checked at: the narrowest of WCAG 2.2 (1.4.10), a tablet and a desktop. */
const WIDTHS = [320, 768, 1280] as const;
const HEIGHT = 900;

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Opens a page of the console by its path, such as `/subscriptions`, and waits for its heading. */
  goto(path: string): Promise<void>;
  /** Checks axe's rules in light and dark, and that nothing is cut off at 320, 768 and 1280 px. */
  expectWellMade(): Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** The test provokes failed requests, which the browser reports as errors. */
  readonly isTroubled?: boolean;
}

/** A running stack with the console, and one browser. */
export interface ConsoleFixture extends AsyncDisposable {
  /** The API with every scope, the marketplace's control, and the test people. */
  readonly client: StackClient;
  /**
   * A new browser profile with a signed-in person. Disposing fails the test if a page reported an error: an exception, a
   * console error, something that the content security policy blocked, or a failed request.
   */
  visit(person: Operator | 'stranger', options?: VisitOptions): Promise<Visit>;
}

/** A customer buys and confirms on the landing page. Returns the id of the subscription, which is active. */
export async function buySomething(fixture: Pick<ConsoleFixture, 'client'>): Promise<string> {
  const order = { offerId: 'analytics', planId: 'starter', beneficiary: 'ada' };
  const { subscriptionId, landingUrl } = await buy(fixture, order);
  await confirmOnLandingPage(fixture, landingUrl, order.beneficiary);
  await until('the subscription is active', async () => {
    const { status } = await fixture.client.api.subscriptions.get.query({ subscriptionId });
    return status === 'Subscribed';
  });
  return subscriptionId;
}

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

/** Starts the stack and the browser: once per test file, in `beforeAll`. */
export async function openConsole(): Promise<ConsoleFixture> {
  await using opened = new AsyncDisposableStack();
  const [running, browser] = await Promise.all([
    openThrowAwayStack(() => undefined),
    launchChromium(),
  ]);
  opened.use(running);
  opened.defer(() => browser.close());
  const client = openStackClient(running.description);
  const sessions = new Map<Operator, Promise<State>>();
  const sessionOf = (person: Operator) => {
    const known = sessions.get(person) ?? signIn(browser, client, person);
    sessions.set(person, known);
    return known;
  };
  const kept = opened.move();
  return {
    client,
    async visit(person, { isTroubled = false, ...options } = {}) {
      const state = person === 'stranger' ? undefined : await sessionOf(person);
      const context = await browser.newContext({
        viewport: { width: 1280, height: HEIGHT },
        reducedMotion: 'reduce',
        locale: 'en-US',
        ...options,
        ...(state && { storageState: state }),
      });
      return openVisit(context, { url: client.stack.consoleUrl, isTroubled });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Signs in once, as a person does. The session's cookie is then given to each new profile. */
async function signIn(browser: Browser, client: StackClient, person: Operator): Promise<State> {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(`${client.stack.consoleUrl}/sign-in`);
  await page.getByRole('link', { name: 'Sign in with Microsoft' }).click();
  await page.locator(`button[name=pick][value="${client.person(person).email}"]`).click();
  await page.waitForURL(`${client.stack.consoleUrl}**`);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function openVisit(
  context: BrowserContext,
  of: { readonly url: string; readonly isTroubled: boolean },
): Promise<Visit> {
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = complaintsIn(context);
  const page = await context.newPage();
  return {
    page,
    async goto(path) {
      await page.goto(of.url + (path === '/' ? '' : path));
      await page.locator('h1').first().waitFor();
      await untilIdle(page);
    },
    expectWellMade: () => expectWellMade(page),
    async [Symbol.asyncDispose]() {
      await context.close();
      if (!of.isTroubled) expect(complaints).toEqual([]);
    },
  };
}

/** Longer than a page is ever busy. After this time, the test continues anyway. */
const BUSY_MS = 10_000;

/** Waits until the browser is idle, because a page begins to listen for keys a moment after it shows its heading. */
function untilIdle(page: Page): Promise<void> {
  return page.evaluate(
    (timeout) => new Promise<void>((resolve) => requestIdleCallback(() => resolve(), { timeout })),
    BUSY_MS,
  );
}

/** Moves the focus to the first row of a list, with the keys j and k. */
export async function focusFirstRow(page: Page): Promise<void> {
  // The keys work a moment after the page shows the rows.
  await until('the first row has the focus', async () => {
    const row = await focusedRow(page);
    if (row === '0') return true;
    await page.keyboard.press(row === undefined ? 'j' : 'k');
    return false;
  });
}

/** The index of the row that has the focus, or that contains the focused element. */
export function focusedRow(page: Page): Promise<string | undefined> {
  return page.evaluate(
    () => document.activeElement?.closest<HTMLElement>('tr[data-index]')?.dataset['index'],
  );
}

/** Everything that a page reports as wrong. What a policy blocks is reported as a console error. */
function complaintsIn(context: BrowserContext): readonly string[] {
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // Leaving a page aborts its open requests.
    if (!reason.includes('ABORTED')) complaints.push(`${request.url().split('?')[0]}: ${reason}`);
  });
  return complaints;
}

async function expectWellMade(page: Page): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    await expectNoOverflow(page);
  }
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  }
}
