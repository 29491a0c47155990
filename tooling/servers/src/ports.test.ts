import { once } from 'node:events';
import { createServer } from 'node:net';

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
