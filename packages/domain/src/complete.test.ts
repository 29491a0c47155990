import { describe, expect, test } from 'vitest';
import { snapshot, subscription } from '../test/given.ts';
import { evolveAll } from './evolve.ts';
import { observe } from './observe.ts';
import type { Snapshot } from './subscription.ts';

const REQUIRED = { beneficiary: {}, purchaser: {}, term: {} };

/** A reading of the same subscription with only these fields. */
function partial(fields: Partial<Snapshot> = {}): Snapshot {
  const { id, publisherId } = snapshot();
  return { id, publisherId, ...REQUIRED, ...fields };
}

describe('a field that a reading omits', () => {
  const known = subscription({
    quantity: 10,
    isFreeTrial: true,
    isTest: true,
    autoRenew: false,
    sessionMode: 'DryRun',
    sandboxType: 'Csp',
  });

  test('keeps its value: an answer with only an id changes nothing', () => {
    expect(observe(known, partial())).toEqual([]);
  });

  test.each<[keyof Snapshot, unknown]>([
    ['quantity', null],
    ['isFreeTrial', false],
    ['isTest', false],
    ['autoRenew', true],
    ['sessionMode', null],
    ['sandboxType', null],
    ['allowedCustomerOperations', []],
  ])('%s differs from a sent %j, which is applied', (field, value) => {
    const seen = partial({ status: 'Subscribed', [field]: value });
    const after = evolveAll(known, observe(known, seen));
    expect(after?.[field as 'quantity'] ?? null).toEqual(value);
  });

  test('does not end a trial, even with a new term or plan', () => {
    const term = { endDate: new Date('2026-03-05T00:00:00Z') };
    const renewed = observe(known, partial({ term }));
    expect(renewed).toMatchObject([{ type: 'renewed' }]);
    expect(renewed[0]).not.toHaveProperty('convertsTrial');
    const moved = observe(known, partial({ planId: 'growth', quantity: 10 }));
    expect(moved).toEqual([{ type: 'planChanged', from: 'starter', to: 'growth' }]);
    expect(evolveAll(known, moved)?.isFreeTrial).toBe(true);
  });

  test('makes seats unknown after a plan change, until they are sent', () => {
    const moved = evolveAll(known, observe(known, partial({ planId: 'growth' })))!;
    expect(moved).toMatchObject({ planId: 'growth', quantity: null });
    const filled = observe(moved, partial({ planId: 'growth', quantity: 10 }));
    expect(filled).toEqual([{ type: 'quantityChanged', from: null, to: 10 }]);
  });

  test('gets its documented default in a first reading, and its value from the next', () => {
    const first = evolveAll(undefined, observe(undefined, partial({ status: 'Subscribed' })))!;
    expect(first).toMatchObject({
      offerId: '',
      quantity: null,
      autoRenew: true,
      isFreeTrial: false,
      isTest: false,
      allowedCustomerOperations: [],
    });
    const whole = snapshot({ quantity: 3, isTest: true });
    const second = evolveAll(first, observe(first, whole))!;
    expect(second).toMatchObject({ offerId: 'analytics', planId: 'starter', quantity: 3 });
    expect(second).toMatchObject({ isTest: true, beneficiary: whole.beneficiary });
    expect(observe(second, whole)).toEqual([]);
  });

  test('does not clear an unrecognised status', () => {
    const flagged = evolveAll(known, observe(known, partial({ status: 'Paused' })))!;
    expect(observe(flagged, partial())).toEqual([]);
  });
});

describe('a term that does not end after its start', () => {
  const day = new Date('2026-02-06T00:00:00Z');
  const impossible = { startDate: day, endDate: day, termUnit: 'P1M' };

  test('is reported once, replaces nothing, and is cleared by the next valid reading', () => {
    const known = subscription();
    const events = observe(known, snapshot({ term: impossible }));
    expect(events).toEqual([{ type: 'termImpossible', term: impossible }]);
    const flagged = evolveAll(known, events)!;
    expect(flagged.term).toEqual(known.term);
    expect(observe(flagged, snapshot({ term: impossible }))).toEqual([]);
    expect(observe(flagged, snapshot({ term: {} }))).toEqual([]);
    const cleared = evolveAll(flagged, observe(flagged, snapshot()))!;
    expect(cleared.impossibleTerm).toBeUndefined();
    expect(cleared.term).toEqual(known.term);
  });

  test('in a first reading leaves the dates unknown', () => {
    const first = observe(undefined, snapshot({ term: impossible }));
    expect(first.map(({ type }) => type)).toEqual(['purchased', 'termImpossible', 'activated']);
    const known = evolveAll(undefined, first)!;
    expect(known.term).toEqual({ termUnit: 'P1M' });
    const dated = evolveAll(known, observe(known, snapshot()))!;
    expect(dated.term).toEqual(snapshot().term);
    expect(dated.impossibleTerm).toBeUndefined();
  });

  test('does not hide other changes', () => {
    const seen = snapshot({ term: impossible, quantity: 7, name: 'renamed' });
    const known = subscription({ quantity: 5 });
    const types = observe(known, seen).map(({ type }) => type);
    expect(types).toEqual(['quantityChanged', 'detailsChanged', 'termImpossible']);
    const after = evolveAll(known, observe(known, seen))!;
    expect(observe(after, seen)).toEqual([]);
  });
});
