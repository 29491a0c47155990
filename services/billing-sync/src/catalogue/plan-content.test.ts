import { expect, test } from 'vitest';
import { decodePlans } from '@landfall/marketplace/plans';
import { includedUnits, planContent } from './plan-content.ts';

test.each([
  ['1000', '1000'],
  ['0', '0'],
  [' 12.50 ', '12.5'],
  ['unlimited', null],
  ['Unlimited', null],
  ['none', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j units are %j', (units, expected) => {
  expect(includedUnits(units)).toBe(expected);
});

const planOf = (meteringDimensions: unknown, units: object[] | undefined) =>
  decodePlans([
    {
      planId: 'p',
      planComponents: {
        recurrentBillingTerms: [{ termUnit: 'P1M', meteredQuantityIncluded: units }],
        meteringDimensions,
      },
    },
  ])[0]!;

const contentOf = (...plan: Parameters<typeof planOf>) => planContent(planOf(...plan));

test('a dimension without readable units is not known, and is not 0', () => {
  const units = [
    { dimensionId: 'a', units: '5' },
    { dimensionId: 'b', units: 'soon' },
  ];
  const dimensions = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  expect(contentOf(dimensions, units)?.terms[0]?.included).toEqual({ a: '5' });
  expect(contentOf(dimensions, undefined)?.terms[0]?.included).toEqual({});
});

test('the order in which Microsoft lists dimensions makes no difference', () => {
  const units = [
    { dimensionId: 'a', units: '5' },
    { dimensionId: 'b', units: '6' },
  ];
  const forwards = contentOf([{ id: 'a' }, { id: 'b' }], units);
  const backwards = contentOf([{ id: 'b' }, { id: 'a' }], units.toReversed());
  expect(JSON.stringify(backwards)).toBe(JSON.stringify(forwards));
});

test('a plan whose list of dimensions cannot be read is not kept', () => {
  expect(contentOf('none', [])).toBeUndefined();
});
