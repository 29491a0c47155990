import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, openConsole, press, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('the way into the console', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test('leads from a page, through the sign-in, back to that page, with the keyboard alone', async () => {
    await using visit = await fixture.visit('stranger');
    const { page } = visit;
    await visit.goto('/destinations?state=active');
    expect(new URL(page.url()).pathname).toBe('/console/sign-in');
    await visit.expectWellMade();

    await press(page, 'a.button');
    await press(page, 'button[value="alma@contoso.example"]');

    await page.waitForURL('**/console/destinations?*state=active*');
    await page.getByRole('heading', { level: 1, name: 'Destinations' }).waitFor();
  });

  test('is closed by signing out, and the session does not work any more', async () => {
    // Signing out would end the session that the other tests share.
    await using visit = await fixture.visit('stranger');
    const { page } = visit;
    await visit.goto('/destinations');
    await press(page, 'a.button');
    await press(page, 'button[value="otto@contoso.example"]');
    await page.getByRole('heading', { level: 1, name: 'Destinations' }).waitFor();
    const session = await page.context().storageState();

    await page.locator('button.person').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();

    await page.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
    await page.context().addCookies(session.cookies);
    await page.goto(`${fixture.client.stack.consoleUrl}/destinations`);
    expect(new URL(page.url()).pathname).toBe('/console/sign-in');
  });

  test.each(['alma', 'otto', 'vera'] as const)(
    'opens the app for %s, and its pages keep the policy and the rules of accessibility',
    async (person) => {
      await using visit = await fixture.visit(person);
      await visit.goto('/');
      await visit.expectWellMade();
    },
  );
});
