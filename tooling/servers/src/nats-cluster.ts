import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { randomSecret } from '@landfall/provisioning/scram';
import type { ServiceName } from '@landfall/contracts/services';
import type { NatsPasswords } from '@landfall/provisioning/nats-users';
import { startNats, type NatsOptions, type RunningNats } from './nats.ts';
import { freePort } from './ports.ts';

export type NatsClusterOptions = Pick<NatsOptions, 'throwAwayDir'> & {
  /** One folder per node is created in it. */
  readonly dir: string;
  /** Three survive the loss of one, five the loss of two. */
  readonly nodes: number;
  /** Starts a node with its callbacks, for example under a supervisor. */
  readonly startNode?: typeof startNats | undefined;
};

/** One nats-server of the cluster. */
export type NatsNode = RunningNats & {
  /** The name under which JetStream lists it as a leader or a replica. */
  readonly nodeName: string;
  /** Stops it and deletes what it has stored, as the loss of its disk would. `restart` starts it empty. */
  loseDisk(): Promise<void>;
};

export type RunningNatsCluster = AsyncDisposable & {
  /** The operator's URL, with all nodes. */
  readonly url: string;
  readonly passwords: NatsPasswords;
  urlFor(service: ServiceName): string;
  readonly nodes: readonly NatsNode[];
  stop(): Promise<void>;
  /** SIGKILL for all nodes at once. */
  kill(): Promise<void>;
  restart(): Promise<void>;
};

/**
 * Starts a cluster of real nats-servers with JetStream on 127.0.0.1, with one user per service. Resolves when every node
 * greets clients; JetStream needs two more seconds to elect its leader, for which clients wait themselves.
 */
export async function startNatsCluster(options: NatsClusterOptions): Promise<RunningNatsCluster> {
  const { startNode = startNats, throwAwayDir } = options;
  const folder = resolve(options.dir);
  const routePorts = await freePorts(options.nodes);
  const routePassword = randomSecret();
  const nodes: NatsNode[] = [];
  let passwords: NatsPasswords | undefined;
  try {
    for (const [index, routePort] of routePorts.entries()) {
      const nodeName = `landfall-${index + 1}`;
      const dir = join(folder, nodeName);
      const cluster = { nodeName, routePort, routePorts, routePassword };
      const running = await startNode({ dir, cluster, passwords, throwAwayDir });
      passwords ??= running.passwords;
      nodes.push(asNode(running, { nodeName, dir }));
    }
  } catch (error) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw error;
  }
  return asCluster(nodes);
}

function asNode(running: RunningNats, node: { readonly nodeName: string; readonly dir: string }) {
  const loseDisk = async () => {
    await running.stop();
    rmSync(join(node.dir, 'jetstream'), { recursive: true, force: true });
  };
  return Object.assign(running, { nodeName: node.nodeName, loseDisk });
}

function asCluster(nodes: readonly NatsNode[]): RunningNatsCluster {
  const [first] = nodes;
  if (!first) throw new Error('a cluster needs nodes');
  const all = async (work: (node: NatsNode) => Promise<void>) => {
    await Promise.all(nodes.map(work));
  };
  const stop = () => all((node) => node.stop());
  return {
    url: nodes.map(({ url }) => url).join(','),
    passwords: first.passwords,
    urlFor: (service) => nodes.map((node) => node.urlFor(service)).join(','),
    nodes,
    stop,
    kill: () => all((node) => node.kill()),
    restart: () => all((node) => node.restart()),
    [Symbol.asyncDispose]: stop,
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
