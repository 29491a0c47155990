import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PATIENCE_MS } from '@landfall/config/patience';
import { until } from '@landfall/servers/wait';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Buyer } from '../src/fixture/buyer.ts';
import { openFolder } from '../src/launch/folder.ts';
import { runningStack, type StackDescription } from '../src/launch/stack-file.ts';
import {
  isAlive,
  killServer,
  processesOf,
  startProcess,
  type StartProcess,
} from './start-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('npm start', () => {
  const started: StartProcess[] = [];

  function start(...args: Parameters<typeof startProcess>): StartProcess {
    const launcher = startProcess(...args);
    started.push(launcher);
    return launcher;
  }

  const folders: Disposable[] = [];

  /** Removed after everything that runs in it has stopped. */
  function newFolder(): ReturnType<typeof temporaryFolder> {
    const folder = temporaryFolder();
    folders.push(folder);
    return folder;
  }

  afterEach(async () => {
    await Promise.all(started.splice(0).map(ended));
    for (const folder of folders.splice(0)) folder[Symbol.dispose]();
  });

  describe('from the start to Ctrl-C', () => {
    const folder = temporaryFolder();
    let launcher: StartProcess;
    let stack: StackDescription;

    beforeAll(async () => {
      mkdirSync(folder.path, { mode: 0o755 });
      launcher = startProcess(folder.path);
      stack = await launcher.ready();
    });

    afterAll(async () => {
      await ended(launcher);
      folder[Symbol.dispose]();
    });

    test('makes credential files readable by their owner only, and keeps the permissions of an existing folder', () => {
      expect(statSync(folder.path).mode & 0o777).toBe(0o755);
      for (const file of ['stack.json', 'secrets.json']) {
        expect(statSync(path.join(folder.path, file)).mode & 0o077).toBe(0);
      }
    });

    test('refuses a second start in the same folder, and shows the URL of the first', async () => {
      const second = start(folder.path);
      expect(await second.exitCode()).toBe(1);
      expect(second.output()).toContain(stack.gatewayUrl);
      expect(isAlive(stack.services[0]!.pid)).toBe(true);
    });

    test('prints a link that opens the console as an admin, once', async () => {
      const [link = ''] =
        /http\S+\/console\/sign-in\/start\?hint=\S+/.exec(launcher.output()) ?? [];
      const nobody = { name: '', email: '', password: '', tenantId: '', objectId: '' };
      const opened = await new Buyer(nobody).open(link);
      expect(new URL(opened.url).pathname).toBe('/console');
      expect(opened.html.querySelector('#root')).not.toBeNull();

      const again = await new Buyer(nobody).open(link);
      expect(new URL(again.url).origin).toBe(stack.authorityUrl);
    });

    test('restarts a killed service, and stack.json has its new pid', async () => {
      const victim = stack.services.find(({ name }) => name === 'fulfillment-worker')!;
      process.kill(victim.pid, 'SIGKILL');
      const back = await until('another pid', () => {
        const now = description().services.find(({ name }) => name === victim.name);
        return now && now.pid !== victim.pid ? now : undefined;
      });
      expect(isAlive(back.pid)).toBe(true);
    });

    test('restarts killed PostgreSQL and nats-server, and the services reconnect', async () => {
      killServer(path.join(folder.path, 'postgres', 'data'));
      killServer(path.join(folder.path, 'nats', 'nats.conf'));
      await until('both are back', () =>
        ['PostgreSQL is back', 'nats-server is back'].every((line) =>
          launcher.output().includes(line),
        ),
      );
      await until(
        'the gateway is ready again',
        async () => (await fetch(`${stack.gatewayUrl}/readyz`)).ok,
      );
      expect(description().services.filter(({ pid }) => isAlive(pid))).toHaveLength(
        stack.services.length,
      );
    });

    test('lets other copies use other ports, and two copies can start at the same time', async () => {
      const one = newFolder();
      const other = newFolder();
      const copies = await Promise.all([start(one.path).ready(), start(other.path).ready()]);
      const urls = [stack, ...copies].map(({ gatewayUrl }) => gatewayUrl);
      expect(new Set(urls).size).toBe(urls.length);
      for (const url of urls) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    });

    test('stops everything on Ctrl-C, leaves no process behind and exits with 0', async () => {
      const pids = description().services.map(({ pid }) => pid);
      expect(pids.length).toBeGreaterThanOrEqual(5);
      expect(pids.every(isAlive)).toBe(true);

      launcher.child.kill('SIGINT');

      expect(await launcher.exitCode()).toBe(0);
      expect(pids.filter(isAlive)).toEqual([]);
      expect(processesOf(folder.path)).toEqual([]);
      for (const url of [stack.gatewayUrl, stack.emulatorUrl ?? '', stack.authorityUrl]) {
        await expect(fetch(url)).rejects.toThrow();
      }
      expect(runningStack(openFolder(folder.path))).toBeUndefined();
    });

    function description(): StackDescription {
      const now = runningStack(openFolder(folder.path));
      if (!now) throw new Error('no stack is running in the folder');
      return now;
    }
  });

  test('after kill -9 of the launcher, the next start succeeds', async () => {
    const folder = newFolder();
    const first = start(folder.path);
    const before = await first.ready();
    first.child.kill('SIGKILL');
    await first.exitCode();
    await until('the services notice', () =>
      before.services.some(({ pid }) => isAlive(pid)) ? undefined : true,
    );

    await until('nothing of it is left', () =>
      processesOf(folder.path).length > 0 ? undefined : true,
    );
    const after = await start(folder.path).ready();

    expect(after.operatorApiKey).toBe(before.operatorApiKey);
    expect((await fetch(`${after.gatewayUrl}/readyz`)).status).toBe(200);
  });

  test('Ctrl-C during a start stops everything that has started', async () => {
    const folder = newFolder();
    const launcher = start(folder.path);
    await until('the services start', () => launcher.output().includes('services'));
    launcher.child.kill('SIGINT');
    expect(await launcher.exitCode()).toBe(0);
    expect(launcher.output()).not.toContain('Landfall is ready');
    expect(processesOf(folder.path)).toEqual([]);
  });

  test('during a start, another start in the same folder is refused', async () => {
    const folder = newFolder();
    const first = start(folder.path);
    await until('the start has begun', () => first.output().includes('PostgreSQL'));
    const second = start(folder.path, ['--no-seed', '--fresh']);
    expect(await second.exitCode()).toBe(1);
    expect(second.output()).toContain('next: stop process');
    await first.ready();
  });

  test('--fresh deletes the data and keeps files that are not its own', async () => {
    const folder = newFolder();
    const first = start(folder.path);
    const before = await first.ready();
    first.child.kill('SIGINT');
    await first.exitCode();
    writeFileSync(path.join(folder.path, 'notes.txt'), 'mine');
    const after = await start(folder.path, ['--no-seed', '--fresh']).ready();
    expect(after.operatorApiKey).not.toBe(before.operatorApiKey);
    expect(readFileSync(path.join(folder.path, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('an unusable folder and an invalid port are explained without a stack trace', async () => {
    const folder = newFolder();
    writeFileSync(folder.path, 'a file, not a folder');
    const blocked = start(folder.path);
    expect(await blocked.exitCode()).toBe(1);
    expect(blocked.output()).toContain('next: run as the user who owns it');
    expect(blocked.output()).not.toContain('    at ');
    const other = newFolder();
    const misspelt = start(other.path, ['--no-seed'], { PORT: '44oo' });
    expect(await misspelt.exitCode()).toBe(1);
    expect(misspelt.output()).toContain('PORT is "44oo"');
    expect(processesOf(other.path)).toEqual([]);
  });

  test('an unreachable NATS_URL ends the start with what failed, why, and the next step', async () => {
    const folder = newFolder();
    const launcher = start(folder.path, ['--no-seed'], { NATS_URL: 'nats://127.0.0.1:9' });
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output()).toContain('NATS_URL');
    expect(launcher.output()).toContain('Next step');
  });

  test('a marketplace without credentials ends the start with the names of the missing variables', async () => {
    const folder = newFolder();
    const launcher = start(folder.path, ['--no-seed'], {
      MARKETPLACE_BASE_URL: 'https://marketplaceapi.microsoft.com/api',
    });
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output()).toContain('FULFILLMENT_CLIENT_SECRET');
  });

  test('unknown flags are refused with the help text', async () => {
    const folder = newFolder();
    const launcher = start(folder.path, ['--wokers', '2']);
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output()).toContain('Usage: npm start');
  });
});

/**
 * Stops the launcher. If it does not stop in time, it is killed; its test has already failed then.
 */
async function ended({ child, exitCode }: StartProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await exitCode();
  clearTimeout(impatience);
}
