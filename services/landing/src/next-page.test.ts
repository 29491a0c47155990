import { describe, expect, it } from 'vitest';
import { PERSONAL_ACCOUNTS_TENANT } from './id-token.ts';
import { nextPage } from './next-page.ts';
import { isFinal, stageOf } from './progress.ts';
import { dateInWords, termInWords } from './term-words.ts';
import { relationOf } from './visitor-relation.ts';

const none = { state: 'none' } as const;

describe('the page for a purchase', () => {
  it.each([
    ['a pending purchase is confirmed', 'PendingFulfillmentStart', {}, 'confirm'],
    ['a purchase that has not started is confirmed', 'NotStarted', {}, 'confirm'],
    [
      'a pending purchase that was confirmed shows its progress',
      'PendingFulfillmentStart',
      { activation: { state: 'requested' } },
      'progress',
    ],
    [
      'a failed activation may be confirmed again',
      'PendingFulfillmentStart',
      { activation: { state: 'failed', failure: 'x' } },
      'confirm',
    ],
    ['an unclaimed subscription is linked', 'Subscribed', {}, 'link'],
    ['a claimed subscription is managed', 'Subscribed', { claimedBy: { tenantId: 't' } }, 'manage'],
    ['a suspended one shows how to pay', 'Suspended', {}, 'suspended'],
    ['an ended one cannot be revived', 'Unsubscribed', {}, 'ended'],
    [
      'an unknown status is being prepared',
      'Subscribed',
      { unrecognisedStatus: 'New' },
      'preparing',
    ],
    ['a status that we never heard of is being prepared', 'Elsewhere', {}, 'preparing'],
  ] as const)('%s', (_, status, more, page) => {
    expect(nextPage({ status, activation: none, ...more }, 'beneficiary')).toBe(page);
    expect(nextPage({ status, activation: none, ...more }, 'stranger')).toBe('refused');
  });
});

describe('a visitor', () => {
  const fabrikam = { tenantId: 'FAB', objectId: 'ada' };
  const csp = { tenantId: 'csp', objectId: 'sam' };

  it('of the tenant that the purchase is for is its beneficiary, in any case of letters', () => {
    const bought = { beneficiary: fabrikam, purchaser: csp };
    expect(relationOf(bought, { tenantId: 'fab', objectId: 'ben' })).toBe('beneficiary');
  });

  it('of the partner that bought it is the purchaser, anybody else a stranger', () => {
    const bought = { beneficiary: fabrikam, purchaser: csp };
    expect(relationOf(bought, { tenantId: 'csp', objectId: 'x' })).toBe('purchaser');
    expect(relationOf(bought, { tenantId: 'tailspin', objectId: 'ada' })).toBe('stranger');
  });

  it('with another personal account is a stranger, though the tenant is the same', () => {
    const pia = { tenantId: PERSONAL_ACCOUNTS_TENANT, objectId: 'pia' };
    const bought = { beneficiary: pia, purchaser: pia };
    expect(relationOf(bought, pia)).toBe('beneficiary');
    expect(relationOf(bought, { ...pia, objectId: 'paul' })).toBe('stranger');
  });

  it('cannot be verified where Microsoft named no tenant', () => {
    expect(relationOf({ beneficiary: {}, purchaser: {} }, fabrikam)).toBe('unverifiable');
  });
});

describe('progress', () => {
  const fresh = { handed_over_at: null, refusal: null };
  const pending = (activation: Parameters<typeof nextPage>[0]['activation']) => ({
    status: 'PendingFulfillmentStart',
    activation,
  });

  it('says no more than is known', () => {
    expect(stageOf(fresh, undefined)).toBe('recorded');
    expect(stageOf({ ...fresh, handed_over_at: new Date() }, undefined)).toBe('requested');
    expect(stageOf(fresh, pending(none))).toBe('recorded');
    expect(stageOf(fresh, pending({ state: 'requested' }))).toBe('requested');
    expect(stageOf(fresh, pending({ state: 'confirming' }))).toBe('received');
  });

  it("is ready by Microsoft's record alone", () => {
    expect(stageOf(fresh, pending({ state: 'confirmed' }))).toBe('received');
    expect(stageOf(fresh, { status: 'Subscribed', activation: none })).toBe('ready');
  });

  it('ends in failure when Microsoft did not activate or the worker refused', () => {
    expect(stageOf(fresh, pending({ state: 'failed', failure: 'x' }))).toBe('failed');
    expect(stageOf({ ...fresh, refusal: 'subscription.not-pending' }, pending(none))).toBe(
      'failed',
    );
    expect(isFinal(stageOf(fresh, { status: 'Unsubscribed', activation: none }))).toBe(true);
  });
});

it('terms and dates are written in words, and unknown terms as sent', () => {
  expect(termInWords('P1M')).toBe('1 month');
  expect(termInWords('P3Y')).toBe('3 years');
  expect(termInWords('P1Y6M')).toBe('P1Y6M');
  expect(dateInWords(new Date('2026-11-20T23:59:00Z'))).toBe('20 November 2026');
});
