import { describe, expect, test } from 'vitest';
import { withStatus } from '../test/given.ts';
import { decide } from './decide.ts';
import { evolveAll } from './evolve.ts';
import type { Activation, Subscription } from './subscription.ts';

const at = new Date('2026-01-06T10:00:00Z');
const buyer = { tenantId: 'b-tenant', objectId: 'buyer' };
const colleague = { tenantId: 'b-tenant', objectId: 'colleague' };

function pending(activation: Activation = { state: 'none' }): Subscription {
  return { ...withStatus('PendingFulfillmentStart'), activation };
}

describe('activate', () => {
  test('of a pending subscription stores the intent and who confirmed', () => {
    const decision = decide(pending(), { type: 'activate', claimedBy: buyer }, at);
    expect(decision).toEqual({ events: [{ type: 'activationRequested', at, claimedBy: buyer }] });
  });

  test('asked for again is a yes without another request', () => {
    const requested = pending({ state: 'requested', requestedAt: at });
    expect(decide(requested, { type: 'activate' }, at)).toEqual({ events: [] });
  });

  test('keeps the first person who confirmed', () => {
    const claimed = { ...withStatus('Subscribed'), claimedBy: buyer };
    const second = decide(claimed, { type: 'activate', claimedBy: colleague }, at);
    expect(second).toEqual({ events: [] });
  });

  test('of an auto-activated subscription claims it', () => {
    const decision = decide(withStatus('Subscribed'), { type: 'activate', claimedBy: buyer }, at);
    expect(decision).toEqual({ events: [{ type: 'claimed', claimedBy: buyer }] });
  });

  test('may be asked for again after it failed', () => {
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
  test('is recorded once, and keeps when activation was asked for', () => {
    const requestedAt = new Date('2026-01-06T09:00:00Z');
    const requested = pending({ state: 'requested', requestedAt });
    const first = decide(requested, { type: 'recordActivationSent' }, at);
    const sent = evolveAll(requested, 'events' in first ? first.events : []);
    expect(sent?.activation).toEqual({ state: 'confirming', requestedAt, sentAt: at });
    expect(decide(sent!, { type: 'recordActivationSent' }, at)).toEqual({ events: [] });
  });

  test('that failed is recorded only while an activation is underway', () => {
    const command = { type: 'failActivation', failure: 'marketplace.gone' } as const;
    const confirming = pending({ state: 'confirming', requestedAt: at, sentAt: at });
    expect(decide(confirming, command, at)).toEqual({
      events: [{ type: 'activationFailed', failure: 'marketplace.gone' }],
    });
    expect(decide(withStatus('Subscribed'), command, at)).toEqual({ events: [] });
    expect(decide(pending(), command, at)).toEqual({ events: [] });
  });
});
