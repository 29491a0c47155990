import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, openConsole, until, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('keys, people, audit and the system', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test('an admin creates a key and sees it once, rotates it, and revokes it by its name', async () => {
    const { api, stack } = fixture.client;
    const stateOf = async (label: string) =>
      (await api.keys.list.query({})).items.find((key) => key.label === label)?.state;
    const statusOf = async (secret: string) => {
      const headers = { authorization: `Bearer ${secret}` };
      return (await fetch(new URL('/v1/me', stack.consoleUrl), { headers })).status;
    };
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/keys');
    await visit.expectWellMade();
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Billing job');
    await dialog.getByRole('button', { name: 'Create key' }).click();

    await page.getByText('Store the key “Billing job” now').waitFor();
    const secret = (await page.locator('.secret code').textContent()) ?? '';
    expect(secret).toMatch(/^lf_/);
    expect(await statusOf(secret)).toBe(200);
    await visit.expectWellMade();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.locator('.secret code').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(secret);

    const actions = page.getByRole('button', { name: 'Actions for Billing job' });
    await actions.click();
    await page.getByRole('menuitem', { name: 'Rotate' }).click();
    await dialog.getByRole('button', { name: 'Create new secret' }).click();
    await page.locator('.secret code').waitFor();
    expect(await stateOf('Billing job')).toBe('rotating');

    await actions.click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    const revoke = dialog.getByRole('button', { name: 'Revoke' });
    await dialog.getByLabel('Confirm').fill('Billing');
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByLabel('Confirm').fill('Billing job');
    await dialog.getByLabel('Reason').fill('The job has moved.');
    await revoke.click();

    await page.getByText('The key “Billing job” was revoked.').waitFor();
    expect(await stateOf('Billing job')).toBe('revoked');
    await until('the key is refused', async () => (await statusOf(secret)) === 401);
  });

  test('an admin finds in the audit log who changed what and why, and verifies the chain', async () => {
    const { api } = fixture.client;
    const made = { label: 'Reader', scopes: ['usage:read' as const], reason: 'For the report.' };
    await api.keys.create.mutate(made);
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/audit?procedure=keys.create');
    await visit.expectWellMade();

    await page
      .getByRole('row', { name: /For the report/ })
      .getByRole('link')
      .click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('Reader', { exact: true }).waitFor();
    await visit.expectWellMade();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Verify the log' }).click();

    await page.getByText(/^The log is intact/).waitFor();
    const link = await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href');
    expect(link).toContain('procedure=keys.create');
  });

  test('an admin invites a person with a link that is shown once, and ends the sessions of another', async () => {
    // Her page learns that the session has ended by a call that is refused.
    await using other = await fixture.visit('vera', { isTroubled: true });
    await other.goto('/');
    const { api } = fixture.client;
    const vera = async () =>
      (await api.operators.list.query({})).items.find(({ name }) => name?.startsWith('Vera'));
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/people');
    await visit.expectWellMade();
    await page.getByRole('button', { name: 'Invite a person' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create link' }).click();
    const link = await page.locator('.secret code').textContent();
    expect(link).toContain('/console/invitation');
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.locator('.secret code').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(link);

    await page.getByRole('button', { name: /^Actions for Vera/ }).click();
    await page.getByRole('menuitem', { name: 'End sessions' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End sessions' }).click();

    await page.getByText(/session has ended|sessions have ended/).waitFor();
    expect((await vera())?.sessions).toBe(0);
  });

  test('an operator may not see keys, people or the audit log', async () => {
    await using visit = await fixture.visit('otto', { isTroubled: true });
    await visit.goto('/');
    const menu = visit.page.getByRole('navigation').first();

    await menu.getByRole('link', { name: 'Publishers' }).waitFor();

    for (const name of ['API keys', 'People', 'Audit log']) {
      expect(await menu.getByRole('link', { name }).count()).toBe(0);
    }
  });

  test('the doctor says what is wrong with its next step, and the set-up has values to copy', async () => {
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/doctor');
    await page.getByText('Fulfillment API').first().waitFor();
    await visit.expectWellMade();

    await visit.goto('/setup');
    await page.getByText('Connection webhook').first().waitFor();
    await visit.expectWellMade();
    const tick = page.getByRole('checkbox').first();
    await tick.check();
    await page.reload();

    await page.getByText('Connection webhook').first().waitFor();
    expect(await page.getByRole('checkbox').first().isChecked()).toBe(true);
  });

  test('the page of health shows every service, and nothing is parked', async () => {
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/health');

    await page.getByText('fulfillment-worker').first().waitFor();
    await page.getByText('No task is parked').waitFor();
    await visit.expectWellMade();
    await page.getByRole('tab', { name: 'Retention' }).click();
    await page.getByText('How long Landfall keeps').waitFor();
    await visit.expectWellMade();
  });

  test('an operator changes one setting of an offer, and the others stay', async () => {
    const { api } = fixture.client;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/publishers');
    await visit.expectWellMade();
    await page.locator('.row-name').first().click();
    await page.getByText('Last token').waitFor();
    await visit.expectWellMade();
    const [first] = (await api.publishers.list.query({})).items;
    const of = first?.publisherId === undefined ? {} : { publisherId: first.publisherId };
    const before = await api.settings.get.query(of);
    const row = page.locator('dl.facts > div').filter({ hasText: 'Approve purchases by hand' });
    await row.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('all');
    await dialog.getByRole('button', { name: 'Save' }).click();

    await page.getByText('The setting was saved.').waitFor();
    const after = await api.settings.get.query(of);
    expect(after).toEqual({
      ...before,
      manualApproval: 'all',
      own: { ...before.own, manualApproval: 'all' },
    });
  });
});
