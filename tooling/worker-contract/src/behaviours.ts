import { expect } from 'vitest';
import { randomUUID } from 'node:crypto';
import {
  active,
  ADA,
  BEN,
  claimantOf,
  opened,
  reached,
  refusalOf,
  SAM,
  settledChange,
  TARA,
  whileProcessing,
  type Conversation,
} from './conversation.ts';

export interface Behaviour {
  /** A guarantee, which is also the title of its test. */
  readonly guarantee: string;
  readonly hold: (conversation: Conversation) => Promise<void>;
}

const seats = { offerId: 'teamdesk', planId: 'basic', quantity: 7 } as const;
const flat = { offerId: 'analytics', planId: 'starter' } as const;
const approvedBy = 'customer';

const purchases: readonly Behaviour[] = [
  {
    guarantee:
      'a purchase token shows the purchase as Microsoft has it, however often it is opened',
    async hold({ worker, control }) {
      const { subscriptionId, purchaseToken } = await control.purchase({
        ...seats,
        beneficiary: ADA,
        name: 'Fabrikam desk',
      });
      const ada = await claimantOf({ control }, ADA);
      const wanted = {
        id: subscriptionId,
        publisherId: 'contoso',
        offerId: 'teamdesk',
        planId: 'basic',
        name: 'Fabrikam desk',
        quantity: 7,
        status: 'PendingFulfillmentStart',
        term: { termUnit: 'P1M' },
        isFreeTrial: false,
        beneficiary: ada,
        purchaser: ada,
        channel: 'direct',
        activation: { state: 'none' },
      };
      expect(await worker.purchases.resolve.mutate({ purchaseToken })).toMatchObject(wanted);
      expect(await worker.purchases.resolve.mutate({ purchaseToken })).toMatchObject(wanted);
      expect(await worker.subscriptions.get.query({ subscriptionId })).toMatchObject(wanted);
    },
  },
  {
    guarantee: 'a token that Microsoft does not know is refused with a code',
    async hold({ worker }) {
      const resolving = worker.purchases.resolve.mutate({ purchaseToken: 'no-token-of-anybody' });
      expect(await refusalOf(resolving)).toBe('purchase.token-invalid');
    },
  },
  {
    guarantee: 'a subscription that does not exist is not found',
    async hold({ worker }) {
      const subscriptionId = randomUUID();
      const { subscriptions } = worker;
      expect(await refusalOf(subscriptions.get.query({ subscriptionId }))).toBe(
        'subscription.not-found',
      );
      expect(await refusalOf(subscriptions.activate.mutate({ subscriptionId }))).toBe(
        'subscription.not-found',
      );
      expect(await refusalOf(subscriptions.change.query({ changeId: randomUUID() }))).toBe(
        'subscription.not-found',
      );
    },
  },
  {
    guarantee: 'a purchase is activated once, and belongs to the first person who confirmed it',
    async hold(conversation) {
      const { worker, control } = conversation;
      const subscriptionId = await opened(conversation, seats);
      const [ada, ben] = [await claimantOf(conversation, ADA), await claimantOf(conversation, BEN)];
      await control.startRecording();

      const first = await worker.subscriptions.activate.mutate({ subscriptionId, claimedBy: ada });
      expect(first).toMatchObject({ status: 'PendingFulfillmentStart', claimedBy: ada });
      expect(['requested', 'confirming']).toContain(first.activation.state);
      const second = await worker.subscriptions.activate.mutate({ subscriptionId, claimedBy: ben });
      expect(second).toMatchObject({ claimedBy: ada });

      expect(await reached(conversation, subscriptionId, 'Subscribed')).toMatchObject({
        claimedBy: ada,
        term: { startDate: expect.any(String), endDate: expect.any(String) },
      });
      const again = await worker.subscriptions.activate.mutate({ subscriptionId, claimedBy: ada });
      expect(again).toMatchObject({ status: 'Subscribed', activation: { state: 'confirmed' } });
      const { calls } = await control.recording();
      expect(calls.filter(({ path }) => path.endsWith(`${subscriptionId}/activate`))).toHaveLength(
        1,
      );
      await control.stopRecording();
    },
  },
  {
    guarantee: 'a person of another organisation cannot confirm a purchase',
    async hold(conversation) {
      const subscriptionId = await opened(conversation, seats);
      const claimedBy = await claimantOf(conversation, TARA);
      const { activate, get } = conversation.worker.subscriptions;
      expect(await refusalOf(activate.mutate({ subscriptionId, claimedBy }))).toBe(
        'subscription.other-tenant',
      );
      expect(await get.query({ subscriptionId })).toMatchObject({ activation: { state: 'none' } });
    },
  },
  {
    guarantee: 'an ended subscription stays known and is not activated again',
    async hold(conversation) {
      const subscriptionId = await active(conversation, flat);
      await conversation.control.cancel(subscriptionId);
      await reached(conversation, subscriptionId, 'Unsubscribed');
      const { activate } = conversation.worker.subscriptions;
      expect(await refusalOf(activate.mutate({ subscriptionId }))).toBe('subscription.ended');
    },
  },
  {
    guarantee: 'the available plans are those that are sold, with names, seats and prices',
    async hold(conversation) {
      const subscriptionId = await active(conversation, seats);
      const { availablePlans } = conversation.worker.subscriptions;
      const { plans } = await availablePlans.query({ subscriptionId });
      expect(plans.map(({ planId }) => planId).toSorted()).toEqual(['basic', 'standard', 'trial']);
      expect(plans.find(({ planId }) => planId === 'standard')).toMatchObject({
        displayName: 'Standard',
        isPrivate: false,
        isPricePerSeat: true,
        minQuantity: 5,
        maxQuantity: 100,
        hasFreeTrials: false,
        terms: [
          { termUnit: 'P1M', price: 15, currency: 'USD' },
          { termUnit: 'P1Y', price: 150, currency: 'USD' },
        ],
        dimensions: [],
      });
    },
  },
];

