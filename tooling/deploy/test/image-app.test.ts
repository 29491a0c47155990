import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { services, type ServiceName } from '@landfall/contracts/services';
import { throwAwayNats, throwAwayPostgres } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { databasePasswordVariable } from '../src/provision/roles-job.ts';
import { assembleApp, imagePrograms } from '../src/image/assemble.ts';
import { Programs } from './programs.ts';

/** The user of the image. Only root can start a process as another user; anyone else runs it without the right to write. */
const user = process.getuid?.() === 0 ? { uid: 65532, gid: 65532 } : {};

let folder: string;
let app: string;
let node: string;
const programs = new Programs();

beforeAll(async () => {
  const bundler = fileURLToPath(new URL('../src/write-bundles.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [bundler, '--image']);
  // Outside of the checkout, so that no package of the checkout is found.
  folder = mkdtempSync(path.join(tmpdir(), 'image-'));
  chmodSync(folder, 0o755);
  app = path.join(folder, 'app');
  assembleApp(app);
  // This Node may be in a folder that other users cannot enter.
  node = path.join(folder, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  execFileSync('chmod', ['-R', 'a-w', app]);
});

afterAll(() => {
  programs[Symbol.dispose]();
  execFileSync('chmod', ['-R', 'u+w', app]);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a program of the image with nothing in its environment but `env`. */
function start(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  return programs.start([node, path.join(app, program), ...args], { env, cwd: '/', ...user });
}

async function finished(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) {
  const running = start(program, args, env);
  const code = await running.ended;
  expect(code, `${program} ${args.join(' ')}: ${running.text()}`).toBe(0);
  return running.text();
}

/** Starts a service and returns its address as soon as it is ready. */
async function startService(name: ServiceName, env: Readonly<Record<string, string>>) {
  const running = start(`${name}/main.mjs`, [], env);
  let hasEnded = false;
  void running.ended.then(() => (hasEnded = true));
  const url = await until(`${name} is ready`, () => {
    if (hasEnded) throw new Error(`${name} ended: ${running.text()}`);
    return /"url":"(http:[^"]+)","ms":\d+,"msg":"ready"/.exec(running.text())?.[1];
  });
  return {
    url,
    /** Asks it to end, and returns its exit code. */
    async stop() {
      running.child.kill('SIGTERM');
      return await running.ended;
    },
  };
}

const nowhere = 'http://127.0.0.1:9';
const publisher = {
  PUBLISHER_TENANT_ID: 'b36cb8a6-6a75-4c9b-9b5e-8a5b5a3a1c11',
  FULFILLMENT_CLIENT_ID: 'b36cb8a6-6a75-4c9b-9b5e-8a5b5a3a1c12',
};
const apis = {
  ...publisher,
  FULFILLMENT_CLIENT_SECRET: 'secret-of-the-test',
  MARKETPLACE_BASE_URL: `${nowhere}/api`,
};
const page = {
  PUBLIC_URL: 'https://landfall.example.com',
  LANDING_CLIENT_ID: publisher.FULFILLMENT_CLIENT_ID,
  LANDING_CLIENT_SECRET: 'secret-of-the-test',
  SESSION_SECRET: 'x'.repeat(32),
  PRODUCT_NAME: 'Example',
  PRODUCT_URL: 'https://product.example.com',
};
const ownSettings: Readonly<Record<ServiceName, Readonly<Record<string, string>>>> = {
  gateway: { PUBLIC_URL: page.PUBLIC_URL },
  landing: page,
  'webhook-ingest': publisher,
  'fulfillment-worker': apis,
  'billing-sync': apis,
};

test('from empty servers, the programs of the image prepare them and start all services, without a package, a checkout or the right to write', async () => {
  await using postgres = await throwAwayPostgres();
  await using nats = await throwAwayNats();
  const passwords = Object.fromEntries(
    services.map(({ name }) => [databasePasswordVariable(name), `password-of-${name}`]),
  );
  const admin = { ADMIN_DATABASE_URL: postgres.adminUrl, ...passwords };
  const settingsOf = (name: ServiceName, role: string) => {
    const url = new URL(postgres.adminUrl);
    url.pathname = '/landfall';
    url.username = role;
    url.password = `password-of-${name}`;
    const base = { DATABASE_URL: url.href, NATS_URL: nats.urlFor(name) };
    return { ...base, ENTRA_AUTHORITY_URL: nowhere, ...ownSettings[name] };
  };
  const settings = new Map(services.map(({ name, role }) => [name, settingsOf(name, role)]));

  await finished('provision/main.mjs', ['roles'], admin);
  await Promise.all(
    services.map(({ name }) => finished(`${name}/main.mjs`, ['migrate'], settings.get(name) ?? {})),
  );
  await finished('provision/main.mjs', ['streams'], { NATS_URL: nats.url });
  const inside = services.map(({ name }) => name).filter((name) => name !== 'gateway');
  const others = await Promise.all(
    inside.map(async (name) => [name, await startService(name, settings.get(name) ?? {})] as const),
  );
  const running = new Map(others);
  const forGateway = {
    ...settings.get('gateway'),
    LANDING_URL: running.get('landing')?.url ?? '',
    WEBHOOK_INGEST_URL: running.get('webhook-ingest')?.url ?? '',
    CONSOLE_FOLDER: path.join(app, 'console'),
  };
  const gateway = await startService('gateway', forGateway);

  for (const { url } of [gateway, ...running.values()]) {
    await until(`${url} is ready`, async () => (await fetch(`${url}/readyz`)).ok);
    // The incident pages name both checks, for every service.
    const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: unknown };
    expect(checks, url).toEqual({ postgres: true, nats: true });
  }
  const assets = readdirSync(path.join(app, 'console', 'assets'));
  const script = assets.find((file) => /^index-.*\.js$/.test(file));
  const served = ['/docs', '/docs/assets/swagger-ui-bundle.js', '/openapi.json'];
  served.push('/console/tokens.css', '/console/mark.svg', '/console/pages.css');
  served.push(`/console/assets/${script}`);
  served.push('/landing/assets/landing.css', '/landing/assets/landing.js');
  for (const address of served) {
    const answer = await fetch(gateway.url + address);
    expect(answer.status, address).toBe(200);
    expect((await answer.text()).length, address).toBeGreaterThan(100);
  }

  const key = await finished(
    'gateway/main.mjs',
    ['keys', 'create', '--label', 'first', '--scopes', 'all'],
    forGateway,
  );
  expect(key).toMatch(/^lf_/);
  const admitted = await fetch(`${gateway.url}/v1/alerts`, {
    headers: { authorization: `Bearer ${key.trim()}` },
  });
  expect(admitted.status).toBe(200);
  expect(await finished('gateway/main.mjs', ['first-admin'], forGateway)).toContain(
    page.PUBLIC_URL,
  );

  await finished('healthy.mjs', [], { HTTP_PORT: new URL(gateway.url).port });
  const stopped = await Promise.all(
    [gateway, ...running.values()].map((service) => service.stop()),
  );
  expect(stopped).toEqual([0, 0, 0, 0, 0]);
  expect(await start('healthy.mjs', [], { HTTP_PORT: new URL(gateway.url).port }).ended).toBe(1);
});

test('the image contains each program with its source map, and nothing that a checkout has beside', () => {
  for (const { program } of imagePrograms) {
    const files = readdirSync(path.join(app, program));
    expect(files, program).toEqual(expect.arrayContaining(['main.mjs', 'main.mjs.map']));
    expect(files.filter((file) => /\.(ts|tmp)$|^inputs/.test(file))).toEqual([]);
  }
  // Files that the gateway reads while it runs. Everything else is in the bundles.
  const packages = globSync('**/node_modules/*', { cwd: app });
  expect(packages.toSorted()).toEqual([
    'gateway/node_modules/@landfall',
    'gateway/node_modules/swagger-ui-dist',
  ]);
});
