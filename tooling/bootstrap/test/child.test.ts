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
  // Whatever a test finds, nothing stays that would hold the output open and the whole run with it.
  onTestFinished(() => {
    for (const group of [pid, Number(parent.pid)]) killGroup(group);
  });
  return { parent, pid, nextLine, ended };
}

function killGroup(leader: number) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

test('Ctrl-C in a terminal, echoed by npm, reaches the program exactly once', async () => {
  const { parent, nextLine, ended } = await run('ipc', listening);
  process.kill(-parent.pid!, 'SIGINT');
  parent.kill('SIGINT');
  parent.kill('SIGTERM');
  // Of two signals that wait together the later one's handler may run first.
  expect([await nextLine(), await nextLine()].toSorted()).toEqual(['SIGINT', 'SIGTERM']);
  parent.kill('SIGHUP');
  expect(await nextLine()).toBe('undefined');
  expect(await ended).toEqual([0, null]);
});

test('a second press is handed on, an echo is not', () => {
  let now = 0;
  const isNew = oncePerPress(() => now);
  expect(isNew('SIGINT')).toBe(true);
  now = 20;
  expect([isNew('SIGINT'), isNew('SIGTERM')]).toEqual([false, true]);
  now = 1_000;
  expect(isNew('SIGINT')).toBe(true);
});

test('a program of ours learns that the bootstrap was killed', async () => {
  const { parent, nextLine, ended } = await run('ipc', listening);
  parent.kill('SIGKILL');
  expect(await nextLine()).toBe('disconnect');
  expect(await ended).toEqual([null, 'SIGKILL']);
});

test('any other program is stopped with its children when the bootstrap is killed', async () => {
  const { parent, pid, nextLine } = await run('watchdog', listening);
  parent.kill('SIGKILL');
  expect(await nextLine()).toBe('SIGTERM');
  process.kill(pid, 'SIGHUP');
});

test('an interrupted tool has failed, even if it says otherwise', async () => {
  const polite = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1000);
    console.log('pid ' + process.pid);`;
  const { parent, ended } = await run('watchdog', polite);
  parent.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});

test('exit codes are handed on, and output is given back', async () => {
  const call = { command: process.execPath, cwd: process.cwd(), env: process.env };
  const script = 'console.log("out"); console.error("err"); process.exitCode = 7';
  const { code, output } = await runChild({ ...call, args: ['-e', script], output: 'collect' });
  expect(code).toBe(7);
  expect(output).toMatch(/out/);
  expect(output).toMatch(/err/);
});

test('a program that does not come to an end is stopped at its limit, with its children', async () => {
  const child = "require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });";
  const call = { command: process.execPath, cwd: process.cwd(), env: process.env };
  const args = ['-e', `${child} setInterval(() => undefined, 1000);`];
  const { code, isLate } = await runChild({ ...call, args, output: 'collect', limitMs: 200 });
  expect([code, isLate]).toEqual([143, true]);
});
