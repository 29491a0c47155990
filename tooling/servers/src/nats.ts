import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { claimFolder } from './folder-claim.ts';
import { natsBinary } from './nats-binary.ts';
import {
  authorization,
  operatorUser,
  passwordsFor,
  type NatsPasswords,
  type NatsUser,
} from '@landfall/provisioning/nats-users';
import { stopOrphan } from './orphan.ts';
import { freePort, isPortFree } from './ports.ts';
import { keepRunning, type RunningServer } from './running-server.ts';
import { randomSecret } from '@landfall/provisioning/scram';
import type { SelfSigned } from './self-signed.ts';
import { ServerProcess } from './server-process.ts';
import { startFault } from '@landfall/provisioning/start-fault';
import { within } from './wait.ts';
import type { ServiceName } from '@landfall/contracts/services';

export type NatsOptions = {
  /**
   * The folder for JetStream's file store, the configuration and the passwords. Created if missing.
   */
  readonly dir: string;
  /** The preferred port; if it is in use, another free one is chosen. */
  readonly port?: number | undefined;
  /** Chooses the port. For tests where the port is taken before the server binds it. */
  readonly choosePort?: typeof freePort | undefined;
  /** The passwords by user; by default generated, and kept in the folder. ASCII, no quotes. */
  readonly passwords?: NatsPasswords | undefined;
  /** With it, the server accepts only connections over TLS. */
  readonly tls?: SelfSigned | undefined;
  /** Makes the server a node of a cluster. */
  readonly cluster?: ClusterPlace | undefined;
  /** Removed if the launcher dies without stopping the server (for tests). */
  readonly throwAwayDir?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
  readonly onUnexpectedExit?: ((lastWords: string) => void) | undefined;
};

/** A node's place in a cluster whose nodes know each other. */
export type ClusterPlace = {
  /** Kept over restarts, because JetStream places copies by it. */
  readonly nodeName: string;
  /** The port for the other nodes. */
  readonly routePort: number;
  /** The ports of all nodes. */
  readonly routePorts: readonly number[];
  /** Without it, another program on this machine could join. ASCII, no quotes. */
  readonly routePassword: string;
};

export type RunningNats = RunningServer & {
  readonly passwords: NatsPasswords;
  /** The URL with the service's own user, who has the permissions of the contracts. */
  urlFor(service: ServiceName): string;
};

// A start takes 10-40 ms. Recovering large streams after a crash may take a minute.
const readyTimeoutMs = 60_000;
const stopGraceMs = 10_000;
// Another process may take the chosen port before nats-server binds it.
const startTries = 5;
const retryPauseMs = 100;
// A loopback connection opens at once or not at all.
const probeTimeoutMs = 1_000;

/**
 * Starts the real nats-server with JetStream on 127.0.0.1, and resolves when it greets clients.
 * Each service has a user with its own permissions; `url` is the operator's, with all permissions.
 * The `nats` client does not read credentials from a URL, so callers pass them as options. A server
 * that an earlier launcher left behind is stopped first.
 */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const folder = resolve(options.dir);
  const binary = natsBinary();
  const claim = () => claimFolder(folder, 'nats-server');
  const release = claim();
  try {
    const pidFile = join(folder, 'nats.pid');
    await stopOrphan({
      name: 'nats-server',
      pid: existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined,
      argument: join(folder, 'nats.conf'),
      signals: ['SIGTERM', 'SIGKILL'],
    });
    const passwords = keepPasswords(folder, options.passwords);
    const port = await (options.choosePort ?? freePort)(options.port);
    const first = await launch({ ...options, folder, binary, passwords, port, mayMove: true });
    const again = { ...options, folder, binary, passwords, port: first.port, mayMove: false };
    const urlOf = (user: NatsUser) =>
      `${options.tls ? 'tls' : 'nats'}://${user}:${encodeURIComponent(passwords[user])}@127.0.0.1:${first.port}`;
    const running = keepRunning(first.server, {
      url: urlOf(operatorUser),
      port: first.port,
      claim,
      release,
      launch: async () => (await launch(again)).server,
      onUnexpectedExit: options.onUnexpectedExit,
    });
    return Object.assign(running, { passwords, urlFor: urlOf });
  } catch (error) {
    release();
    throw error;
  }
}

