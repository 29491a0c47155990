import { until } from '@landfall/servers/wait';
import { openProduct } from '../../src/fixture/product.ts';
import { policy } from '../../src/chaos/policy.ts';
import { killWorkerIn, type Gap } from './gaps.ts';
import { type CrashFixture, SEATS, STARTER, unanswered, type Standing } from './fixture.ts';
import { due } from './timers.ts';

/**
 * Gaps with the ISV's product: events that it gets, decisions that it makes, and its calls. The
 * worker is killed between every two steps.
 */

const space = { purchased: 1, provisioningRequested: 1 };
const made = { ...space, provisioned: 1, activated: 1 };
const refused = { ...space, provisioningFailed: 1, activationFailed: 1 };
const bought = { purchased: 1, activated: 1 };
const PULSE = { offerId: 'pulse', planId: 'starter' };
const SUBSCRIPTION = 'select 1 from fulfillment.subscriptions where id = $1 for update';

/** The longest time that the product may take. The worker is killed within it. */
const ASK_MS = 5_000;

/** By subscription: a promise that delays the product's decision. */
const thinking = new Map<string, Promise<unknown>>();
const asked = new Set<string>();

const gaps: readonly Gap[] = [
  {
    title: 'provisioning: the product has the event, its answer has not arrived',
    effects: made,
    async reach(fixture) {
      const subscriptionId = await fixture.opened(PULSE);
      await delivered(fixture, subscriptionId, 'subscription.purchased');
      return async () => {
        fixture.chaos.product.patience.set(subscriptionId, never());
        await activate(fixture, subscriptionId);
        await seen(fixture, subscriptionId, 'subscription.provisioningRequested');
        return {
          subscriptionId,
          release: async () => fixture.chaos.product.patience.delete(subscriptionId),
          again: () => fixture.api.subscriptions.confirmProvisioned.mutate({ subscriptionId }),
        };
      };
    },
  },
  {
    title: 'provisioning: confirmed by the product, not stored yet; it confirms again',
    effects: made,
    async reach(fixture) {
      const subscriptionId = await requested(fixture);
      return await storing(fixture, subscriptionId, () =>
        fixture.api.subscriptions.confirmProvisioned.mutate({ subscriptionId }),
      );
    },
  },
  {
    title: 'provisioning: confirmed and stored, Microsoft has not been asked yet',
    effects: made,
    async reach(fixture) {
      const subscriptionId = await requested(fixture);
      const held = await fixture.hold({ endpoint: 'activate', subscriptionId });
      await fixture.patientApi.subscriptions.confirmProvisioned.mutate({ subscriptionId });
      fixture.ledger.activated.add(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'provisioning: failed by the product, not stored yet; it reports this again',
    effects: refused,
    async reach(fixture) {
      const subscriptionId = await requested(fixture);
      return await storing(fixture, subscriptionId, () =>
        fixture.api.subscriptions.failProvisioning.mutate({
          subscriptionId,
          reason: 'no-capacity',
        }),
      );
    },
  },
  {
    title: 'provisioning: its deadline has passed, not recorded yet',
    effects: refused,
    async reach(fixture) {
      const subscriptionId = await requested(fixture);
      const held = await fixture.lock(SUBSCRIPTION, [subscriptionId]);
      await due(fixture, subscriptionId, 'provisioningEnd');
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'event: posted, not answered yet; it is sent again under the same id',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await informed(fixture);
      const { patience } = fixture.chaos.product;
      return async () => {
        await posted(fixture, subscriptionId, never());
        return { subscriptionId, release: async () => patience.delete(subscriptionId) };
      };
    },
  },
  {
    title: 'event: answered, the answer not stored yet; it is sent again under the same id',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await informed(fixture);
      const text = `select 1 from fulfillment.deliveries
        where subscription_id = $1 and state = 'waiting' for update`;
      return async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        await posted(fixture, subscriptionId, promise);
        const held = await fixture.lock(text, [subscriptionId]);
        resolve();
        await held.reached();
        return { subscriptionId, release: held.release };
      };
    },
  },
  {
    title: 'event: a resend is requested, not stored yet; after a second request it is sent',
    effects: bought,
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      await delivered(fixture, subscriptionId, 'subscription.activated');
      const [delivery] = (await fixture.patientApi.deliveries.list.query({ subscriptionId })).items;
      const deliveryId = delivery?.id ?? '';
      const text = 'select 1 from fulfillment.deliveries where id = $1 for update';
      const held = await fixture.lock(text, [deliveryId]);
      const resend = () =>
        fixture.api.deliveries.resend.mutate({ deliveryId, requestedBy: 'test' });
      unanswered(resend());
      await held.reached();
      return { subscriptionId, release: held.release, again: resend };
    },
  },
  {
    title: 'decision: the product is asked and has not answered',
    effects: { ...bought, planChanged: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed(SEATS);
      return async () => {
        await deciding(fixture, subscriptionId, never());
        return { subscriptionId, release: async () => thinking.delete(subscriptionId) };
      };
    },
  },
  {
    title: 'decision: the product has answered, the answer not stored yet',
    effects: { ...bought, planChanged: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed(SEATS);
      const text = 'select 1 from fulfillment.operations where subscription_id = $1 for update';
      return async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        await deciding(fixture, subscriptionId, promise);
        const held = await fixture.lock(text, [subscriptionId]);
        resolve();
        await held.reached();
        return { subscriptionId, release: held.release };
      };
    },
  },
];

