import { afterAll, beforeAll, expect, test } from 'vitest';
import { handled } from './decided.ts';
import { passingTime } from './passing-time.ts';
import { eventually, openStage, type Stage } from './stage.ts';

/** Microsoft shows each change this much later. */
const LAG_MS = 20_000;

const time = passingTime();
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot({}, time.now);
  const oddities = { recordLag: 'measured' } as const;
  await stage.control.updateSettings({ oddities, recordLagMs: [LAG_MS] });
});
afterAll(() => stage[Symbol.asyncDispose]());

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });

async function autoActivated(): Promise<string> {
  const { subscriptionId } = await stage.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'ada@fabrikam.example',
  });
  await eventually('it is recorded', () => view(subscriptionId).catch(() => undefined));
  return subscriptionId;
}

/** Until every task has run that is due by now. */
async function nothingIsDue(): Promise<void> {
  await eventually('nothing is due', async () => {
    const { rowCount } = await stage.db.pool.query(
      `select from tasks where done_at is null and dead_at is null and run_at <= now() limit 1`,
    );
    return rowCount === 0;
  });
}

async function termAgrees(subscriptionId: string): Promise<void> {
  await time.pass(stage, 60_000);
  await nothingIsDue();
  const theirs = await stage.control.subscription(subscriptionId);
  await eventually('our term is theirs', async () => {
    return (await view(subscriptionId)).term.endDate === theirs.termEnd;
  });
}

test('a renewal whose reading shows an earlier renewal is read again', async () => {
  const subscriptionId = await autoActivated();
  await time.pass(stage, 15_000);
  const first = await stage.control.renew(subscriptionId);
  await time.pass(stage, 10_000);
  // The first renewal counts as part of the activation, which is visible now.
  await handled(stage, subscriptionId, first.operationId);
  const activated = await view(subscriptionId);

  await time.pass(stage, 13_000);
  const second = await stage.control.renew(subscriptionId);
  await handled(stage, subscriptionId, second.operationId);
  expect((await view(subscriptionId)).term.endDate).not.toBe(activated.term.endDate);
  // The closing look of the first renewal comes before the second renewal is visible.
  await time.pass(stage, 18_000);
  await nothingIsDue();

  await termAgrees(subscriptionId);
});
