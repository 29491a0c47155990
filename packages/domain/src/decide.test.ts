import { describe, expect, test } from 'vitest';
import { withStatus } from '../test/given.ts';
import { decide, type SubscriptionCommand } from './decide.ts';
import { evolveAll } from './evolve.ts';
import type { Activation, Subscription } from './subscription.ts';

const at = new Date('2026-01-06T10:00:00Z');
const buyer = { tenantId: 'b-tenant', objectId: 'buyer' };
const colleague = { tenantId: 'b-tenant', objectId: 'colleague' };

function pending(activation: Activation = { state: 'none' }): Subscription {
  return { ...withStatus('PendingFulfillmentStart'), activation };
}

describe('activate', () => {
  test('of a pending subscription records the intent and the person who confirmed', () => {
    const decision = decide(pending(), { type: 'activate', claimedBy: buyer }, at);
    expect(decision).toEqual({ events: [{ type: 'activationRequested', at, claimedBy: buyer }] });
  });

  test('is accepted without a second request if repeated', () => {
    const requested = pending({ state: 'requested', requestedAt: at });
    expect(decide(requested, { type: 'activate' }, at)).toEqual({ events: [] });
  });

  test('keeps the first person who confirmed', () => {
    const claimed = { ...withStatus('Subscribed'), claimedBy: buyer };
    const second = decide(claimed, { type: 'activate', claimedBy: colleague }, at);
    expect(second).toEqual({ events: [] });
  });

  test('of an auto-activated subscription only claims it', () => {
    const decision = decide(withStatus('Subscribed'), { type: 'activate', claimedBy: buyer }, at);
    expect(decision).toEqual({ events: [{ type: 'claimed', claimedBy: buyer }] });
  });

  test('may be requested again after a failure', () => {
    const failed = pending({ state: 'failed', failure: 'refused' });
    const decision = decide(failed, { type: 'activate' }, at);
    expect(decision).toMatchObject({ events: [{ type: 'activationRequested' }] });
  });

  test.each([
    ['Unsubscribed', 'subscription.ended'],
    ['Suspended', 'subscription.not-pending'],
  ] as const)('of a subscription that is %s is rejected as %s', (status, rejected) => {
    expect(decide(withStatus(status), { type: 'activate' }, at)).toEqual({ rejected });
  });
});

describe('the call to Microsoft', () => {
  test('is recorded once, and keeps the time of the request', () => {
    const requestedAt = new Date('2026-01-06T09:00:00Z');
    const requested = pending({ state: 'requested', requestedAt });
    const first = decide(requested, { type: 'recordActivationSent' }, at);
    const sent = evolveAll(requested, 'events' in first ? first.events : []);
    expect(sent?.activation).toEqual({ state: 'confirming', requestedAt, sentAt: at });
    expect(decide(sent!, { type: 'recordActivationSent' }, at)).toEqual({ events: [] });
  });

  test('is recorded as failed only while an activation is underway', () => {
    const command = { type: 'failActivation', failure: 'marketplace.gone' } as const;
    const confirming = pending({ state: 'confirming', requestedAt: at, sentAt: at });
    expect(decide(confirming, command, at)).toEqual({
      events: [{ type: 'activationFailed', failure: 'marketplace.gone' }],
    });
    expect(decide(withStatus('Subscribed'), command, at)).toEqual({ events: [] });
    expect(decide(pending(), command, at)).toEqual({ events: [] });
  });
});

