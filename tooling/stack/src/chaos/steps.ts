import type { SubscriptionView } from '@landfall/emulator/views';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import { persist } from './patience.ts';
import type { Random } from './random.ts';

/** A customer with one subscription, and what the steps need. */
export interface Customer {
  readonly fixture: ChaosFixture;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly subscriptionId: string;
}

export interface Step {
  readonly name: string;
  /** Throws if the marketplace refuses the step. */
  readonly take: (customer: Customer, seen: SubscriptionView) => Promise<unknown>;
}

const PLANS: Readonly<Record<string, readonly string[]>> = {
  analytics: ['starter', 'growth'],
  teamdesk: ['basic', 'standard'],
  pulse: ['starter', 'essential', 'pro'],
};

/** The steps that are possible in a subscription's current status, with weights. */
export function stepsFor({
  status,
}: Pick<SubscriptionView, 'status'>): (readonly [Step, number])[] {
  switch (status) {
    case 'Subscribed':
      return [
        [customerPlan, 3],
        [customerSeats, 3],
        [publisherPlan, 1.5],
        [publisherSeats, 1.5],
        [suspend, 1.5],
        [renew, 1.5],
        [repeat, 1.5],
        [visitAgain, 1],
        [activateAgain, 0.5],
        [cancel, 0.6],
        [publisherCancel, 0.4],
      ];
    case 'Suspended':
      return [
        [reinstate, 5],
        [visitAgain, 1],
        [repeat, 1],
        [customerPlan, 0.5],
        [cancel, 0.7],
        [publisherCancel, 0.3],
      ];
    case 'PendingFulfillmentStart':
      return [
        [visitAgain, 2],
        [activateAgain, 3],
        [cancel, 0.5],
      ];
    default:
      return [
        [visitAgain, 1],
        [repeat, 2],
        [activateAgain, 1],
      ];
  }
}

export const customerPlan: Step = {
  name: 'plan change by the customer',
  take: ({ fixture, random, subscriptionId }, seen) =>
    fixture.client.control.changePlan(subscriptionId, random.pick(PLANS[seen.offerId] ?? [''])),
};

const customerSeats: Step = {
  name: 'seat change by the customer',
  take: ({ fixture, random, subscriptionId }) =>
    fixture.client.control.changeQuantity(subscriptionId, random.whole(3, 50)),
};

export const suspend: Step = {
  name: 'suspend',
  take: ({ fixture, subscriptionId }) => fixture.client.control.suspend(subscriptionId),
};

export const reinstate: Step = {
  name: 'reinstate',
  take: ({ fixture, subscriptionId }) => fixture.client.control.reinstate(subscriptionId),
};

export const renew: Step = {
  name: 'renew',
  take: ({ fixture, subscriptionId }) => fixture.client.control.renew(subscriptionId),
};

const cancel: Step = {
  name: 'cancel by the customer',
  take: ({ fixture, subscriptionId }) => fixture.client.control.cancel(subscriptionId),
};

/** Microsoft delivers an old notification again, to any running instance. */
const repeat: Step = {
  name: 'old notification delivered again',
  async take({ fixture, random, subscriptionId }) {
    const { control } = fixture.client;
    const deliveries = await control.deliveries(subscriptionId);
    const sent = deliveries.filter(({ attempts }) => attempts.length > 0);
    if (sent.length === 0) return;
    const options = { times: random.whole(1, 5), parallel: true };
    await control.redeliver(random.pick(sent).operationId, options);
  },
};

const visitAgain: Step = {
  name: 'landing page opened again',
  async take({ fixture, ledger, signal, subscriptionId }) {
    const { purchaseToken } = await fixture.client.control.mintToken(subscriptionId);
    const visit = () => fixture.worker.purchases.resolve.mutate({ purchaseToken });
    if (await persist(visit, signal)) ledger.opened.add(subscriptionId);
  },
};

const activateAgain: Step = {
  name: 'activation requested again',
  async take({ fixture, ledger, signal, subscriptionId }) {
    const activate = () => fixture.client.api.subscriptions.activate.mutate({ subscriptionId });
    if (await persist(activate, signal)) ledger.activated.add(subscriptionId);
  },
};

export const publisherPlan = publisherChange('plan change by the publisher', (customer, seen) => {
  const planId = customer.random.pick(PLANS[seen.offerId] ?? ['']);
  return customer.fixture.client.api.subscriptions.changePlan.mutate({
    ...asked(customer),
    planId,
  });
});

const publisherSeats = publisherChange('seat change by the publisher', (customer) => {
  const quantity = customer.random.whole(3, 50);
  return customer.fixture.client.api.subscriptions.changeQuantity.mutate({
    ...asked(customer),
    quantity,
  });
});

const publisherCancel = publisherChange('cancel by the publisher', (customer) =>
  customer.fixture.client.api.subscriptions.cancel.mutate(asked(customer)),
);

function asked({ subscriptionId }: Customer) {
  return { subscriptionId, approvedBy: 'chaos' };
}

/**
 * The change is requested once. A caller without an answer does not know the outcome, and looks it
 * up instead of asking again.
 */
function publisherChange(
  name: string,
  ask: (customer: Customer, seen: SubscriptionView) => Promise<{ readonly changeId: string }>,
): Step {
  return {
    name,
    async take(customer, seen) {
      const answer = await ask(customer, seen).catch(() => undefined);
      if (!answer) return customer.ledger.count('publisher changes refused or unanswered');
      customer.ledger.changes.set(answer.changeId, { subscriptionId: customer.subscriptionId });
    },
  };
}
