import { killWorkerIn, type Gap } from './gaps.ts';
import { type CrashFixture, SEATS, STARTER, unanswered } from './fixture.ts';

/**
 * The same for the steps inside Postgres: somebody else holds the row that the worker is about to
 * write, so that it stands between what it has done at Microsoft and what it writes down.
 */

const bought = { purchased: 1, activated: 1 };

const gaps: readonly Gap[] = [
  {
    title: 'notification: delivered by JetStream, its task not written yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const lane = 'select 1 from fulfillment.lanes where subscription_id = $1 for update';
      const held = await fixture.lock(lane, [subscriptionId]);
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: the subscription is read, its new state not written yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const held = await fixture.lock(SUBSCRIPTION, [subscriptionId]);
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: the state is written, the outcome not yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      const { operationId } = await fixture.control.suspend(subscriptionId);
      await reading.reached();
      // Another transaction that inserts the same key makes ours wait for its outcome.
      const held = await fixture.lock(
        `insert into fulfillment.operations (subscription_id, operation_id, action)
         values ($1, $2, 'Suspend')`,
        [subscriptionId, operationId],
      );
      await reading.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: all is written, its task not marked as done yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await fixture.control.suspend(subscriptionId);
      await reading.reached();
      const held = await fixture.lock(
        `select 1 from fulfillment.tasks where subscription_id = $1 and done_at is null for update`,
        [subscriptionId],
      );
      await reading.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'activation command: not stored yet; asked again, it activates once',
    effects: bought,
    async reach(fixture) {
      const subscriptionId = await fixture.opened(STARTER);
      const held = await fixture.lock(SUBSCRIPTION, [subscriptionId]);
      const ask = () => fixture.api.subscriptions.activate.mutate({ subscriptionId });
      unanswered(ask());
      fixture.ledger.activated.add(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release, again: ask };
    },
  },
  {
    title: 'activation: Microsoft has answered, nothing of it is written yet',
    effects: bought,
    async reach(fixture) {
      const subscriptionId = await fixture.opened(STARTER);
      const call = await fixture.hold({ endpoint: 'activate', subscriptionId, afterEffect: true });
      await fixture.api.subscriptions.activate.mutate({ subscriptionId });
      fixture.ledger.activated.add(subscriptionId);
      await call.reached();
      const held = await fixture.lock(SUBSCRIPTION, [subscriptionId]);
      await call.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'change of ours: Microsoft has named its operation, it is not written yet',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    async reach(fixture) {
      const { subscriptionId, changeId, call } = await sending(fixture);
      const held = await fixture.lock(CHANGE, [changeId]);
      await call.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'change of ours: it is in force, its outcome not written yet',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    async reach(fixture) {
      const { subscriptionId, changeId, call } = await sending(fixture);
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await call.release();
      await reading.reached();
      const held = await fixture.lock(CHANGE, [changeId]);
      await reading.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
];

const SUBSCRIPTION = 'select 1 from fulfillment.subscriptions where id = $1 for update';
const CHANGE = 'select 1 from fulfillment.changes where id = $1 for update';

killWorkerIn(
  gaps,
  'a worker that is killed before it has written leaves nothing undone and nothing twice',
);

/** A change whose call has had its effect; the answer is on its way. */
async function sending(fixture: CrashFixture) {
  const subscriptionId = await fixture.subscribed(SEATS);
  const call = await fixture.hold({
    endpoint: 'patchSubscription',
    subscriptionId,
    afterEffect: true,
  });
  const wanted = { subscriptionId, quantity: 12, approvedBy: 'test' };
  const { changeId } = await fixture.api.subscriptions.changeQuantity.mutate(wanted);
  fixture.ledger.changes.set(changeId, { subscriptionId });
  await call.reached();
  return { subscriptionId, changeId, call };
}
