import { expect, test } from 'vitest';
import type { Evidence } from '../evidence.ts';
import type { UsageProof } from '../usage-evidence.ts';
import { ID, proof, sound, type Billing, type Line } from './sound-evidence.ts';
import { checkUsage } from './usage.ts';
import { shown, units } from './usage-oracle.ts';
import { checkUsageProof } from './usage-proof.ts';

test('correct usage breaks no guarantee', () => {
  expect(checkUsage(sound())).toEqual([]);
  expect(checkUsageProof(sound(), proof())).toEqual([]);
});

const e = sound();
const { billing: b } = e;
const [record, entry] = [b.records[0]!, b.entries[0]!];
const withUsage = (bill: Partial<Billing>) => ({ ...e, billing: { ...b, ...bill } });
const firstEntry = (change: Partial<Billing['entries'][number]>) =>
  withUsage({ entries: [{ ...entry, ...change }, ...b.entries.slice(1)] });
const firstHour = (change: Partial<Billing['hours'][number]>) =>
  withUsage({ hours: [{ ...b.hours[0]!, ...change }, ...b.hours.slice(1)] });
const firstMeterHour = (change: Partial<Billing['meterHours'][number]>) =>
  withUsage({ meterHours: [{ ...b.meterHours[0]!, ...change }, b.meterHours[1]!] });
const bad = sound().ledger;
bad.badUsageTaken.push('nothing was used');

const brokenUsage: readonly (readonly [string, string, Evidence])[] = [
  [
    'each accepted usage record is counted once, and no other is',
    'lost',
    withUsage({ records: [] }),
  ],
  [
    'each accepted usage record is counted once, and no other is',
    'counted twice',
    withUsage({ records: [...b.records, record] }),
  ],
  [
    'each accepted usage record is counted once, and no other is',
    'with another last decimal',
    withUsage({ records: [{ ...record, quantity: '3.1000004' }, b.records[1]!] }),
  ],
  [
    'each accepted usage record is counted once, and no other is',
    'never reported',
    withUsage({ records: [...b.records, { ...record, eventId: 'u-3' }] }),
  ],
  [
    'a record counts for the plan and term of its moment',
    'the plan of before',
    withUsage({ records: [{ ...record, planId: 'starter' }, b.records[1]!] }),
  ],
  [
    'a record counts for the plan and term of its moment',
    'the term of before',
    withUsage({ records: [{ ...record, termStart: '2026-10-22T00:00:00.000Z' }, b.records[1]!] }),
  ],
  ['bad usage is refused', 'accepted', { ...e, ledger: bad }],
  [
    'each claimed event id has its record, and each record its claim',
    'without a claim',
    withUsage({ claims: ['u-1'] }),
  ],
  [
    'each claimed event id has its record, and each record its claim',
    'without a record',
    withUsage({ claims: [...b.claims, 'u-3'] }),
  ],
  ['the hours contain each unit once', 'too much', firstMeterHour({ used: '4' })],
  ['the hours contain each unit once', 'nothing', withUsage({ meterHours: [] })],
  ['all usage is rated', 'held', firstMeterHour({ state: 'held' })],
  ['the ledger has each counted unit once', 'twice', withUsage({ entries: [...b.entries, entry] })],
  ['the ledger has each counted unit once', 'lost', withUsage({ entries: b.entries.slice(1) })],
  [
    'used = included + reported + remainder in each ledger entry',
    'unbalanced',
    firstEntry({ included: '1.0000001' }),
  ],
  ['no usage is written off or moved', 'given up', firstEntry({ kind: 'given-up', toHour: null })],
  ['usage counts for the dimension of its tier', 'no tiers', firstEntry({ dimension: 'reports' })],
  [
    'usage counts for the dimension of its tier',
    'in another order',
    withUsage({ entries: b.entries.toReversed() }),
  ],
  [
    'the quantity above what is included is billed',
    'too little',
    firstEntry({ included: '1.1', reported: '2' }),
  ],
  [
    'a row for Microsoft is the sum of its ledger entries',
    'another quantity',
    firstHour({ reported: '2.1000001' }),
  ],
  ['a row for Microsoft is the sum of its ledger entries', 'more usage', firstHour({ used: '4' })],
  [
    'a row for Microsoft is the sum of its ledger entries',
    'no row',
    withUsage({ hours: b.hours.slice(1) }),
  ],
  ['each past hour is settled', 'sending', firstHour({ state: 'sending' })],
  ['each past hour is settled', 'held', firstHour({ state: 'held' })],
  [
    'a settled hour is in the marketplace once, with our quantity',
    'another quantity',
    firstHour({ billed: '2' }),
  ],
  [
    'a settled hour is in the marketplace once, with our quantity',
    'another plan',
    firstHour({ planId: 'starter' }),
  ],
  [
    'a settled hour is in the marketplace once, with our quantity',
    'only there',
    withUsage({ hours: [] }),
  ],
];

test.each(brokenUsage)('finds broken usage: %s (%s)', (guarantee, _how, evidence) => {
  const found = checkUsage(evidence).map((one) => one.guarantee);
  expect(found).toContain(guarantee);
});

const p = proof();
const lines = p.statements[0]!.lines;
const firstLine = (change: Partial<Line>) => ({
  statements: [{ ...p.statements[0]!, lines: [{ ...lines[0]!, ...change }, ...lines.slice(1)] }],
});
const brokenProof: readonly (readonly [string, string, Partial<UsageProof>])[] = [
  ['the statements say exactly what must be billed', 'none', { statements: [] }],
  [
    'the statements say exactly what must be billed',
    'less',
    firstLine({ included: '1.1', billed: '2' }),
  ],
  ['each line of a statement is balanced', 'unbalanced', firstLine({ included: '2' })],
  ['each line of a statement is balanced', 'pending', firstLine({ billed: '2', pending: '0.1' })],
  ["Microsoft's usage report agrees with the ledger", 'not read', { days: p.days.slice(1) }],
  [
    "Microsoft's usage report agrees with the ledger",
    'another quantity',
    { days: [{ ...p.days[0]!, processed: '2' }, ...p.days.slice(1)] },
  ],
  [
    "Microsoft's usage report agrees with the ledger",
    'an incident',
    { incidents: [{ subscriptionId: ID, message: 'missing' }] },
  ],
];

test.each(brokenProof)('finds a broken proof: %s (%s)', (guarantee, _how, changes) => {
  const found = checkUsageProof(sound(), { ...p, ...changes }).map((one) => one.guarantee);
  expect(found).toContain(guarantee);
});

test('finds a ledger that bills something else than the records', () => {
  const evidence = firstEntry({ reported: '2.2', included: '0.9' });
  const found = checkUsageProof(evidence, proof()).map((one) => one.guarantee);
  expect(found).toContain('the ledger bills exactly what must be billed');
});

test.each([
  [1e-7, '0.0000001'],
  ['0.123456789012', '0.123456789012'],
  ['007.50', '7.5'],
  ['1.5e3', '1500'],
  [0, '0'],
])('reads the quantity %s exactly', (written, exact) => {
  expect(shown(units(written))).toBe(exact);
});
