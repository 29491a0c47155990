import { z } from 'zod';
import { publisherAccessShape, readPublishers } from '@landfall/publishers/publisher-list';
import { claimFolder } from '@landfall/servers/folder-claim';
import { Closer } from './closer.ts';
import { openFolder, wipeFolder, type Folder } from './folder.ts';
import { localSecretsOf } from './local-secrets.ts';
import { choosePorts, expectPortFree, givenPortTaken, type Ports } from './ports.ts';
import type { ProcessEvents } from './revival.ts';
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
  type NatsAccess,
  type Place,
} from './surroundings.ts';

const publishersSchema = z.object(publisherAccessShape);

/**
 * Several copies that start at once want the same ports, and each try loses at most one race to each
 * of them. A port that is taken ten times in a row is no race.
 */
const START_TRIES = 10;

export interface StackOptions {
  readonly folder?: Folder;
  readonly fresh: boolean;
  readonly workers: number;
  /** One line per step, as it happens. */
  readonly onStep: (line: string) => void;
  /** Later events: a service ended and came back. */
  readonly onEvent: (line: string) => void;
  /** Where to look for free ports first, for a system that others must stay away from. */
  readonly firstPort?: number | undefined;
  /** What is given and not started; the launcher's own environment where absent. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Settings of single services beyond what a start gives them, for tests. */
  readonly settings?: ServiceSettings | undefined;
  /** Pauses before a process that ended is started again; growing ones where absent. */
  readonly restartPausesMs?: readonly number[] | undefined;
  /** Whoever asked for the start has changed their mind: it ends soon, with an error of any kind. */
  readonly notWanted?: AbortSignal | undefined;
}

export interface RunningStack {
  readonly description: StackDescription;
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
  const place = {
    folder,
    secrets: localSecretsOf(folder),
    closer,
    events: { event: onEvent, changed: () => undefined, restartPausesMs },
    notWanted: options.notWanted ?? new AbortController().signal,
  };
  await expectPortFree(env['PORT']);
  try {
    onStep(env['DATABASE_URL'] ? 'PostgreSQL (given)' : 'PostgreSQL');
    const database = await openPostgres(env['DATABASE_URL'], place);
    place.notWanted.throwIfAborted();
    onStep(env['NATS_URL'] ? 'nats-server (given)' : 'nats-server');
    const nats = await openNats(env, place);
    const stack = await startWithPorts({ place, env, database, nats }, options);
    const stop = async () => [...(await stack.stop()), ...(await closer.closeAll())];
    return { ...stack, stop };
  } catch (error) {
    await closer.closeAll();
    throw error;
  }
}

/** Where the servers run that choose their ports by themselves. */
interface Ground {
  readonly place: Place;
  readonly env: NodeJS.ProcessEnv;
  readonly database: DatabaseAccess;
  readonly nats: NatsAccess;
}

/** Once more with other ports when another program was faster to take one of them. */
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
      options.onStep('another program took a port meanwhile; starting again with others');
    }
  }
}

interface Try {
  readonly closer: Closer;
  readonly ports: Ports;
  readonly options: StackOptions;
}

async function startParts(ground: Ground, { closer, ports, options }: Try): Promise<RunningStack> {
  const { env, database, nats } = ground;
  const { folder, secrets } = ground.place;
  // Rewrites stack.json once it is there: a process that came back has another pid.
  let describeAgain = (): void => undefined;
  const events: ProcessEvents = { ...ground.place.events, changed: () => describeAgain() };
  const place: Place = { ...ground.place, closer, events };

  const givenBaseUrl = env['MARKETPLACE_BASE_URL'];
  options.onStep(givenBaseUrl ? 'marketplace (given)' : 'marketplace emulator');
  const marketplace = givenBaseUrl
    ? givenMarketplace(givenBaseUrl, env)
    : await openEmulator(place, ports);

  const named = { ...marketplace.publishers, ...marketplace.credential };
  const { publishers } = await readPublishers(publishersSchema.parse(named), { credential: true });
  const gatewayUrl = `http://127.0.0.1:${ports.services.gateway}`;
  const plan: Plan = {
    folder,
    secrets,
    database,
    nats,
    marketplace,
    publishers,
    publicUrl: env['PUBLIC_URL'] || gatewayUrl,
    ports: ports.services,
    workers: options.workers,
    settings: options.settings ?? {},
    env,
    variables: await readServiceVariables(),
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

function refuseSecondStack(folder: Folder): void {
  const other = runningStack(folder);
  if (!other) return;
  throw new StartError(
    `Landfall already runs in this folder: ${other.gatewayUrl} (process ${other.pid}).\n` +
      '  Next step: use it, or stop it there with Ctrl-C first.',
  );
}
