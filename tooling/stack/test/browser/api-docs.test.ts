import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browsers } from '../../src/browser/browsers.ts';
import { startStackFixture, type StackFixture } from '../stack-fixture.ts';
import { openContext } from './context.ts';

describe('the API documentation in a browser', () => {
  let stack: StackFixture;
  let origin: string;
  const browsers = new Browsers();

  beforeAll(async () => {
    stack = await startStackFixture();
    ({ origin } = new URL(stack.client.stack.trpcUrl));
  });

  afterAll(async () => {
    await browsers[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
  });

  test.each(['light', 'dark'] as const)(
    'shows every operation in %s colours, without a report of the content security policy or a call elsewhere',
    async (colorScheme) => {
      await using context = await openContext(browsers, { colorScheme });
      const page = await context.newPage();
      const hosts = new Set<string>();
      page.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        if (protocol.startsWith('http')) hosts.add(host);
      });

      await page.goto(`${origin}/docs`);
      await page.getByText('SaaS subscriptions: what they are').click();
      await page.getByText('Asks Microsoft for another plan').click();
      await page.getByText('Idempotency-Key').first().waitFor();

      expect(await page.locator('.opblock-tag-section').count()).toBeGreaterThan(15);
      expect([...hosts]).toEqual([new URL(origin).host]);
      const isDark = await page.evaluate(
        "document.documentElement.classList.contains('dark-mode')",
      );
      expect(isDark).toBe(colorScheme === 'dark');
    },
  );
});