const changes: readonly Behaviour[] = [
  {
    guarantee:
      'a change is sent once, is open until Microsoft’s record shows it, and is in the history',
    async hold(conversation) {
      const { worker, control } = conversation;
      const subscriptionId = await active(conversation, seats);
      const { changePlan, change, get, timeline } = worker.subscriptions;
      await control.startRecording();

      const changeId = randomUUID();
      const wanted = { subscriptionId, planId: 'standard', approvedBy, changeId };
      await whileProcessing(conversation, subscriptionId, async () => {
        expect(await changePlan.mutate(wanted)).toMatchObject({ changeId, state: 'requested' });
        expect((await get.query({ subscriptionId })).pendingChange).toMatchObject({
          changeId,
          kind: 'ChangePlan',
          planId: 'standard',
        });
        expect(await changePlan.mutate(wanted)).toMatchObject({ changeId });
        const other = changePlan.mutate({ ...wanted, planId: 'trial', changeId: randomUUID() });
        expect(await refusalOf(other)).toBe('subscription.change-pending');
        expect((await change.query({ changeId })).state).not.toBe('succeeded');
      });

      expect(await settledChange(conversation, changeId)).toMatchObject({
        state: 'succeeded',
        subscriptionId,
        kind: 'ChangePlan',
        planId: 'standard',
      });
      const after = await get.query({ subscriptionId });
      expect([after.planId, after.pendingChange]).toEqual(['standard', undefined]);
      const { calls } = await control.recording();
      const own = calls.filter(({ path }) => path === `/saas/subscriptions/${subscriptionId}`);
      expect(own.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
      await control.stopRecording();

      const { items } = await timeline.query({ subscriptionId, order: 'newest', limit: 100 });
      const of = (kind: string) => items.filter((entry) => entry.kind === kind);
      const named = { details: { changeId, change: 'ChangePlan' } };
      expect(of('changeRequested')).toMatchObject([named]);
      expect(of('changeSucceeded')).toMatchObject([named]);
      expect(of('planChanged')).toMatchObject([{ details: { from: 'basic', to: 'standard' } }]);
    },
  },
  {
    guarantee: 'a cancellation ends the subscription only after Microsoft confirms it',
    async hold(conversation) {
      const subscriptionId = await active(conversation, flat);
      const { cancel, change, get } = conversation.worker.subscriptions;
      const changeId = randomUUID();
      await whileProcessing(conversation, subscriptionId, async () => {
        const asked = await cancel.mutate({ subscriptionId, approvedBy, changeId });
        expect(asked).toMatchObject({ changeId, state: 'requested' });
        expect((await get.query({ subscriptionId })).pendingChange).toMatchObject({
          kind: 'Unsubscribe',
        });
        expect((await change.query({ changeId })).state).not.toBe('succeeded');
      });
      expect(await settledChange(conversation, changeId)).toMatchObject({ state: 'succeeded' });
      expect(await get.query({ subscriptionId })).toMatchObject({ status: 'Unsubscribed' });
    },
  },
  {
    guarantee: 'each change that is not possible is refused with its own code',
    async hold(conversation) {
      const { changePlan, changeQuantity, cancel } = conversation.worker.subscriptions;
      const pending = await opened(conversation, flat);
      const running = await active(conversation, flat);
      const resold = await active(conversation, { ...seats, purchaser: SAM });
      const quantity = 9;
      const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
        [
          () => changePlan.mutate({ subscriptionId: pending, planId: 'growth', approvedBy }),
          'subscription.not-subscribed',
        ],
        [
          () => changePlan.mutate({ subscriptionId: running, planId: 'starter', approvedBy }),
          'change.same-plan',
        ],
        [
          () => changeQuantity.mutate({ subscriptionId: running, quantity, approvedBy }),
          'change.not-per-seat',
        ],
        [
          () => changeQuantity.mutate({ subscriptionId: resold, quantity, approvedBy }),
          'subscription.read-only',
        ],
        [() => cancel.mutate({ subscriptionId: resold, approvedBy }), 'subscription.read-only'],
        [
          () => cancel.mutate({ subscriptionId: randomUUID(), approvedBy }),
          'subscription.not-found',
        ],
      ];
      for (const [ask, code] of refusals) expect(await refusalOf(ask())).toBe(code);
    },
  },
  {
    guarantee: 'a change that the publisher’s rules refuse fails at once, with the reason',
    async hold(conversation) {
      const { worker, control } = conversation;
      const subscriptionId = await active(conversation, seats);
      const message = { en: 'Call us about fewer seats.' };
      const when = { action: 'ChangeQuantity', below: 5 } as const;
      await conversation.rules([{ id: 'minimum', when, decision: 'refuse', message }]);
      await control.startRecording();
      try {
        const { changeQuantity, availablePlans, change, timeline } = worker.subscriptions;
        const changeId = randomUUID();
        const asked = { subscriptionId, quantity: 3, approvedBy, changeId };
        expect(await changeQuantity.mutate(asked)).toMatchObject({ changeId, state: 'failed' });
        expect(await change.query({ changeId })).toMatchObject({
          state: 'failed',
          failure: 'refused-by-publisher',
          message,
        });
        const { seats: rulings } = await availablePlans.query({ subscriptionId });
        expect(rulings).toBeDefined();
        const { items } = await timeline.query({ subscriptionId, order: 'newest', limit: 100 });
        expect(items.find(({ kind }) => kind === 'changeRefused')?.details).toMatchObject({
          changeId,
          change: 'ChangeQuantity',
          origin: 'customer',
          from: 7,
          quantity: 3,
          reason: 'rule:minimum',
          message,
        });
        const { calls } = await control.recording();
        const own = calls.filter(({ path }) => path.includes(subscriptionId));
        expect(own.filter(({ method }) => method === 'PATCH')).toEqual([]);
      } finally {
        await control.stopRecording();
        await conversation.rules([]);
      }
    },
  },
];

