import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { freePort } from '../src/ports.ts';
import { startPostgres } from '../src/postgres.ts';
import { ask } from './ask.ts';
import { orphanOf } from './orphan-maker.ts';
import { temporaryFolder } from './temporary-folder.ts';

const wrongPassword = { code: '28P01' };

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.href;
}

test('data and password survive a stop and a start, in a long path with spaces', async () => {
  using folder = temporaryFolder();
  const first = await startPostgres({ dataDir: folder.path, durable: true });
  await ask(first.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS n');
  await first.stop();
  await using second = await startPostgres({
    dataDir: folder.path,
    durable: true,
    port: first.port,
  });
  expect(second.adminUrl).toBe(first.adminUrl);
  expect(await ask(second.adminUrl, 'SELECT n FROM kept')).toBe(1);
});

test('a durable start keeps all of PostgreSQL’s safety settings, and requires a password from everyone', async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres({ dataDir: folder.path, durable: true });
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    expect(await ask(server.adminUrl, `SHOW ${setting}`)).toBe('on');
  }
  expect(await ask(server.adminUrl, 'SHOW listen_addresses')).toBe('127.0.0.1');
  expect(await ask(server.adminUrl, 'SHOW unix_socket_directories')).toBe('');
  await expect(ask(withPassword(server.adminUrl, 'guess'), 'SELECT 1')).rejects.toMatchObject(
    wrongPassword,
  );
  expect(statSync(join(folder.path, 'password')).mode & 0o077).toBe(0);
});

test('a given password replaces the old one, and a lost one is generated again', async () => {
  using folder = temporaryFolder();
  const first = await startPostgres({ dataDir: folder.path, durable: false });
  await first.stop();
  const second = await startPostgres({ dataDir: folder.path, durable: false, password: 'chosen' });
  expect(await ask(withPassword(second.adminUrl, 'chosen'), 'SELECT 1')).toBe(1);
  await second.stop();
  writeFileSync(join(folder.path, 'password'), '');
  await using third = await startPostgres({
    dataDir: folder.path,
    durable: false,
    password: 'new',
  });
  expect(await ask(third.adminUrl, 'SELECT 1')).toBe(1);
  const stale = ask(withPassword(third.adminUrl, 'chosen'), 'SELECT 1');
  await expect(stale).rejects.toMatchObject(wrongPassword);
});

test('if the preferred port is taken, another one is used', async () => {
  using folder = temporaryFolder();
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  await using server = await startPostgres({ dataDir: folder.path, durable: false, port });
  expect(server.port).not.toBe(port);
  expect(await ask(server.adminUrl, 'SELECT 1')).toBe(1);
  other.close();
});

test('if the chosen port is taken before the start, another one is used', async () => {
  using folder = temporaryFolder();
  const other = createServer();
  const choosePort = async () => {
    const port = await freePort();
    if (!other.listening) await once(other.listen(port, '127.0.0.1'), 'listening');
    return port;
  };
  await using server = await startPostgres({ dataDir: folder.path, durable: false, choosePort });
  expect(other.address()).not.toMatchObject({ port: server.port });
  expect(await ask(server.adminUrl, 'SELECT 1')).toBe(1);
  other.close();
});

test('a second start on the same folder is refused while the first one runs', async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres({ dataDir: folder.path, durable: false });
  const second = startPostgres({ dataDir: folder.path, durable: false });
  await expect(second).rejects.toMatchObject({ code: 'folder_in_use', retry: 'never' });
  expect(await ask(server.adminUrl, 'SELECT 1')).toBe(1);
});

test('a server whose launcher was killed is stopped and replaced, with its data', async () => {
  using folder = temporaryFolder();
  const orphan = await orphanOf('postgres', folder.path);
  await ask(orphan.url, 'CREATE TABLE kept AS SELECT 2 AS n');
  await orphan.killLauncher();
  await using server = await startPostgres({ dataDir: folder.path, durable: false });
  expect(server.pid).not.toBe(orphan.pid);
  expect(await ask(server.adminUrl, 'SELECT n FROM kept')).toBe(2);
});

test('a recorded pid that now belongs to another program is not stopped', async () => {
  using folder = temporaryFolder();
  const first = await startPostgres({ dataDir: folder.path, durable: false });
  await first.stop();
  const file = join(folder.path, 'data', 'postmaster.pid');
  writeFileSync(file, `${process.ppid}\n${join(folder.path, 'data')}\n`);
  await using server = await startPostgres({ dataDir: folder.path, durable: false });
  expect(Number(readFileSync(file, 'utf8').split('\n')[0])).toBe(server.pid);
});

test('a server that ends unexpectedly is reported with its last output', async () => {
  using folder = temporaryFolder();
  const died = Promise.withResolvers<string>();
  await using server = await startPostgres({
    dataDir: folder.path,
    durable: false,
    onUnexpectedExit: died.resolve,
  });
  process.kill(server.pid, 'SIGQUIT');
  expect(await died.promise).toContain('shutdown');
});
