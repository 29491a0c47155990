import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScenarioFixture } from '@landfall/stack/scenario-fixture';
import { buyAndActivate } from '@landfall/stack/scenarios/buying';
import { chromiumMissing, openConsole, press, until, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('inbox, operations, rules, reconciliation', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  /** A new subscription that its customer can change. */
  async function active(planId: string): Promise<string> {
    const scenario = new ScenarioFixture(fixture.client, 'console', () => undefined);
    return buyAndActivate(scenario, { offerId: 'analytics', planId });
  }

  test('an operator sees on the first screen that callers were refused, and why', async () => {
    const { api, stack } = fixture.client;
    for (const authorization of ['', 'Bearer nonsense']) {
      const headers = authorization === '' ? {} : { authorization };
      const answer = await fetch(stack.webhookUrl, { method: 'POST', headers, body: '{}' });
      expect(answer.status).toBe(401);
    }
    const { unauthenticated } = await api.notifications.counters.query({});
    expect(unauthenticated).toEqual({ missing: 1, malformed: 1 });

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/inbox');
    await page.getByText('2 calls to the webhook were refused').waitFor();
    await visit.expectWellMade();

    await page.getByRole('link', { name: 'See why' }).click();
    await page.locator('[data-step=missing]').waitFor();
    await page.getByText('let the proxy pass the Authorization header on unchanged').waitFor();
    await visit.expectWellMade();
  });

  test('an operator reads every step of a notification, and replays it with the keyboard alone', async () => {
    const { api, control } = fixture.client;
    const subscriptionId = await active('starter');
    await control.changePlan(subscriptionId, 'growth');
    const notificationId = await until('the notification has arrived', async () => {
      const { items } = await api.notifications.list.query({
        subscriptionId,
        action: 'ChangePlan',
      });
      return items.find(({ publishedAt }) => publishedAt !== undefined)?.id;
    });

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/inbox');
    await page.getByRole('link', { name: 'Change of plan' }).first().click();
    await page.waitForURL(`**/inbox/${notificationId}**`);
    await page.locator('[data-step="handedOn"][data-tone="good"]').waitFor();
    const tones = await page
      .locator('[data-step]')
      .evaluateAll((steps) => steps.map((step) => (step as HTMLElement).dataset['tone']));
    expect(tones).toEqual(Array.from({ length: 13 }, () => 'good'));
    await page.getByText('Plan starter → growth').waitFor();
    await visit.expectWellMade();

    await press(page, '.page-actions .button');
    await page.getByText('1 notification will be sent to the worker again.').waitFor();
    await press(page, '[role=dialog] button[type=submit]');

    await page.getByText('1 notification is on its way to the worker.').waitFor();
    const { replays } = await api.notifications.get.query({ notificationId });
    expect(replays).toBe(1);
  });

  test('a rule that is written and tested in the console refuses the next change, and says so', async () => {
    const { api, control } = fixture.client;
    const subscriptionId = await active('growth');
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/rules');
    await page.getByText('No rules yet').waitFor();

    await page.getByRole('button', { name: 'Edit rules' }).click();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('To these plans').fill('starter');
    await form.getByLabel('English').fill('Starter is not sold any more.');
    await form.getByLabel('ID', { exact: true }).fill('no-starter');
    await form.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('You have changes that are not saved').waitFor();
    await visit.expectWellMade();

    await page.getByRole('button', { name: 'Test the changes' }).click();
    await page.getByLabel('Subscription ID').fill(subscriptionId);
    await page.getByLabel('New plan').fill('starter');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('It would be refused').waitFor();
    await page.getByText('Decided by the rule no-starter.').waitFor();
    expect((await api.policies.get.query({})).rules).toEqual([]);
    await visit.expectWellMade();

    await page.getByRole('button', { name: 'Review and save…' }).click();
    await page.getByRole('dialog').locator('ins').getByText('Starter is not sold').waitFor();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByText('The rules were saved.').waitFor();
    await control.changePlan(subscriptionId, 'starter');
    const operationId = await until('the change is refused', async () => {
      const { items } = await api.operations.list.query({ ruleId: 'no-starter' });
      return items.find(({ decision }) => decision === 'refuse')?.operationId;
    });

    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('In force').waitFor();
    await visit.goto(`/operations?operation=${operationId}`);
    const drawer = page.getByRole('dialog');
    // The data of the operation, which is loaded later, contains the text too.
    await drawer.locator('blockquote', { hasText: 'Starter is not sold any more.' }).waitFor();
    await drawer.getByRole('link', { name: 'your rule no-starter' }).click();
    await page.getByText('This is the rule that decided.').waitFor();
    await visit.goto('/operations');
    await visit.expectWellMade();
  });

  test('an operator compares with Microsoft as a dry run, and reads what it means', async () => {
    const { api } = fixture.client;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/reconciliation');
    await visit.expectWellMade();

    await page.getByRole('button', { name: 'Compare now…' }).first().click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();

    await page.waitForURL(/reconciliation\/[\da-f-]{36}/);
    await page.locator('h1 ~ *').getByText('Completed').waitFor();
    await page.getByRole('heading', { name: 'Coverage' }).waitFor();
    await visit.expectWellMade();
    const runId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const run = await api.reconciliation.get.query({ runId });
    expect(run).toMatchObject({ dryRun: true, state: 'completed' });
  });

  test('a viewer sees the same, and why the buttons do not work', async () => {
    await using visit = await fixture.visit('vera');
    const { page } = visit;
    for (const [path, name, scope] of [
      ['/inbox', 'Replay by filter…', 'notifications:write'],
      ['/rules', 'Edit rules', 'policies:write'],
      ['/reconciliation', 'Compare now…', 'reconciliation:run'],
      ['/destinations', 'New destination', 'destinations:write'],
    ] as const) {
      await visit.goto(path);
      const button = page.getByRole('button', { name }).first();
      await button.waitFor();
      expect(await button.isDisabled()).toBe(true);
      await page.locator(`[data-hint*="${scope}"]`).first().waitFor();
    }
  });
});
