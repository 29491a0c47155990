import { killWorkerIn, type Gap } from './gaps.ts';
import {
  answerOf,
  type CrashFixture,
  SEATS,
  STARTER,
  unanswered,
  type Standing,
} from './fixture.ts';

/**
 * One worker, many subscriptions, each brought to a point between two steps of a handler by a call
 * that Microsoft does not answer; then SIGKILL, and a fresh worker finds what is left.
 */

const bought = { purchased: 1, activated: 1 };

const gaps: readonly Gap[] = [
  {
    title: 'notification: taken, its operation not read yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const held = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: operation confirmed, the subscription not read yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const held = await fixture.hold({ endpoint: 'get', subscriptionId });
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: decided, the answer not sent yet',
    effects: { ...bought, planChanged: 1 },
    reach: (fixture) => beforeAnswer(fixture, false),
  },
  {
    title: 'notification: the answer has arrived, and we do not know it',
    effects: { ...bought, planChanged: 1 },
    reach: (fixture) => beforeAnswer(fixture, true),
  },
  {
    title: 'notification: answered and noted, the operation not read again yet',
    effects: { ...bought, planChanged: 1 },
    async reach(fixture) {
      const answer = await beforeAnswer(fixture, false);
      const { subscriptionId } = answer;
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await answer.release();
      await reading.reached();
      return { subscriptionId, release: reading.release };
    },
  },
  {
    title: 'activation: stored, nothing read yet',
    effects: bought,
    reach: (fixture) => activating(fixture, { endpoint: 'get' }),
  },
  {
    title: 'activation: read, the call has not arrived',
    effects: bought,
    reach: (fixture) => activating(fixture, { endpoint: 'activate' }),
  },
  {
    title: 'activation: the call has arrived, and we do not know it',
    effects: bought,
    reach: (fixture) => activating(fixture, { endpoint: 'activate', afterEffect: true }),
  },
  {
    title: 'activation: sent and noted, the confirmation not read yet',
    effects: bought,
    async reach(fixture) {
      const call = await activating(fixture, { endpoint: 'activate' });
      const { subscriptionId } = call;
      const reading = await fixture.hold({ endpoint: 'get', subscriptionId });
      await call.release();
      await reading.reached();
      return { subscriptionId, release: reading.release };
    },
  },
  {
    title: 'change of ours: the intent to send is stored, the call has not arrived',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    reach: (fixture) => changing(fixture, false),
  },
  {
    title: 'change of ours: the call has arrived, and we do not know its operation',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    reach: (fixture) => changing(fixture, true),
  },
  {
    title: 'change of ours: sent and noted, its operation not read yet',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    async reach(fixture) {
      const call = await changing(fixture, false);
      const { subscriptionId } = call;
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await call.release();
      await reading.reached();
      return { subscriptionId, release: reading.release };
    },
  },
  {
    title: 'cancellation of ours: the call has not arrived',
    effects: { ...bought, unsubscribed: 1, changeSucceeded: 1 },
    reach: (fixture) => cancelling(fixture, false),
  },
  {
    title: 'cancellation of ours: the call has arrived, and we do not know its operation',
    effects: { ...bought, unsubscribed: 1, changeSucceeded: 1 },
    reach: (fixture) => cancelling(fixture, true),
  },
  {
    title: 'landing visit: resolved, the purchase not recorded yet',
    effects: { purchased: 1 },
    async reach(fixture) {
      const { subscriptionId, purchaseToken } = await fixture.bought(STARTER);
      // Another transaction that inserts the same key makes ours wait for its outcome.
      const held = await fixture.lock(
        `insert into fulfillment.subscriptions (id, publisher_id, offer_id, plan_id, status, state, version)
         values ($1, '', '', '', '', '{}', 1)`,
        [subscriptionId],
      );
      const visit = () => fixture.chaos.worker.purchases.resolve.mutate({ purchaseToken });
      unanswered(visit());
      await held.reached();
      return { subscriptionId, release: held.release, again: visit };
    },
  },
];

killWorkerIn(
  gaps,
  'a worker that is killed between two steps leaves nothing undone and nothing twice',
);

async function beforeAnswer(fixture: CrashFixture, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await fixture.subscribed();
  const held = await fixture.hold({ endpoint: 'patchOperation', subscriptionId, afterEffect });
  await fixture.control.changePlan(subscriptionId, 'growth');
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function activating(
  fixture: CrashFixture,
  fault: { readonly endpoint: 'get' | 'activate'; readonly afterEffect?: boolean },
): Promise<Standing> {
  const subscriptionId = await fixture.opened(STARTER);
  const held = await fixture.hold({ ...fault, subscriptionId });
  await answerOf(() => fixture.api.subscriptions.activate.mutate({ subscriptionId }));
  fixture.ledger.activated.add(subscriptionId);
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function changing(fixture: CrashFixture, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await fixture.subscribed(SEATS);
  const held = await fixture.hold({ endpoint: 'patchSubscription', subscriptionId, afterEffect });
  const wanted = { subscriptionId, quantity: 12, approvedBy: 'test' };
  const { changeId } = await fixture.api.subscriptions.changeQuantity.mutate(wanted);
  fixture.ledger.changes.set(changeId, { subscriptionId });
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function cancelling(fixture: CrashFixture, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await fixture.subscribed();
  const held = await fixture.hold({ endpoint: 'deleteSubscription', subscriptionId, afterEffect });
  const wanted = { subscriptionId, approvedBy: 'test' };
  const { changeId } = await fixture.api.subscriptions.cancel.mutate(wanted);
  fixture.ledger.changes.set(changeId, { subscriptionId });
  await held.reached();
  return { subscriptionId, release: held.release };
}
