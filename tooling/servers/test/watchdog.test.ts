import { existsSync, mkdirSync } from 'node:fs';

import { expect, test } from 'vitest';

import { processMark } from '../src/process-table.ts';
import { until } from '../src/wait.ts';
import { orphanOf } from './orphan-maker.ts';
import { temporaryFolder } from './temporary-folder.ts';

test.for(['postgres', 'nats'] as const)('%s never outlives a killed launcher', async (server) => {
  using folder = temporaryFolder();
  mkdirSync(folder.path, { recursive: true });
  const orphan = await orphanOf(server, folder.path);
  expect(processMark(orphan.pid)).toBeDefined();
  await orphan.killLauncher();
  await until('the server has ended', () => processMark(orphan.pid) === undefined);
  expect(existsSync(folder.path)).toBe(true);
});
