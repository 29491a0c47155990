import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@landfall/servers/ports';
import { until } from '@landfall/servers/wait';

const run = promisify(execFile);
const packageRoot = fileURLToPath(new URL('../../../packages/client/', import.meta.url));
/** Frameworks that the examples use, as installed for the package's tests. */
const FRAMEWORKS = ['express', 'fastify', 'hono', '@hono/node-server'];

/**
 * Makes an ISV's product in an empty folder: the client, packed and installed with npm, and the examples. The frameworks are
 * linked, so that the test needs no registry.
 */
export async function makeProduct(folder: string): Promise<void> {
  await run('pnpm', ['pack', '--pack-destination', folder], { cwd: packageRoot });
  const file = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const flags = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  await run('npm', ['install', ...flags, `./${file}`], { cwd: folder });
  for (const name of FRAMEWORKS) {
    const link = path.join(folder, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(packageRoot, 'node_modules', name), link);
  }
  cpSync(path.join(packageRoot, 'examples'), folder, { recursive: true });
  writeFileSync(path.join(folder, 'next.js'), NEXT);
}

/** Calls the route handlers as Next.js does. Next.js itself is too large to install for a test. */
const NEXT = `
import { serve } from '@hono/node-server';
import * as landfall from './next/app/landfall/route.js';
import * as reports from './next/app/reports/route.js';
const routes = { '/landfall': landfall, '/reports': reports };
const fetch = (request) =>
  routes[new URL(request.url).pathname]?.[request.method]?.(request) ??
  new Response(null, { status: 404 });
serve({ fetch, port: Number(process.env.PORT) });
`;

export interface RunningProduct extends AsyncDisposable {
  /** The address of its own API, and of its receiver at `/landfall`. */
  readonly url: string;
  /** Ends it as an orchestrator does. Returns what it printed. */
  stop(): Promise<string>;
}

/** Starts one of the examples with a secret that `secretFor` returns for its address. */
export async function startProduct(
  folder: string,
  of: {
    readonly program: string;
    readonly env: Readonly<Record<string, string>>;
    readonly secretFor: (url: string) => Promise<string>;
  },
): Promise<RunningProduct> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secret = await of.secretFor(`${url}/landfall`);
  const child = spawn(process.execPath, [of.program], {
    cwd: folder,
    env: { ...of.env, PORT: String(port), LANDFALL_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = text(child.stdout);
  const stop = async (): Promise<string> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    return printed;
  };
  await until(`${of.program} listens`, async () => {
    if (child.exitCode !== null) throw new Error(`${of.program} has ended`);
    return await fetch(url).then(
      () => true,
      () => false,
    );
  });
  return { url, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
