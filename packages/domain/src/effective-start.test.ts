import { expect, test } from 'vitest';
import { effectiveStart } from './effective-start.ts';

const hour = new Date('2026-01-20T10:00:00Z');
const lastUsedAt = new Date('2026-01-20T10:40:00Z');
const now = new Date('2026-01-20T11:02:00Z');
const at = (text: string) => new Date(`2026-01-${text}Z`);

test.each([
  ['the start of the hour', { hour, lastUsedAt }, now, '20T10:00:00'],
  [
    "the last use, if the start is about to leave Microsoft's window",
    { hour, lastUsedAt },
    at('21T09:56:00'),
    '20T10:40:00',
  ],
  [
    'the last use, if the term began within the hour',
    { hour, lastUsedAt, termStart: at('20T10:20:00') },
    now,
    '20T10:40:00',
  ],
  [
    'the start of the term, if the use seems older',
    { hour, lastUsedAt, termStart: at('20T10:50:00') },
    now,
    '20T10:50:00',
  ],
  [
    'the start of the hour, for usage that was moved into it from another hour',
    { hour, lastUsedAt: at('20T11:01:00') },
    at('21T09:56:00'),
    '20T10:00:00',
  ],
])('the effective start time is %s', (_what, of, when, expected) => {
  expect(effectiveStart(of, when)).toEqual(at(expected));
});
