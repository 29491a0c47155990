import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buy, confirmOnLandingPage } from '@landfall/stack/scenarios/buying';
import {
  buySomething,
  chromiumMissing,
  focusFirstRow,
  openConsole,
  press,
  until,
  type ConsoleFixture,
} from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('subscriptions and calendar', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const statusOf = async (subscriptionId: string) =>
    (await fixture.client.api.subscriptions.get.query({ subscriptionId })).status;

  /** A customer has confirmed a purchase, and it waits. */
  async function confirmed(order: { offerId: string; planId: string; name: string }) {
    const { api } = fixture.client;
    const { subscriptionId, landingUrl } = await buy(fixture, { ...order, termUnit: 'P1M' });
    await confirmOnLandingPage(fixture, landingUrl);
    await until('the purchase waits', async () => {
      const { activation } = await api.subscriptions.get.query({ subscriptionId });
      return activation.state === 'provisioning' || activation.state === 'awaiting-approval';
    });
    return subscriptionId;
  }

  test('a newcomer finds a stuck purchase, reads the cause, and brings it on with the keyboard alone', async () => {
    const { api } = fixture.client;
    await api.settings.put.mutate({ offerId: 'pulse', settings: { waitForProduct: true } });
    const order = { offerId: 'pulse', planId: 'starter', name: 'Northwind' };
    const subscriptionId = await confirmed(order);

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/subscriptions?waitsFor=product');
    await page.locator(`a[href*="${subscriptionId}"]`).waitFor();
    await focusFirstRow(page);
    await page.keyboard.press('Enter');
    await page.getByText('Your product creates the customer’s workspace').waitFor();
    await visit.expectWellMade();

    await press(page, '.page-actions button:has-text("Confirm workspace")');
    await press(page, '[role=dialog] button[type=submit]');

    await until('the purchase is active', async () => {
      return (await statusOf(subscriptionId)) === 'Subscribed';
    });
    // It appears by itself.
    await page.getByText('Nothing needs you here').waitFor();
    await page.getByRole('link', { name: 'Workspace confirmed' }).waitFor();
  });

  test('an operator declines a purchase with a message that the buyer reads', async () => {
    const { api } = fixture.client;
    const settings = { manualApproval: ['growth'] };
    await api.settings.put.mutate({ offerId: 'analytics', settings });
    const order = { offerId: 'analytics', planId: 'growth', name: 'Woodgrove' };
    const subscriptionId = await confirmed(order);

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto(`/subscriptions/${subscriptionId}`);
    await page.locator('.page-actions').getByRole('button', { name: 'Decline' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The purchase is never activated').waitFor();
    expect(await dialog.getByRole('button', { name: 'Decline' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Message to the buyer').fill('Please ask our sales team first.');
    await dialog.getByLabel('Reason').fill('No order form');
    await dialog.getByRole('button', { name: 'Decline' }).click();

    const approval = await until('the purchase is declined', async () => {
      const record = await api.subscriptions.get.query({ subscriptionId });
      return record.approval?.state === 'declined' ? record.approval : undefined;
    });
    expect(approval).toMatchObject({
      reason: 'No order form',
      messageToBuyer: 'Please ask our sales team first.',
    });
    await api.settings.put.mutate({ offerId: 'analytics', settings: { manualApproval: null } });
  });

  test('three truths show a difference to Microsoft, and reading again repairs it', async () => {
    const { api, control } = fixture.client;
    const subscriptionId = await buySomething(fixture);
    await control.addFault({ endpoint: 'webhook', subscriptionId, drop: true, count: 1 });
    await control.changePlan(subscriptionId, 'growth');
    await until('Microsoft has changed the plan', async () => {
      return (await control.subscription(subscriptionId)).planId === 'growth';
    });

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto(`/subscriptions/${subscriptionId}`);
    await page.getByText('All agree').waitFor();
    // Microsoft is asked once in five seconds at most, and the activation has just read the record.
    await until('the last reading is older', async () => {
      const { microsoft } = await api.subscriptions.truths.query({ subscriptionId });
      const now = await fixture.client.now();
      return now.getTime() - Date.parse(microsoft.readAt ?? '') > 6_000;
    });
    await page.getByRole('button', { name: 'Read again now' }).first().click();
    await page.getByText('One field of the record changed').waitFor();
    await page.locator('.truths td', { hasText: 'growth' }).first().waitFor();
    expect(await api.subscriptions.get.query({ subscriptionId })).toMatchObject({
      planId: 'growth',
    });
  });

  test('every row of the activity opens the record behind it, without people', async () => {
    const { api } = fixture.client;
    const subscriptionId = await buySomething(fixture);
    await api.subscriptions.addNote.mutate({ subscriptionId, text: 'Called the customer.' });

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto(`/subscriptions/${subscriptionId}`);
    await page.locator('button.pill', { hasText: 'Calls to Microsoft' }).click();
    await page.waitForURL('**sources=call**');
    await page.locator('a[href*="row=call"]', { hasText: 'Activation sent' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('subscriptions.exchanges').waitFor();
    await drawer.getByText('requestId').first().waitFor();
    await visit.expectWellMade();
    expect(await drawer.textContent()).not.toContain(fixture.client.person('ada').email);
    await page.keyboard.press('Escape');

    await page.locator('button.pill', { hasText: 'Calls to Microsoft' }).click();
    await page.locator('button.pill', { hasText: 'Notes' }).click();
    await page.locator('blockquote', { hasText: 'Called the customer.' }).waitFor();
  });

  test('cancelling needs the name, and a viewer is told why the role does not allow it', async () => {
    const subscriptionId = await buySomething(fixture);
    await using looking = await fixture.visit('vera');
    await looking.goto(`/subscriptions/${subscriptionId}`);
    await looking.page.getByRole('button', { name: 'Actions' }).click();
    const entry = looking.page.getByRole('menuitem', { name: 'Cancel the subscription' });
    await entry.getByText('subscriptions:write').waitFor();
    expect(await entry.getAttribute('aria-disabled')).toBe('true');

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto(`/subscriptions/${subscriptionId}`);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Cancel the subscription' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Microsoft ends the subscription. An ended').waitFor();
    await dialog.getByLabel('Who approved it').fill('Ada, by mail');
    const send = dialog.getByRole('button', { name: 'Cancel the subscription' });
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel('Confirm').fill((await dialog.locator('code').textContent()) ?? '');
    await send.click();
    await until('the subscription has ended', async () => {
      return (await statusOf(subscriptionId)) === 'Unsubscribed';
    });
  });

  test('the list exports every match, and keeps what is searched for out of the URL', async () => {
    await buySomething(fixture);
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/subscriptions?offerId=analytics');
    await page.getByRole('rowheader').first().waitFor();
    await visit.expectWellMade();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const lines = (await readFile(await (await saved).path(), 'utf8')).trim().split('\n');
    const { count } = await fixture.client.api.subscriptions.count.query({ offerId: 'analytics' });
    expect(lines).toHaveLength(count + 1);

    await page
      .getByRole('searchbox', { name: 'Name, e-mail or ID' })
      .fill('nobody@nowhere.example');
    await page.getByText('No subscription matches').waitFor();
    expect(page.url()).not.toContain('nowhere');
  });

  test('the calendar shows when a subscription renews, and is walked with the keyboard', async () => {
    const { api } = fixture.client;
    const subscriptionId = await buySomething(fixture);
    const { term } = await api.subscriptions.get.query({ subscriptionId });
    const day = term.endDate?.slice(0, 10) ?? '';

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto(`/calendar?month=${day.slice(0, 7)}`);
    const cell = page.locator(`[data-day="${day}"]`);
    await cell.getByText('Renews').waitFor();
    await visit.expectWellMade();

    await page.locator(`[data-day="${day.slice(0, 7)}-01"]`).focus();
    for (let at = 1; at < Number(day.slice(8)); at += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**day=${day}**`);
    const agenda = page.getByRole('region', { name: 'Agenda' });
    await agenda.locator(`a[href*="${subscriptionId}"]`).first().waitFor();

    await page.locator('button.pill', { hasText: 'Activation due' }).click();
    await agenda.getByText('Nothing of these kinds').waitFor();
  });
});
