import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

import { oncePerPress, runChild } from '../src/child.mjs';

const runner = fileURLToPath(new URL('runner.mjs', import.meta.url));
const listening = `
  const say = (word) => console.log(word);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => say(signal));
  process.on('SIGHUP', () => process.exit(0));
  process.on('disconnect', () => { say('disconnect'); process.exit(0); });
  setInterval(() => undefined, 1000);
  say('pid ' + process.pid);
`;

async function run(guard: 'ipc' | 'watchdog', script: string) {
  const parent = spawn(process.execPath, [runner, guard, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(parent, 'exit');
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const pid = Number((await nextLine()).replace('pid ', ''));
  // Kills everything after the test, because a process that holds the output open would block the
  // whole run.
  onTestFinished(() => {
    for (const group of [pid, Number(parent.pid)]) killGroup(group);
  });
  return { parent, pid, nextLine, ended };
}

function killGroup(leader: number) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}

test('Ctrl-C in a terminal, repeated by npm, reaches the program exactly once', async () => {
  const { parent, nextLine, ended } = await run('ipc', listening);
  process.kill(-parent.pid!, 'SIGINT');
  parent.kill('SIGINT');
  parent.kill('SIGTERM');
  // If two signals are pending, the handler of the later one may run first.
  expect([await nextLine(), await nextLine()].toSorted()).toEqual(['SIGINT', 'SIGTERM']);
  parent.kill('SIGHUP');
  expect(await nextLine()).toBe('undefined');
  expect(await ended).toEqual([0, null]);
});

test('a second press is forwarded, an echo is not', () => {
  let now = 0;
  const isNew = oncePerPress(() => now);
  expect(isNew('SIGINT')).toBe(true);
  now = 20;
  expect([isNew('SIGINT'), isNew('SIGTERM')]).toEqual([false, true]);
  now = 1_000;
  expect(isNew('SIGINT')).toBe(true);
});

test('one of our programs notices that the bootstrap was killed', async () => {
  const { parent, nextLine, ended } = await run('ipc', listening);
  parent.kill('SIGKILL');
  expect(await nextLine()).toBe('disconnect');
  expect(await ended).toEqual([null, 'SIGKILL']);
});

test('any other program and its children are stopped when the bootstrap is killed', async () => {
  const { parent, pid, nextLine } = await run('watchdog', listening);
  parent.kill('SIGKILL');
  expect(await nextLine()).toBe('SIGTERM');
  process.kill(pid, 'SIGHUP');
});

test('an interrupted tool counts as failed, whatever its exit code', async () => {
  const polite = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1000);
    console.log('pid ' + process.pid);`;
  const { parent, ended } = await run('watchdog', polite);
  parent.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});

test('exit codes are passed on, and output is returned', async () => {
  const call = { command: process.execPath, cwd: process.cwd(), env: process.env };
  const script = 'console.log("out"); console.error("err"); process.exitCode = 7';
  const { code, output } = await runChild({ ...call, args: ['-e', script], output: 'collect' });
  expect(code).toBe(7);
  expect(output).toMatch(/out/);
  expect(output).toMatch(/err/);
});

test('a program that does not end is stopped at its time limit, with its children', async () => {
  const child = "require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });";
  const call = { command: process.execPath, cwd: process.cwd(), env: process.env };
  const args = ['-e', `${child} setInterval(() => undefined, 1000);`];
  const { code, isLate } = await runChild({ ...call, args, output: 'collect', limitMs: 200 });
  expect([code, isLate]).toEqual([143, true]);
});
