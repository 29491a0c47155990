import { expect, test } from 'vitest';
import { UsageError } from '../options.ts';
import { parseChaosOptions } from './options.ts';

test('flags are read; without a seed there is one that can be given again', () => {
  expect(parseChaosOptions(['--minutes', '0.5', '--seed', '7', '--json'])).toEqual({
    minutes: 0.5,
    seed: 7,
    workers: 2,
    natsNodes: 1,
    json: true,
    odd: false,
    keep: false,
  });
  const chosen = parseChaosOptions([]);
  expect(chosen).not.toBe('help');
  expect(parseChaosOptions(['--help'])).toBe('help');
});

test.each([
  ['--minutes', 'soon'],
  ['--minutes', '0'],
  ['--seed', '1.5'],
  ['--seed', '-1'],
  ['--workers', '1'],
  ['--what'],
])('%s %s is refused with what to write', (...flags: string[]) => {
  expect(() => parseChaosOptions(flags)).toThrow(UsageError);
});
