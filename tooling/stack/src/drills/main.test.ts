import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

test.each([
  [['soak', '--minutes', 'many'], '--minutes needs a number above 0, not many.'],
  [['backup', '--seconds', '0'], '--seconds needs a number above 0, not 0.'],
  [['failover', '--planned', '--asynchronous'], 'Give --planned or --asynchronous, not both.'],
  [['backup', '--secnds', '5'], "Unknown option '--secnds'"],
  [['bakup'], 'There is no drill called bakup.'],
  [[], 'Give the name of a drill.'],
])('%j is refused before anything starts', (args, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
  });
  expect(stderr).toContain(message);
  expect([status, stdout]).toEqual([1, '']);
});
