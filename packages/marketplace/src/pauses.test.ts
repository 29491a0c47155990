import { describe, expect, test } from 'vitest';
import {
  FIRST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  LONGEST_RETRY_AFTER_MS,
  parseRetryAfter,
  pause,
  pauseBefore,
} from './pauses.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

describe('Retry-After', () => {
  test.each([
    ['3', 3_000],
    ['0', 0],
    [' 120 ', 120_000],
    ['Sun, 22 Nov 2026 10:00:05 GMT', 5_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['999999', LONGEST_RETRY_AFTER_MS],
  ])('%j is %d ms', (value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });

  test.each([[undefined], [''], ['soon'], ['-5x']])('%j is ignored', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });
});

describe('pauses of our own', () => {
  test('grow exponentially, have jitter, and stay within their bounds', () => {
    for (const attempt of [1, 2, 3, 10]) {
      const ceiling = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
      expect(pauseBefore(attempt, undefined, 0)).toBe(ceiling / 2);
      expect(pauseBefore(attempt, undefined, 1)).toBe(ceiling);
    }
  });

  test('are replaced by the pause that Microsoft asks for', () => {
    expect(pauseBefore(1, 7_000, 0.5)).toBe(7_000);
  });

  test('end at once when aborted', async () => {
    const startedAt = performance.now();
    await pause(60_000, AbortSignal.abort());
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});
