import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScenarioFixture } from '@landfall/stack/scenario-fixture';
import { buy, buyHoursAgo, confirmOnLandingPage } from '@landfall/stack/scenarios/buying';
import { chromiumMissing, openConsole, until, type ConsoleFixture } from './fixture.ts';

const HOUR_MS = 60 * 60 * 1000;
/** The identifier of Microsoft's marketplace: an audience that Landfall's webhook must not accept. */
const MARKETPLACE = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';

/**
 * A person who has not seen the console before: presses only what can be read on the page, and starts on the home
 * page. `clicks` counts every press; typing a reason is not one.
 */
function newcomer(page: Page) {
  let clicks = 0;
  return {
    clicks: () => clicks,
    async press(role: 'link' | 'button', name: string | RegExp, within = page.locator('body')) {
      clicks += 1;
      await within.getByRole(role, { name }).first().click();
    },
    reads: (text: string | RegExp) => page.getByText(text).first().waitFor(),
    dialog: () => page.getByRole('dialog'),
  };
}

describe.skipIf(chromiumMissing() !== undefined)('a newcomer without a document', () => {
  let fixture: ConsoleFixture;

  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  async function matterIsOpen(kind: string, isOpen = true) {
    await until(`the matter ${kind} is ${isOpen ? 'open' : 'closed'}`, async () => {
      const { items } = await fixture.client.api.matters.list.query({ kinds: [kind] });
      return items.length > 0 === isOpen;
    });
  }

  test('finds why a usage hour was not billed, and sends it again, in four clicks', async () => {
    const { api, control } = fixture.client;
    const plan = { offerId: 'analytics', planId: 'scale' };
    const scenario = new ScenarioFixture(fixture.client, 'console', () => undefined);
    const [subscriptionId] = await buyHoursAgo(scenario, plan);
    const rowStatus = 'BadArgument';
    await control.addFault({ endpoint: 'batchUsageEvent', subscriptionId, rowStatus, count: 1 });
    const occurredAt = new Date((await fixture.client.now()).getTime() - 2 * HOUR_MS).toISOString();
    const usage = { subscriptionId, dimension: 'api-calls', quantity: '40', occurredAt };
    await until('the usage is taken', async () => {
      const records = [{ eventId: randomUUID(), ...usage }];
      const { results } = await api.usage.report.mutate({ records });
      return results[0]?.outcome !== 'refused';
    });
    await matterIsOpen('usage-refused');

    await using visit = await fixture.visit('otto');
    await visit.goto('/');
    const person = newcomer(visit.page);
    await person.press('link', /Microsoft refused usage: api-calls/);
    await person.reads('These units are not billed.');
    await person.press('link', 'See the refused hours');
    await person.reads('Microsoft could not read the report.');
    await person.press('button', 'Send again');
    await person.dialog().getByLabel('Reason').fill('The plan was corrected.');
    await person.press('button', 'Send again', person.dialog());

    await person.reads('The hour is being sent again.');
    expect(person.clicks()).toBe(4);
    await until('the hour is billed', async () => {
      const { items } = await api.usage.hours.query({ subscriptionId });
      return items.some(({ state, billed }) => state === 'settled' && billed === '40');
    });
    expect(new URL(visit.page.url()).searchParams.get('subscriptionId')).toBe(subscriptionId);
  });

  test('finds why calls to the webhook were refused, and catches up with Microsoft, in three clicks', async () => {
    const { api, control, stack } = fixture.client;
    const { publisher, fulfillmentApp } = await control.identities();
    const answer = await fetch(`${stack.authorityUrl}/${publisher.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: fulfillmentApp.clientId,
        client_secret: fulfillmentApp.clientSecret,
        scope: `${MARKETPLACE}/.default`,
      }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const call = await fetch(stack.webhookUrl, { method: 'POST', headers, body: '{}' });
    expect(call.status).toBe(401);

    await using visit = await fixture.visit('otto');
    await visit.goto('/');
    const person = newcomer(visit.page);
    await person.reads('Calls were refused');
    await person.press('link', /Refused callers/);
    await person.reads('The token was issued for another application');
    await person.reads(fulfillmentApp.clientId);
    await person.reads(/Open the technical configuration of the offer in Partner Center/);
    await person.press('button', /Compare now/);
    await person.reads('Landfall adopts Microsoft’s record');
    await person.press('button', 'Start', person.dialog());

    await visit.page.waitForURL(/reconciliation\/[\da-f-]{36}/);
    expect(person.clicks()).toBe(3);
    const runId = new URL(visit.page.url()).pathname.split('/').at(-1) ?? '';
    expect(await api.reconciliation.get.query({ runId })).toMatchObject({ dryRun: false });
  });

  test('finds why a purchase is stuck, in Microsoft’s own words, and activates it, in three clicks', async () => {
    const { api, control } = fixture.client;
    const order = { offerId: 'analytics', planId: 'starter', beneficiary: 'ada' };
    const { subscriptionId, landingUrl } = await buy(fixture, order);
    const message = 'The plan is not sold in this market.';
    const body = { code: 'BadRequest', message };
    await control.addFault({ endpoint: 'activate', status: 400, body });
    await confirmOnLandingPage(fixture, landingUrl);
    await matterIsOpen('activation-failed');
    await control.clearFaults();

    await using visit = await fixture.visit('otto');
    await visit.goto('/');
    const person = newcomer(visit.page);
    await person.press('link', /Activation failed: analytics, plan starter/);
    await person.reads('Microsoft refused to activate the purchase.');
    await person.reads(message);
    await visit.expectWellMade();
    await person.press('button', 'Activate again');
    await person.press('button', 'Activate again', person.dialog());

    await until('the customer can work', async () => {
      const { status } = await api.subscriptions.get.query({ subscriptionId });
      return status === 'Subscribed';
    });
    expect(person.clicks()).toBe(3);
    await matterIsOpen('activation-failed', false);
    await person.reads('Closed');
  });
});
