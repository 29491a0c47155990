import { PATIENCE_MS } from '@landfall/config/patience';
import type { Browser, BrowserContext } from 'playwright-core';
import { expect } from 'vitest';
import type { Browsers } from '../../src/browser/browsers.ts';

type WatchedContext = BrowserContext & AsyncDisposable;

/** A new browser profile. An error that a page reports fails the test. */
export async function openContext(
  browsers: Browsers,
  options: Parameters<Browser['newContext']>[0],
  { isTroubled = false } = {},
): Promise<WatchedContext> {
  const lent = await browsers.borrow();
  const context = await lent.browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
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
  return Object.assign(context, {
    [Symbol.asyncDispose]: async () => {
      await lent[Symbol.asyncDispose]();
      // The browser itself logs an error answer.
      if (!isTroubled) expect(complaints).toEqual([]);
    },
  });
}
