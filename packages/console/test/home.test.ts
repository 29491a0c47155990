import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buySomething, chromiumMissing, openConsole, type ConsoleFixture } from './fixture.ts';

const questions = [
  'Is anything waiting for me?',
  'Do our records agree with Microsoft’s?',
  'Do we hear everything from Microsoft?',
  'Is money flowing?',
  'Will it still work tomorrow?',
];

describe.skipIf(chromiumMissing() !== undefined)('the home page', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test('answers five questions with the numbers of the API, each with a link to what is behind it', async () => {
    await using visit = await fixture.visit('vera');
    const { page } = visit;
    const { api } = fixture.client;
    await visit.goto('/');
    const [notifications, usage] = await Promise.all([
      api.notifications.summary.query({}),
      api.usage.progress.query({}),
    ]);

    for (const question of questions) await page.getByRole('region', { name: question }).waitFor();
    const number = (name: string) =>
      page.locator('.stat', { hasText: name }).locator('.stat-value').innerText();
    const accepted = usage.days.reduce((sum, day) => sum + day.accepted, 0);
    await expect.poll(() => number('Accepted hours')).toBe(String(accepted));
    await expect.poll(() => number('Not processed yet')).toBe(String(notifications.waiting));
    await expect.poll(() => number('Services')).toBe('5 of 5 answer');
    expect(await page.getByText('Unknown').count()).toBe(0);
    expect(await page.locator('.stat:not(a)').count()).toBe(0);
    await visit.expectWellMade();
  });

  test('says Unknown, and never zero, for what it could not read', async () => {
    await using visit = await fixture.visit('vera', { isTroubled: true });
    const { page } = visit;
    await page.route(/trpc\/.*usage\.progress/, (route) => route.abort());
    await visit.goto('/');

    const money = page.getByRole('region', { name: 'Is money flowing?' });

    await expect
      .poll(() => money.locator('.stat-value').allInnerTexts())
      .toEqual(['Unknown', 'Unknown', 'Unknown', 'Unknown']);
    expect(await money.getByRole('heading').locator('xpath=../span').innerText()).toBe('Unknown');
  });

  test('shows a notification without being loaded again', async () => {
    await using visit = await fixture.visit('vera');
    const { page } = visit;
    const subscriptionId = await buySomething(fixture);
    await visit.goto('/');
    await page.getByText('Live', { exact: true }).waitFor();
    const today = page
      .getByRole('region', { name: 'Do we hear everything from Microsoft?' })
      .locator('.stat', { hasText: 'Today' })
      .locator('.stat-value');
    await expect.poll(() => today.innerText()).toMatch(/^\d+$/);
    const before = Number(await today.innerText());

    await fixture.client.control.suspend(subscriptionId);

    await expect.poll(async () => Number(await today.innerText())).toBeGreaterThan(before);
  });
});
