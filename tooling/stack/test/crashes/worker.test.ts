import { killWorkerIn, type Gap } from './gaps.ts';
import { answerOf, type Scene, SEATS, STARTER, unanswered, type Standing } from './scene.ts';

/**
 * One worker, many subscriptions, each brought to a point between two steps of a handler by a call
 * that Microsoft does not answer; then SIGKILL, and a fresh worker finds what is left.
 */

const bought = { purchased: 1, activated: 1 };

const gaps: readonly Gap[] = [
  {
    title: 'notification: taken, its operation not read yet',
    effects: { ...bought, suspended: 1 },
    async reach(scene) {
      const subscriptionId = await scene.subscribed();
      const held = await scene.hold({ endpoint: 'getOperation', subscriptionId });
      await scene.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: operation confirmed, the subscription not read yet',
    effects: { ...bought, suspended: 1 },
    async reach(scene) {
      const subscriptionId = await scene.subscribed();
      const held = await scene.hold({ endpoint: 'get', subscriptionId });
      await scene.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'notification: decided, the answer not sent yet',
    effects: { ...bought, planChanged: 1 },
    reach: (scene) => beforeAnswer(scene, false),
  },
  {
    title: 'notification: the answer has arrived, and we do not know it',
    effects: { ...bought, planChanged: 1 },
    reach: (scene) => beforeAnswer(scene, true),
  },
  {
    title: 'notification: answered and noted, the operation not read again yet',
    effects: { ...bought, planChanged: 1 },
    async reach(scene) {
      const answer = await beforeAnswer(scene, false);
      const { subscriptionId } = answer;
      const reading = await scene.hold({ endpoint: 'getOperation', subscriptionId });
      await answer.release();
      await reading.reached();
      return { subscriptionId, release: reading.release };
    },
  },
  {
    title: 'activation: stored, nothing read yet',
    effects: bought,
    reach: (scene) => activating(scene, { endpoint: 'get' }),
  },
  {
    title: 'activation: read, the call has not arrived',
    effects: bought,
    reach: (scene) => activating(scene, { endpoint: 'activate' }),
  },
  {
    title: 'activation: the call has arrived, and we do not know it',
    effects: bought,
    reach: (scene) => activating(scene, { endpoint: 'activate', afterEffect: true }),
  },
  {
    title: 'activation: sent and noted, the confirmation not read yet',
    effects: bought,
    async reach(scene) {
      const call = await activating(scene, { endpoint: 'activate' });
      const { subscriptionId } = call;
      const reading = await scene.hold({ endpoint: 'get', subscriptionId });
      await call.release();
      await reading.reached();
      return { subscriptionId, release: reading.release };
    },
  },
  {
    title: 'change of ours: the intent to send is stored, the call has not arrived',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    reach: (scene) => changing(scene, false),
  },
  {
    title: 'change of ours: the call has arrived, and we do not know its operation',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    reach: (scene) => changing(scene, true),
  },
  {
    title: 'change of ours: sent and noted, its operation not read yet',
    effects: { ...bought, quantityChanged: 1, changeSucceeded: 1 },
    async reach(scene) {
      const call = await changing(scene, false);
      const { subscriptionId } = call;
      const reading = await scene.hold({ endpoint: 'getOperation', subscriptionId });
      await call.release();
      await reading.reached();
      return { subscriptionId, release: reading.release };
    },
  },
  {
    title: 'cancellation of ours: the call has not arrived',
    effects: { ...bought, unsubscribed: 1, changeSucceeded: 1 },
    reach: (scene) => cancelling(scene, false),
  },
  {
    title: 'cancellation of ours: the call has arrived, and we do not know its operation',
    effects: { ...bought, unsubscribed: 1, changeSucceeded: 1 },
    reach: (scene) => cancelling(scene, true),
  },
  {
    title: 'landing visit: resolved, the purchase not recorded yet',
    effects: { purchased: 1 },
    async reach(scene) {
      const { subscriptionId, purchaseToken } = await scene.bought(STARTER);
      // Another transaction that inserts the same key makes ours wait for its outcome.
      const held = await scene.lock(
        `insert into fulfillment.subscriptions (id, publisher_id, offer_id, plan_id, status, state, version)
         values ($1, '', '', '', '', '{}', 1)`,
        [subscriptionId],
      );
      const visit = () => scene.arena.worker.purchases.resolve.mutate({ purchaseToken });
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

async function beforeAnswer(scene: Scene, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await scene.subscribed();
  const held = await scene.hold({ endpoint: 'patchOperation', subscriptionId, afterEffect });
  await scene.control.changePlan(subscriptionId, 'growth');
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function activating(
  scene: Scene,
  fault: { readonly endpoint: 'get' | 'activate'; readonly afterEffect?: boolean },
): Promise<Standing> {
  const subscriptionId = await scene.opened(STARTER);
  const held = await scene.hold({ ...fault, subscriptionId });
  await answerOf(() => scene.api.subscriptions.activate.mutate({ subscriptionId }));
  scene.ledger.activated.add(subscriptionId);
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function changing(scene: Scene, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await scene.subscribed(SEATS);
  const held = await scene.hold({ endpoint: 'patchSubscription', subscriptionId, afterEffect });
  const wanted = { subscriptionId, quantity: 12, approvedBy: 'test' };
  const { changeId } = await scene.api.subscriptions.changeQuantity.mutate(wanted);
  scene.ledger.changes.set(changeId, { subscriptionId });
  await held.reached();
  return { subscriptionId, release: held.release };
}

async function cancelling(scene: Scene, afterEffect: boolean): Promise<Standing> {
  const subscriptionId = await scene.subscribed();
  const held = await scene.hold({ endpoint: 'deleteSubscription', subscriptionId, afterEffect });
  const wanted = { subscriptionId, approvedBy: 'test' };
  const { changeId } = await scene.api.subscriptions.cancel.mutate(wanted);
  scene.ledger.changes.set(changeId, { subscriptionId });
  await held.reached();
  return { subscriptionId, release: held.release };
}
