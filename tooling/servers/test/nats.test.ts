import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startNats } from '../src/nats.ts';
import { freePort } from '../src/ports.ts';
import { talk } from './nats-talk.ts';
import { orphanOf } from './orphan-maker.ts';
import { temporaryFolder } from './temporary-folder.ts';

const stream = JSON.stringify({ name: 'KEPT', subjects: ['kept.>'], storage: 'file' });

test('a stream survives a stop, a kill and a restart on the same port', async () => {
  using folder = temporaryFolder();
  await using server = await startNats({ dir: folder.path });
  expect(await talk(server.url, '$JS.API.STREAM.CREATE.KEPT', stream)).toContain('"KEPT"');
  await server.restart();
  expect(await talk(server.url, '$JS.API.STREAM.INFO.KEPT')).toContain('"name":"KEPT"');
  await server.kill();
  await server.restart();
  expect(await talk(server.url, '$JS.API.STREAM.INFO.KEPT')).toContain('"name":"KEPT"');
});

test("without a password no client is let in, and only the folder's owner can read the passwords", async () => {
  using folder = temporaryFolder();
  await using server = await startNats({ dir: folder.path });
  const stranger = new URL(server.url);
  stranger.password = 'guess';
  expect(await talk(stranger.href, '$JS.API.INFO')).toContain('Authorization Violation');
  for (const file of ['passwords.json', 'nats.conf']) {
    expect(statSync(join(folder.path, file)).mode & 0o077).toBe(0);
  }
});

test('if the chosen port is taken before the start, another one is used', async () => {
  using folder = temporaryFolder();
  const other = createServer();
  const choosePort = async () => {
    const port = await freePort();
    if (!other.listening) await once(other.listen(port, '127.0.0.1'), 'listening');
    return port;
  };
  await using server = await startNats({ dir: folder.path, choosePort });
  expect(other.address()).not.toMatchObject({ port: server.port });
  expect(await talk(server.url, '$JS.API.INFO')).toContain('"memory"');
  other.close();
});

test('a message of 8 MB is delivered', async () => {
  using folder = temporaryFolder();
  await using server = await startNats({ dir: folder.path });
  await talk(server.url, '$JS.API.STREAM.CREATE.KEPT', stream);
  const almost = 'x'.repeat(8 * 1024 ** 2 - 1024);
  expect(await talk(server.url, 'kept.large', almost)).toContain('"seq":1');
});

test('the next start uses the same passwords, and avoids a port that is in use', async () => {
  using folder = temporaryFolder();
  using beside = temporaryFolder();
  const first = await startNats({ dir: folder.path });
  await first.stop();
  await using second = await startNats({ dir: folder.path, port: first.port });
  expect(second.url).toBe(first.url);
  await using other = await startNats({ dir: beside.path, port: first.port });
  expect(other.port).not.toBe(first.port);
});

test('the folder of a nats-server whose launcher was killed can be used again', async () => {
  using folder = temporaryFolder();
  const orphan = await orphanOf('nats', folder.path);
  await talk(orphan.url, '$JS.API.STREAM.CREATE.KEPT', stream);
  const second = startNats({ dir: folder.path });
  await expect(second).rejects.toMatchObject({ code: 'folder_in_use' });
  await orphan.killLauncher();
  await using server = await startNats({ dir: folder.path });
  expect(await talk(server.url, '$JS.API.STREAM.INFO.KEPT')).toContain('"name":"KEPT"');
});
