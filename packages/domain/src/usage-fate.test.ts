import { expect, test } from 'vitest';
import { decimal } from './decimal.ts';
import { CURED_BY_PLAN, CURED_BY_SUBSCRIPTION, usageFate, type AnsweredRow } from './usage-fate.ts';

const row: AnsweredRow = { sent: decimal('3'), isDimensionKnown: false };

test.each([
  ['Accepted', 'settled'],
  ['Expired', 'expired'],
  ['Error', 'retry'],
  ['ResourceNotAuthorized', 'retry'],
  ['ResourceNotActive', 'hold'],
  ['ResourceNotFound', 'refused'],
  ['InvalidDimension', 'refused'],
  ['InvalidQuantity', 'refused'],
  ['BadArgument', 'refused'],
  ['Unanswered', 'retry'],
  ['SomethingNew', 'retry'],
  ['', 'retry'],
])('a row with the status %s is %s', (status, fate) => {
  expect(usageFate(status, row)).toBe(fate);
});

test('an invalid dimension that the plan has is sent again', () => {
  expect(usageFate('InvalidDimension', { ...row, isDimensionKnown: true })).toBe('retry');
});

test.each([
  ['3', '3', 'settled'],
  ['3', '3.000', 'settled'],
  ['0.3', '0.30000000000000004', 'mismatch'],
  ['0.1', '0.100001', 'mismatch'],
  ['8', '5', 'mismatch'],
  ['5', '8', 'mismatch'],
  ['999999999999999', '999999999999998', 'mismatch'],
])('a duplicate of %s for which Microsoft has %s is %s', (sent, kept, fate) => {
  const quantities = { sent: decimal(sent), kept: decimal(kept) };
  expect(usageFate('Duplicate', { ...row, ...quantities })).toBe(fate);
});

test('a duplicate without the accepted quantity leaves the billed quantity unknown', () => {
  expect(usageFate('Duplicate', row)).toBe('unknown');
});

test('a cure sends only rows that were refused', () => {
  for (const status of [...CURED_BY_SUBSCRIPTION, ...CURED_BY_PLAN]) {
    expect(usageFate(status, row)).toBe('refused');
  }
});
