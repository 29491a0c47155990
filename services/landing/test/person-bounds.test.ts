import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeSubscription, openStage, people, until, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const LOADS = 200;
/** What one person may have under way, and waiting. */
const AT_A_TIME = 4;
const WAITING = 16;

test('a person who loads a page hundreds of times gets 503, and does not slow others', async () => {
  const ada = await activeSubscription(stage, people.ada);
  const tara = await activeSubscription(stage, people.tara);
  const { subscriptionId } = ada;
  await stage.emulator.control.addFault({ endpoint: 'plans', latencyMs: 5_000, subscriptionId });
  const statuses: number[] = [];
  const loads = Array.from({ length: LOADS }, async () => {
    const { status, headers } = await ada.browser.once(`${ada.url}/plan`);
    statuses.push(status);
    if (status === 503) expect(headers.get('retry-after')).toMatch(/^\d+$/);
  });
  const refused = await until(
    async () => [...statuses],
    ({ length }) => length >= LOADS - AT_A_TIME - WAITING,
  );

  const page = await tara.browser.get(`${tara.url}/plan`);

  expect(new Set(refused)).toEqual(new Set([503]));
  expect(page.status).toBe(200);
  await stage.emulator.control.clearFaults();
  await Promise.all(loads);
  expect((await ada.browser.get(`${ada.url}/plan`)).status).toBe(200);
});
