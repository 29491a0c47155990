import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buy, confirmOnLandingPage } from '@landfall/stack/scenarios/buying';
import {
  chromiumMissing,
  focusFirstRow,
  openConsole,
  press,
  until,
  type ConsoleFixture,
} from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('what needs a person', () => {
  let fixture: ConsoleFixture;
  /** A subscription with a task that was given up. */
  let subscriptionId: string;

  beforeAll(async () => {
    fixture = await openConsole();
    const { api, control } = fixture.client;
    const bought = await buy(fixture, { offerId: 'analytics', planId: 'starter' });
    subscriptionId = bought.subscriptionId;
    await confirmOnLandingPage(fixture, bought.landingUrl);
    await until('it is active', async () => {
      const { status } = await api.subscriptions.get.query({ subscriptionId });
      return status === 'Subscribed';
    });
    await control.addFault({ endpoint: 'getOperation', status: 405, subscriptionId });
    await control.suspend(subscriptionId);
    await until('the task is a matter', async () => (await parked()).length > 0);
    await control.clearFaults();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const parked = async () => {
    const { items } = await fixture.client.api.matters.list.query({ kinds: ['task-parked'] });
    return items;
  };

  test('is on the home page, with a link to its incident page', async () => {
    const [matter] = await parked();

    await using visit = await fixture.visit('vera');
    const { page } = visit;
    await visit.goto('/');
    const incident = page.getByRole('link', { name: `Causes and fixes: ${matter?.title}` });
    await incident.waitFor();
    await visit.expectWellMade();
    const [opened] = await Promise.all([page.context().waitForEvent('page'), incident.click()]);
    await opened.getByRole('heading', { name: 'TasksParked' }).waitFor();
    expect(new URL(opened.url()).hash).toBe('#tasks-parked');
  });

  test('is found in the list, and put right from there with the keyboard alone', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/matters?kind=task-parked');
    await page.getByRole('link', { name: /A task was given up: notification/ }).waitFor();
    await visit.expectWellMade();

    await focusFirstRow(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /A task was given up/ }).waitFor();
    await page.getByText('All attempts failed').waitFor();
    const incident = page.getByRole('link', { name: 'Causes and fixes' });
    expect(await incident.getAttribute('href')).toMatch(/\/docs\/incidents#tasks-parked$/);
    await visit.expectWellMade();

    await press(page, '.matter-next button');
    const dialog = page.getByRole('dialog', { name: 'Replay the task' });
    await dialog.waitFor();
    await press(page, '.dialog button[type=submit]');
    await dialog.waitFor({ state: 'detached' });

    await until('the matter is closed', async () => (await parked()).length === 0);
    await page.getByText('Closed', { exact: true }).first().waitFor();
  });

  test('is closed by a person with a reason, which its history keeps', async () => {
    const { api, control } = fixture.client;
    await control.addFault({ endpoint: 'getOperation', status: 405, subscriptionId });
    await control.reinstate(subscriptionId);
    const matter = await until('the task is a matter', async () => (await parked())[0]);
    await control.clearFaults();

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto(`/matters/${matter.id}`);
    await page.getByRole('button', { name: 'Assign to me' }).click();
    await page.getByRole('button', { name: 'Unassign' }).waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('The customer asked us to wait.');
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('The customer asked us to wait.').waitFor();

    const closed = await api.matters.get.query({ matterId: matter.id });
    expect(closed).toMatchObject({ state: 'closed', closedBy: 'person' });
  });

  test('is shown to a viewer, who cannot act on it', async () => {
    const { items } = await fixture.client.api.matters.list.query({ state: 'closed' });
    const matter = items.find(({ closedBy }) => closedBy === 'person');
    await using visit = await fixture.visit('vera');
    const { page } = visit;
    await visit.goto('/matters?state=closed');
    await page.locator(`a[href*="${matter?.id}"]`).first().click();
    await page.waitForURL(`**/matters/${matter?.id}*`);
    const reopen = page.getByRole('button', { name: 'Open again' });
    await reopen.waitFor();
    expect(await reopen.isDisabled()).toBe(true);
  });
});
