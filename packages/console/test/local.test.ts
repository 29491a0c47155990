import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, openConsole, until, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('the banner of the local stack', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const active = async () =>
    (await fixture.client.control.activeFaults()).map(({ which }) => which);

  test('lets an operator disturb the marketplace, shows it on every page, and ends it', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/destinations');

    await page.getByRole('button', { name: 'Break it' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Lose the next notification' }).press('Enter');

    await until('the marketplace loses a notification', async () =>
      (await active()).includes('lose-next'),
    );
    await visit.goto('/');
    const end = page.getByRole('button', { name: 'End “Lose the next notification”' });
    await end.waitFor();
    await visit.expectWellMade();
    await end.press('Enter');
    await until('nothing is disturbed', async () => (await active()).length === 0);
    await end.waitFor({ state: 'detached' });
  });

  test('only shows a viewer what is disturbed', async () => {
    await using visit = await fixture.visit('vera');
    // The outage lasts a minute, so the test starts it only after the sign-in.
    await fixture.client.control.runPreset('outage');
    await visit.goto('/');

    await visit.page.getByText('Marketplace down for a minute').waitFor();

    expect(await visit.page.getByRole('button', { name: 'Break it' }).count()).toBe(0);
    await fixture.client.control.clearFaults();
  });
});
