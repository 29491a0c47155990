import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { services } from '@landfall/contracts/services';
import { freePort, isPortFree } from '@landfall/servers/ports';
import { until } from '@landfall/servers/wait';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openFolder, readFileIfThere } from '../src/launch/folder.ts';
import { startStack, type RunningStack, type StackOptions } from '../src/launch/stack.ts';
import { processesOf } from './start-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** As in `src/launch/ports.ts`: the emulator's port is ten above the gateway's. */
const EMULATOR = 10;
const LANDING = services.findIndex(({ name }) => name === 'landing');
const GATEWAY = services.findIndex(({ name }) => name === 'gateway');

const AGAIN = 'another program took one of the ports; starting again with others';

/** A first port for which the ports of the emulator, landing and the gateway are free. */
async function freeFirstPort(): Promise<number> {
  return await until('these ports are free', async () => {
    const first = await freePort();
    const isFree = await Promise.all(
      [EMULATOR, LANDING, GATEWAY].map((distance) => isPortFree(first + distance)),
    );
    return isFree.every(Boolean) && first;
  });
}

describe('a port that another program takes after we chose it', () => {
  const resources = new AsyncDisposableStack();
  const folder = resources.use(temporaryFolder());
  let stack: RunningStack | undefined;

  afterEach(async () => {
    await stack?.stop();
    stack = undefined;
    while (taken.length > 0) taken.pop()?.close();
  });

  afterAll(() => resources.disposeAsync());

  const taken: Server[] = [];
  async function take(port: number): Promise<Server> {
    const server = createServer();
    taken.push(server);
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return server;
  }

  /** Starts a stack; `onStep` gets each step as it happens. */
  async function start(onStep: (line: string) => void, options: Partial<StackOptions> = {}) {
    const steps: string[] = [];
    stack = await startStack({
      folder: openFolder(folder.path),
      fresh: false,
      workers: 1,
      onEvent: () => undefined,
      ...options,
      onStep: (line) => {
        steps.push(line);
        onStep(line);
      },
    });
    return { ...stack, steps };
  }

  test('does not end the start: the emulator, a service and the gateway get other ports', async () => {
    const firstPort = await freeFirstPort();
    const races: [step: string, port: number][] = [
      ['marketplace emulator', firstPort + EMULATOR],
      ['services', firstPort + LANDING],
      ['services', firstPort + GATEWAY],
    ];

    const { description, steps } = await start(
      (line) => {
        if (line === races[taken.length]?.[0]) void take(races[taken.length]![1]);
      },
      { firstPort },
    );

    expect(steps.filter((line) => line === AGAIN)).toHaveLength(races.length);
    expect((await fetch(`${description.gatewayUrl}/readyz`)).status).toBe(200);
    const urls = [description.emulatorUrl, ...description.services.map(({ url }) => url)];
    const isRaced = (url = '') => races.some(([, port]) => url.endsWith(`:${port}`));
    expect(urls.filter(isRaced)).toEqual([]);
  });

  test('does not end the start if the port is free again a moment later', async () => {
    const firstPort = await freeFirstPort();
    const log = openFolder(folder.path).path('logs', 'landing.log');
    const failures = () => (readFileIfThere(log) ?? '').split('could not start').length;
    const earlier = failures();
    const brief = async () => {
      const server = await take(firstPort + LANDING);
      await until('landing found it taken', () => failures() > earlier);
      server.close();
    };

    const { description, steps } = await start(
      (line) => void (line === 'services' && taken.length === 0 && brief()),
      { firstPort },
    );

    expect(steps).toContain(AGAIN);
    expect((await fetch(`${description.gatewayUrl}/readyz`)).status).toBe(200);
  });

  test.each(['before the start', 'during the start'])(
    'ends the start with a clear error if it was set as PORT and is taken %s',
    async (when) => {
      const port = await freePort();
      if (when === 'before the start') await take(port);

      const starting = start(
        (line) => void (line === 'services' && taken.length === 0 && take(port)),
        { env: { PORT: String(port) } },
      );

      await expect(starting).rejects.toThrow(`PORT is ${port}, and another program listens there`);
      await expect(starting).rejects.toThrow('Next step');
      expect(processesOf(folder.path)).toEqual([]);
    },
  );
});
