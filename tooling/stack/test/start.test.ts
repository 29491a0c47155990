import { statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openFolder } from '../src/folder.ts';
import { runningStack } from '../src/stack-file.ts';
import { eventually, isAlive, startProcess, type StartProcess } from './start-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('npm start', () => {
  const started: StartProcess[] = [];

  function start(...args: Parameters<typeof startProcess>): StartProcess {
    const launcher = startProcess(...args);
    started.push(launcher);
    return launcher;
  }

  afterEach(async () => {
    for (const { child, exitCode } of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await exitCode();
      clearTimeout(impatience);
    }
  });

  test('Ctrl-C stops everything, leaves no process and exits with 0', async () => {
    using folder = temporaryFolder();
    const launcher = start(folder.path);
    const stack = await launcher.ready();
    const pids = stack.services.map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThanOrEqual(5);
    expect(pids.every(isAlive)).toBe(true);

    launcher.child.kill('SIGINT');

    expect(await launcher.exitCode()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    for (const url of [stack.gatewayUrl, stack.emulatorUrl ?? '', stack.authorityUrl]) {
      await expect(fetch(url)).rejects.toThrow();
    }
    expect(runningStack(openFolder(folder.path))).toBeUndefined();
  });

  test('credentials are in files that their owner alone can read', async () => {
    using folder = temporaryFolder();
    await start(folder.path).ready();
    for (const file of ['stack.json', 'secrets.json']) {
      expect(statSync(path.join(folder.path, file)).mode & 0o077).toBe(0);
    }
  });

  test('after kill -9 of the launcher nothing of it hinders the next start', async () => {
    using folder = temporaryFolder();
    const first = start(folder.path);
    const before = await first.ready();
    first.child.kill('SIGKILL');
    await first.exitCode();
    await eventually('the services notice', () =>
      before.services.some(({ pid }) => isAlive(pid)) ? undefined : true,
    );

    const after = await start(folder.path).ready();

    expect(after.operatorApiKey).toBe(before.operatorApiKey);
    expect((await fetch(`${after.gatewayUrl}/readyz`)).status).toBe(200);
  });

  test('a second start in the same folder is refused, with the URL of the first', async () => {
    using folder = temporaryFolder();
    const stack = await start(folder.path).ready();
    const second = start(folder.path);
    expect(await second.exitCode()).toBe(1);
    expect(second.output()).toContain(stack.gatewayUrl);
    expect(isAlive(stack.services[0]!.pid)).toBe(true);
  });

  test('a copy beside it takes other ports', async () => {
    using one = temporaryFolder();
    using other = temporaryFolder();
    const first = await start(one.path).ready();
    const second = await start(other.path).ready();
    expect(second.gatewayUrl).not.toBe(first.gatewayUrl);
    expect((await fetch(`${second.gatewayUrl}/readyz`)).status).toBe(200);
  });

  test('a service that is killed comes back, and stack.json has its new pid', async () => {
    using folder = temporaryFolder();
    const stack = await start(folder.path).ready();
    const victim = stack.services.find(({ name }) => name === 'fulfillment-worker')!;
    process.kill(victim.pid, 'SIGKILL');
    const back = await eventually('another pid', () => {
      const now = runningStack(openFolder(folder.path))?.services.find(
        ({ name }) => name === victim.name,
      );
      return now && now.pid !== victim.pid ? now : undefined;
    });
    expect(isAlive(back.pid)).toBe(true);
  });

  test('a NATS_URL that leads nowhere ends the start with what, why and the next step', async () => {
    using folder = temporaryFolder();
    const launcher = start(folder.path, ['--no-seed'], { NATS_URL: 'nats://127.0.0.1:9' });
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output()).toContain('NATS_URL');
    expect(launcher.output()).toContain('Next step');
  });

  test('a marketplace without credentials ends the start with the missing names', async () => {
    using folder = temporaryFolder();
    const launcher = start(folder.path, ['--no-seed'], {
      MARKETPLACE_BASE_URL: 'https://marketplaceapi.microsoft.com/api',
    });
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output()).toContain('FULFILLMENT_CLIENT_SECRET');
  });

  test('flags that nobody knows are refused with the help text', async () => {
    using folder = temporaryFolder();
    const launcher = start(folder.path, ['--wokers', '2']);
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output()).toContain('Usage: npm start');
  });
});
