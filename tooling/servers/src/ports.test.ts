import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { freePort, isPortFree } from './ports.ts';

test('the preferred port is chosen if it is free, otherwise another one', async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
  const server = createServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  expect(await freePort(port)).not.toBe(port);
  server.close();
});

/** Of ten thousand ports. Without claims, two processes would almost certainly choose some of them twice. */
const MANY = 300;

test('no port is chosen twice, even by another process', async () => {
  const ours = [];
  for (let chosen = 0; chosen < MANY; chosen += 1) ours.push(await freePort());
  const program = `const { freePort } = await import(${JSON.stringify(new URL('ports.ts', import.meta.url))});
    for (let chosen = 0; chosen < ${MANY}; chosen += 1) console.log(await freePort());`;

  const other = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);

  const theirs = other.stdout.trim().split('\n').map(Number);
  expect(theirs).toHaveLength(MANY);
  expect(new Set([...ours, ...theirs]).size).toBe(2 * MANY);
});