const history: readonly Behaviour[] = [
  {
    guarantee: 'the history shows when a subscription was suspended, newest first, in pages',
    async hold(conversation) {
      const { worker, control } = conversation;
      const subscriptionId = await active(conversation, flat);
      const kindsOf = async () => {
        const kinds: string[] = [];
        for (let cursor: string | undefined, page = 0; page < 50; page += 1) {
          const asked = { subscriptionId, order: 'newest', limit: 1, cursor } as const;
          const { items, nextCursor } = await worker.subscriptions.timeline.query(asked);
          kinds.push(...items.map(({ kind }) => kind));
          if (nextCursor === undefined) return kinds;
          cursor = nextCursor;
        }
        throw new Error('the history has no last page');
      };
      expect(await kindsOf()).not.toContain('suspended');

      await control.suspend(subscriptionId);
      await reached(conversation, subscriptionId, 'Suspended');
      expect(await kindsOf()).toContain('suspended');
      await control.reinstate(subscriptionId);
      await reached(conversation, subscriptionId, 'Subscribed');
      expect((await kindsOf()).filter((kind) => kind === 'suspended')).toHaveLength(1);
    },
  },
];

/** Everything about the worker that the landing pages rely on. */
export const behaviours: readonly Behaviour[] = [...purchases, ...changes, ...history];
