import { describe, expect, test } from 'vitest';
import { answerHour, nextAttemptAt } from './answer.ts';

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
    subscriptionId: 's1',
    dimension: 'reports',
    hour,
    planId: 'starter',
    quantity: 3,
    effectiveStart: hour,
    attempts: 2,
    lastUsedAt,
    isInDoubt: false,
  };
  const event = {
    resourceId: 's1',
    dimension: 'reports',
    planId: 'starter',
    quantity: 3,
    effectiveStartTime: hour,
  };

  test('that never arrived clears the earlier status, because the outcome is unknown', () => {
    const lost = { kind: 'later', code: 'marketplace.timeout', mayHaveArrived: true } as const;
    expect(answerHour(claimed, lost, now)).toMatchObject({
      state: 'closed',
      status: null,
      problem: 'marketplace.timeout',
      isInDoubt: true,
    });
    const result = { event, status: 'Unanswered', raw: undefined } as const;
    expect(answerHour(claimed, { kind: 'result', result }, now)).toMatchObject({
      state: 'closed',
      status: null,
      isInDoubt: true,
    });
  });

  test.each([
    ['Error', 'retrying'],
    ['Expired', 'outcome-unknown'],
  ])('%s does not prove that an earlier unanswered call was not counted', (status, problem) => {
    const result = { event, status, raw: undefined };
    const answer = { kind: 'result', result } as const;
    expect(answerHour({ ...claimed, isInDoubt: true }, answer, now)).toMatchObject({
      problem,
      isInDoubt: true,
    });
  });

  test('that failed before the call leaves no doubt that nothing was counted', () => {
    const shut = { kind: 'later', code: 'credentials.rejected', mayHaveArrived: false } as const;
    expect(answerHour(claimed, shut, now)).toMatchObject({ state: 'closed', isInDoubt: false });
  });

  test('that the row is invalid is final', () => {
    const bad = { kind: 'never', code: 'marketplace.bad-request', mayHaveArrived: false } as const;
    expect(answerHour(claimed, bad, now)).toMatchObject({ state: 'refused', nextAttemptAt: null });
  });
});
