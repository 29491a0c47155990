import { expect, test } from 'vitest';
import { ratesOf } from './catalogue.ts';

test.each(['constructor', 'toString', '__proto__'])(
  'nothing is known to be included of a dimension named %s, which every object has',
  (dimension) => {
    const content = {
      isPrivate: false,
      isPricePerSeat: false,
      terms: [{ termUnit: 'P1M', included: { reports: '5' } }],
      dimensions: [{ id: dimension }],
    };

    const rates = ratesOf({ content, overrides: [], meters: [] }, 'P1M');

    expect(rates.included(dimension)).toBeUndefined();
  },
);
