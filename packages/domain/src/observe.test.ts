import { describe, expect, test } from 'vitest';
import { seeded, snapshot, subscription, withStatus } from '../test/given.ts';
import { evolveAll } from './evolve.ts';
import { observe } from './observe.ts';
import { subscriptionStatuses, type Snapshot, type Subscription } from './subscription.ts';

const types = (known: Subscription | undefined, seen: Snapshot) =>
  observe(known, seen).map((event) => event.type);

describe('a first reading', () => {
  test.each([
    ['NotStarted', ['purchased']],
    ['PendingFulfillmentStart', ['purchased']],
    ['Subscribed', ['purchased', 'activated']],
    ['Suspended', ['purchased', 'activated', 'suspended']],
    ['Unsubscribed', ['purchased', 'unsubscribed']],
    ['Paused', ['purchased', 'statusUnrecognised']],
  ])('with status %s gives all its events', (status, expected) => {
    expect(types(undefined, snapshot({ status }))).toEqual(expected);
  });

  test.each(subscriptionStatuses)('with status %s leads to that status', (status) => {
    expect(withStatus(status).status).toBe(status);
  });
});

describe('a further reading', () => {
  test('of the same record gives no events', () => {
    for (const status of subscriptionStatuses) {
      expect(observe(withStatus(status), snapshot({ status }))).toEqual([]);
    }
  });

  test('gives plan, seats and status changes together', () => {
    const known = subscription({ quantity: 5 });
    const seen = snapshot({ planId: 'growth', quantity: 7, status: 'Suspended' });
    expect(types(known, seen)).toEqual(['planChanged', 'quantityChanged', 'suspended']);
  });

  test('with a later end of the term is a renewal', () => {
    const term = {
      startDate: new Date('2026-02-06T00:00:00Z'),
      endDate: new Date('2026-03-05T00:00:00Z'),
      termUnit: 'P1M',
    };
    expect(observe(subscription(), snapshot({ term }))).toEqual([{ type: 'renewed', term }]);
  });

  test('with the first dates, set at activation, is not a renewal', () => {
    const known = subscription({ status: 'PendingFulfillmentStart', term: { termUnit: 'P1M' } });
    expect(types(known, snapshot())).toEqual(['detailsChanged', 'activated']);
  });

  test('without term dates keeps the known ones, so that the next renewal is recognised', () => {
    const known = subscription();
    expect(observe(known, snapshot({ term: {} }))).toEqual([]);
    const shorter = snapshot({ name: 'renamed', term: { termUnit: 'P1M' } });
    const after = evolveAll(known, observe(known, shorter));
    expect(after).toMatchObject({ name: 'renamed', term: known.term });
    const endDate = new Date('2026-03-05T00:00:00Z');
    expect(types(after, snapshot({ name: 'renamed', term: { endDate } }))).toEqual(['renewed']);
  });

  test('of an end gives a plan change just before it, and none afterwards', () => {
    const seen = snapshot({ status: 'Unsubscribed', quantity: null, planId: 'growth' });
    expect(types(withStatus('Subscribed'), seen)).toEqual(['planChanged', 'unsubscribed']);
    expect(types(withStatus('Unsubscribed'), seen)).toEqual([]);
  });

  test('of a trial that became paid is a renewal that says so, and clears the trial flag', () => {
    const trial = subscription({ isFreeTrial: true });
    const endDate = new Date('2026-03-05T00:00:00Z');
    const term = { ...trial.term, endDate };
    const events = observe(trial, snapshot({ term }));
    expect(events).toEqual([{ type: 'renewed', term, convertsTrial: true }]);
    expect(evolveAll(trial, events)?.isFreeTrial).toBe(false);
  });

  test('of a plan without a trial ends the trial once', () => {
    const trial = subscription({ isFreeTrial: true });
    const events = observe(trial, snapshot({ planId: 'growth' }));
    expect(events).toEqual([
      { type: 'planChanged', from: 'starter', to: 'growth', endsTrial: true },
    ]);
    expect(evolveAll(trial, events)?.isFreeTrial).toBe(false);
  });

  test('with automatic renewal switched off gives one event', () => {
    const events = observe(subscription(), snapshot({ autoRenew: false }));
    expect(events).toEqual([{ type: 'autoRenewChanged', to: false }]);
    expect(evolveAll(subscription(), events)?.autoRenew).toBe(false);
  });

  test('accepts a term unit of any length', () => {
    for (const termUnit of ['P1M', 'P1Y', 'P3Y', 'P5Y', 'P18M', 'whatever']) {
      expect(subscription({ term: { termUnit } }).term.termUnit).toBe(termUnit);
    }
  });

  test('does not restore erased personal data', () => {
    const ended = { ...withStatus('Unsubscribed'), claimedBy: { objectId: 'o' } };
    const erased = evolveAll(ended, [{ type: 'personalDataErased' }]);
    expect(erased).toMatchObject({ name: '', beneficiary: { tenantId: 'b-tenant' } });
    expect(erased?.claimedBy).toBeUndefined();
    expect(erased?.beneficiary.objectId).toBeUndefined();
    expect(observe(erased, snapshot({ status: 'Unsubscribed' }))).toEqual([]);
  });

  test('of an end without seats and plan changes neither', () => {
    const known = subscription({ quantity: 5 });
    const seen = snapshot({ status: 'Unsubscribed', quantity: null, planId: '' });
    expect(types(known, seen)).toEqual(['unsubscribed']);
  });

  test('with an impossible status changes nothing', () => {
    const known = withStatus('Unsubscribed');
    const events = observe(known, snapshot({ status: 'Subscribed', planId: 'growth' }));
    expect(events).toEqual([{ type: 'contradictionSeen', from: 'Unsubscribed', to: 'Subscribed' }]);
    expect(evolveAll(known, events)).toEqual(known);
  });

  test('with an unknown status is flagged once, and cleared by the next known one', () => {
    const known = subscription();
    const flagged = evolveAll(known, observe(known, snapshot({ status: 'Paused' })));
    expect(flagged).toMatchObject({ status: 'Subscribed', unrecognisedStatus: 'Paused' });
    expect(observe(flagged, snapshot({ status: 'Paused' }))).toEqual([]);
    const cleared = evolveAll(flagged, observe(flagged, snapshot()));
    expect(cleared?.unrecognisedStatus).toBeUndefined();
  });

  test('of an end fails an activation that was underway', () => {
    const pending: Subscription = {
      ...withStatus('PendingFulfillmentStart'),
      activation: { state: 'requested', requestedAt: new Date(0) },
    };
    const seen = snapshot({ status: 'Unsubscribed' });
    expect(types(pending, seen)).toEqual(['unsubscribed', 'activationFailed']);
    expect(evolveAll(pending, observe(pending, seen))?.activation.state).toBe('failed');
  });
});

