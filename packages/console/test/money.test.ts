import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScenarioFixture } from '@landfall/stack/scenario-fixture';
import { buyHoursAgo } from '@landfall/stack/scenarios/buying';
import { chromiumMissing, openConsole, until, type ConsoleFixture } from './fixture.ts';

const HOUR_MS = 60 * 60 * 1000;
/** It includes no API calls, so each one is billed. */
const PLAN = { offerId: 'analytics', planId: 'scale' };

describe.skipIf(chromiumMissing() !== undefined)('usage, statements and the catalogue', () => {
  let fixture: ConsoleFixture;
  let subscriptionId = '';

  beforeAll(async () => {
    fixture = await openConsole();
    const scenario = new ScenarioFixture(fixture.client, 'console', () => undefined);
    [subscriptionId] = await buyHoursAgo(scenario, PLAN);
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  async function report(quantity: string, hoursAgo: number) {
    const { api } = fixture.client;
    const now = await fixture.client.now();
    const occurredAt = new Date(now.getTime() - hoursAgo * HOUR_MS).toISOString();
    const dimension = 'api-calls';
    const record = { eventId: randomUUID(), subscriptionId, dimension, quantity, occurredAt };
    await until('the usage is taken', async () => {
      const { results } = await api.usage.report.mutate({ records: [record] });
      return results[0]?.outcome === 'refused' ? undefined : results;
    });
  }

  async function hourIs(state: string) {
    const { api } = fixture.client;
    return until(`an hour is ${state}`, async () =>
      (await api.usage.hours.query({ subscriptionId })).items.find((hour) => hour.state === state),
    );
  }

  test('an operator finds the hour that was not billed on the first screen, sends it again, and it is billed', async () => {
    const { control } = fixture.client;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/usage');
    await page.getByText('No usage yet').waitFor();
    await visit.expectWellMade();
    const rowStatus = 'InvalidQuantity';
    await control.addFault({ endpoint: 'batchUsageEvent', subscriptionId, rowStatus, count: 1 });
    await report('40', 2);
    await hourIs('refused');

    await page.reload();
    await page.getByRole('heading', { name: 'One usage hour is not billed' }).waitFor();
    await page.getByText('Microsoft refused the quantity').first().waitFor();
    await visit.expectWellMade();
    const trouble = page.getByRole('region', { name: 'One usage hour is not billed' });
    await trouble.getByRole('link', { name: '40 api-calls' }).click();
    await page.getByRole('dialog').getByText('What your product reported').waitFor();
    await visit.expectWellMade();
    await page.keyboard.press('Escape');
    await trouble.getByRole('button', { name: 'Send again' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Send again' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('The plan was corrected.');
    await dialog.getByRole('button', { name: 'Send again' }).click();

    await page.getByText('The hour is being sent again.').waitFor();
    const billed = await hourIs('settled');
    expect(billed).toMatchObject({ billed: '40', resentBecause: 'The plan was corrected.' });
  });

  test('a viewer sees the hours and may not send them again', async () => {
    const { control } = fixture.client;
    const rowStatus = 'BadArgument';
    await control.addFault({ endpoint: 'batchUsageEvent', subscriptionId, rowStatus, count: 1 });
    await report('3', 1);
    await hourIs('refused');
    await using visit = await fixture.visit('vera');

    await visit.goto('/usage');

    const refused = visit.page.getByRole('note', { name: /usage:write/ });
    await refused.first().waitFor();
    expect(await refused.getByRole('button').first().isDisabled()).toBe(true);
  });

  test('an operator sets a limit, and removes it again', async () => {
    const { api } = fixture.client;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/usage?tab=thresholds');
    await page.getByRole('button', { name: 'Set a limit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Subscription ID').fill(subscriptionId);
    await dialog.getByLabel('Dimension').fill('api-calls');
    await dialog.getByLabel('Units').fill('500');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not crossed').waitFor();
    await visit.expectWellMade();
    expect((await api.thresholds.list.query({})).items).toMatchObject([{ units: '500' }]);

    await page.getByRole('button', { name: 'Actions for api-calls' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();

    await page.getByText('No limits yet').waitFor();
    expect((await api.thresholds.list.query({})).items).toEqual([]);
  });

  test('the statement of a subscription opens from the list of its month', async () => {
    await using visit = await fixture.visit('vera');
    const { page } = visit;
    // In the first hours of a month, the usage is still that of the month before.
    const { hour } = await hourIs('settled');
    await visit.goto(`/usage/statements?month=${hour.slice(0, 7)}`);
    await page.getByText(/API calls: .*40 billed/i).waitFor();
    await visit.expectWellMade();

    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'Open', exact: true }).first().click();

    const statement = await opened;
    await statement.getByRole('heading', { level: 1, name: 'Usage statement' }).waitFor();
    expect(await statement.content()).toContain(subscriptionId);
  });

  test('an operator sets an included quantity, and returns to that of Microsoft', async () => {
    const { api } = fixture.client;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/catalogue?planId=scale');
    await page.getByText('scale', { exact: true }).first().waitFor();
    await visit.expectWellMade();
    const row = page.getByRole('row', { name: /api-calls/ }).first();
    await row.getByRole('button', { name: 'Set', exact: true }).click();
    const editor = page.getByRole('dialog');
    await editor.getByLabel('Included per term').fill('1000');
    await editor.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Set by you').waitFor();
    const overrides = async () => (await api.overrides.list.query({})).items;
    expect(await overrides()).toMatchObject([{ dimension: 'api-calls', included: '1000' }]);

    await row.getByRole('button', { name: 'Use Microsoft’s' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Your quantity was 1,000.').waitFor();
    await dialog.getByRole('button', { name: 'Use Microsoft’s' }).click();

    await row.getByText('Set by you').waitFor({ state: 'detached' });
    expect(await overrides()).toEqual([]);
  });
});
