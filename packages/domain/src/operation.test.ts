import { describe, expect, test } from 'vitest';
import {
  contradiction,
  DECISION_BUDGET_MS,
  DECISION_WINDOW_MS,
  knownAction,
  knownActions,
  needsAnswer,
  needsDecision,
} from './operation.ts';

describe('actions', () => {
  test('are the seven that Microsoft documents', () => {
    const documented =
      'Subscribe ChangePlan ChangeQuantity Renew Suspend Reinstate Unsubscribe'.split(' ');
    expect(knownActions.toSorted()).toEqual(documented.toSorted());
  });

  test.each([
    ['ChangePlan', 'ChangePlan'],
    ['changeplan', 'ChangePlan'],
    [' UNSUBSCRIBE ', 'Unsubscribe'],
    ['Transfer', undefined],
    ['', undefined],
  ])('%j is read as %s', (sent, known) => {
    expect(knownAction(sent)).toBe(known);
  });

  test('may be refused for plan and seat changes, and must also be answered for Reinstate', () => {
    expect(knownActions.filter(needsDecision)).toEqual(['ChangePlan', 'ChangeQuantity']);
    expect(knownActions.filter(needsAnswer)).toEqual(['ChangePlan', 'ChangeQuantity', 'Reinstate']);
  });
});

test('Microsoft waits ten seconds, and our budget is at least one second shorter', () => {
  expect(DECISION_WINDOW_MS).toBe(10 * 1000);
  expect(DECISION_BUDGET_MS).toBeLessThanOrEqual(DECISION_WINDOW_MS - 1000);
});

describe('the second check of a notification', () => {
  const notification = { operationId: 'op-1', subscriptionId: 'sub-1', action: 'ChangePlan' };
  const operation = { id: 'op-1', subscriptionId: 'sub-1', action: 'ChangePlan', quantity: null };

  test('ignores case', () => {
    const loud = { ...operation, id: 'OP-1', subscriptionId: 'SUB-1', action: 'changeplan' };
    expect(contradiction(notification, operation)).toBeUndefined();
    expect(contradiction(notification, loud)).toBeUndefined();
  });

  test.each([
    ['operation', { id: 'op-2' }],
    ['subscription', { subscriptionId: 'sub-2' }],
    ['action', { action: 'Unsubscribe' }],
  ])('names the %s that differs', (what, over) => {
    expect(contradiction(notification, { ...operation, ...over })).toBe(what);
  });
});
