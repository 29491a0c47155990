import { existsSync, mkdirSync } from 'node:fs';

import { expect, test } from 'vitest';

import { processMark } from '../src/process-table.ts';
import { waitFor } from '../src/wait.ts';
import { orphanOf } from './orphan-maker.ts';
import { temporaryFolder } from './temporary-folder.ts';

test.for(['postgres', 'nats'] as const)('%s never outlives a killed launcher', async (server) => {
  using folder = temporaryFolder();
  mkdirSync(folder.path, { recursive: true });
  const orphan = await orphanOf(server, folder.path);
  expect(processMark(orphan.pid)).toBeDefined();
  await orphan.killLauncher();
  const ended = () => (processMark(orphan.pid) === undefined ? true : undefined);
  expect(await waitFor(ended, { timeoutMs: 10_000 })).toBe(true);
  expect(existsSync(folder.path)).toBe(true);
});
