import type { z } from 'zod';
import type { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection, type RejectionCode } from '@landfall/contracts/rejections';
import type { timelineEntry } from '@landfall/contracts/subscription-procedures';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { refuseChange, type WantedChange } from '@landfall/domain/change';
import { decideChange, type DecisionPolicy, type Texts } from '@landfall/domain/policy';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';

type Subscriptions = Handlers<typeof fulfillmentProcedures>['subscriptions'];
type Entry = z.input<typeof timelineEntry>;

export interface AskedChange {
  readonly changeId: string;
  readonly subscriptionId: string;
  readonly approvedBy: string;
  readonly wanted: WantedChange;
  readonly requestedAt: string;
  state: 'requested' | 'sent' | 'succeeded' | 'failed';
  failure?: string;
  message?: Texts | undefined;
  /** The plan or the seats before the change. */
  readonly from: { readonly planId: string } | { readonly quantity: number } | undefined;
}

export interface Changes {
  readonly asked: AskedChange[];
  /** Refuses the next change with this code. */
  refuseNext(code: RejectionCode): void;
  /** The publisher's rules for changes by customers. */
  policy: DecisionPolicy;
  /** Stops the progress of all changes, until it is called with false. */
  hold(isHeld: boolean): void;
  /** Makes a change fail. */
  fail(changeId: string, failure: string): void;
  /** Adds an entry to the timeline with the current time. */
  note(subscriptionId: string, kind: string, details?: Record<string, unknown>): void;
  pendingOf(subscriptionId: string): SubscriptionView['pendingChange'];
  /** Adds an entry to the timeline if the status has changed. */
  observe(subscriptionId: string, status: SubscriptionView['status']): void;
  readonly handlers: Pick<
    Subscriptions,
    'changePlan' | 'changeQuantity' | 'cancel' | 'change' | 'timeline'
  >;
}

