import { expect, test } from 'vitest';
import { decimal } from './decimal.ts';
import {
  differenceOf,
  judgeDay,
  mergeReported,
  type LedgerDay,
  type ReportedDay,
} from './read-back.ts';

const now = new Date('2026-03-20T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 60 * 60 * 1000);

function ours(billed: string, over: Partial<LedgerDay> = {}): LedgerDay {
  return { billed: decimal(billed), isUnsettled: false, settledAt: hoursAgo(72), ...over };
}

function theirs(status: string, submitted?: string, processed?: string): ReportedDay {
  return {
    status,
    submitted: submitted === undefined ? undefined : decimal(submitted),
    processed: processed === undefined ? undefined : decimal(processed),
  };
}

test.each<[string, LedgerDay | undefined, ReportedDay | undefined, string]>([
  ['an accepted day with the same quantity', ours('10'), theirs('Accepted', '10', '10'), 'agrees'],
  ['equal quantities in other notation', ours('10'), theirs('Accepted', '10', '10.00'), 'agrees'],
  ['a day that is not processed yet', ours('10'), theirs('Submitted', '10', '0'), 'processing'],
  [
    'an old day that Microsoft knows with less',
    ours('10'),
    theirs('Submitted', '4', '0'),
    'mismatch',
  ],
  ['less than was accepted', ours('10'), theirs('Accepted', '10', '9.999999'), 'mismatch'],
  ['more than was accepted', ours('10'), theirs('Accepted', '12', '12'), 'mismatch'],
  [
    'less, while the report may lag',
    ours('10', { settledAt: hoursAgo(47) }),
    theirs('Accepted', '4', '4'),
    'processing',
  ],
  [
    'a mismatch that Microsoft reports itself',
    ours('10'),
    theirs('Mismatch', '10', '5'),
    'mismatch',
  ],
  ['a rejected day', ours('10'), theirs('Rejected', '10', '0'), 'rejected'],
  ['a dry run', ours('10'), theirs('DryRun', '10', '0'), 'not-billed'],
  ['test headers', ours('10'), theirs('TestHeaders', '10', '0'), 'not-billed'],
  ['no row after the lag', ours('10'), undefined, 'missing'],
  ['no row within the lag', ours('10', { settledAt: hoursAgo(47) }), undefined, 'processing'],
  ['no row while a call is open', ours('10', { isUnsettled: true }), undefined, 'processing'],
  ['a row that was not sent from here', undefined, theirs('Accepted', '3', '3'), 'unknown-here'],
  [
    'a row for an hour that is being sent',
    ours('0', { isUnsettled: true, settledAt: undefined }),
    theirs('Submitted', '3', '0'),
    'processing',
  ],
  ['a row of nothing', undefined, theirs('Accepted', '0', '0'), 'agrees'],
  ['nothing on either side', undefined, undefined, 'agrees'],
  [
    'an unknown status with the same quantity',
    ours('10'),
    theirs('Certified', '10', '10'),
    'agrees',
  ],
  [
    'an unknown status with another quantity',
    ours('10'),
    theirs('Certified', '10', '3'),
    'mismatch',
  ],
  ['no status and no quantities', ours('10'), theirs(''), 'mismatch'],
])('%s', (_title, ledger, report, verdict) => {
  expect(judgeDay(ledger, report, now)).toBe(verdict);
});

test('only differences need a person', () => {
  expect(differenceOf('mismatch')).toBe('mismatch');
  expect(differenceOf('unknown-here')).toBe('unknown-here');
  expect(differenceOf('agrees')).toBeUndefined();
  expect(differenceOf('processing')).toBeUndefined();
  expect(differenceOf('not-billed')).toBeUndefined();
});

test('several rows of a day count together under the most serious status', () => {
  const merged = mergeReported(theirs('Accepted', '0.1', '0.1'), theirs('Rejected', '0.2', '0'));

  expect(merged.status).toBe('Rejected');
  expect(merged.submitted?.toFixed()).toBe('0.3');
  expect(merged.processed?.toFixed()).toBe('0.1');
  expect(mergeReported(theirs('Accepted', '1'), theirs('New', '1')).status).toBe('New');
});
