import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeSubscription, buyAndSignIn, type Fixture, openFixture, people } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const BADGE = 'Test purchase';

test.each(['isTest', 'isDryRun', 'isSandbox'] as const)(
  'a purchase of kind %s is marked as a test before and after the confirmation',
  async (kind) => {
    const { page } = await buyAndSignIn(fixture, people.ada, { [kind]: true });
    expect(page.html).toContain(BADGE);
    const { browser, url } = await activeSubscription(fixture, people.ada, { [kind]: true });
    expect((await browser.get(url)).html).toContain(BADGE);
    const list = await browser.get(`${fixture.url}/landing/subscriptions`);
    expect(list.html).toContain(BADGE);
  },
);

test('a real purchase is not marked as a test', async () => {
  const { page } = await buyAndSignIn(fixture, people.ben);
  expect(page.html).not.toContain(BADGE);
  const { browser, url } = await activeSubscription(fixture, people.ben);
  expect((await browser.get(url)).html).not.toContain(BADGE);
});
