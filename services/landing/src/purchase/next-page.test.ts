import { describe, expect, test } from 'vitest';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { wordsFor } from '../words/words.ts';
import { nextPage } from './next-page.ts';
import { progressView } from './pages/progress.ts';
import { isFinal, stageOf, stepsOf } from './progress.ts';
import { perTermInWords, termInWords } from './term-words.ts';
import { relationOf } from './visitor-relation.ts';

const none = { state: 'none' } as const;

describe('the page for a purchase', () => {
  test.each([
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
    [
      'a subscription without its space shows its progress',
      'Subscribed',
      { claimedBy: { tenantId: 't' }, provisioning: { state: 'requested' } },
      'progress',
    ],
    [
      'a purchase that waits for its space shows its progress',
      'PendingFulfillmentStart',
      { activation: { state: 'provisioning' }, provisioning: { state: 'requested' } },
      'progress',
    ],
    [
      'a purchase that waits for the publisher shows its progress',
      'PendingFulfillmentStart',
      { activation: { state: 'awaiting-approval' }, approval: { state: 'waiting' } },
      'progress',
    ],
    [
      'a declined purchase cannot be confirmed again',
      'PendingFulfillmentStart',
      { activation: { state: 'declined' }, approval: { state: 'declined' } },
      'progress',
    ],
    [
      'a declined purchase still shows why after its end',
      'Unsubscribed',
      { activation: { state: 'declined' }, approval: { state: 'declined' } },
      'progress',
    ],
    [
      'a purchase that ended without a decision has only ended',
      'Unsubscribed',
      { activation: { state: 'failed' }, approval: { state: 'ended' } },
      'ended',
    ],
    ['a suspended subscription shows how to pay', 'Suspended', {}, 'suspended'],
    ['an ended subscription cannot be reactivated', 'Unsubscribed', {}, 'ended'],
    [
      'a purchase with an unknown status is being prepared',
      'Subscribed',
      { unrecognisedStatus: 'New' },
      'preparing',
    ],
    ['a purchase with a status outside our list is being prepared', 'Elsewhere', {}, 'preparing'],
  ] as const)('%s', (_, status, more, page) => {
    expect(nextPage({ status, activation: none, ...more }, 'beneficiary')).toBe(page);
    expect(nextPage({ status, activation: none, ...more }, 'stranger')).toBe('refused');
  });
});

describe('a visitor', () => {
  const fabrikam = { tenantId: 'FAB', objectId: 'ada' };
  const csp = { tenantId: 'csp', objectId: 'sam' };

  test('of the tenant that the purchase is for is its beneficiary, in upper or lower case', () => {
    const bought = { beneficiary: fabrikam, purchaser: csp };
    expect(relationOf(bought, { tenantId: 'fab', objectId: 'ben' })).toBe('beneficiary');
  });

  test('of the partner that bought it is the purchaser, and everyone else is a stranger', () => {
    const bought = { beneficiary: fabrikam, purchaser: csp };
    expect(relationOf(bought, { tenantId: 'csp', objectId: 'x' })).toBe('purchaser');
    expect(relationOf(bought, { tenantId: 'tailspin', objectId: 'ada' })).toBe('stranger');
  });

  test('with another personal account is a stranger, although the tenant is the same', () => {
    const pia = { tenantId: PERSONAL_ACCOUNTS_TENANT, objectId: 'pia' };
    const bought = { beneficiary: pia, purchaser: pia };
    expect(relationOf(bought, pia)).toBe('beneficiary');
    expect(relationOf(bought, { ...pia, objectId: 'paul' })).toBe('stranger');
  });

  test('who is a guest of the tenant is a stranger, unless that person bought it', () => {
    const bought = { beneficiary: fabrikam, purchaser: csp };
    const guest = { tenantId: 'fab', objectId: 'gus', isGuest: true };
    expect(relationOf(bought, guest)).toBe('stranger');
    expect(relationOf({ ...bought, beneficiary: guest }, guest)).toBe('beneficiary');
    expect(relationOf(bought, { tenantId: 'csp', objectId: 'x', isGuest: true })).toBe('stranger');
  });

  test('cannot be verified if Microsoft named no tenant', () => {
    expect(relationOf({ beneficiary: {}, purchaser: {} }, fabrikam)).toBe('unverifiable');
  });
});

