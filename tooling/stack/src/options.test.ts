import { expect, test } from 'vitest';
import { parseStartOptions, UsageError } from './options.ts';

test('without flags, data is kept, one worker runs, and the first purchases are made', () => {
  expect(parseStartOptions([])).toEqual({
    fresh: false,
    workers: 1,
    seed: true,
    natsNodes: 1,
  });
});

test('every flag in the help text works', () => {
  expect(
    parseStartOptions(['--fresh', '--workers', '3', '--no-seed', '--nats-nodes', '3']),
  ).toEqual({
    fresh: true,
    workers: 3,
    seed: false,
    natsNodes: 3,
  });
  expect(parseStartOptions(['--help'])).toBe('help');
});

test.each([
  ['--workers', '0'],
  ['--workers', 'many'],
  ['--workers', '1.5'],
  ['--nats-nodes', '2'],
  ['--wrkers', '2'],
])('a wrong flag or value is refused: %s %s', (...argv) => {
  expect(() => parseStartOptions(argv)).toThrow(UsageError);
});