/** The worker's changes: sent to the emulator, and updated whenever they are read. */
export function keepChanges(
  fulfillment: Fulfillment,
  read: (id: string) => Promise<SubscriptionView | Rejection>,
): Changes {
  const asked: AskedChange[] = [];
  const timelines = new Map<string, Entry[]>();
  const statuses = new Map<string, SubscriptionView['status']>();
  let refusal: RejectionCode | undefined;
  let isHeld = false;

  const note = (id: string, kind: string, details: Record<string, unknown>): void => {
    const entries = timelines.get(id) ?? [];
    timelines.set(id, entries);
    const at = new Date().toISOString();
    entries.push({ sequence: entries.length + 1, at, kind, cause: 'command', details });
  };
  const request = async (
    input: { subscriptionId: string; approvedBy: string; changeId?: string | undefined },
    wanted: WantedChange,
  ) => {
    const { subscriptionId, approvedBy, changeId = '' } = input;
    if (refusal) {
      const code = refusal;
      refusal = undefined;
      return new Rejection(code, 'refused');
    }
    const subscription = await read(subscriptionId);
    if (subscription instanceof Rejection) return subscription;
    const earlier = asked.find((one) => one.changeId === changeId);
    if (earlier) return { changeId, state: earlier.state };
    const code = refuseChange(subscription, wanted, pendingOf(subscriptionId) !== undefined);
    if (code) return new Rejection(code, 'refused');
    const ruling =
      wanted.kind === 'Unsubscribe'
        ? undefined
        : decideChange(
            kept.policy,
            subscription,
            wanted.kind === 'ChangePlan'
              ? { action: wanted.kind, planId: wanted.planId }
              : { action: wanted.kind, quantity: wanted.quantity },
          );
    const change: AskedChange = {
      changeId,
      subscriptionId,
      approvedBy,
      wanted,
      from:
        wanted.kind === 'ChangePlan'
          ? { planId: subscription.planId }
          : wanted.kind === 'ChangeQuantity'
            ? { quantity: subscription.quantity ?? 0 }
            : undefined,
      requestedAt: new Date().toISOString(),
      state: 'requested',
    };
    asked.push(change);
    const { kind, ...target } = wanted;
    const from = kind === 'ChangePlan' ? subscription.planId : subscription.quantity;
    if (ruling?.answer === 'refuse') {
      const { reason, message } = ruling;
      Object.assign(change, { state: 'failed', failure: 'refused-by-publisher', message });
      const details = { changeId, origin: 'customer', change: kind, from, reason, message };
      note(subscriptionId, 'changeRefused', { ...details, ...target });
      return { changeId, state: 'failed' as const };
    }
    const details = { changeId, origin: 'customer', change: kind, from, ...target };
    note(subscriptionId, 'changeRequested', details);
    return { changeId, state: 'requested' as const };
  };
  const goOn = async (change: AskedChange): Promise<void> => {
    const { subscriptionId: id, wanted } = change;
    if (isHeld || change.state === 'failed' || change.state === 'succeeded') return;
    if (change.state === 'requested') {
      change.state = 'sent';
      if (wanted.kind === 'ChangePlan') await fulfillment.changePlan(id, wanted.planId, {});
      else if (wanted.kind === 'ChangeQuantity') {
        await fulfillment.changeQuantity(id, wanted.quantity, {});
      } else await fulfillment.cancel(id, {});
      return;
    }
    const now = await fulfillment.get(id, {});
    const isDone =
      wanted.kind === 'ChangePlan'
        ? now?.planId === wanted.planId
        : wanted.kind === 'ChangeQuantity'
          ? now?.quantity === wanted.quantity
          : now?.status === 'Unsubscribed';
    if (!isDone) return;
    change.state = 'succeeded';
    const from = { change: wanted.kind, changeId: change.changeId };
    if (wanted.kind === 'ChangePlan') {
      const before = change.from && 'planId' in change.from ? change.from.planId : undefined;
      note(id, 'planChanged', { from: before, to: wanted.planId });
    }
    if (wanted.kind === 'Unsubscribe') note(id, 'unsubscribed', {});
    note(id, 'changeSucceeded', from);
  };
  const pendingOf = (subscriptionId: string): SubscriptionView['pendingChange'] => {
    const open = asked.find(
      (one) =>
        one.subscriptionId === subscriptionId &&
        (one.state === 'requested' || one.state === 'sent'),
    );
    if (!open || open.state === 'succeeded' || open.state === 'failed') return undefined;
    const { changeId, wanted, state, requestedAt } = open;
    return { changeId, state, requestedAt, ...wanted };
  };

  const kept: Changes = {
    asked,
    policy: { rules: [] },
    refuseNext: (code) => void (refusal = code),
    note: (subscriptionId, kind, details = {}) => note(subscriptionId, kind, details),
    hold: (held) => void (isHeld = held),
    fail(changeId, failure) {
      const change = asked.find((one) => one.changeId === changeId);
      if (!change) throw new Error('no such change');
      change.state = 'failed';
      change.failure = failure;
      note(change.subscriptionId, 'changeFailed', {
        changeId,
        change: change.wanted.kind,
        failure,
      });
    },
    pendingOf,
    observe(subscriptionId, status) {
      const isNew = statuses.get(subscriptionId) !== status;
      if (isNew && status === 'Suspended') note(subscriptionId, 'suspended', {});
      statuses.set(subscriptionId, status);
    },
    handlers: {
      changePlan: ({ planId, ...input }) => request(input, { kind: 'ChangePlan', planId }),
      changeQuantity: ({ quantity, ...input }) =>
        request(input, { kind: 'ChangeQuantity', quantity }),
      cancel: (input) => request(input, { kind: 'Unsubscribe' }),
      async change({ changeId }) {
        const change = asked.find((one) => one.changeId === changeId);
        if (!change) return new Rejection('subscription.not-found', 'unknown');
        await goOn(change);
        const { subscriptionId, state, failure, message, wanted, from } = change;
        const outcome = { ...(failure && { failure }), ...(message && { message }) };
        return { changeId, subscriptionId, state, from, ...outcome, ...wanted };
      },
      async timeline({ subscriptionId, limit, cursor, order }) {
        const entries = timelines.get(subscriptionId) ?? [];
        const sorted = order === 'newest' ? entries.toReversed() : entries;
        const from = Number(cursor ?? 0);
        const items = sorted.slice(from, from + limit);
        const next = from + limit;
        return next < sorted.length ? { items, nextCursor: String(next) } : { items };
      },
    },
  };
  return kept;
}
