import { until } from '@landfall/servers/wait';
import { openProduct } from '../../src/fixture/product.ts';
import { policy } from '../../src/chaos/policy.ts';
import { killWorkerIn, type Gap } from './gaps.ts';
import { answerOf, type Scene, SEATS, STARTER, unanswered, type Standing } from './scene.ts';
import { due } from './timers.ts';

/** The ISV's product takes part: what it is told, asked and says, killed between each two steps. */

const space = { purchased: 1, provisioningRequested: 1 };
const made = { ...space, provisioned: 1, activated: 1 };
const refused = { ...space, provisioningFailed: 1, activationFailed: 1 };
const bought = { purchased: 1, activated: 1 };
const PULSE = { offerId: 'pulse', planId: 'starter' };
const SUBSCRIPTION = 'select 1 from fulfillment.subscriptions where id = $1 for update';

/** As long as the product may take at most: it has to be killed meanwhile. */
const ASK_MS = 5_000;

/** By subscription: when the product answers a question about it. */
const thinking = new Map<string, Promise<unknown>>();
const asked = new Set<string>();

const gaps: readonly Gap[] = [
  {
    title: 'provisioning: the product is told, its answer to the event has not come',
    effects: made,
    async reach(scene) {
      const subscriptionId = await scene.opened(PULSE);
      await told(scene, subscriptionId, 'subscription.purchased');
      return async () => {
        scene.arena.product.patience.set(subscriptionId, never());
        await activate(scene, subscriptionId);
        await seen(scene, subscriptionId, 'subscription.provisioningRequested');
        return {
          subscriptionId,
          release: async () => scene.arena.product.patience.delete(subscriptionId),
          again: () => scene.api.subscriptions.confirmProvisioned.mutate({ subscriptionId }),
        };
      };
    },
  },
  {
    title: 'provisioning: confirmed by the product, not stored yet; it confirms again',
    effects: made,
    async reach(scene) {
      const subscriptionId = await requested(scene);
      return await storing(scene, subscriptionId, () =>
        scene.api.subscriptions.confirmProvisioned.mutate({ subscriptionId }),
      );
    },
  },
  {
    title: 'provisioning: confirmed and stored, Microsoft has not been asked yet',
    effects: made,
    async reach(scene) {
      const subscriptionId = await requested(scene);
      const held = await scene.hold({ endpoint: 'activate', subscriptionId });
      await scene.api.subscriptions.confirmProvisioned.mutate({ subscriptionId });
      scene.ledger.activated.add(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'provisioning: failed at the product, not stored yet; it says so again',
    effects: refused,
    async reach(scene) {
      const subscriptionId = await requested(scene);
      return await storing(scene, subscriptionId, () =>
        scene.api.subscriptions.failProvisioning.mutate({ subscriptionId, reason: 'no-capacity' }),
      );
    },
  },
  {
    title: 'provisioning: its time is over, not written yet',
    effects: refused,
    async reach(scene) {
      const subscriptionId = await requested(scene);
      const held = await scene.lock(SUBSCRIPTION, [subscriptionId]);
      await due(scene, subscriptionId, 'provisioningEnd');
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'event: posted, its answer has not come; it comes again under the same id',
    effects: { ...bought, suspended: 1 },
    async reach(scene) {
      const subscriptionId = await informed(scene);
      const { patience } = scene.arena.product;
      return async () => {
        await posted(scene, subscriptionId, never());
        return { subscriptionId, release: async () => patience.delete(subscriptionId) };
      };
    },
  },
  {
    title: 'event: answered, that is not saved yet; it comes again under the same id',
    effects: { ...bought, suspended: 1 },
    async reach(scene) {
      const subscriptionId = await informed(scene);
      const text = `select 1 from fulfillment.deliveries
        where subscription_id = $1 and state = 'waiting' for update`;
      return async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        await posted(scene, subscriptionId, promise);
        const held = await scene.lock(text, [subscriptionId]);
        resolve();
        await held.reached();
        return { subscriptionId, release: held.release };
      };
    },
  },
  {
    title: 'event: sent again by hand, that is not stored yet; asked again, it is sent',
    effects: bought,
    async reach(scene) {
      const subscriptionId = await scene.subscribed();
      await told(scene, subscriptionId, 'subscription.activated');
      const [delivery] = (await scene.api.deliveries.list.query({ subscriptionId })).items;
      const deliveryId = delivery?.id ?? '';
      const text = 'select 1 from fulfillment.deliveries where id = $1 for update';
      const held = await scene.lock(text, [deliveryId]);
      const resend = () => scene.api.deliveries.resend.mutate({ deliveryId, requestedBy: 'test' });
      unanswered(resend());
      await held.reached();
      return { subscriptionId, release: held.release, again: resend };
    },
  },
  {
    title: 'decision: the product is asked, it has not answered',
    effects: { ...bought, planChanged: 1 },
    async reach(scene) {
      const subscriptionId = await scene.subscribed(SEATS);
      return async () => {
        await deciding(scene, subscriptionId, never());
        return { subscriptionId, release: async () => thinking.delete(subscriptionId) };
      };
    },
  },
  {
    title: 'decision: the product has answered, that is not stored yet',
    effects: { ...bought, planChanged: 1 },
    async reach(scene) {
      const subscriptionId = await scene.subscribed(SEATS);
      const text = 'select 1 from fulfillment.operations where subscription_id = $1 for update';
      return async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        await deciding(scene, subscriptionId, promise);
        const held = await scene.lock(text, [subscriptionId]);
        resolve();
        await held.reached();
        return { subscriptionId, release: held.release };
      };
    },
  },
];

killWorkerIn(
  gaps,
  'a worker that is killed beside the product tells, asks and believes it once',
  async (scene) => {
    const { api, arena } = scene;
    const { offerId } = PULSE;
    const settings = await api.settings.get.query({ offerId });
    await api.settings.put.mutate({ offerId, settings: { ...settings, waitForProduct: true } });
    const { destinationId } = await openProduct(arena.world, async ({ subscription }) => {
      asked.add(subscription.id);
      await thinking.get(subscription.id);
      return { answer: 'accept' };
    });
    const when = { action: 'ChangePlan' as const };
    const ask = { id: 'ask', offerId: SEATS.offerId, when, decision: 'ask' as const };
    await api.policies.put.mutate({
      rules: [...policy.rules, ask],
      ask: { destinationId, timeoutMs: ASK_MS, onSilence: 'accept' },
    });
  },
);

function never(): Promise<void> {
  return Promise.withResolvers<void>().promise;
}

async function activate(scene: Scene, subscriptionId: string): Promise<void> {
  await answerOf(() => scene.api.subscriptions.activate.mutate({ subscriptionId }));
}

/** The product knows that it is to make a space. */
async function requested(scene: Scene): Promise<string> {
  const subscriptionId = await scene.opened(PULSE);
  await activate(scene, subscriptionId);
  await told(scene, subscriptionId, 'subscription.provisioningRequested');
  return subscriptionId;
}

/** A word of the product's that is about to be stored. */
async function storing(
  scene: Scene,
  subscriptionId: string,
  say: () => Promise<unknown>,
): Promise<Standing> {
  const held = await scene.lock(SUBSCRIPTION, [subscriptionId]);
  unanswered(say());
  await held.reached();
  return { subscriptionId, release: held.release, again: say };
}

/** The product has this event, whatever it says to it. */
async function seen(scene: Scene, subscriptionId: string, type: string): Promise<void> {
  const { events } = scene.arena.product;
  await until(`the product has ${type}`, () =>
    [...events.values()].some((one) => one.subscriptionId === subscriptionId && one.type === type),
  );
}

/** The same, and its answer is saved. */
async function told(scene: Scene, subscriptionId: string, type: string): Promise<void> {
  const text = `select 1 from fulfillment.deliveries
    where subscription_id = $1 and type = $2 and state = 'delivered'`;
  await until(
    `${type} is delivered`,
    async () => (await scene.rows(text, [subscriptionId, type])).length > 0,
  );
}

/** In force, and the product knows it. */
async function informed(scene: Scene): Promise<string> {
  const subscriptionId = await scene.subscribed(STARTER);
  await told(scene, subscriptionId, 'subscription.activated');
  return subscriptionId;
}

/** An event is with the product, which answers when the promise is kept: in seconds, or it is late. */
async function posted(
  scene: Scene,
  subscriptionId: string,
  answered: Promise<unknown>,
): Promise<void> {
  scene.arena.product.patience.set(subscriptionId, answered);
  await scene.control.suspend(subscriptionId);
  await seen(scene, subscriptionId, 'subscription.suspended');
}

/** A customer's change is with the product, which decides when the promise is kept. */
async function deciding(
  scene: Scene,
  subscriptionId: string,
  answered: Promise<unknown>,
): Promise<void> {
  thinking.set(subscriptionId, answered);
  await scene.control.changePlan(subscriptionId, 'basic');
  await until('the product is asked', () => asked.has(subscriptionId));
}
