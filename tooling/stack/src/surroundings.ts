import { createControl } from '@landfall/emulator/control-client.ts';
import { services, type ServiceName } from '@landfall/contracts/services.ts';
import { startNats } from '@landfall/servers/nats.ts';
import { startPostgres } from '@landfall/servers/postgres.ts';
import { provisionRoles } from '@landfall/servers/roles.ts';
import { fileURLToPath } from 'node:url';
import type { Folder } from './folder.ts';
import { rolePassword, type LocalSecrets } from './local-secrets.ts';
import type { Closer } from './closer.ts';
import { expectReachable } from './reachable.ts';
import { StartError, superviseProcess, type ProcessEvents } from './supervised-process.ts';

/** Preferred ports; the next free one is taken where another copy or program has them. */
export const preferredPorts = {
  gateway: 4400,
  emulator: 4410,
  authority: 4411,
  nats: 4422,
  postgres: 4432,
};

const DATABASE_NAME = 'landfall';

export interface DatabaseAccess {
  readonly adminUrl: string;
  readonly urlFor: (service: ServiceName) => string;
}

/** PostgreSQL with a role and a schema per service: the given one, or our own in the folder. */
export async function openPostgres(
  given: string | undefined,
  folder: Folder,
  secrets: LocalSecrets,
  closer: Closer,
): Promise<DatabaseAccess> {
  if (given !== undefined) await expectReachable('DATABASE_URL', given, 5432);
  let adminUrl = given;
  if (adminUrl === undefined) {
    const server = await startPostgres({
      dataDir: folder.path('postgres'),
      port: preferredPorts.postgres,
      durable: true,
      password: secrets.databasePassword,
    });
    closer.add('PostgreSQL', () => server.stop());
    adminUrl = server.adminUrl;
  }
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
      if (url === undefined) throw new Error(`no database URL was made for ${service}`);
      return url;
    },
  };
}

/** nats-server with JetStream: the given one, or our own in the folder. */
export async function openNats(
  given: string | undefined,
  folder: Folder,
  secrets: LocalSecrets,
  closer: Closer,
): Promise<string> {
  if (given !== undefined) {
    await expectReachable('NATS_URL', given, 4222);
    return given;
  }
  const server = await startNats({
    dir: folder.path('nats'),
    port: preferredPorts.nats,
    token: secrets.natsToken,
  });
  closer.add('nats-server', () => server.stop());
  return server.url;
}

/** Where Microsoft is, and who we are there. */
export interface Marketplace {
  readonly baseUrl: string;
  readonly authorityUrl: string;
  readonly emulatorUrl?: string;
  readonly tenantId: string;
  readonly fulfillmentApp: { readonly clientId: string; readonly clientSecret: string };
  readonly landingApp: { readonly clientId: string; readonly clientSecret: string };
}

/** Starts the emulator with its state in the folder, told where our public doors are. */
export async function openEmulator(
  folder: Folder,
  secrets: LocalSecrets,
  options: {
    readonly ports: { readonly emulator: number; readonly authority: number };
    readonly gatewayUrl: string;
    readonly closer: Closer;
    readonly events: ProcessEvents;
  },
): Promise<Marketplace> {
  const { ports, gatewayUrl } = options;
  const emulatorUrl = `http://127.0.0.1:${ports.emulator}`;
  const { identities } = secrets;
  const running = await superviseProcess(
    {
      name: 'emulator',
      script: fileURLToPath(import.meta.resolve('@landfall/emulator/main.ts')),
      logFile: folder.path('logs', 'emulator.log'),
      env: {
        EMULATOR_PORT: String(ports.emulator),
        EMULATOR_AUTHORITY_PORT: String(ports.authority),
        EMULATOR_STATE_FILE: folder.path('emulator.json'),
        EMULATOR_WEBHOOK_URL: `${gatewayUrl}/webhook`,
        EMULATOR_LANDING_URL: `${gatewayUrl}/landing`,
        EMULATOR_IDENTITIES: JSON.stringify(identities),
      },
    },
    options.events,
  );
  options.closer.add('emulator', () => running.stop());
  // Its state may be of an earlier start, with other ports.
  await createControl(emulatorUrl).updateSettings({
    webhookUrl: `${gatewayUrl}/webhook`,
    landingUrl: `${gatewayUrl}/landing`,
  });
  return {
    baseUrl: `${emulatorUrl}/api`,
    authorityUrl: `http://127.0.0.1:${ports.authority}`,
    emulatorUrl,
    tenantId: identities.publisher.tenantId,
    fulfillmentApp: identities.fulfillmentApp,
    landingApp: identities.landingApp,
  };
}

const realMarketplaceVariables = [
  'PUBLISHER_TENANT_ID',
  'FULFILLMENT_CLIENT_ID',
  'FULFILLMENT_CLIENT_SECRET',
  'LANDING_CLIENT_ID',
  'LANDING_CLIENT_SECRET',
] as const;

/** The real marketplace, or another emulator, as the environment names it. */
export function givenMarketplace(baseUrl: string, env: NodeJS.ProcessEnv): Marketplace {
  const missing = realMarketplaceVariables.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new StartError(
      `MARKETPLACE_BASE_URL is set, but not ${missing.join(', ')}.\n` +
        '  Next step: set them (README, "Pointing it at the real marketplace"), or unset MARKETPLACE_BASE_URL to use the emulator.',
    );
  }
  const value = (name: (typeof realMarketplaceVariables)[number]) => env[name] ?? '';
  return {
    baseUrl,
    authorityUrl: env['ENTRA_AUTHORITY_URL'] ?? 'https://login.microsoftonline.com',
    tenantId: value('PUBLISHER_TENANT_ID'),
    fulfillmentApp: {
      clientId: value('FULFILLMENT_CLIENT_ID'),
      clientSecret: value('FULFILLMENT_CLIENT_SECRET'),
    },
    landingApp: {
      clientId: value('LANDING_CLIENT_ID'),
      clientSecret: value('LANDING_CLIENT_SECRET'),
    },
  };
}

function withDatabaseName(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE_NAME}`;
  return url.href;
}
