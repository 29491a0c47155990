import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { backup } from '../src/drills/backup.ts';
import { playDrill } from '../src/drills/drill.ts';
import { RAISE_VERSIONS } from '../src/drills/lost-commits.ts';
import { repositoryRoot } from '../src/launch/folder.ts';

/** A short form of `npm run drill -- backup`: one purchase and the usage of five subscriptions are lost. */
const SECONDS = '0';

test(
  'after the loss of PostgreSQL and JetStream, an older backup becomes Microsoft’s record again, and usage is billed once',
  { timeout: 10 * 60_000 },
  async () => {
    const report = await playDrill(backup, {
      flags: { seconds: SECONDS },
      say: () => undefined,
      signal: new AbortController().signal,
    });

    expect(report.broken).toEqual([]);
    expect(report.held).toHaveLength(4);
    const figure = (wanted: string) => report.figures.find(({ name }) => name === wanted)?.value;
    expect([figure('subscriptions lost'), figure('usage records lost')]).toEqual(['1', '5']);
  },
);

test('the guide has the statement that the drill runs', () => {
  const guide = readFileSync(path.join(repositoryRoot, 'docs', 'backup.md'), 'utf8');
  expect(guide).toContain(RAISE_VERSIONS);
});
