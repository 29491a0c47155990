import { describe, expect, test } from 'vitest';
import type { Term } from './state.ts';
import { monthsOf, nextTerm, startTerm, termDates } from './term.ts';

function begun(unit: string, at: string, isFreeTrial = false): Term {
  const term: Term = { unit, anchor: null, fromMonths: 0, toMonths: 0 };
  startTerm(term, Date.parse(at), isFreeTrial);
  return term;
}

function days(term: Term): (string | undefined)[] {
  const dates = termDates(term);
  return [dates?.start, dates?.end].map((at) => new Date(at ?? 0).toISOString().slice(0, 10));
}

describe('a term', () => {
  test.each([
    ['P1M', 1],
    ['P1Y', 12],
    ['P5Y', 60],
    ['P18M', 18],
    ['P1Y6M', 18],
  ])('of %s has %i months', (unit, months) => expect(monthsOf(unit)).toBe(months));

  test('starts on the UTC day of activation and ends the day before its renewal', () => {
    expect(days(begun('P1M', '2026-01-06T23:59:59Z'))).toEqual(['2026-01-06', '2026-02-05']);
  });

  test('that starts on a 31st renews on the last day of shorter months without drift', () => {
    const term = begun('P1M', '2027-01-31T08:00:00Z');
    expect(days(term)).toEqual(['2027-01-31', '2027-02-27']);
    nextTerm(term);
    expect(days(term)).toEqual(['2027-02-28', '2027-03-30']);
    nextTerm(term);
    expect(days(term)).toEqual(['2027-03-31', '2027-04-29']);
  });

  test('of a year follows a free trial of a month', () => {
    const term = begun('P1Y', '2026-03-10T00:00:00Z', true);
    expect(days(term)).toEqual(['2026-03-10', '2026-04-09']);
    nextTerm(term);
    expect(days(term)).toEqual(['2026-04-10', '2027-04-09']);
  });
});
