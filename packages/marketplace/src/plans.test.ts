import { describe, expect, test } from 'vitest';
import { decodePlans } from './plans.ts';

const OFFER = 'aaaaaaaa-0000-4000-8000-000000000001';

const plan = {
  planId: 'Platinum001',
  displayName: 'Platinum',
  isPrivate: true,
  description: 'Private',
  minQuantity: 5,
  maxQuantity: 100,
  hasFreeTrials: false,
  isPricePerSeat: true,
  isStopSell: true,
  market: 'US',
  planComponents: {
    recurrentBillingTerms: [
      {
        currency: 'USD',
        price: 1,
        termUnit: 'P1M',
        termDescription: 'Monthly',
        meteredQuantityIncluded: [{ dimensionId: 'Dimension001', units: '1000' }],
      },
    ],
    meteringDimensions: [
      { id: 'MeteringDimension001', currency: 'USD', pricePerUnit: 1.5, unitOfMeasure: 'unit' },
    ],
  },
  sourceOffers: [{ externalId: OFFER.toUpperCase() }],
};

test('a plan is read with limits, terms, included quantities and dimensions', () => {
  const [read] = decodePlans({ plans: [plan] });
  expect(read).toMatchObject({
    planId: 'Platinum001',
    isPrivate: true,
    isStopSell: true,
    minQuantity: 5,
    maxQuantity: 100,
    billingTerms: [
      { termUnit: 'P1M', price: '1', included: [{ dimensionId: 'Dimension001', units: '1000' }] },
    ],
    dimensions: [{ id: 'MeteringDimension001', pricePerUnit: '1.5' }],
    sourceOffers: [OFFER],
    problems: [],
  });
});

describe('included quantities', () => {
  const termsOf = (term: object) =>
    decodePlans([{ planId: 'p', planComponents: { recurrentBillingTerms: [term] } }])[0];

  test.each([[{}], [{ meteredQuantityIncluded: null }]])('are not known for %j', (term) => {
    const read = termsOf(term);
    expect(read?.billingTerms[0]?.included).toBeUndefined();
    expect(read?.problems).toEqual([]);
  });

  test('that cannot be read are not known, and are flagged', () => {
    const read = termsOf({ meteredQuantityIncluded: 'none' });
    expect(read?.billingTerms[0]?.included).toBeUndefined();
    expect(read?.problems).toEqual([
      'planComponents.recurrentBillingTerms.meteredQuantityIncluded-invalid',
    ]);
  });

  test('have the units as sent: a number, a word or nothing', () => {
    const read = termsOf({
      meteredQuantityIncluded: [
        { dimensionId: 'a', units: '0' },
        { dimensionId: 'b', units: 'Unlimited' },
        { dimensionId: 'c', units: 1000 },
        { dimensionId: 'd' },
        { units: '5' },
      ],
    });
    expect(read?.billingTerms[0]?.included).toEqual([
      { dimensionId: 'a', units: '0' },
      { dimensionId: 'b', units: 'Unlimited' },
      { dimensionId: 'c', units: '1000' },
      { dimensionId: 'd', units: undefined },
    ]);
    expect(read?.problems).toHaveLength(1);
  });

  test('can be an empty list', () => {
    expect(termsOf({ meteredQuantityIncluded: [] })?.billingTerms[0]?.included).toEqual([]);
  });
});

test('a price that is not a number is absent and flagged', () => {
  const [read] = decodePlans([
    {
      planId: 'p',
      planComponents: {
        recurrentBillingTerms: [{ price: 'free' }],
        meteringDimensions: [{ id: 'd', pricePerUnit: 'NaN' }],
      },
    },
  ]);
  expect(read?.billingTerms[0]?.price).toBeUndefined();
  expect(read?.dimensions[0]?.pricePerUnit).toBeUndefined();
  expect(read?.problems).toEqual([
    'planComponents.recurrentBillingTerms.price-invalid',
    'planComponents.meteringDimensions.pricePerUnit-invalid',
  ]);
});

test('private offers are read in their old and new form', () => {
  for (const sourceOffers of [[OFFER], [{ externalId: OFFER }], [OFFER, { externalId: '' }]]) {
    expect(decodePlans([{ planId: 'p', sourceOffers }])[0]?.sourceOffers).toEqual([OFFER]);
  }
});

test('a flat-rate plan has no seat limits', () => {
  const [flat] = decodePlans({ plans: [{ planId: 'flat', isPricePerSeat: false }] });
  expect(flat).toMatchObject({ isPricePerSeat: false, billingTerms: [], dimensions: [] });
  expect(flat?.minQuantity).toBeUndefined();
  expect(flat?.maxQuantity).toBeUndefined();
});

test.each([[undefined], [[]], [{}], [{ plans: [] }], [{ plans: [{}, null, 'x'] }]])(
  '%j means no plans',
  (body) => {
    expect(decodePlans(body)).toEqual([]);
  },
);
