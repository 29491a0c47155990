import { createControl } from '@landfall/emulator/control-client';
import type { Identities } from '@landfall/emulator/identities';
import { services, type ServiceName } from '@landfall/contracts/services';
import { credentialVariables } from '@landfall/publishers/credential-config';
import { publisherFlaws } from '@landfall/publishers/publisher-list';
import { sellers } from '@landfall/emulator/sellers';
import { startNats, type NatsOptions } from '@landfall/servers/nats';
import { startNatsCluster } from '@landfall/servers/nats-cluster';
import { startPostgres } from '@landfall/servers/postgres';
import { provisionRoles } from '@landfall/provisioning/roles';
import path from 'node:path';
import { writePrivateFile, type Folder } from './folder.ts';
import type { Closer } from './closer.ts';
import { keepServer } from './kept-server.ts';
import { rolePassword, type LocalSecrets } from './local-secrets.ts';
import { preferredPorts, type Ports } from './ports.ts';
import { expectReachable } from './reachable.ts';
import type { ProcessEvents } from './revival.ts';
import type { ServiceScripts } from './service-scripts.ts';
import { StartError, superviseProcess } from './supervised-process.ts';

const DATABASE_NAME = 'landfall';

/** What every part of the system needs to start, and whom it reports to. */
export interface Place {
  readonly folder: Folder;
  readonly secrets: LocalSecrets;
  readonly closer: Closer;
  readonly events: ProcessEvents;
  /** Aborted when the start is no longer wanted. */
  readonly notWanted: AbortSignal;
  /** Ready once the bundles are made, which happens while the servers start. */
  readonly scripts: Promise<ServiceScripts>;
}

export interface DatabaseAccess {
  readonly adminUrl: string;
  readonly urlFor: (service: ServiceName) => string;
}

/**
 * PostgreSQL with a role and a schema per service: the server at `given`, or our own in the folder.
 */
export async function openPostgres(given: string | undefined, at: Place): Promise<DatabaseAccess> {
  const { secrets } = at;
  if (given) await expectReachable('DATABASE_URL', given, 5432);
  const adminUrl = given || (await ownPostgres(at)).adminUrl;
  const urls = await provisionRoles(adminUrl, {
    database: DATABASE_NAME,
    services: services.map(({ name, schema, role }) => ({
      name,
      schema,
      role,
      password: rolePassword(secrets, name),
    })),
  });
  return {
    adminUrl: withDatabaseName(adminUrl),
    urlFor: (service) => {
      const url = urls[service];
      if (url === undefined) throw new Error(`there is no database URL for ${service}`);
      return url;
    },
  };
}

function ownPostgres({ folder, secrets, closer, events }: Place) {
  const logFile = folder.path('logs', 'postgres.log');
  return keepServer({ name: 'PostgreSQL', logFile, closer, events }, (hooks) =>
    startPostgres({
      dataDir: folder.path('postgres'),
      port: preferredPorts.postgres,
      durable: true,
      password: secrets.databasePassword,
      ...hooks,
    }),
  );
}

export interface NatsAccess {
  /** For the operator of the server. On our own server, this user has all permissions. */
  readonly operatorUrl: string;
  readonly urlFor: (service: ServiceName) => string;
  /** Copies of each stream. Absent: the settings of the environment decide. */
  readonly replicas?: number;
}

/** The variable with the URL of a service's own user. */
export function natsUrlVariable(service: ServiceName): string {
  return `NATS_URL_${service.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * NATS with JetStream: the server that the environment names, or our own in the folder, alone or as a cluster of `nodes`,
 * with one user per service. The environment can also name one user per service: `NATS_URL_GATEWAY`,
 * `NATS_URL_WEBHOOK_INGEST` and so on.
 */
export async function openNats(
  env: NodeJS.ProcessEnv,
  at: Place,
  nodes: number,
): Promise<NatsAccess> {
  const given = env['NATS_URL'];
  if (given) {
    await expectReachable('NATS_URL', given, 4222);
    return { operatorUrl: given, urlFor: (service) => env[natsUrlVariable(service)] || given };
  }
  if (nodes > 1) return await openNatsCluster(at, nodes);
  const server = await keepNats(at, 'nats', {
    dir: at.folder.path('nats'),
    port: preferredPorts.nats,
  });
  return { operatorUrl: server.url, urlFor: (service) => server.urlFor(service) };
}

async function openNatsCluster(at: Place, nodes: number): Promise<NatsAccess> {
  const cluster = await startNatsCluster({
    dir: at.folder.path('nats-cluster'),
    nodes,
    startNode: (options) => keepNats(at, `nats-${options.cluster?.nodeName}`, options),
  });
  return {
    operatorUrl: cluster.url,
    urlFor: (service) => cluster.urlFor(service),
    replicas: nodes,
  };
}

function keepNats({ folder, closer, events }: Place, log: string, options: NatsOptions) {
  const name = options.cluster ? `nats-server ${options.cluster.nodeName}` : 'nats-server';
  const logFile = folder.path('logs', `${log}.log`);
  return keepServer({ name, logFile, closer, events }, (hooks) =>
    startNats({ ...options, ...hooks }),
  );
}

/** The marketplace's addresses, and our publishers and applications there. */
export interface Marketplace {
  readonly baseUrl: string;
  readonly authorityUrl: string;
  /** Our emulator's storefront. Absent if the marketplace was not started here. */
  readonly emulatorUrl?: string;
  /** Our local mail server, and the page with the mails that it keeps. Absent if neither was started here. */
  readonly mail?: { readonly smtpUrl: string; readonly mailboxUrl: string };
  /** Where another emulator sends notifications without a token. */
  readonly webhookProxyUrl?: string;
  /** Whether the authority is ours, with test people who can sign in. */
  readonly hasTestPeople: boolean;
  /** Environment variables that name the publishers and their applications. */
  readonly publishers: Readonly<Record<string, string>>;
  /**
   * Environment variables of the single publisher's credential; empty if a list of publishers has
   * the credentials.
   */
  readonly credential: Readonly<Record<string, string>>;
  readonly landingApp: { readonly clientId: string; readonly clientSecret: string };
  /** Environment variables of the console's application; absent if the environment of the start has them. */
  readonly console?: Readonly<Record<string, string>>;
}

/** Starts the emulator with its state in the folder, and gives it the public URLs of this stack. */
export async function openEmulator(place: Place, ports: Ports): Promise<Marketplace> {
  const gatewayUrl = `http://127.0.0.1:${ports.services.gateway}`;
  const emulatorUrl = `http://127.0.0.1:${ports.emulator}`;
  const { identities } = place.secrets;
  await startEmulatorProcess(place, ports, gatewayUrl);
  // Its state may come from an earlier start with other ports.
  await createControl(emulatorUrl).updateSettings({
    webhookUrl: `${gatewayUrl}/webhook`,
    landingUrl: `${gatewayUrl}/landing`,
  });
  return {
    baseUrl: `${emulatorUrl}/api`,
    authorityUrl: `http://127.0.0.1:${ports.authority}`,
    emulatorUrl,
    mail: localMail(ports),
    hasTestPeople: true,
    publishers: { PUBLISHERS_FILE: writePublishers(place.folder, identities) },
    credential: {},
    landingApp: identities.landingApp,
    console: identities.consoleApp
      ? {
          CONSOLE_CLIENT_ID: identities.consoleApp.clientId,
          CONSOLE_CLIENT_SECRET: identities.consoleApp.clientSecret,
          CONSOLE_TENANT_ID: identities.publisher.tenantId,
        }
      : {},
  };
}

