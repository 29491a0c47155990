import { describe, expect, test } from 'vitest';
import type { UsageStatus } from '@landfall/marketplace/metering';
import { answerHour, nextAttemptAt, type RowAnswer } from './answer.ts';

const hour = new Date('2026-01-20T10:00:00Z');
const lastUsedAt = new Date('2026-01-20T10:40:00Z');
const now = new Date('2026-01-20T11:02:00Z');
const at = (text: string) => new Date(`2026-01-${text}Z`);

describe('the pause before the next attempt', () => {
  test('doubles from half a minute to half an hour', () => {
    const minutes = [1, 2, 3, 7, 50].map(
      (attempts) =>
        (nextAttemptAt({ attempts, lastUsedAt }, now).getTime() - now.getTime()) / 60_000,
    );
    expect(minutes).toEqual([0.5, 1, 2, 30, 30]);
  });

  test('is the one that Microsoft names, if it names one', () => {
    const next = nextAttemptAt({ attempts: 9, lastUsedAt }, now, 7000);
    expect(next.getTime() - now.getTime()).toBe(7000);
  });

  test('never skips the last minutes of the window', () => {
    const late = at('21T10:10:00');
    expect(nextAttemptAt({ attempts: 9, lastUsedAt }, late)).toEqual(at('21T10:30:00'));
  });
});

describe('an answer', () => {
  const claimed = {
    submissionId: 'call',
    subscriptionId: 's1',
    dimension: 'reports',
    hour,
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    quantity: '3.000',
    effectiveStart: hour,
    attempts: 2,
    lastUsedAt,
    isInDoubt: false,
    isTest: false,
    publishedOutcome: null,
  };
  const event = {
    resourceId: 's1',
    dimension: 'reports',
    planId: 'starter',
    quantity: '3.000',
    effectiveStartTime: hour,
  };
  const result = (status: UsageStatus, kept?: string): RowAnswer => ({
    kind: 'result',
    result: { event, status, raw: undefined, accepted: kept ? { quantity: kept } : undefined },
  });
  const answerTo = (answer: RowAnswer, isInDoubt = false, isDimensionKnown = false) =>
    answerHour({ ...claimed, isInDoubt }, answer, { now, isDimensionKnown });

  test('that never arrived clears the earlier status, because the outcome is unknown', () => {
    const lost = { kind: 'later', code: 'marketplace.timeout', mayHaveArrived: true } as const;
    expect(answerTo(lost)).toMatchObject({
      state: 'closed',
      status: null,
      problem: 'marketplace.timeout',
      isInDoubt: true,
    });
    expect(answerTo(result('Unanswered'))).toMatchObject({
      state: 'closed',
      status: null,
      isInDoubt: true,
    });
  });

  test.each([
    ['Error', 'retrying', null],
    ['Expired', 'outcome-unknown', null],
    ['InvalidQuantity', 'refused', null],
  ])(
    '%s does not prove that an earlier unanswered call was not counted',
    (status, problem, billed) => {
      expect(answerTo(result(status), true)).toMatchObject({ problem, billed, isInDoubt: true });
    },
  );

  test.each([
    ['Accepted', undefined, '3'],
    ['Duplicate', '3', '3'],
    ['Duplicate', '2', '2'],
    ['Duplicate', '4.5', '4.5'],
    ['InvalidDimension', undefined, '0'],
    ['Expired', undefined, '0'],
  ])('%s (kept: %s) says that Microsoft has %s', (status, kept, billed) => {
    expect(answerTo(result(status, kept)).billed?.toFixed()).toBe(billed);
  });

  test('of a duplicate without a quantity leaves the billed quantity unknown', () => {
    const unknown = { state: 'refused', problem: 'outcome-unknown', billed: null };
    expect(answerTo(result('Duplicate'))).toMatchObject({ ...unknown, isInDoubt: true });
  });

  test.each([
    ['Error', false, 'retrying'],
    ['SomethingNew', false, 'retrying'],
    ['ResourceNotAuthorized', false, 'not-authorized'],
    ['InvalidDimension', true, 'dimension-not-ready'],
  ])('%s is shown and sent again', (status, isKnown, problem) => {
    expect(answerTo(result(status), false, isKnown)).toMatchObject({
      state: 'closed',
      status,
      problem,
      outcome: null,
      nextAttemptAt: at('20T11:03:00'),
    });
  });

  test('that failed before the call leaves no doubt that nothing was counted', () => {
    const shut = { kind: 'later', code: 'credentials.rejected', mayHaveArrived: false } as const;
    expect(answerTo(shut)).toMatchObject({ state: 'closed', isInDoubt: false });
  });

  test('that the row is invalid is final', () => {
    const bad = { kind: 'never', code: 'marketplace.bad-request', mayHaveArrived: false } as const;
    expect(answerTo(bad)).toMatchObject({ state: 'refused', nextAttemptAt: null });
  });

  test('with another final outcome has another text, so that it is published', () => {
    const outcomes = ['Accepted', 'InvalidDimension', 'BadArgument', 'Expired'].map(
      (status) => answerTo(result(status)).outcome,
    );
    expect(new Set(outcomes).size).toBe(4);
    expect(outcomes).not.toContain(null);
    expect(answerTo(result('InvalidDimension')).outcome).toBe(outcomes[1]);
  });
});
