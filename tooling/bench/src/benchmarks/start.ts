import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBenchServers } from '../fixture.ts';
import { check, type Benchmark, type Measured } from '../harness/compare.ts';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
/** After this time, the work of the start is done. The service has had no request. */
const REST_MS = 5_000;
const READY = 'Landfall is ready';
/** Ten times the goal of a cold start. */
const READY_DEADLINE_MS = 300_000;

export const start: Benchmark = {
  name: 'start',
  about: 'each service: time until it is ready, memory at rest; npm start, warm and cold',
  async run(context) {
    await using servers = await openBenchServers({ baseUrl: 'http://127.0.0.1:9/api' });
    for (const service of [
      'gateway',
      'webhook-ingest',
      'fulfillment-worker',
      'billing-sync',
    ] as const) {
      await check(context, {
        name: `start, ${service}`,
        unit: 'ms',
        ours: {
          name: service,
          async run() {
            await using started = await servers.start(service, settings[service] ?? {});
            return { value: started.readyMs };
          },
        },
        goal: { atMost: 250 },
      });
      await check(
        { ...context, pairs: 1 },
        {
          name: `start, ${service}, memory at rest`,
          unit: 'MB',
          ours: {
            name: service,
            async run() {
              await using started = await servers.start(service, settings[service] ?? {});
              await delay(REST_MS);
              return { value: started.samples().at(-1) ?? 0 };
            },
          },
          goal: { atMost: 110 },
          isWarm: true,
        },
      );
    }
    await using folder = temporaryFolder();
    const data = path.join(folder.path, 'data');
    await check(context, {
      name: 'start, npm start, warm',
      unit: 's',
      ours: { name: 'npm start', run: () => npmStart(checkout, data) },
      goal: { atMost: 2.5 },
    });
    await check(
      { ...context, pairs: 1 },
      {
        name: 'start, npm start, cold',
        unit: 's',
        ours: {
          name: 'npm start',
          async run() {
            const clone = path.join(folder.path, 'clone');
            execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${checkout}`, clone]);
            return await npmStart(clone, path.join(folder.path, 'cold'));
          },
        },
        goal: { atMost: 30 },
        isWarm: true,
      },
    );
  },
};

const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gateway: {
    PUBLIC_URL: 'http://127.0.0.1',
    LANDING_URL: 'http://127.0.0.1:9',
    WEBHOOK_INGEST_URL: 'http://127.0.0.1:9',
  },
  'fulfillment-worker': { RECONCILE_INTERVAL: 'off' },
};

/** Measures the time from the command to the line that says that everything is ready. */
async function npmStart(folder: string, data: string): Promise<Measured> {
  const startedAt = performance.now();
  const { LANDFALL_FOLDER: _other, NODE_COMPILE_CACHE: _cache, ...env } = process.env;
  const child = spawn('npm', ['start', '--', '--no-seed'], {
    cwd: folder,
    env: { ...env, LANDFALL_FOLDER: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = Promise.withResolvers<number>();
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes(READY)) ready.resolve((performance.now() - startedAt) / 1000);
  });
  void ended.then(() => ready.reject(new Error(`npm start ended: ${output}`)));
  const timer = setTimeout(() => child.kill(), READY_DEADLINE_MS);
  try {
    return { value: await ready.promise };
  } finally {
    clearTimeout(timer);
    child.kill();
    await ended;
  }
}

function temporaryFolder(): AsyncDisposable & { readonly path: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-start-'));
  // The user that PostgreSQL runs as must be able to pass through.
  chmodSync(folder, 0o711);
  return {
    path: folder,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
