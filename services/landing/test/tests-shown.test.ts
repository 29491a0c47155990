import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeSubscription, buyAndSignIn, openStage, people, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const BADGE = 'Test purchase';

test.each(['isTest', 'isDryRun', 'isSandbox'] as const)(
  'a purchase of the kind %s is shown as a test before and after it is confirmed',
  async (kind) => {
    const { page } = await buyAndSignIn(stage, people.ada, { [kind]: true });
    expect(page.html).toContain(BADGE);
    const { browser, url } = await activeSubscription(stage, people.ada, { [kind]: true });
    expect((await browser.get(url)).html).toContain(BADGE);
    const list = await browser.get(`${stage.url}/landing/subscriptions`);
    expect(list.html).toContain(BADGE);
  },
);

test('a real purchase is shown as no test', async () => {
  const { page } = await buyAndSignIn(stage, people.ben);
  expect(page.html).not.toContain(BADGE);
  const { browser, url } = await activeSubscription(stage, people.ben);
  expect((await browser.get(url)).html).not.toContain(BADGE);
});
