import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { inTransaction } from '@landfall/service-kit/database';
import { findSubscription } from '../src/store/subscriptions.ts';
import { createAwaitEffect } from '../src/tasks/await-effect.ts';
import { taskRun } from '../src/tasks/task-run.ts';
import { handled } from './decided.ts';
import { log, openFixture, subscribed, type Fixture } from './fixture.ts';
import { nothingIsDue, passingTime } from './passing-time.ts';

/** Microsoft shows each change this much later. */
const LAG_MS = 20_000;

const time = passingTime();
let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot({}, time.now);
  const oddities = { recordLag: 'measured' } as const;
  await fixture.control.updateSettings({ oddities, recordLagMs: [LAG_MS] });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

async function autoActivated(): Promise<string> {
  const { subscriptionId } = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'ada@fabrikam.example',
  });
  await until('it is recorded', () => view(subscriptionId).catch(() => undefined));
  return subscriptionId;
}

async function termAgrees(subscriptionId: string): Promise<void> {
  await time.pass(fixture, 60_000);
  await nothingIsDue(fixture);
  const theirs = await fixture.control.subscription(subscriptionId);
  await until("our term equals Microsoft's", async () => {
    return (await view(subscriptionId)).term.endDate === theirs.termEnd;
  });
}

test('a renewal whose reading shows an earlier renewal is read again', async () => {
  const subscriptionId = await autoActivated();
  await time.pass(fixture, 15_000);
  const first = await fixture.control.renew(subscriptionId);
  await time.pass(fixture, 10_000);
  // The first renewal counts as part of the activation, which is visible now.
  await handled(fixture, subscriptionId, first.operationId);
  const activated = await view(subscriptionId);

  await time.pass(fixture, 13_000);
  const second = await fixture.control.renew(subscriptionId);
  await handled(fixture, subscriptionId, second.operationId);
  expect((await view(subscriptionId)).term.endDate).not.toBe(activated.term.endDate);
  // The closing look of the first renewal comes before the second renewal is visible.
  await time.pass(fixture, 18_000);
  await nothingIsDue(fixture);

  await termAgrees(subscriptionId);
});

test.each([0, 1])(
  'a change that the record showed before it was notified is read again, after %i polls of its operation',
  async (polls) => {
    await fixture.control.updateSettings({ oddities: { recordLag: 'documented' } });
    const subscriptionId = await subscribed(fixture, {
      offerId: 'teamdesk',
      planId: 'basic',
      quantity: 6,
    });
    const known = await findSubscription(fixture.db.kysely, subscriptionId);
    const [correlationId, operationId] = [randomUUID(), randomUUID()];
    const at = time.now();
    const awaitEffect = createAwaitEffect({
      db: fixture.db,
      observe: () => Promise.reject(new Error('the record was read already')),
      log,
      now: time.now,
    });
    const run = taskRun(time.now, {
      task: {
        id: '0',
        subscriptionId,
        kind: 'notification',
        payload: {},
        correlationId,
        traceParent: null,
        polls,
        attempts: 0,
        createdAt: at,
      },
      context: { cause: 'notification', correlationId, operationId, action: 'ChangeQuantity' },
      write: (work) => inTransaction(fixture.db, work),
    });

    const effect = await awaitEffect(run, {
      expected: {
        subscriptionId,
        key: operationId,
        operationId,
        action: 'ChangeQuantity',
        planId: undefined,
        quantity: 6,
        notifiedAt: at,
        since: at,
      },
      observation: { kind: 'seen', state: known!.state, events: 0 },
      isConfirmed: true,
    });

    expect(effect).toBe('shown');
    const looks = await fixture.db.kysely
      .selectFrom('tasks')
      .select('dedupeKey')
      .where('subscriptionId', '=', subscriptionId)
      .where('kind', '=', 'lookAgain')
      .execute();
    expect(looks.map(({ dedupeKey }) => dedupeKey)).toContain(
      `closingLook:${subscriptionId}:${operationId}`,
    );
  },
);
