import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { buy, confirmOnLandingPage } from '../src/scenarios/buying.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PLAN = { offerId: 'analytics', planId: 'starter' };
/** The page of a confirmed purchase can be opened again for 90 days. */
const VISIT_DAYS = 90;

let stack: StackFixture;
beforeAll(async () => {
  stack = await startStackFixture();
});
afterAll(() => stack[Symbol.asyncDispose]());

const view = (subscriptionId: string) =>
  stack.client.api.subscriptions.get.query({ subscriptionId });

const advanceDays = (days: number) => stack.client.control.advance(days * DAY_MS + MINUTE_MS);

async function active(): Promise<string> {
  const { subscriptionId, landingUrl } = await buy(stack, PLAN);
  await confirmOnLandingPage(stack, landingUrl);
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  return subscriptionId;
}

async function happened(subscriptionId: string, kind: string) {
  return await until(`${kind} is on the timeline`, async () => {
    const { items } = await stack.client.api.subscriptions.timeline.query({ subscriptionId });
    return items.find((entry) => entry.kind === kind);
  });
}

async function countVisits(): Promise<number> {
  const client = new Client({ connectionString: stack.client.stack.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      'select count(*)::int as count from landing.visits',
    );
    return rows[0]?.count ?? Number.NaN;
  } finally {
    await client.end();
  }
}

test('when the clock of the marketplace is advanced, reminders, the end, renewals and retention follow', async () => {
  const { control } = stack.client;
  const [unpaid, paid] = [await active(), await active()];
  const { term } = await view(paid);
  await control.suspend(unpaid);
  await until('suspended', async () => (await view(unpaid)).status === 'Suspended');

  await advanceDays(23);
  const reminder = await happened(unpaid, 'suspensionEnding');
  expect(reminder.details).toMatchObject({ daysLeft: 7 });
  const { now } = await control.clock();
  expect(Math.abs(Date.parse(reminder.at) - Date.parse(now))).toBeLessThan(MINUTE_MS);

  await advanceDays(9);
  await until('ended', async () => (await view(unpaid)).status === 'Unsubscribed');
  await happened(paid, 'renewed');
  expect(Date.parse((await view(paid)).term.endDate ?? '')).toBeGreaterThan(
    Date.parse(term.endDate ?? ''),
  );

  await advanceDays(7);
  await happened(unpaid, 'erasureDue');
  await advanceDays(1);
  await until('erased', async () => (await view(unpaid)).name === '');

  await until('its visit is removed', async () => (await countVisits()) < 2);
  expect(await countVisits()).toBe(1);
  await advanceDays(VISIT_DAYS);
  await until('the visits are removed', async () => (await countVisits()) === 0);
});
