import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { selfSigned } from '@landfall/servers/self-signed';
import { throwAwayNats, throwAwayPostgres } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { bundles, operatorBundles } from '../src/bundles.ts';
import { chartTable } from '../src/chart/table.ts';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { writeSecretFiles } from '../src/secrets/secret-files.ts';
import { publisherDropIns, publisherFlaws } from '../src/systemd/publisher-drop-ins.ts';
import { systemdUnits } from '../src/systemd/units.ts';
import { unitsFolder } from '../src/systemd/write-units.ts';
import { passwordVariable } from '../src/write-nats-users.ts';
import { example, helm, joined, ofKind, partOf, podOf, render, type Manifest } from './helm.ts';
import { Programs, type RunningProgram } from './programs.ts';

/** One process of an installation, as a pod or a unit would start it. */
interface Process {
  readonly part: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What an installation starts: groups of jobs, one after the other, and then all services. */
interface Installation {
  readonly jobs: readonly (readonly Process[])[];
  readonly services: readonly Process[];
}

interface Running {
  readonly addresses: ReadonlyMap<string, string>;
  /** What a service has printed. */
  readonly textOf: (part: string) => string;
}

const table = chartTable(await readConfigSchemas());
/** No one answers here: the services must start while Microsoft is away. */
const NOWHERE = 'http://127.0.0.1:9';
const away = { ENTRA_AUTHORITY_URL: NOWHERE, MARKETPLACE_BASE_URL: `${NOWHERE}/api` };

let secrets: string;
const programs = new Programs();
beforeAll(async () => {
  const bundler = fileURLToPath(new URL('../src/write-bundles.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [bundler, '--image']);
});
beforeEach(() => {
  secrets = mkdtempSync(path.join(tmpdir(), 'landfall-installation-'));
});
afterEach(() => {
  programs[Symbol.dispose]();
  rmSync(secrets, { recursive: true, force: true });
});

test('the units and the secrets that we make start everything on empty servers', async () => {
  await play(() => ofUnits());
});

test('with the drop-ins for a list, the same units start everything for two publishers', async () => {
  const list = path.join(secrets, 'publishers', 'publishers.json');
  const read = async () => {
    writePublishers(list);
    for (const part of ['fulfillment-worker', 'billing-sync']) {
      rmSync(path.join(secrets, part, 'FULFILLMENT_CLIENT_SECRET'));
    }
    const given = await readPublishers({ PUBLISHERS_FILE: list }, { credential: true });
    expect(await publisherFlaws(list, given)).toEqual([]);
    return ofUnits(publisherDropIns(table, list, given));
  };
  await play(read, async ({ addresses, textOf }) => {
    const publishers = await until('the worker knows when both credentials end', async () => {
      const answer = await fetch(`${addresses.get('fulfillment-worker')}/metrics`);
      const found = (await answer.text()).matchAll(/credential_days_left\{publisher="(\w+)"\}/g);
      const names = new Set([...found].map(([, publisher]) => publisher));
      return names.size > 1 && names;
    });
    expect(publishers).toEqual(new Set(['contoso', 'litware']));
    expect(textOf('billing-sync')).not.toContain('credentials.unreadable');
    for (const file of ['contoso.secret', 'litware.key']) {
      expect(existsSync(path.join(secrets, 'credentials', 'billing-sync', file))).toBe(true);
      expect(existsSync(path.join(secrets, 'credentials', 'webhook-ingest', file))).toBe(false);
    }
  });
});

if (helm) {
  test('the chart and the secrets that we make start everything on empty servers', async () => {
    await play(ofChart);
  });
}

/** Starts an installation, and runs `look` while its servers still run. */
async function play(
  read: () => Installation | Promise<Installation>,
  look?: (running: Running) => Promise<void>,
): Promise<void> {
  await using postgres = await throwAwayPostgres();
  await using nats = await throwAwayNats();
  makeSecrets(postgres.adminUrl, nats);
  const installation = await read();

  for (const group of installation.jobs) {
    await Promise.all(
      group.map(async (job) => {
        const running = start(job);
        expect(await running.ended, `${job.args.join(' ')}: ${running.text()}`).toBe(0);
      }),
    );
  }
  const addresses = new Map<string, string>();
  const texts = new Map<string, () => string>();
  const startService = async (service: Process): Promise<void> => {
    const running = start(service);
    texts.set(service.part, running.text);
    addresses.set(service.part, await addressOf(service.part, running));
  };
  const [gateway, ...others] = [...installation.services].toSorted(
    (one, other) =>
      Number(other.part === table.publicService) - Number(one.part === table.publicService),
  );
  await Promise.all(others.map((service) => startService(service)));
  if (!gateway) throw new Error('the installation has no gateway');
  await startService(withAddresses(gateway, addresses));
  const url = addresses.get(gateway.part);

  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  // From landing, through the gateway.
  expect((await fetch(`${url}/landing/assets/landing.css`)).status).toBe(200);
  // From webhook-ingest: a call without a token is refused there.
  expect((await fetch(`${url}/webhook`, { method: 'POST', body: '{}' })).status).toBe(401);
  await look?.({ addresses, textOf: (part) => texts.get(part)?.() ?? '' });
}

/** The secrets as the guides make them, for servers of this test. */
function makeSecrets(adminUrl: string, nats: Awaited<ReturnType<typeof throwAwayNats>>): void {
  const write = (name: string, content: string) => writeFileSync(path.join(secrets, name), content);
  const servers = {
    database: new URL(adminUrl).host,
    nats: new URL(nats.url).host,
    isTls: false,
    databaseName: 'landfall',
  };
  const make = () => writeSecretFiles(secrets, { table, servers, hasClientSecret: true });
  make();
  write('setup/ADMIN_DATABASE_URL', adminUrl);
  write('landing/LANDING_CLIENT_SECRET', 'secret-of-the-test');
  write('fulfillment-worker/FULFILLMENT_CLIENT_SECRET', 'secret-of-the-test');
  write('billing-sync/FULFILLMENT_CLIENT_SECRET', 'secret-of-the-test');
  // The server of this test has passwords of its own.
  for (const { name } of services) write(`${name}/NATS_URL`, nats.urlFor(name));
  write('setup/NATS_URL', nats.url);
  expect(make().filter(({ state }) => state === 'missing')).toEqual([]);
  expect(readFileSync(path.join(secrets, 'nats', passwordVariable('gateway')), 'utf8')).not.toBe(
    '',
  );
}

function ofChart(): Installation {
  const values = joined(example('small'), { credential: 'secret', settings: away });
  const manifests = render(values);
  const weight = ({ metadata }: Manifest) => Number(metadata.annotations?.['helm.sh/hook-weight']);
  return {
    // Helm begins with the smallest weight, and the jobs of one weight do not depend on each other.
    jobs: Map.groupBy(ofKind(manifests, 'Job'), weight)
      .entries()
      .toArray()
      .toSorted(([one], [other]) => one - other)
      .map(([, jobs]) => jobs.map((job) => ofPod(job))),
    services: ofKind(manifests, 'Deployment').map((deployment) => ofPod(deployment)),
  };
}

function ofPod(manifest: Manifest): Process {
  const { containers, volumes } = podOf(manifest);
  const [{ args, env }] = containers;
  const secretName = volumes.find(({ name }) => name === 'secrets')?.secret?.secretName ?? '';
  const folder = path.join(secrets, secretName.replace(/^landfall-/, ''));
  const given = env.map(({ name, value }) => {
    return [name, value.replace('/run/landfall/secrets', folder)] as const;
  });
  return processOf(partOf(manifest), args, Object.fromEntries(given));
}

/** What systemd would start, with the drop-ins after their units. */
function ofUnits(dropIns: ReadonlyMap<string, string> = new Map()): Installation {
  const settings = variablesOf(readFileSync(path.join(unitsFolder, 'settings.env'), 'utf8'));
  const units = systemdUnits(table);
  const read = (part: string): readonly Process[] => {
    const name = `landfall-${part}.service`;
    const dropIn = dropIns.get(`${name}.d/10-publishers.conf`) ?? '';
    const text = `${units.get(name)}\n${dropIn}`;
    const values = (key: string) =>
      [...text.matchAll(new RegExp(`^${key}="?(.*?)"?$`, 'gm'))].map(([, value = '']) => value);
    const folder = loadCredentials(part, values('LoadCredential'));
    const own = variablesOf(values('Environment').join('\n'));
    const all = { ...settings, ...own, ...away };
    // A list takes the place of the settings of one publisher.
    const removed = new Set([
      ...values('UnsetEnvironment'),
      ...(dropIn ? settingsOfOnePublisher : []),
    ]);
    const env = Object.entries(all)
      .filter(([variable]) => !removed.has(variable))
      .map(([variable, value]) => [variable, value.replace('%d', folder)] as const);
    const commands = [...text.matchAll(/^ExecStart=\S+ \/opt\/landfall\/current(\S+) ?(.*)$/gm)];
    return commands.map(([, script = '', args = '']) =>
      processOf(part, [script, ...args.split(' ').filter(Boolean)], Object.fromEntries(env)),
    );
  };
  return {
    jobs: read('setup').map((job) => [job]),
    services: services.flatMap(({ name }) => read(name)),
  };
}

const settingsOfOnePublisher = ['PUBLISHER_TENANT_ID', 'FULFILLMENT_CLIENT_ID'];

/** Copies the files into the only folder that the process may read. An empty value begins a new list. */
function loadCredentials(part: string, values: readonly string[]): string {
  const folder = path.join(secrets, 'credentials', part);
  mkdirSync(folder, { recursive: true });
  for (const value of values.slice(values.lastIndexOf('') + 1)) {
    const [name = '', file = ''] = value.split(':');
    copyFileSync(file.replace('/etc/landfall/secrets', secrets), path.join(folder, name));
  }
  return folder;
}

/** A list as the guide shows it, with a client secret for one publisher and a certificate for the other. */
function writePublishers(list: string): void {
  const folder = path.dirname(list);
  mkdirSync(folder);
  const { certificate, privateKey } = selfSigned(new Date('2031-02-03'));
  const files = {
    'contoso.secret': 'secret-of-contoso',
    'litware.crt': certificate,
    'litware.key': privateKey,
    [path.basename(list)]: JSON.stringify({
      publishers: [
        entry('contoso', { secretFile: 'contoso.secret', expires: '2031-02-03' }),
        entry('litware', { certificateFile: 'litware.crt', privateKeyFile: 'litware.key' }),
      ],
    }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

const entry = (publisherId: string, credential: Readonly<Record<string, string>>) => ({
  publisherId,
  tenantId: randomUUID(),
  clientId: randomUUID(),
  credential,
});

/** `NAME=value` lines. */
function variablesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** `/app/landing/main.mjs` is the bundle of the program landing. It gets any free port here. */
function processOf(
  part: string,
  [script = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Process {
  const [, program] = /^\/app\/([\w-]+)\/main\.mjs$/.exec(script) ?? [];
  const bundle = [...bundles, ...operatorBundles].find((one) => one.program === program);
  if (!bundle) throw new Error(`${part} starts ${script}, which the image does not have`);
  const onlyHere = { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', METRICS_HOST: '127.0.0.1' };
  return { part, program: bundle.script, args, env: { ...env, ...onlyHere, METRICS_PORT: '0' } };
}

/** The gateway finds the others by the names of Services or by fixed ports, which do not exist here. */
function withAddresses(gateway: Process, addresses: ReadonlyMap<string, string>): Process {
  const { upstreams } = table.services[table.publicService];
  const found = Object.entries(upstreams).map(([variable, name]) => {
    expect(gateway.env[variable]).toMatch(/^http:\/\/[\w.-]+:\d+$/);
    return [variable, addresses.get(name) ?? ''] as const;
  });
  return { ...gateway, env: { ...gateway.env, ...Object.fromEntries(found) } };
}

function start({ program, args, env }: Process) {
  // Nothing from this environment: a pod and a unit do not have it either.
  return programs.start([process.execPath, program, ...args], { env });
}

/** The address of a service, as soon as it is ready. */
async function addressOf(part: string, running: RunningProgram): Promise<string> {
  let hasEnded = false;
  void running.ended.then(() => (hasEnded = true));
  return await until(`${part} is ready`, () => {
    if (hasEnded) throw new Error(`${part} ended: ${running.text()}`);
    return /"url":"(http:[^"]+)","ms":\d+,"msg":"ready"/.exec(running.text())?.[1];
  });
}