describe('the approval of a purchase', () => {
  const dueAt = new Date('2026-02-05T10:00:00Z');
  const later = new Date('2026-01-08T10:00:00Z');
  const after = (known: Subscription, command: SubscriptionCommand, when = at): Subscription => {
    const decision = decide(known, command, when);
    if ('rejected' in decision) throw new Error(decision.rejected);
    return evolveAll(known, decision.events) ?? known;
  };
  const waiting = () => after(pending(), { type: 'activate', claimedBy: buyer, approveBy: dueAt });

  test('comes before Microsoft is asked, and continues the activation', () => {
    const held = waiting();
    expect(held.activation).toEqual({ state: 'awaiting-approval', requestedAt: at });
    expect(held.approval).toEqual({ state: 'waiting', requestedAt: at, dueAt });
    expect(held.claimedBy).toEqual(buyer);
    expect(decide(held, { type: 'recordActivationSent' }, at)).toEqual({ events: [] });
    const approved = after(held, { type: 'approve' }, later);
    expect(approved.activation).toEqual({ state: 'requested', requestedAt: at });
    expect(approved.approval).toEqual({ state: 'approved', requestedAt: at, decidedAt: later });
  });

  test('comes before the product is asked for the space', () => {
    const held = after(pending(), { type: 'activate', approveBy: dueAt, provisionBy: dueAt });
    expect(held.provisioning.state).toBe('none');
    const approved = after(held, { type: 'approve', provisionBy: dueAt }, later);
    expect(approved.activation.state).toBe('provisioning');
    expect(approved.provisioning).toEqual({ state: 'requested', requestedAt: later, dueAt });
  });

  test('is requested once, also if approval was switched off in the meantime', () => {
    const held = waiting();
    expect(decide(held, { type: 'activate', approveBy: dueAt }, later)).toEqual({ events: [] });
    expect(decide(held, { type: 'activate' }, later)).toEqual({ events: [] });
  });

  test('is not needed again for a second attempt', () => {
    const failed = after(
      after(after(waiting(), { type: 'approve' }), { type: 'recordActivationSent' }),
      {
        type: 'failActivation',
        failure: 'refused',
      },
    );
    expect(after(failed, { type: 'activate', approveBy: dueAt }).activation.state).toBe(
      'requested',
    );
  });

  test('is decided once: the same decision changes nothing, and the other one is rejected', () => {
    const approved = after(waiting(), { type: 'approve' });
    expect(decide(approved, { type: 'approve' }, later)).toEqual({ events: [] });
    expect(decide(approved, { type: 'decline' }, later)).toEqual({ rejected: 'approval.approved' });
    const declined = after(waiting(), { type: 'decline' });
    expect(declined.activation).toEqual({ state: 'declined', requestedAt: at });
    expect(decide(declined, { type: 'decline' }, later)).toEqual({ events: [] });
    expect(decide(declined, { type: 'approve' }, later)).toEqual({ rejected: 'approval.declined' });
    expect(decide(declined, { type: 'activate' }, later)).toEqual({
      rejected: 'approval.declined',
    });
  });

  test.each(['approve', 'decline'] as const)(
    'cannot be decided with %s unless it waits',
    (type) => {
      expect(decide(pending(), { type }, at)).toEqual({ rejected: 'approval.not-requested' });
      const ended = evolveAll(waiting(), [{ type: 'unsubscribed' }])!;
      expect(ended.approval).toEqual({ state: 'ended', requestedAt: at });
      expect(decide(ended, { type }, at)).toEqual({ rejected: 'subscription.ended' });
    },
  );

  test('keeps its decision when the purchase ends, and a repeat still answers', () => {
    const declined = evolveAll(after(waiting(), { type: 'decline' }), [{ type: 'unsubscribed' }])!;
    expect(declined.approval.state).toBe('declined');
    expect(decide(declined, { type: 'decline' }, later)).toEqual({ events: [] });
  });

  test('survives a change of plan', () => {
    const changed = evolveAll(waiting(), [{ type: 'planChanged', from: 'starter', to: 'growth' }])!;
    expect(changed.approval.state).toBe('waiting');
    expect(after(changed, { type: 'approve' }).activation.state).toBe('requested');
  });

  test('is bypassed only if Microsoft activated the purchase without Landfall', () => {
    const bypass = { type: 'bypassApproval' } as const;
    const active = (known: Subscription) => evolveAll(known, [{ type: 'activated' }])!;
    expect(after(active(pending()), bypass).approval).toEqual({ state: 'bypassed' });
    expect(after(active(waiting()), bypass).approval.state).toBe('bypassed');
    for (const known of [
      pending(),
      waiting(),
      active(after(pending(), { type: 'activate' })),
      active(after(waiting(), { type: 'approve' })),
      active(after(waiting(), { type: 'decline' })),
    ]) {
      expect(decide(known, bypass, at)).toEqual({ events: [] });
    }
  });
});