describe('progress', () => {
  const fresh = { handedOverAt: null, refusal: null };
  const pending = (activation: Parameters<typeof nextPage>[0]['activation']) => ({
    status: 'PendingFulfillmentStart',
    activation,
  });

  test('shows only what is known', () => {
    expect(stageOf(fresh, undefined)).toBe('recorded');
    expect(stageOf({ ...fresh, handedOverAt: new Date() }, undefined)).toBe('requested');
    expect(stageOf(fresh, pending(none))).toBe('recorded');
    expect(stageOf(fresh, pending({ state: 'requested' }))).toBe('requested');
    expect(stageOf(fresh, pending({ state: 'confirming' }))).toBe('received');
  });

  test("is ready only by Microsoft's record", () => {
    expect(stageOf(fresh, pending({ state: 'confirmed' }))).toBe('received');
    expect(stageOf(fresh, { status: 'Subscribed', activation: none })).toBe('ready');
  });

  const shown = (subscription: Parameters<typeof stepsOf>[0]) =>
    progressView(wordsFor('en'), stageOf(fresh, subscription), {
      steps: stepsOf(subscription),
      isStale: false,
      isSlow: false,
    }).steps.map(({ label, state }) => `${label}: ${state}`);
  const requestedAt = '2026-11-01T10:00:00.000Z';

  test('shows the approval first, then the space', () => {
    const held = {
      ...pending({ state: 'awaiting-approval', requestedAt }),
      approval: { state: 'waiting' as const },
    };
    expect(stageOf(fresh, held)).toBe('awaitingApproval');
    expect(shown(held).slice(0, 3)).toEqual([
      'Purchase confirmed: done',
      'Waiting for the seller’s approval: current',
      'Activation request to Microsoft: waiting',
    ]);
    const approved = {
      ...pending({ state: 'provisioning', requestedAt }),
      approval: { state: 'approved' as const },
      provisioning: { state: 'requested' as const },
    };
    expect(shown(approved).slice(0, 4)).toEqual([
      'Purchase confirmed: done',
      'Approved by the seller: done',
      'Setting up your workspace: current',
      'Activation request to Microsoft: waiting',
    ]);
    const atMicrosoft = { ...approved, ...pending({ state: 'requested', requestedAt }) };
    expect(shown({ ...atMicrosoft, provisioning: { state: 'confirmed' } }).slice(2, 4)).toEqual([
      'Workspace set up: done',
      'Requesting activation from Microsoft: current',
    ]);
    expect(shown({ ...atMicrosoft, provisioning: { state: 'none' } }).slice(1, 3)).toEqual([
      'Approved by the seller: done',
      'Requesting activation from Microsoft: current',
    ]);
    const declined = { ...held, ...pending({ state: 'declined' }) };
    expect(stageOf(fresh, declined)).toBe('declined');
    expect(isFinal('declined')).toBe(true);
    expect(shown(declined)).toEqual([]);
  });

  test("shows the space before Microsoft's step if activation waits for it", () => {
    const waiting = {
      ...pending({ state: 'provisioning', requestedAt }),
      provisioning: { state: 'requested' as const },
    };
    expect(shown(waiting)).toEqual([
      'Purchase confirmed: done',
      'Setting up your workspace: current',
      'Activation request to Microsoft: waiting',
      'Confirmation from Microsoft: waiting',
      'Ready to use: waiting',
    ]);
    const asked = {
      ...pending({ state: 'requested', requestedAt }),
      provisioning: { state: 'confirmed' as const },
    };
    expect(shown(asked).slice(1, 4)).toEqual([
      'Workspace set up: done',
      'Requesting activation from Microsoft: current',
      'Confirmation from Microsoft: waiting',
    ]);
    const sent = { ...asked, activation: { state: 'confirming' as const, requestedAt } };
    expect(shown(sent).slice(2, 4)).toEqual([
      'Activation requested from Microsoft: done',
      'Waiting for Microsoft to confirm: current',
    ]);
  });

  test("shows Microsoft's step before the space if Microsoft activated the purchase itself", () => {
    const active = {
      status: 'Subscribed',
      activation: { state: 'confirmed' as const },
      provisioning: { state: 'requested' as const },
    };
    expect(stageOf(fresh, active)).toBe('settingUp');
    expect(shown(active)).toEqual([
      'Purchase confirmed: done',
      'Confirmed by Microsoft: done',
      'Setting up your workspace: current',
      'Ready to use: waiting',
    ]);
    const made = { ...active, provisioning: { state: 'confirmed' as const } };
    expect(stageOf(fresh, made)).toBe('ready');
    expect(shown(made).every((step) => step.endsWith('done'))).toBe(true);
    const failed = { ...active, provisioning: { state: 'failed' as const } };
    expect(stageOf(fresh, failed)).toBe('unready');
    expect(isFinal('unready')).toBe(false);
    expect(shown(failed)).toEqual([]);
  });

  test('fails if Microsoft did not activate or the worker refused', () => {
    expect(stageOf(fresh, pending({ state: 'failed', failure: 'x' }))).toBe('failed');
    expect(stageOf({ ...fresh, refusal: 'subscription.not-pending' }, pending(none))).toBe(
      'failed',
    );
    expect(isFinal(stageOf(fresh, { status: 'Unsubscribed', activation: none }))).toBe(true);
  });
});

test('terms are shown in words, and unknown terms as they were sent', () => {
  expect(termInWords(wordsFor('en'), 'P1M')).toBe('1 month');
  expect(termInWords(wordsFor('en'), 'P3Y')).toBe('3 years');
  expect(termInWords(wordsFor('de'), 'P1Y')).toBe('1 Jahr');
  expect(termInWords(wordsFor('ja'), 'P1M')).toBe('1 か月');
  expect(termInWords(wordsFor('en'), 'P1Y6M')).toBe('P1Y6M');
});

test('a price is per month or year for a single one, and for the whole term otherwise', () => {
  expect(perTermInWords(wordsFor('en'), 'US$49.00', 'P1M')).toBe('US$49.00 per month');
  expect(perTermInWords(wordsFor('en'), 'US$49.00', 'P3Y')).toBe('US$49.00 for 3 years');
  expect(perTermInWords(wordsFor('ja'), '$49.00', 'P1M')).toBe('$49.00 / 月');
  expect(perTermInWords(wordsFor('en'), 'US$49.00', 'P1Y6M')).toBe('US$49.00 (P1Y6M)');
});
