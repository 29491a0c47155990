import { expect, test } from 'vitest';
import { runChaos } from '../src/chaos/run.ts';

/** Half a minute of `npm run chaos`, which can run for any time. */
const SEED = 20_261_122;
const MINUTES = 0.4;

test(
  'random kills and a faulty marketplace cause no loss, no repetition and no contradiction',
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
