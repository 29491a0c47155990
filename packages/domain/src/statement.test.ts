import { expect, test } from 'vitest';
import { ZERO, decimal } from './decimal.ts';
import {
  amountOf,
  isBalanced,
  monthCloses,
  monthOf,
  totalsOf,
  type StatementUnits,
} from './statement.ts';

const units = (of: Partial<Record<keyof StatementUnits, string>>): StatementUnits => {
  const zero: StatementUnits = {
    used: ZERO,
    included: ZERO,
    billed: ZERO,
    pending: ZERO,
    notBilled: ZERO,
    carriedIn: ZERO,
    carriedOut: ZERO,
    remainder: ZERO,
    overBilled: ZERO,
  };
  const given = Object.entries(of).map(([name, text]) => [name, decimal(text)]);
  return { ...zero, ...Object.fromEntries(given) };
};

test('a statement is balanced if every unit is somewhere, and only then', () => {
  const line = { used: '10.3', carriedIn: '2', included: '5', billed: '4', pending: '1' } as const;

  expect(isBalanced(units({ ...line, notBilled: '1', carriedOut: '1', remainder: '0.3' }))).toBe(
    true,
  );
  expect(isBalanced(units({ ...line, notBilled: '1', carriedOut: '1', remainder: '0.2' }))).toBe(
    false,
  );
  expect(isBalanced(units({ overBilled: '4' }))).toBe(true);
});

test('an amount has whole cents, and what is below a cent is cut off', () => {
  const price = { unitPrice: decimal('0.015'), currency: 'USD' };

  expect(amountOf(decimal('1'), price).toFixed()).toBe('0.01');
  expect(amountOf(decimal('0.6'), price).toFixed()).toBe('0');
  expect(amountOf(decimal('1000000000000.3'), price).toFixed()).toBe('15000000000');
});

test('each currency has its own total', () => {
  const totals = totalsOf([
    { currency: 'USD', amount: decimal('0.1') },
    { currency: 'EUR', amount: decimal('3') },
    { currency: 'USD', amount: decimal('0.2') },
  ]);

  expect(totals.map(({ currency, amount }) => [currency, amount.toFixed()])).toEqual([
    ['EUR', '3'],
    ['USD', '0.3'],
  ]);
});

test('a month begins and ends at midnight UTC and closes a day later', () => {
  expect(monthOf('2026-12')).toEqual({
    start: new Date('2026-12-01T00:00:00Z'),
    end: new Date('2027-01-01T00:00:00Z'),
  });
  expect(monthCloses(monthOf('2026-12'))).toEqual(new Date('2027-01-02T00:00:00Z'));
});
