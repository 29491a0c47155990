import { describe, expect, test } from 'vitest';
import { snapshot, withStatus } from '../test/given.ts';
import { complete } from './complete.ts';
import type { SubscriptionEvent } from './events.ts';
import { evolveAll } from './evolve.ts';
import {
  defaultSettings,
  eventsOfTimer,
  needsApproval,
  nextLook,
  provisionBy,
  timerKinds,
  timersAfter,
  type Timer,
} from './timers.ts';
import { subscriptionStatuses } from './subscription.ts';

const at = new Date('2026-01-01T12:00:00Z');
const pendingSnapshot = complete(snapshot({ status: 'PendingFulfillmentStart' }), undefined);
const purchased: SubscriptionEvent = { type: 'purchased', snapshot: pendingSnapshot };

function shown(events: readonly SubscriptionEvent[], settings = defaultSettings) {
  const { set, cancelled } = timersAfter(events, at, settings);
  return {
    set: set.map(({ kind, step, dueAt }) => `${kind} ${step} ${dueAt.toISOString().slice(0, 10)}`),
    cancelled,
  };
}

describe('the timers of an event', () => {
  test('remind of a purchase on the set days, and read it after 30 days', () => {
    expect(shown([purchased]).set).toEqual([
      'configurationReminder 1 2026-01-02',
      'configurationReminder 14 2026-01-15',
      'configurationReminder 25 2026-01-26',
      'configurationReminder 29 2026-01-30',
      'configurationEnd 0 2026-01-31',
      'sourceOffers 0 2026-01-01',
    ]);
  });

  test('include no reminders for a purchase that is first seen active', () => {
    expect(shown([purchased, { type: 'activated' }]).set).toEqual(['sourceOffers 0 2026-01-01']);
  });

  test('remind of the end of a suspension, and start again with each one', () => {
    expect(shown([{ type: 'suspended' }])).toEqual({
      set: [
        'suspensionReminder 7 2026-01-24',
        'suspensionReminder 1 2026-01-30',
        'suspensionEnd 0 2026-01-31',
      ],
      cancelled: ['suspensionReminder', 'suspensionEnd'],
    });
    expect(shown([{ type: 'suspended' }, { type: 'reinstated' }]).set).toEqual([]);
  });

  test('cancel everything at the end except retention and erasure', () => {
    const { set, cancelled } = shown([{ type: 'unsubscribed' }]);
    expect(set).toEqual(['retentionEnd 0 2026-01-08']);
    const left = timerKinds.filter((kind) => !cancelled.includes(kind));
    expect(left).toEqual(['retentionEnd', 'erasure']);
  });

  test("keep data for at least Microsoft's seven days", () => {
    const short = { ...defaultSettings, retentionDays: 0 };
    expect(shown([{ type: 'unsubscribed' }], short).set).toEqual(['retentionEnd 0 2026-01-08']);
  });

  test("end the product's deadline with its answer", () => {
    const dueAt = provisionBy({ ...defaultSettings, timeoutHours: 36 }, at);
    const requested: SubscriptionEvent = { type: 'provisioningRequested', at, dueAt };
    expect(shown([requested]).set).toEqual(['provisioningEnd 0 2026-01-03']);
    expect(shown([requested, { type: 'provisioned', at }]).set).toEqual([]);
    expect(shown([{ type: 'activationFailed', failure: 'x' }]).cancelled).toEqual([
      'provisioningEnd',
    ]);
  });
});

test('approval is needed for no plan, for all plans or for the listed ones', () => {
  expect(defaultSettings.manualApproval).toBe('none');
  expect(needsApproval(defaultSettings, 'starter')).toBe(false);
  expect(needsApproval({ manualApproval: 'all' }, 'starter')).toBe(true);
  expect(needsApproval({ manualApproval: ['growth'] }, 'growth')).toBe(true);
  expect(needsApproval({ manualApproval: ['growth'] }, 'starter')).toBe(false);
});

describe('a due timer', () => {
  const timer = (kind: Timer['kind'], step = 0): Timer => ({ kind, step, dueAt: at, deadline: at });

  test('gives no event if the state has moved on', () => {
    const says: Partial<Record<Timer['kind'], readonly string[]>> = {
      configurationReminder: ['NotStarted', 'PendingFulfillmentStart'],
      suspensionReminder: ['Suspended'],
      retentionEnd: ['Unsubscribed'],
      erasure: ['Unsubscribed'],
    };
    for (const kind of timerKinds) {
      const speaking = subscriptionStatuses.filter(
        (status) => eventsOfTimer(withStatus(status), timer(kind)).length > 0,
      );
      expect(speaking, kind).toEqual(says[kind] ?? []);
    }
  });

  test('reminds of an unconfirmed or failed purchase, but not while an activation is underway', () => {
    const pending = withStatus('PendingFulfillmentStart');
    const asked = evolveAll(pending, [{ type: 'activationRequested', at }])!;
    expect(eventsOfTimer(asked, timer('configurationReminder', 14))).toEqual([]);
    const failed = evolveAll(asked, [{ type: 'activationFailed', failure: 'refused' }])!;
    expect(eventsOfTimer(failed, timer('configurationReminder', 14))).toEqual([
      { type: 'configurationDue', day: 14, dueAt: at },
    ]);
  });

  test('reminds the publisher, and not the customer, of a purchase that waits for approval', () => {
    const pending = withStatus('PendingFulfillmentStart');
    const waiting = evolveAll(pending, [
      { type: 'activationRequested', at },
      { type: 'approvalRequested', at, dueAt: at },
    ])!;
    const reminder = timer('configurationReminder', 25);
    expect(eventsOfTimer(waiting, reminder)).toEqual([{ type: 'approvalDue', day: 25, dueAt: at }]);
    for (const decision of ['approved', 'declined'] as const) {
      const decided = evolveAll(waiting, [{ type: decision, at }])!;
      expect(eventsOfTimer(decided, reminder), decision).toEqual([]);
    }
  });

  test('repeats daily for a month if Microsoft has not ended the purchase or suspension', () => {
    const pending = withStatus('PendingFulfillmentStart');
    let looks = 0;
    let next: Timer | undefined = timer('configurationEnd');
    while ((next = nextLook(pending, next, at))) {
      looks += 1;
      expect(next.dueAt.getTime() - at.getTime()).toBe(86_400_000);
    }
    expect(looks).toBe(30);
    expect(nextLook(withStatus('Subscribed'), timer('configurationEnd'), at)).toBeUndefined();
    expect(nextLook(withStatus('Suspended'), timer('suspensionEnd'), at)?.step).toBe(1);
  });
});
