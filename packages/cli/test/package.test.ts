import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeOfLine } from '@landfall/bootstrap/node-lines';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..');

let folder: string;
let server: Server;
let tarball: string;

/** Packs the command line, and installs the file with npm into an empty folder. Offline: it has no dependencies. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cli-consumer-'));
  await run('pnpm', ['pack', '--pack-destination', folder], { cwd: root });
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  tarball = path.join(folder, file);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  await run('npm', ['install', ...flags, `./${file}`], { cwd: folder });
  server = createServer((request, response) => {
    const isKnown = request.headers.authorization === 'Bearer lf_key_secret';
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    const items = [
      { id: 's1', status: 'Subscribed', quantity: 10, createdAt: '2026-11-01T08:00:00.000Z' },
    ];
    // Both forms of an answer: that of /v1 and that of /trpc.
    response.end(JSON.stringify({ items, result: { data: { items } } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});

test('the packed command line has no dependencies and one program', async () => {
  const scope = path.join(folder, 'node_modules', '@landfall');
  const modules = await readdir(path.join(folder, 'node_modules'));
  const files = await readdir(path.join(scope, 'cli', 'dist'));

  expect(modules.filter((name) => !name.startsWith('.'))).toEqual(['@landfall']);
  expect(await readdir(scope)).toEqual(['cli']);
  expect(files).toEqual(['landfall.js', 'third-party-licenses.txt']);
});

test('the packed command line passes publint', async () => {
  const contents = new Uint8Array(readFileSync(tarball));

  const { messages } = await publint({ pack: { tarball: contents.buffer }, strict: true });

  expect(messages).toEqual([]);
});

describe.for([20, 22, 24])('on Node %i, the installed command line', (line) => {
  let landfall: (args: readonly string[]) => Promise<{ stdout: string; stderr: string }>;
  beforeAll(async () => {
    const node = await nodeOfLine(line);
    const { port } = server.address() as AddressInfo;
    const env = {
      HOME: folder,
      TZ: 'UTC',
      LANDFALL_URL: `http://127.0.0.1:${port}`,
      LANDFALL_API_KEY: 'lf_key_secret',
    };
    const program = path.join(folder, 'node_modules', '.bin', 'landfall');
    landfall = (args) => run(node, [program, ...args], { cwd: folder, env });
  });

  test('prints its version and its help', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };

    expect((await landfall(['--version'])).stdout).toBe(`${version}\n`);
    expect((await landfall(['--help'])).stdout).toContain('subscriptions');
    expect((await landfall(['subscriptions', 'list', '--help'])).stdout).toContain('--status');
  });

  test('lists subscriptions, and warns about nothing', async () => {
    const { stdout, stderr } = await landfall(['subscriptions', 'list']);

    expect(stdout).toMatch(
      /^ID +STATUS +QUANTITY +CREATED AT\ns1 +Subscribed +10 +2026-11-01 08:00:00 UTC\n$/,
    );
    expect(stderr).toBe('');
  });

  test.for(['bash', 'zsh', 'fish'])('prints the completion of %s', async (shell) => {
    expect((await landfall(['completion', shell])).stdout).toContain('landfall complete --');
  });

  test('completes commands, options and their values', async () => {
    const after = async (...words: string[]) =>
      (await landfall(['complete', '--', ...words])).stdout.trim().split('\n');

    expect(await after('subscriptions')).toContain('change-plan');
    expect(await after('subscriptions', 'list')).toContain('--offer-id');
    expect(await after('deliveries', 'list', '--state')).toEqual(['waiting', 'delivered', 'dead']);
  });
});
