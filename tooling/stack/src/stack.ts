import { z } from 'zod';
import { publisherAccessShape, readPublishers } from '@landfall/marketplace/publishers-config.ts';
import { claimFolder } from '@landfall/servers/folder-claim.ts';
import { Closer } from './closer.ts';
import { openFolder, wipeFolder, type Folder } from './folder.ts';
import { localSecretsOf } from './local-secrets.ts';
import { areFree, choosePorts, type Ports } from './ports.ts';
import type { ProcessEvents } from './revival.ts';
import { startServices } from './running-services.ts';
import type { Plan, ServiceSettings } from './service-processes.ts';
import { describeStack } from './stack-description.ts';
import {
  removeStackFile,
  runningStack,
  writeStackFile,
  type StackDescription,
} from './stack-file.ts';
import { StartError, type SupervisedProcess } from './supervised-process.ts';
import {
  givenMarketplace,
  openEmulator,
  openNats,
  openPostgres,
  type Place,
} from './surroundings.ts';

const publishersSchema = z.object(publisherAccessShape);

/** Two copies that start at once want the same ports; the one that lost has others at its next try. */
const START_TRIES = 3;

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
    const stack = await startWithPorts(folder, options);
    const stop = () => stack.stop().finally(release);
    return { ...stack, stop };
  } catch (error) {
    release();
    throw error;
  }
}

/** Once more with other ports when another program was faster to take one of them. */
async function startWithPorts(folder: Folder, options: StackOptions): Promise<RunningStack> {
  const env = options.env ?? process.env;
  for (let tried = 1; ; tried += 1) {
    const ports = await choosePorts(env['PORT']);
    const closer = new Closer();
    try {
      return await startParts({ folder, closer, ports, env }, options);
    } catch (error) {
      await closer.closeAll();
      const isLost = !options.notWanted?.aborted && !(await areFree(ports));
      if (!isLost || tried === START_TRIES) throw error;
      options.onStep('another program took a port meanwhile; starting again with others');
    }
  }
}

interface Ground {
  readonly folder: Folder;
  readonly closer: Closer;
  readonly ports: Ports;
  readonly env: NodeJS.ProcessEnv;
}

async function startParts(ground: Ground, options: StackOptions): Promise<RunningStack> {
  const { folder, closer, ports, env } = ground;
  const { onStep, onEvent, restartPausesMs } = options;
  // Rewrites stack.json once it is there: a process that came back has another pid.
  let describeAgain = (): void => undefined;
  const events: ProcessEvents = { event: onEvent, changed: () => describeAgain(), restartPausesMs };
  const notWanted = options.notWanted ?? new AbortController().signal;
  const secrets = localSecretsOf(folder);
  const place: Place = { folder, secrets, closer, events, notWanted };

  onStep(env['DATABASE_URL'] ? 'PostgreSQL (given)' : 'PostgreSQL');
  const database = await openPostgres(env['DATABASE_URL'], place);
  notWanted.throwIfAborted();
  onStep(env['NATS_URL'] ? 'nats-server (given)' : 'nats-server');
  const nats = await openNats(env, place);

  const givenBaseUrl = env['MARKETPLACE_BASE_URL'];
  onStep(givenBaseUrl ? 'marketplace (given)' : 'marketplace emulator');
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
  };
  onStep('services');
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
