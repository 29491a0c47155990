import { expect, test } from 'vitest';
import { playDrill } from '../src/drills/drill.ts';
import { soak } from '../src/drills/soak.ts';

/** The first days of `npm run drill -- soak`, which can run for a year. */
test('days of purchases, changes, usage and retention by the local clock end with equal records', async () => {
  const report = await playDrill(soak, {
    flags: { minutes: '0.1' },
    say: () => undefined,
    signal: new AbortController().signal,
  });
  expect(report.broken).toEqual([]);
  expect(report.held).toContain('Microsoft has billed exactly the usage in the ledger');
  expect(report.isComplete).toBe(true);
});
