import { killWorkerIn, type Gap } from './gaps.ts';
import { type CrashFixture, SEATS, STARTER, unanswered } from './fixture.ts';

/**
 * Gaps between steps in PostgreSQL. Another transaction holds the row that the worker is about to
 * write, so that the worker stops between its effect at Microsoft and recording it.
 */

const bought = { purchased: 1, activated: 1 };

const gaps: readonly Gap[] = [
  {
    title: 'notification: delivered by JetStream, its task not stored yet',
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
    title: 'notification: the subscription is read, its new state not stored yet',
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
    title: 'notification: the state is stored, the outcome not yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      const { operationId } = await fixture.control.suspend(subscriptionId);
      await reading.reached();
      // A second insert of the same key waits for the outcome of the first transaction.
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
    title: 'notification: everything is stored, its task not marked as done yet',
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
    title: 'activation command: not stored yet; after a second request it activates once',
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
    title: 'activation: Microsoft has answered, nothing is stored yet',
    effects: bought,
    async reach(fixture) {
      const subscriptionId = await fixture.opened(STARTER);
      const call = await fixture.hold({ endpoint: 'activate', subscriptionId, afterEffect: true });
      await fixture.patientApi.subscriptions.activate.mutate({ subscriptionId });
      fixture.ledger.activated.add(subscriptionId);
      await call.reached();
      const held = await fixture.lock(SUBSCRIPTION, [subscriptionId]);
      await call.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: "publisher's change: Microsoft has returned its operation, not stored yet",
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
    title: "publisher's change: it is in force, its outcome not stored yet",
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
  'a worker that is killed before it stores a step omits nothing and repeats nothing',
);

/** A change whose call has had its effect, and whose answer is on its way. */
async function sending(fixture: CrashFixture) {
  const subscriptionId = await fixture.subscribed(SEATS);
  const call = await fixture.hold({
    endpoint: 'patchSubscription',
    subscriptionId,
    afterEffect: true,
  });
  const wanted = { subscriptionId, quantity: 12, approvedBy: 'test' };
  const { changeId } = await fixture.patientApi.subscriptions.changeQuantity.mutate(wanted);
  fixture.ledger.changes.set(changeId, { subscriptionId });
  await call.reached();
  return { subscriptionId, changeId, call };
}
