import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  buySomething,
  chromiumMissing,
  openConsole,
  until,
  type ConsoleFixture,
} from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('around every page', () => {
  let fixture: ConsoleFixture;
  let subscriptionId: string;

  beforeAll(async () => {
    fixture = await openConsole();
    subscriptionId = await buySomething(fixture);
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test('the command palette finds a subscription by its name, which stands in no address', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    const { name } = await fixture.client.api.subscriptions.get.query({ subscriptionId });
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(decodeURIComponent(request.url())));
    await visit.goto('/');

    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(name);
    await page.getByRole('option', { name }).first().waitFor();
    await visit.expectWellMade();
    expect(addresses.filter((address) => address.includes(name))).toEqual([]);
    await page.getByRole('combobox').press('Enter');

    await page.waitForURL('**/console/subscriptions/*');
    expect(new URL(page.url()).pathname).toBe(`/console/subscriptions/${subscriptionId}`);
  });

  test('keys lead to pages, show themselves, and are left alone while someone types', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/');

    const destinations = page.getByRole('heading', { level: 1, name: 'Destinations' });
    // The second letter must follow soon after the first. A slow machine may need several tries.
    await until('the keys led to the page', async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('t');
      return destinations.isVisible();
    });
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.waitFor();
    await visit.expectWellMade();
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').pressSequentially('?g h');

    expect(await page.getByRole('combobox').inputValue()).toBe('?g h');
    expect(new URL(page.url()).pathname).toBe('/console/destinations');
  });

  test('the menu has only pages that the role can read', async () => {
    await using admin = await fixture.visit('alma');
    await using viewer = await fixture.visit('vera');
    await admin.goto('/');
    await viewer.goto('/');

    const places = ({ page }: typeof admin) =>
      page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();

    expect(await places(admin)).toEqual(expect.arrayContaining(['API keys', 'Audit log', 'Inbox']));
    expect(await places(viewer)).toContain('Inbox');
    expect(await places(viewer)).not.toContain('API keys');
    expect(await places(viewer)).not.toContain('Audit log');
  });

  test('the chosen appearance and language outlive the page', async () => {
    await using visit = await fixture.visit('vera', { colorScheme: 'light' });
    const { page } = visit;
    await visit.goto('/');
    const open = () => page.getByRole('button', { name: 'Vera' }).click();
    await open();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await open();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.locator('html[lang=de]').waitFor({ state: 'attached' });
    await page.reload();
    await page.locator('h1').waitFor();

    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
  });

  test('two tabs of a browser share one stream, and both see what happens', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    const other = await page.context().newPage();
    let streams = 0;
    page.context().on('request', (request) => {
      if (request.url().includes('events.live')) streams += 1;
    });
    await visit.goto('/');
    await other.goto(page.url());
    for (const tab of [page, other]) await tab.getByText('Live', { exact: true }).waitFor();

    expect(streams).toBe(1);
    await page.close();
    await until('the other tab holds a stream of its own', async () => streams === 2);
  });

  test('an ended session leads to the sign-in and back to the same address', async () => {
    await using visit = await fixture.visit('vera', { isTroubled: true });
    const { page } = visit;
    await visit.goto('/destinations?state=failing');
    await page.context().clearCookies();

    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.keyboard.press('g');
    await page.keyboard.press('h');

    const link = page.getByRole('link', { name: 'Sign in' });
    // The link may be there before the keys have led to the other page.
    await until('the link leads back to the address', async () => {
      const here = new URL(page.url());
      const href = (await link.getAttribute('href')) ?? '';
      return new URL(href, here).searchParams.get('to') === here.pathname + here.search;
    });
    await visit.expectWellMade();
  });
});
