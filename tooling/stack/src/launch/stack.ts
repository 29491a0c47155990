import { z } from 'zod';
import type { BundledProgram } from '@landfall/deploy/bundles';
import { publisherAccessShape, readPublishers } from '@landfall/publishers/publisher-list';
import { claimFolder } from '@landfall/servers/folder-claim';
import { Closer } from './closer.ts';
import { openFolder, wipeFolder, type Folder } from './folder.ts';
import { localSecretsOf } from './local-secrets.ts';
import { isOtherEmulator, openOtherEmulator } from './other-marketplace.ts';
import { choosePorts, expectPortFree, givenPortTaken, type Ports } from './ports.ts';
import type { ProcessEvents } from './revival.ts';
import { prepareScripts, type ServiceScripts } from './service-scripts.ts';
import { readServiceVariables } from './service-variables.ts';
import { startServices } from './running-services.ts';
import type { Plan, ServiceSettings } from './service-processes.ts';
import { describeStack } from './stack-description.ts';
import {
  removeStackFile,
  runningStack,
  writeStackFile,
  type StackDescription,
} from './stack-file.ts';
import { PortTakenError, StartError, type SupervisedProcess } from './supervised-process.ts';
import {
  givenMarketplace,
  openEmulator,
  openNats,
  openPostgres,
  type DatabaseAccess,
  type Marketplace,
  type NatsAccess,
  type Place,
} from './surroundings.ts';

const publishersSchema = z.object(publisherAccessShape);

/**
 * Several copies that start at the same time want the same ports, and an attempt loses each port to
 * another copy at most once. If a port is taken ten times in a row, it is not a race.
 */
const START_TRIES = 10;

export interface StackOptions {
  readonly folder?: Folder;
  readonly fresh: boolean;
  readonly workers: number;
  /** Nodes of the NATS cluster; by default one nats-server without a cluster. */
  readonly natsNodes?: number | undefined;
  /** One line per step, as it happens. */
  readonly onStep: (line: string) => void;
  /** Later events: a service ended or came back. */
  readonly onEvent: (line: string) => void;
  /** The first port to try, for a system whose ports others should not use. */
  readonly firstPort?: number | undefined;
  /**
   * The environment, which names servers that are used and not started; by default, the launcher's.
   */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Leads the services to their database by another way than the provisioning, such as a pooler. */
  readonly databaseRoute?: ((url: string) => string) | undefined;
  /** Additional settings of single services, for tests. */
  readonly settings?: ServiceSettings | undefined;
  /** Scripts to run instead of this checkout's, by program: the ones of another release. */
  readonly scripts?: Partial<Record<BundledProgram, string>> | undefined;
  /** Pauses before a process that ended is restarted; growing ones by default. */
  readonly restartPausesMs?: readonly number[] | undefined;
  /** When aborted, the start ends soon, with an error of any kind. */
  readonly notWanted?: AbortSignal | undefined;
}

export interface RunningStack {
  readonly description: StackDescription;
  readonly folder: Folder;
  /** The services' processes, for tests that kill them. */
  readonly services: readonly SupervisedProcess[];
  stop(): Promise<string[]>;
}

/**
 * Starts everything in order: servers, roles, marketplace, services. Then it describes the stack
 * for other programs in `stack.json`. Servers and a marketplace that the environment names
 * (DATABASE_URL, NATS_URL, MARKETPLACE_BASE_URL) are used and not started. On failure it throws
 * StartError or a Fault with what, why and the next step, and nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const folder = options.folder ?? openFolder();
  refuseSecondStack(folder);
  const release = claimFolder(folder.root, 'Landfall');
  try {
    if (options.fresh) wipeFolder(folder);
    const stack = await startAll(folder, options);
    const stop = () => stack.stop().finally(release);
    return { ...stack, stop };
  } catch (error) {
    release();
    throw error;
  }
}

async function startAll(folder: Folder, options: StackOptions): Promise<RunningStack> {
  const env = options.env ?? process.env;
  const { onStep, onEvent, restartPausesMs } = options;
  const closer = new Closer();
  const notWanted = options.notWanted ?? new AbortController().signal;
  const secrets = localSecretsOf(folder);
  await expectPortFree(env['PORT']);
  const scripts = prepareScripts({ env, onStep, notWanted }).then(
    (own): ServiceScripts =>
      (program) =>
        options.scripts?.[program] ?? own(program),
  );
  // It is awaited later, unless another part of the start fails first.
  scripts.catch(() => undefined);
  const place: Place = {
    folder,
    secrets,
    closer,
    events: { event: onEvent, changed: () => undefined, restartPausesMs },
    notWanted,
    scripts,
  };
  const servers = openServers(env, place, options);
  servers.catch(() => undefined);
  try {
    const stack = await startWithPorts({ place, env, servers }, options);
    const stop = async () => [...(await stack.stop()), ...(await closer.closeAll())];
    return { ...stack, stop };
  } catch (error) {
    // A server that is still starting could not be closed.
    await servers.catch(() => undefined);
    await closer.closeAll();
    throw error;
  }
}

interface Servers {
  readonly database: DatabaseAccess;
  readonly nats: NatsAccess;
}

async function openServers(
  env: NodeJS.ProcessEnv,
  place: Place,
  { onStep, natsNodes = 1 }: StackOptions,
): Promise<Servers> {
  onStep(env['DATABASE_URL'] ? 'PostgreSQL (given)' : 'PostgreSQL');
  const database = await openPostgres(env['DATABASE_URL'], place);
  place.notWanted.throwIfAborted();
  const nodes = natsNodes > 1 ? `nats-server, ${natsNodes} nodes` : 'nats-server';
  onStep(env['NATS_URL'] ? 'nats-server (given)' : nodes);
  return { database, nats: await openNats(env, place, natsNodes) };
}

/** What stays the same in each attempt: the servers that choose their own ports. */
interface Ground {
  readonly place: Place;
  readonly env: NodeJS.ProcessEnv;
  /** They start beside the emulator, which does not need them. */
  readonly servers: Promise<Servers>;
}

