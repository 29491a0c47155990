import { services, type ServiceName } from '@landfall/contracts/services';
import type { PublisherSettings } from '@landfall/publishers/publisher-list';
import type { Folder } from './folder.ts';
import type { LocalSecrets } from './local-secrets.ts';
import type { ServiceScripts } from './service-scripts.ts';
import { givenSettings, type ServiceVariables } from './service-variables.ts';
import type { ProcessSpec } from './supervised-process.ts';
import type { DatabaseAccess, Marketplace, NatsAccess } from './surroundings.ts';

/** Environment variables by service. They override the ones that a start sets. */
export type ServiceSettings = Partial<Record<ServiceName, Readonly<Record<string, string>>>>;

export interface Plan {
  readonly folder: Folder;
  readonly secrets: LocalSecrets;
  readonly database: DatabaseAccess;
  readonly nats: NatsAccess;
  readonly marketplace: Marketplace;
  readonly publishers: readonly PublisherSettings[];
  readonly publicUrl: string;
  /** Chosen before anything starts, so that a restarted service has the same port. */
  readonly ports: Readonly<Record<ServiceName, number>>;
  readonly workers: number;
  readonly settings: ServiceSettings;
  readonly scripts: ServiceScripts;
  /** The environment of the start, and the variables that each service reads. */
  readonly env: NodeJS.ProcessEnv;
  readonly variables: ServiceVariables;
}

/**
 * V8 sizes its heap by the machine's memory and delays garbage collection while there is room. A
 * service's own objects take at most about 50 MB. Ten times that is ample, and keeps a process
 * below 200 MB instead of 400 MB.
 */
export const heapOptions = '--max-old-space-size=512 --max-semi-space-size=8';

/**
 * The processes of all services: the script, and an environment with only what the service needs.
 */
export function serviceProcesses(plan: Plan): ProcessSpec[] {
  return services.flatMap(({ name }) => {
    const count = name === 'fulfillment-worker' ? plan.workers : 1;
    return Array.from({ length: count }, (_, index) => {
      const label = index === 0 ? name : `${name}-${index + 1}`;
      return {
        name: label,
        script: plan.scripts(name),
        logFile: plan.folder.path('logs', `${label}.log`),
        env: {
          ...inherited(),
          ...(plan.marketplace.emulatorUrl && name === 'billing-sync' ? localUsage : {}),
          ...givenSettings(plan.env, name, plan.variables[name]),
          ...common(plan, name),
          // Additional workers use any free port: nothing calls them over HTTP.
          HTTP_PORT: String(index === 0 ? plan.ports[name] : 0),
          ...own(plan)[name],
          ...plan.settings[name],
        },
      };
    });
  });
}

function common(plan: Plan, name: ServiceName): Record<string, string> {
  return {
    DATABASE_URL: plan.database.urlFor(name),
    NATS_URL: plan.nats.urlFor(name),
    ...(plan.nats.replicas !== undefined && { NATS_REPLICAS: String(plan.nats.replicas) }),
    NODE_OPTIONS: heapOptions,
    ENTRA_AUTHORITY_URL: plan.marketplace.authorityUrl,
    // The emulator's clock moves the services, so that an advance of a month takes a moment.
    ...(plan.marketplace.emulatorUrl && { CLOCK_URL: plan.marketplace.emulatorUrl }),
  };
}

/**
 * On one machine, people should not wait minutes for late records or seconds for the next
 * submission.
 */
const localUsage = { USAGE_HOUR_GRACE_MS: '1000', SUBMIT_INTERVAL_MS: '500' };

function own(plan: Plan): Record<ServiceName, Record<string, string>> {
  const { marketplace, secrets, publicUrl, ports } = plan;
  const marketplaceAccess = {
    ...marketplace.publishers,
    ...marketplace.credential,
    MARKETPLACE_BASE_URL: marketplace.baseUrl,
  };
  return {
    gateway: {
      PUBLIC_URL: publicUrl,
      LANDING_URL: `http://127.0.0.1:${ports.landing}`,
      WEBHOOK_INGEST_URL: `http://127.0.0.1:${ports['webhook-ingest']}`,
      BOOTSTRAP_API_KEY: secrets.operatorApiKey,
      ...(marketplace.emulatorUrl && { LOCAL_MARKETPLACE_URL: marketplace.emulatorUrl }),
      ...marketplace.console,
    },
    landing: {
      PUBLIC_URL: publicUrl,
      LANDING_CLIENT_ID: marketplace.landingApp.clientId,
      LANDING_CLIENT_SECRET: marketplace.landingApp.clientSecret,
      SESSION_SECRET: secrets.sessionSecret,
      PRODUCT_NAME: process.env['PRODUCT_NAME'] ?? 'Contoso',
      PRODUCT_URL: process.env['PRODUCT_URL'] ?? `${marketplace.emulatorUrl ?? publicUrl}/`,
    },
    'webhook-ingest': { ...marketplace.publishers },
    'fulfillment-worker': { ...marketplaceAccess, PUBLIC_URL: publicUrl, ...localMail(plan) },
    'billing-sync': marketplaceAccess,
  };
}

/** Mails stay on this machine, unless the environment of the start names a mail server. */
function localMail({ env, marketplace }: Plan): Record<string, string> {
  if (!marketplace.mail || env['SMTP_URL']) return {};
  const from = env['MAIL_FROM'] ?? 'Landfall <landfall@localhost.example>';
  return { SMTP_URL: marketplace.mail.smtpUrl, MAIL_FROM: from };
}

/** Locale, proxies and so on; never the launcher's own DATABASE_URL or secrets. */
const inheritedNames = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_COMPILE_CACHE',
  'LOG_LEVEL',
];

function inherited(): Record<string, string> {
  return Object.fromEntries(
    inheritedNames.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
