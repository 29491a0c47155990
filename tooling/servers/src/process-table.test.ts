import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { afterEach, describe, expect, test } from 'vitest';

import { procTable, psTable, type ProcessTable } from './process-table.ts';
import { until } from './wait.ts';

/** Those that this system has: Linux has /proc, and usually `ps`; macOS has `ps`. */
const tables: [string, ProcessTable][] = [];
if (process.platform === 'linux') tables.push(['/proc', procTable]);
if (existsSync('/bin/ps')) tables.push(['ps', psTable(process.platform === 'linux' ? 'e' : '-E')]);
else console.warn('not checked: the process table of macOS, because this machine has no /bin/ps');

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

async function startSleeper(): Promise<number> {
  const script = 'console.log("up"); setInterval(() => {}, 1000);';
  child = spawn(process.execPath, ['-e', script, '/folder with blanks/data'], {
    env: { SLEEPER: '/folder of the environment' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout!, 'data');
  return child.pid!;
}

describe.each(tables)('the process table by %s', (_name, table) => {
  test('gives a running process one mark, until it has ended', async () => {
    const pid = await startSleeper();
    const mark = table.mark(pid);
    expect(mark).toMatch(/\d/);
    expect(table.mark(pid)).toBe(mark);

    child?.kill('SIGKILL');

    await until('the process has no mark', () => table.mark(pid) === undefined);
    expect(table.hasArgument(pid, '/folder with blanks/data')).toBe(false);
  });

  test('finds a whole argument, also one with blanks, and no part of one', async () => {
    const pid = await startSleeper();
    expect(table.hasArgument(pid, '/folder with blanks/data')).toBe(true);
    expect(table.hasArgument(pid, '/folder with blanks/dat')).toBe(false);
    expect(table.hasArgument(pid, 'nks/data')).toBe(false);
  });

  test('lists processes with their commands and environments', async () => {
    const pid = await startSleeper();
    const found = table.list().find((one) => one.pid === pid);
    expect(found?.command).toContain('/folder with blanks/data');
    expect(found?.command).not.toContain('/folder of the environment');
    expect(found?.details).toContain('/folder of the environment');
  });
});