describe("the customer's space", () => {
  const dueAt = new Date('2026-01-07T10:00:00Z');
  const asked = (known: Subscription) => {
    const decision = decide(known, { type: 'activate', provisionBy: dueAt }, at);
    return evolveAll(known, 'events' in decision ? decision.events : [])!;
  };
  const answered = (known: Subscription, type: 'confirmProvisioned' | 'failProvisioning') => {
    const command: SubscriptionCommand =
      type === 'failProvisioning' ? { type, failure: 'full' } : { type };
    return decide(known, command, at);
  };

  test('comes before the activation if the publisher waits for it', () => {
    const waiting = asked(pending());
    expect(waiting.activation.state).toBe('provisioning');
    expect(waiting.provisioning).toEqual({ state: 'requested', requestedAt: at, dueAt });
    expect(decide(waiting, { type: 'activate', provisionBy: dueAt }, at)).toEqual({ events: [] });
    expect(decide(waiting, { type: 'recordActivationSent' }, at)).toEqual({ events: [] });
    expect(decide(waiting, { type: 'failActivation', failure: 'x' }, at)).toEqual({ events: [] });
    const ready = evolveAll(waiting, [{ type: 'provisioned', at }])!;
    expect(ready.activation.state).toBe('requested');
    expect(answered(ready, 'confirmProvisioned')).toEqual({ events: [] });
    expect(answered(ready, 'failProvisioning')).toEqual({ rejected: 'provisioning.not-requested' });
  });

  test('that cannot be created ends the activation, and a later answer starts no billing', () => {
    const waiting = asked(pending());
    const decision = answered(waiting, 'failProvisioning');
    expect(decision).toMatchObject({
      events: [{ type: 'provisioningFailed' }, { type: 'activationFailed', failure: 'full' }],
    });
    const failed = evolveAll(waiting, 'events' in decision ? decision.events : [])!;
    expect(answered(failed, 'failProvisioning')).toEqual({ events: [] });
    expect(answered(failed, 'confirmProvisioned')).toEqual({
      rejected: 'provisioning.not-requested',
    });
    expect(asked(failed).activation.state).toBe('provisioning');
  });

  test('is requested again with the next activation after a failure', () => {
    const waiting = asked(pending());
    const sent = evolveAll(waiting, [
      { type: 'provisioned', at },
      { type: 'activationSent', at },
      { type: 'activationFailed', failure: 'refused' },
    ])!;
    expect(sent.provisioning).toEqual({ state: 'failed', failure: 'refused' });
    expect(asked(sent).provisioning.state).toBe('requested');
  });

  test('of an active subscription is requested, and nothing waits for it', () => {
    const request = { type: 'requestProvisioning', provisionBy: dueAt } as const;
    const running = withStatus('Subscribed');
    const decision = decide(running, request, at);
    const requested = evolveAll(running, 'events' in decision ? decision.events : [])!;
    expect(requested.provisioning.state).toBe('requested');
    expect(requested.activation.state).toBe('confirmed');
    expect(decide(requested, request, at)).toEqual({ events: [] });
    expect(decide(pending(), request, at)).toEqual({ events: [] });
    const failed = evolveAll(requested, [{ type: 'provisioningFailed', failure: 'full' }])!;
    expect(failed.activation.state).toBe('confirmed');
    expect(answered(failed, 'confirmProvisioned')).toMatchObject({
      events: [{ type: 'provisioned' }],
    });
  });

  test.each(['confirmProvisioned', 'failProvisioning'] as const)(
    'cannot be answered with %s if it was not requested, or after the end',
    (type) => {
      expect(answered(pending(), type)).toEqual({ rejected: 'provisioning.not-requested' });
      expect(answered(withStatus('Unsubscribed'), type)).toEqual({
        rejected: 'subscription.ended',
      });
    },
  );
});