/** Tries again with other ports if another program took one of them first. */
async function startWithPorts(ground: Ground, options: StackOptions): Promise<RunningStack> {
  const given = ground.env['PORT'];
  for (let tried = 1; ; tried += 1) {
    const ports = await choosePorts({ given, first: options.firstPort });
    const closer = new Closer();
    try {
      return await startParts(ground, { closer, ports, options });
    } catch (error) {
      await closer.closeAll();
      if (!(error instanceof PortTakenError) || options.notWanted?.aborted) throw error;
      if (given && error.process === 'gateway') throw givenPortTaken(given);
      if (tried === START_TRIES) throw error;
      options.onStep('another program took one of the ports; starting again with others');
    }
  }
}

interface Try {
  readonly closer: Closer;
  readonly ports: Ports;
  readonly options: StackOptions;
}

async function startParts(ground: Ground, { closer, ports, options }: Try): Promise<RunningStack> {
  const { env } = ground;
  const { folder, secrets } = ground.place;
  // Rewrites stack.json once it exists: a restarted process has another pid.
  let describeAgain = (): void => undefined;
  const events: ProcessEvents = { ...ground.place.events, changed: () => describeAgain() };
  const place: Place = { ...ground.place, closer, events };

  // Reading them takes 0.1 s of CPU time. The emulator starts meanwhile.
  const variables = readServiceVariables();
  variables.catch(() => undefined);
  const marketplace = await openMarketplace(ground, { place, ports, options });
  const { database, nats } = await ground.servers;

  const named = { ...marketplace.publishers, ...marketplace.credential };
  const { publishers } = await readPublishers(publishersSchema.parse(named), { credential: true });
  const gatewayUrl = `http://127.0.0.1:${ports.services.gateway}`;
  const plan: Plan = {
    folder,
    secrets,
    database: routed(database, options.databaseRoute),
    nats,
    marketplace,
    publishers,
    publicUrl: env['PUBLIC_URL'] || gatewayUrl,
    ports: ports.services,
    workers: options.workers,
    settings: options.settings ?? {},
    scripts: await place.scripts,
    env,
    variables: await variables,
  };
  options.onStep('services');
  const running = await startServices(plan, place);

  const describe = () => describeStack(plan, gatewayUrl, running);
  const description = describe();
  writeStackFile(folder, description);
  describeAgain = () => writeStackFile(folder, describe());
  closer.add('stack.json', async () => {
    describeAgain = () => undefined;
    removeStackFile(folder);
  });
  return { description, folder, services: running, stop: () => closer.closeAll() };
}

function routed(database: DatabaseAccess, route: StackOptions['databaseRoute']): DatabaseAccess {
  if (!route) return database;
  return { ...database, urlFor: (service) => route(database.urlFor(service)) };
}

/** Microsoft's marketplace or another emulator, as the environment says, or our emulator. */
function openMarketplace(
  { env }: Ground,
  at: { readonly place: Place; readonly ports: Ports; readonly options: StackOptions },
): Promise<Marketplace> {
  const { place, ports, options } = at;
  const baseUrl = env['MARKETPLACE_BASE_URL'];
  if (!baseUrl) {
    options.onStep('marketplace emulator');
    return openEmulator(place, ports);
  }
  if (isOtherEmulator(baseUrl, env)) {
    options.onStep('marketplace (given), with a local authority');
    return openOtherEmulator(baseUrl, place, ports);
  }
  options.onStep('marketplace (given)');
  return Promise.resolve(givenMarketplace(baseUrl, env));
}

function refuseSecondStack(folder: Folder): void {
  const other = runningStack(folder);
  if (!other) return;
  throw new StartError(
    `Landfall is already running in this folder: ${other.gatewayUrl} (process ${other.pid}).\n` +
      '  Next step: use that one, or stop it with Ctrl-C first.',
  );
}
