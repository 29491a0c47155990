import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const bootstrap = fileURLToPath(new URL('../src/bootstrap.mjs', import.meta.url));

test.for([
  [[], 'No task was given'],
  [['strat'], 'no task called strat'],
] as const)(
  'a wrong task ends with exit code 1 and the list of tasks, without a stack trace (%s)',
  ([args, what]) => {
    const { status, stderr } = spawnSync(process.execPath, [bootstrap, ...args], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(what);
    expect(stderr).toMatch(/why: .*start, demo, .*test/);
    expect(stderr).not.toMatch(/\n\s+at /);
  },
);