killWorkerIn(
  gaps,
  'a worker that is killed sends each event, asks each question and applies each answer once',
  async (fixture) => {
    const { patientApi: api, chaos } = fixture;
    const { offerId } = PULSE;
    await api.settings.put.mutate({ offerId, settings: { waitForProduct: true } });
    const { destinationId } = await openProduct(chaos.client, async ({ subscription }) => {
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

async function activate(fixture: CrashFixture, subscriptionId: string): Promise<void> {
  await fixture.patientApi.subscriptions.activate.mutate({ subscriptionId });
}

/** A purchase whose space the product has been asked to create. */
async function requested(fixture: CrashFixture): Promise<string> {
  const subscriptionId = await fixture.opened(PULSE);
  await activate(fixture, subscriptionId);
  await delivered(fixture, subscriptionId, 'subscription.provisioningRequested');
  return subscriptionId;
}

/** Stops the worker when it is about to store an answer of the product. */
async function storing(
  fixture: CrashFixture,
  subscriptionId: string,
  say: () => Promise<unknown>,
): Promise<Standing> {
  const held = await fixture.lock(SUBSCRIPTION, [subscriptionId]);
  unanswered(say());
  await held.reached();
  return { subscriptionId, release: held.release, again: say };
}

/** Resolves when the product has received the event, whatever it answered. */
async function seen(fixture: CrashFixture, subscriptionId: string, type: string): Promise<void> {
  const { events } = fixture.chaos.product;
  await until(`the product has ${type}`, () =>
    [...events.values()].some((one) => one.subscriptionId === subscriptionId && one.type === type),
  );
}

/** Resolves when the product has received the event and its answer is stored. */
async function delivered(
  fixture: CrashFixture,
  subscriptionId: string,
  type: string,
): Promise<void> {
  const text = `select 1 from fulfillment.deliveries
    where subscription_id = $1 and type = $2 and state = 'delivered'`;
  await until(
    `${type} is delivered`,
    async () => (await fixture.rows(text, [subscriptionId, type])).length > 0,
  );
}

/** An active subscription that the product knows. */
async function informed(fixture: CrashFixture): Promise<string> {
  const subscriptionId = await fixture.subscribed(STARTER);
  await delivered(fixture, subscriptionId, 'subscription.activated');
  return subscriptionId;
}

/**
 * An event that the product has received and answers when the promise resolves: within seconds, or
 * it is late.
 */
async function posted(
  fixture: CrashFixture,
  subscriptionId: string,
  answered: Promise<unknown>,
): Promise<void> {
  fixture.chaos.product.patience.set(subscriptionId, answered);
  await fixture.control.suspend(subscriptionId);
  await seen(fixture, subscriptionId, 'subscription.suspended');
}

/** A customer's change that the product decides when the promise resolves. */
async function deciding(
  fixture: CrashFixture,
  subscriptionId: string,
  answered: Promise<unknown>,
): Promise<void> {
  thinking.set(subscriptionId, answered);
  await fixture.control.changePlan(subscriptionId, 'basic');
  await until('the product is asked', () => asked.has(subscriptionId));
}
