import { killWorkerIn, type Gap } from './gaps.ts';
import { type CrashFixture, SEATS, STARTER, unanswered, type Standing } from './fixture.ts';

/**
 * One worker with many subscriptions. Each is stopped between two steps of a handler by a call that
 * Microsoft does not answer. Then the worker is killed, and a new one continues.
 */

const bought = { purchased: 1, activated: 1 };

const gaps: readonly Gap[] = [
  {
    title: 'notification: its task is claimed, its operation not read yet',
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
    title: 'notification: the answer has arrived at Microsoft, not known here yet',
    effects: { ...bought, planChanged: 1 },
    reach: (fixture) => beforeAnswer(fixture, true),
  },
  {
    title: 'notification: answered and recorded, the operation not read again yet',
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
    title: 'activation: the record is read, the call has not arrived',
    effects: bought,
    reach: (fixture) => activating(fixture, { endpoint: 'activate' }),
  },
  {
    title: 'activation: the call has arrived, not known here yet',
    effects: bought,
    reach: (fixture) => activating(fixture, { endpoint: 'activate', afterEffect: true }),
  },
  {
    title: 'activation: sent and recorded, the confirmation not read yet',
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
    title: "publisher's change: the intent to send is stored, the call has not arrived",
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    reach: (fixture) => changing(fixture, false),
  },
  {
    title: "publisher's change: the call has arrived, its operation is not known yet",
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    reach: (fixture) => changing(fixture, true),
  },
  {
    title: "publisher's change: sent and recorded, its operation not read yet",
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
    title: "publisher's cancellation: the call has not arrived",
    effects: { ...bought, unsubscribed: 1, changeSucceeded: 1 },
    reach: (fixture) => cancelling(fixture, false),
  },
  {
    title: "publisher's cancellation: the call has arrived, its operation is not known yet",
    effects: { ...bought, unsubscribed: 1, changeSucceeded: 1 },
    reach: (fixture) => cancelling(fixture, true),
  },
  {
    title: 'landing visit: resolved, the purchase not recorded yet',
    effects: { purchased: 1 },
    async reach(fixture) {
      const { subscriptionId, purchaseToken } = await fixture.bought(STARTER);
      // A second insert of the same key waits for the outcome of the first transaction.
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

killWorkerIn(gaps, 'a worker that is killed between two steps omits nothing and repeats nothing');

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
  await fixture.patientApi.subscriptions.activate.mutate({ subscriptionId });
  fixture.ledger.activated.add(subscriptionId);
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function changing(fixture: CrashFixture, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await fixture.subscribed(SEATS);
  const held = await fixture.hold({ endpoint: 'patchSubscription', subscriptionId, afterEffect });
  const wanted = { subscriptionId, quantity: 12, approvedBy: 'test' };
  const { changeId } = await fixture.patientApi.subscriptions.changeQuantity.mutate(wanted);
  fixture.ledger.changes.set(changeId, { subscriptionId });
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function cancelling(fixture: CrashFixture, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await fixture.subscribed();
  const held = await fixture.hold({ endpoint: 'deleteSubscription', subscriptionId, afterEffect });
  const wanted = { subscriptionId, approvedBy: 'test' };
  const { changeId } = await fixture.patientApi.subscriptions.cancel.mutate(wanted);
  fixture.ledger.changes.set(changeId, { subscriptionId });
  await held.reached();
  return { subscriptionId, release: held.release };
}
