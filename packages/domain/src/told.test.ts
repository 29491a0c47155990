import { expect, test } from 'vitest';
import { subscription } from '../test/given.ts';
import { knownActions } from './operation.ts';
import { effectOf, type Effect, type Told } from './told.ts';

const record = subscription({ planId: 'growth', quantity: 10, status: 'Subscribed' });
const suspended = subscription({ planId: 'growth', quantity: 10, status: 'Suspended' });
const pending = subscription({ status: 'PendingFulfillmentStart' });
const ended = subscription({ status: 'Unsubscribed' });

test.each<[Told, typeof record, Effect]>([
  [{ action: 'Subscribe' }, pending, 'missing'],
  [{ action: 'Subscribe' }, record, 'shown'],
  [{ action: 'Subscribe' }, suspended, 'shown'],
  [{ action: 'ChangePlan', planId: 'growth' }, record, 'shown'],
  [{ action: 'ChangePlan', planId: 'scale' }, record, 'missing'],
  [{ action: 'ChangePlan', planId: 'scale' }, suspended, 'missing'],
  [{ action: 'ChangePlan' }, record, 'unclear'],
  [{ action: 'ChangeQuantity', quantity: 10 }, record, 'shown'],
  [{ action: 'ChangeQuantity', quantity: 20 }, record, 'missing'],
  [{ action: 'ChangeQuantity' }, record, 'unclear'],
  [{ action: 'Suspend' }, record, 'missing'],
  [{ action: 'Suspend' }, suspended, 'shown'],
  [{ action: 'Reinstate' }, suspended, 'missing'],
  [{ action: 'Reinstate' }, record, 'shown'],
  [{ action: 'Unsubscribe' }, record, 'missing'],
  [{ action: 'Unsubscribe' }, pending, 'missing'],
  [{ action: 'Renew' }, record, 'unclear'],
  [{ action: 'Transfer' }, record, 'unclear'],
  [{ action: 'SUSPEND' }, suspended, 'shown'],
])('%j is found, missing or unclear in the record as expected', (announced, seen, effect) => {
  expect(effectOf(announced, seen)).toBe(effect);
});

test('a record that has ended shows every announced change', () => {
  for (const action of knownActions) expect(effectOf({ action }, ended)).toBe('shown');
});
