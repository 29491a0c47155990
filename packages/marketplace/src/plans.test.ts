import { expect, test } from 'vitest';
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
      { termUnit: 'P1M', price: 1, included: [{ dimensionId: 'Dimension001', units: '1000' }] },
    ],
    dimensions: [{ id: 'MeteringDimension001', pricePerUnit: 1.5 }],
    sourceOffers: [OFFER],
    problems: [],
  });
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
