import { expect, test } from 'vitest';
import { decimalText, readDecimal } from './decimal.ts';

const read = (value: unknown) => {
  const found = readDecimal(value);
  return found && decimalText(found);
};

test.each([
  ['12.50', '12.5'],
  ['0.000000000001', '0.000000000001'],
  ['9999999999999.999999999999', '9999999999999.999999999999'],
  ['007', '7'],
  ['0', '0'],
])('text %s is taken exactly', (given, expected) => {
  expect(read(given)).toBe(expected);
});

test.each([
  [0.1, '0.1'],
  [0.1 + 0.2, '0.3'],
  [1 / 3, '0.333333333333'],
  [1e-7, '0.0000001'],
  [1e12, '1000000000000'],
  [123456.789, '123456.789'],
])('the number %s is taken to 15 digits and 12 decimals', (given, expected) => {
  expect(read(given)).toBe(expected);
});

test.each(['', '-1', '1e3', '1.', '.5', ' 1', '1,5', '١', '10000000000000', '0.0000000000001'])(
  'text %j is not a quantity',
  (given) => {
    expect(read(given)).toBeUndefined();
  },
);

test.each([-1, NaN, Infinity, 1e-13, 1e13, 1e308, null, undefined, true, [], {}, 1n])(
  '%s is not a quantity',
  (given) => {
    expect(read(given)).toBeUndefined();
  },
);
