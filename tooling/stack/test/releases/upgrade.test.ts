import { expect, test } from 'vitest';
import { playDrill } from '../../src/drills/drill.ts';
import { upgrade } from '../../src/drills/upgrade.ts';
import { ReleaseMissing } from '../../src/releases/build-release.ts';

/** A brief `npm run drill -- upgrade`. */
test('services are replaced under traffic and taken back, and nothing is lost', async () => {
  const run = {
    flags: { brief: 'true', pause: '0' },
    say: () => undefined,
    signal: new AbortController().signal,
  };
  const report = await playDrill(upgrade, run).catch((error: unknown) => {
    if (error instanceof ReleaseMissing) return error;
    throw error;
  });
  if (report instanceof ReleaseMissing) {
    // A shallow clone does not have the previous release. The rule about migrations is still tested, in migrations.test.ts.
    process.stderr.write(`Upgrades are not tested here. ${report.message}\n`);
    return;
  }
  expect(report.broken).toEqual([]);
  expect(report.held.length).toBeGreaterThan(0);
  expect(report.isComplete).toBe(true);
});
