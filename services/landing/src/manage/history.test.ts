import { describe, expect, test } from 'vitest';
import { languages, wordsFor, type Language } from '../words/words.ts';
import { sentenceOf, type Names } from './history.ts';

const names: Names = {
  planName: (planId) => (planId === 'growth' ? 'Growth' : planId),
  askedBy: new Map([['c1', 'Ada']]),
};
const say = (kind: string, details: Record<string, unknown> = {}, language: Language = 'en') =>
  sentenceOf(wordsFor(language), { kind, details }, names);

describe('an entry of the history', () => {
  test.each([
    ['purchased', { planId: 'growth' }, 'You bought the Growth plan.'],
    ['planChanged', { from: 'starter', to: 'growth' }, 'The plan changed from starter to Growth.'],
    ['quantityChanged', { from: 5, to: 1000 }, 'The number of seats changed from 5 to 1,000.'],
    [
      'renewed',
      { term: { endDate: '2027-01-31T00:00:00Z' } },
      'The subscription was renewed until 31 January 2027.',
    ],
    ['renewed', { convertsTrial: true }, 'The free trial ended and the first paid term started.'],
    ['autoRenewChanged', { to: false }, 'Automatic renewal was turned off.'],
    [
      'changeRequested',
      { changeId: 'c1', change: 'ChangeQuantity', quantity: 1 },
      'Requested by Ada: change to 1 seat.',
    ],
    ['changeRequested', { changeId: 'c2', change: 'Unsubscribe' }, 'Requested: cancellation.'],
    [
      'changeRequested',
      { change: 'ChangePlan', from: 'starter', planId: 'growth', origin: 'publisher' },
      'Requested by the seller: change from the starter plan to the Growth plan.',
    ],
    [
      'changeRefused',
      { change: 'ChangePlan', from: 'starter', planId: 'growth', quantity: 3 },
      'Requested in the marketplace, not allowed by the seller: change from the starter plan to the Growth plan.',
    ],
    [
      'changeRefused',
      { changeId: 'c1', origin: 'customer', change: 'ChangeQuantity', from: 5, quantity: 2 },
      'Requested by Ada, not allowed by the seller: change from 5 to 2 seats.',
    ],
    [
      'changeRefused',
      { changeId: 'c9', origin: 'customer', change: 'ChangeQuantity', from: 5, quantity: 1 },
      'Not allowed by the seller: change from 5 seats to 1 seat.',
    ],
    ['changeFailed', { change: 'ChangePlan', failure: 'locked' }, 'Not completed: plan change.'],
    ['suspended', {}, 'Microsoft suspended the subscription because a payment didn’t go through.'],
  ])('of kind %s becomes a sentence for the customer', (kind, details, sentence) => {
    expect(say(kind, details)).toBe(sentence);
  });

  test.each([
    'operationUnconfirmed',
    'taskParked',
    'driftHealed',
    'detailsChanged',
    'toString',
    '',
  ])('of an internal kind (%s) is left out', (kind) => {
    expect(say(kind)).toBeUndefined();
  });

  test('never shows an internal code, in any language, even if details are missing', () => {
    for (const language of languages) {
      for (const kind of ['planChanged', 'quantityChanged', 'renewed', 'changeRequested']) {
        expect(say(kind, {}, language)).not.toMatch(/undefined|null|\{|Change[PQ]/);
      }
    }
  });
});
