import { services } from '@landfall/contracts/services.ts';
import { freePort } from '@landfall/servers/ports.ts';
import { processMark } from '@landfall/servers/process-table.ts';
import { Closer } from './closer.ts';
import { openFolder, wipeFolder, type Folder } from './folder.ts';
import { localSecretsOf } from './local-secrets.ts';
import { serviceProcesses, type Plan, type ServiceSettings } from './service-processes.ts';
import {
  removeStackFile,
  runningStack,
  writeStackFile,
  type StackDescription,
} from './stack-file.ts';
import {
  StartError,
  superviseProcess,
  type ProcessEvents,
  type SupervisedProcess,
} from './supervised-process.ts';
import {
  givenMarketplace,
  openEmulator,
  openNats,
  openPostgres,
  preferredPorts,
} from './surroundings.ts';

/** All five are ready within a second or two of their start; this covers a laptop that is busy. */
const READY_DEADLINE_MS = 60_000;
const READY_POLL_MS = 50;

export interface StackOptions {
  readonly folder?: Folder;
  readonly fresh: boolean;
  readonly workers: number;
  /** One line per step, as it happens. */
  readonly onStep: (line: string) => void;
  /** Later events: a service ended and came back. */
  readonly onEvent: (line: string) => void;
  /** What is given and not started; the launcher's own environment where absent. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Settings of single services beyond what a start gives them, for tests. */
  readonly settings?: ServiceSettings | undefined;
  /** Pauses before a process that ended is started again; growing ones where absent. */
  readonly restartPausesMs?: readonly number[] | undefined;
}

export interface RunningStack {
  readonly description: StackDescription;
  /** True when this folder was started for the first time. */
  readonly isNew: boolean;
  readonly folder: Folder;
  /** The processes of the services, for whoever wants to see them die. */
  readonly services: readonly SupervisedProcess[];
  stop(): Promise<string[]>;
}

/**
 * Starts everything in order: servers, roles, marketplace, services; then tells programs about it in
 * `stack.json`. What the environment gives (DATABASE_URL, NATS_URL, MARKETPLACE_BASE_URL) is used and
 * not started. Throws StartError or a Fault with what, why and the next step; nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const folder = options.folder ?? openFolder();
  refuseSecondStack(folder);
  if (options.fresh) wipeFolder(folder);
  const closer = new Closer();
  try {
    return await startParts(folder, closer, options);
  } catch (error) {
    await closer.closeAll();
    throw error;
  }
}

async function startParts(
  folder: Folder,
  closer: Closer,
  options: StackOptions,
): Promise<RunningStack> {
  const env = options.env ?? process.env;
  // Rewrites stack.json once it is there: a process that came back has another pid.
  let describeAgain = (): void => undefined;
  const { onEvent, restartPausesMs } = options;
  const events: ProcessEvents = { event: onEvent, changed: () => describeAgain(), restartPausesMs };
  const isNew = !folder.has('secrets.json');
  const secrets = localSecretsOf(folder);

  options.onStep(env['DATABASE_URL'] ? 'PostgreSQL (given)' : 'PostgreSQL');
  const database = await openPostgres(env['DATABASE_URL'], folder, secrets, closer);
  options.onStep(env['NATS_URL'] ? 'nats-server (given)' : 'nats-server');
  const natsUrl = await openNats(env['NATS_URL'], folder, secrets, closer);

  const gatewayPort = await freePort(Number(env['PORT'] ?? preferredPorts.gateway));
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const givenBaseUrl = env['MARKETPLACE_BASE_URL'];
  options.onStep(givenBaseUrl ? 'marketplace (given)' : 'marketplace emulator');
  const marketplace = givenBaseUrl
    ? givenMarketplace(givenBaseUrl, env)
    : await openEmulator(folder, secrets, {
        ports: {
          emulator: await freePort(preferredPorts.emulator),
          authority: await freePort(preferredPorts.authority),
        },
        gatewayUrl,
        closer,
        events,
      });

  const plan: Plan = {
    folder,
    secrets,
    database,
    natsUrl,
    marketplace,
    publicUrl: env['PUBLIC_URL'] ?? gatewayUrl,
    ports: await servicePorts(gatewayPort),
    workers: options.workers,
    settings: options.settings ?? {},
  };
  options.onStep('services');
  const running = await startServices(plan, closer, events);
  await waitUntilReady(gatewayUrl);

  const description = describe(plan, gatewayUrl, running);
  writeStackFile(folder, description);
  describeAgain = () => writeStackFile(folder, describe(plan, gatewayUrl, running));
  closer.add('stack.json', async () => {
    describeAgain = () => undefined;
    removeStackFile(folder);
  });
  return { description, isNew, folder, services: running, stop: () => closer.closeAll() };
}

async function servicePorts(gatewayPort: number): Promise<Plan['ports']> {
  const entries: [string, number][] = [];
  for (const [index, { name }] of services.entries()) {
    const port = name === 'gateway' ? gatewayPort : await freePort(preferredPorts.gateway + index);
    entries.push([name, port]);
  }
  return Object.fromEntries(entries) as Plan['ports'];
}

/** All at once: none needs another to start, each waits for its servers by itself. */
async function startServices(
  plan: Plan,
  closer: Closer,
  events: ProcessEvents,
): Promise<SupervisedProcess[]> {
  const started = await Promise.allSettled(
    serviceProcesses(plan).map((spec) => superviseProcess(spec, events)),
  );
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  closer.add('services', async () => {
    await Promise.all(running.map((one) => one.stop()));
  });
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return running;
}

async function waitUntilReady(gatewayUrl: string): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`${gatewayUrl}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  throw new StartError(
    `The services started, but ${gatewayUrl}/readyz is not ready after ${READY_DEADLINE_MS / 1000} s.\n` +
      '  Next step: read the logs in .landfall/logs',
  );
}

function describe(
  plan: Plan,
  gatewayUrl: string,
  running: readonly SupervisedProcess[],
): StackDescription {
  const { marketplace, secrets } = plan;
  const { identities } = secrets;
  const isLocal = marketplace.emulatorUrl !== undefined;
  return {
    pid: process.pid,
    mark: processMark(process.pid) ?? '',
    gatewayUrl,
    landingUrl: `${gatewayUrl}/landing`,
    webhookUrl: `${gatewayUrl}/webhook`,
    trpcUrl: `${gatewayUrl}/trpc`,
    emulatorUrl: marketplace.emulatorUrl,
    authorityUrl: marketplace.authorityUrl,
    databaseUrl: plan.database.adminUrl,
    natsUrl: plan.natsUrl,
    tenantId: marketplace.tenantId,
    clientId: marketplace.fulfillmentApp.clientId,
    landingClientId: marketplace.landingApp.clientId,
    operatorApiKey: secrets.operatorApiKey,
    services: running.map(({ name, pid, url }) => ({ name, pid, url })),
    people: isLocal
      ? identities.people.map(({ name, email, password, tenantId, objectId }) => ({
          name,
          email,
          password,
          tenantId,
          objectId,
        }))
      : [],
    marketplaceClient: isLocal ? identities.marketplaceClient : undefined,
  };
}

function refuseSecondStack(folder: Folder): void {
  const other = runningStack(folder);
  if (!other) return;
  throw new StartError(
    `Landfall already runs in this folder: ${other.gatewayUrl} (process ${other.pid}).\n` +
      '  Next step: use it, or stop it there with Ctrl-C first.',
  );
}