type Launch = NatsOptions & {
  readonly folder: string;
  readonly binary: string;
  readonly passwords: NatsPasswords;
  readonly port: number;
  readonly mayMove: boolean;
};

async function launch(options: Launch) {
  let port = options.port;
  for (let tried = 1; ; tried += 1) {
    // The name distinguishes our server from another one on the same port.
    const name = options.cluster?.nodeName ?? `landfall-${randomSecret()}`;
    const server = await ServerProcess.launch(command(options, name, port));
    if (await becameReady(server, name, port)) return { server, port };
    await server.stop();
    if (tried === startTries) {
      throw startFault('start_failed', {
        what: `nats-server did not start on ${options.folder}.`,
        why: server.lastWords,
        next: "check the folder's permissions and the free space on its disk",
      });
    }
    await delay(retryPauseMs);
    if (options.mayMove && !(await isPortFree(port))) port = await freePort();
  }
}

function command(options: Launch, name: string, port: number) {
  const { folder } = options;
  const file = join(folder, 'nats.conf');
  writeFileSync(file, configuration(options, name, port), { mode: 0o600 });
  return {
    name: 'nats-server',
    command: options.binary,
    args: ['-c', file],
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, TZ: 'UTC' },
    stopSignal: 'SIGTERM',
    stopGraceMs,
    throwAwayDir: options.throwAwayDir,
    log: options.log,
  } as const;
}

function configuration(options: Launch, name: string, port: number): string {
  const text = (value: string) => JSON.stringify(value);
  const store = join(options.folder, 'jetstream');
  mkdirSync(store, { recursive: true, mode: 0o700 });
  return `listen: "127.0.0.1:${port}"
server_name: ${text(name)}
pid_file: ${text(join(options.folder, 'nats.pid'))}
${authorization((user) => text(options.passwords[user]))}# Answers of procedures travel as messages; the largest pages of a list pass 1 MB, the default.
max_payload: 8MB
jetstream { store_dir: ${text(store)}, max_mem: 256MB, max_file: 8GB }
${options.tls ? tlsBlock(options.folder, options.tls) : ''}${options.cluster ? clusterBlock(options.cluster) : ''}`;
}

function tlsBlock(folder: string, { certificate, privateKey }: SelfSigned): string {
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server-key.pem')];
  writeFileSync(certificateFile, certificate, { mode: 0o600 });
  writeFileSync(keyFile, privateKey, { mode: 0o600 });
  return `tls { cert_file: ${JSON.stringify(certificateFile)}, key_file: ${JSON.stringify(keyFile)} }\n`;
}

function clusterBlock({ routePort, routePorts, routePassword }: ClusterPlace): string {
  const routes = routePorts.map((port) => `"nats://route:${routePassword}@127.0.0.1:${port}"`);
  return `cluster {
  name: landfall
  listen: "127.0.0.1:${routePort}"
  authorization { user: route, password: "${routePassword}" }
  routes: [${routes.join(', ')}]
}
`;
}

/** nats-server sends its name and capabilities to every client before authentication. */
async function becameReady(server: ServerProcess, name: string, port: number): Promise<boolean> {
  const outcome = async () => {
    if (!server.isRunning) return 'gone';
    const greeting = await greetingOf(port);
    if (!greeting?.includes(`"server_name":"${name}"`)) return undefined;
    return greeting.includes('"jetstream":true') ? 'ready' : undefined;
  };
  return (await within(readyTimeoutMs, outcome)) === 'ready';
}

function greetingOf(port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: probeTimeoutMs });
    const finish = (greeting: string | undefined) => {
      socket.destroy();
      done(greeting);
    };
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('utf8');
      if (received.includes('\r\n')) finish(received);
    });
    socket.once('timeout', () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
  });
}

function keepPasswords(folder: string, given: NatsPasswords | undefined): NatsPasswords {
  const file = join(folder, 'passwords.json');
  const kept: Partial<NatsPasswords> = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as NatsPasswords)
    : {};
  const passwords = given ?? passwordsFor((user) => kept[user] ?? randomSecret());
  writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 });
  return passwords;
}
