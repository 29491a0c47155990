import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { testDatabase } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';

const fit = {
  DATABASE_URL: 'postgres://landfall_landing:hush@127.0.0.1:1/landfall',
  NATS_URL: 'nats://hush@127.0.0.1:1',
};

function start(env: Record<string, string> = {}, args: readonly string[] = []) {
  const child = fork(new URL('process-fixture.ts', import.meta.url), args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const told: unknown[] = [];
  let text = '';
  child.on('message', (message) => told.push(message));
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  /** The last words may come after the exit. */
  const says = (words: string) => until(`it says ${words}`, () => text.includes(words));
  return { child, told, text: () => text, says, exited: exitOf(child) };
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = (await once(child, 'exit')) as unknown[];
  return code;
}

async function started(env: Record<string, string> = {}) {
  const service = start({ ...fit, ...env });
  await until('it is ready', () => service.told.length > 0);
  return service;
}

test('an invalid environment ends the start with exit code 1 and every problem on stderr', async () => {
  const service = start({ NATS_URL: 'x' });
  expect(await service.exited).toBe(1);
  await service.says('DATABASE_URL: is not set');
  await service.says('NATS_URL: must be');
});

test('a ready service reports its addresses to its parent and logs its masked configuration', async () => {
  const service = await started();
  const url = 'http://127.0.0.1:1';
  const told = { ready: true, name: 'landing', url, metricsUrl: `${url}/metrics` };
  expect(service.told).toEqual([told]);
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(0);
  await service.says('"config"');
  expect(service.text()).not.toContain('hush');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains and ends with 0', async (signal) => {
  const service = await started({ DRAIN_MS: '200' });
  service.child.kill(signal);
  expect(await service.exited).toBe(0);
  await service.says('drained');
});

test('a service drains and ends when its parent is gone', async () => {
  const service = await started();
  service.child.disconnect();
  expect(await service.exited).toBe(0);
  await service.says('drained');
});

test('a second signal ends at once', async () => {
  const service = await started({ DRAIN_MS: '15000' });
  service.child.kill('SIGTERM');
  await service.says('"stopping"');
  const startedAt = performance.now();
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(1);
  // Draining would take fifteen seconds.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(service.text()).not.toContain('drained');
});

test('a failed start ends with 1 and says why', async () => {
  const service = start({ ...fit, FAIL: 'start' });
  expect(await service.exited).toBe(1);
  await service.says('could not start');
  await service.says('no port is free');
});

test('after an uncaught error, the service logs it, drains and ends with 1', async () => {
  const service = await started({ FAIL: 'later' });
  expect(await service.exited).toBe(1);
  await service.says('uncaught error');
  await service.says('drained');
});

test('migrate runs the migrations of the schema once, and needs only the database', async () => {
  await using database = await testDatabase({ services: ['landing'] });
  const env = { DATABASE_URL: database.urlFor('landing') };

  const first = start(env, ['migrate']);
  expect(await first.exited).toBe(0);
  await first.says('"migrated"');
  await first.says('001-visits');

  const second = start(env, ['migrate']);
  expect(await second.exited).toBe(0);
  await second.says('nothing to migrate');
  expect(second.text()).not.toContain('"ready"');
});

test('migrate ends with exit code 1 if the database refuses, and an unknown command starts nothing', async () => {
  await using database = await testDatabase({ services: ['landing'] });
  const url = new URL(database.urlFor('landing'));
  url.pathname = '/absent';
  const refused = start({ DATABASE_URL: url.href }, ['migrate']);
  expect(await refused.exited).toBe(1);
  await refused.says('could not migrate');
  await refused.says('check DATABASE_URL');

  const unknown = start(fit, ['migrat']);
  expect(await unknown.exited).toBe(1);
  await unknown.says('there is no command migrat');
});
