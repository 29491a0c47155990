import { expect, test } from 'vitest';
import { runChaos } from '../src/chaos/run.ts';

/** Half a minute of what `npm run chaos` does for as long as one likes. */
const SEED = 20_261_122;
const MINUTES = 0.4;

test(
  'killed at random beside a bad marketplace, nothing is lost, repeated or contradicted',
  { timeout: 10 * 60_000 },
  async () => {
    const report = await runChaos({
      seed: SEED,
      minutes: MINUTES,
      workers: 2,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(report.breaches, `seed ${report.seed}`).toEqual([]);
    expect(report.isComplete).toBe(true);
    const kills = Object.values(report.kills).reduce((sum, count) => sum + count, 0);
    expect(kills).toBeGreaterThan(4);
    expect(report.counts['purchases']).toBeGreaterThan(4);
  },
);