describe('any sequence of readings', () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed);
  const visible = ({
    planId,
    quantity,
    status,
    name,
    autoRenew,
    term,
  }: Snapshot | Subscription) => ({
    planId,
    quantity,
    status,
    name,
    autoRenew,
    term,
  });

  function randomSnapshot(pick: ReturnType<typeof seeded>): Snapshot {
    const month = pick([1, 2, 3, 4]);
    return snapshot({
      planId: pick(['starter', 'growth', 'enterprise']),
      quantity: pick([null, 1, 5, 9]),
      status: pick([...subscriptionStatuses, 'Subscribed', 'Suspended', 'Paused']),
      name: pick(['one', 'two']),
      autoRenew: pick([true, false]),
      term: {
        startDate: new Date(Date.UTC(2026, month, 6)),
        endDate: new Date(Date.UTC(2026, month + 1, 5)),
        termUnit: pick(['P1M', 'P18M']),
      },
      allowedCustomerOperations: pick([['Read'], ['Read', 'Update', 'Delete']]),
    });
  }

  test.each(seeds)(
    'leads to the last possible one, and repeating that gives no events (%i)',
    (seed) => {
      const pick = seeded(seed);
      let known: Subscription | undefined;
      for (let step = 0; step < 12; step += 1) {
        const before = known;
        const seen = randomSnapshot(pick);
        const events = observe(known, seen);
        known = evolveAll(known, events);
        const contradicted = events.some((event) => event.type === 'contradictionSeen');
        if (before?.status === 'Unsubscribed') expect(known?.status).toBe('Unsubscribed');
        if (contradicted) {
          expect(known).toEqual(before);
          continue;
        }
        if (seen.status === 'Paused') expect(known?.unrecognisedStatus).toBe('Paused');
        else if (seen.status !== 'Unsubscribed') expect(visible(known!)).toEqual(visible(seen));
        expect(observe(known, seen)).toEqual([]);
      }
    },
  );
});
