import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  chromiumMissing,
  focusedRow,
  focusFirstRow,
  openConsole,
  type ConsoleFixture,
} from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('a list', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
    for (const label of ['First', 'Second', 'Third']) {
      await fixture.client.api.destinations.create.mutate({
        label,
        url: 'http://127.0.0.1:9/events',
      });
    }
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test('is walked with j and k, and o opens a row', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/destinations');
    await page.locator('tbody tr').nth(2).waitFor();
    await focusFirstRow(page);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await focusedRow(page)).toBe('2');
    await page.keyboard.press('k');
    expect(await focusedRow(page)).toBe('1');
    await page.keyboard.press('o');

    await page.waitForURL('**/console/destinations/*');
  });

  test('remembers the columns that a person chose', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/destinations');
    const heads = async () => {
      await page.locator('thead th').first().waitFor();
      return page.locator('thead th').allInnerTexts();
    };
    const before = await heads();
    const left = before[1]!;

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitem', { name: left, exact: true }).click();
    await page.keyboard.press('Escape');
    await page.reload();

    expect(await heads()).toEqual(before.filter((head) => head !== left));
  });

  test('keeps its filters in the address, and a saved view brings them back', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/destinations?state=failing');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: /^Save these filters/ }).click();
    await page.getByLabel('Name of the view').fill('Broken');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForURL((url) => !url.search.includes('failing'));

    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Broken', exact: true }).click();

    await page.waitForURL('**/console/destinations?*state=failing*');
  });
});