/** The mail server and the mailbox of the emulator's process. */
export function localMail(ports: Ports): NonNullable<Marketplace['mail']> {
  return {
    smtpUrl: `smtp://127.0.0.1:${ports.smtp}`,
    mailboxUrl: `http://127.0.0.1:${ports.emulator}/mail`,
  };
}

/** The process of the emulator: its marketplace, its authority, and its mail server. */
export async function startEmulatorProcess(
  { folder, secrets, closer, events, notWanted, scripts }: Place,
  ports: Ports,
  gatewayUrl: string,
): Promise<void> {
  const running = await superviseProcess(
    {
      name: 'emulator',
      script: (await scripts)('emulator'),
      logFile: folder.path('logs', 'emulator.log'),
      env: {
        EMULATOR_PORT: String(ports.emulator),
        EMULATOR_AUTHORITY_PORT: String(ports.authority),
        EMULATOR_SMTP_PORT: String(ports.smtp),
        EMULATOR_STATE_FILE: folder.path('emulator.json'),
        EMULATOR_WEBHOOK_URL: `${gatewayUrl}/webhook`,
        EMULATOR_LANDING_URL: `${gatewayUrl}/landing`,
        EMULATOR_IDENTITIES: JSON.stringify(secrets.identities),
      },
    },
    events,
    notWanted,
  );
  closer.add('emulator', () => running.stop());
}

/**
 * Writes the test publishers as an operator would list real ones. Only the owner can read the file.
 */
function writePublishers(folder: Folder, identities: Identities): string {
  const file = folder.path('publishers.json');
  const publishers = sellers(identities).map(({ publisherId, tenantId, fulfillmentApp }) => ({
    publisherId,
    tenantId,
    clientId: fulfillmentApp.clientId,
    credential: { secret: fulfillmentApp.clientSecret },
  }));
  writePrivateFile(file, `${JSON.stringify({ publishers }, undefined, 2)}\n`);
  return file;
}

export const landingVariables = ['LANDING_CLIENT_ID', 'LANDING_CLIENT_SECRET'] as const;

export const publisherVariables = [
  'PUBLISHERS_FILE',
  'PUBLISHER_TENANT_ID',
  'FULFILLMENT_CLIENT_ID',
  'PUBLISHER_ID',
] as const;

/** The marketplace that the environment names: Microsoft's, or another emulator. */
export function givenMarketplace(baseUrl: string, env: NodeJS.ProcessEnv): Marketplace {
  const missing = landingVariables.filter((name) => !env[name]);
  const flaws = [
    missing.length > 0 ? `but not ${missing.join(', ')}` : undefined,
    ...publisherFlaws(env, { credential: true }),
  ].filter((flaw) => flaw !== undefined);
  if (flaws.length > 0) {
    throw new StartError(
      `MARKETPLACE_BASE_URL is set, ${flaws.join('; ')}.\n` +
        '  Next step: set them (see docs/going-live.md), or unset MARKETPLACE_BASE_URL to use the emulator.',
    );
  }
  const value = (name: (typeof landingVariables)[number]) => env[name] ?? '';
  return {
    baseUrl,
    authorityUrl: env['ENTRA_AUTHORITY_URL'] ?? 'https://login.microsoftonline.com',
    hasTestPeople: false,
    publishers: givenOf(env, publisherVariables),
    credential: givenOf(env, credentialVariables),
    landingApp: {
      clientId: value('LANDING_CLIENT_ID'),
      clientSecret: value('LANDING_CLIENT_SECRET'),
    },
  };
}

/**
 * Those of the named variables that are set. Relative file names are resolved in the current
 * folder.
 */
function givenOf(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      if (!value) return [];
      return [[name, name.endsWith('_FILE') ? path.resolve(value) : value]];
    }),
  );
}

function withDatabaseName(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE_NAME}`;
  return url.href;
}
