import { services, type ServiceName } from '@landfall/contracts/services';
import { settingsOf } from '@landfall/service-kit/config';
import type { ConfigSchemas } from '../config-schemas.ts';
import { urlVariable } from '../connections.ts';
import { databasePasswordVariable } from '../provision/roles-job.ts';
import { passwordVariable } from '../write-nats-users.ts';
import type { NatsUser } from '@landfall/provisioning/nats-users';

/** The environment of a container. Values may name variables of `.env`, as in `${PUBLIC_URL:-}`. */
export type Environment = Readonly<Record<string, string>>;

export const DATABASE_NAME = 'landfall';
export const natsNodes = ['nats-1', 'nats-2', 'nats-3'] as const;

const ofImage = ['HTTP_HOST', 'HTTP_PORT', 'METRICS_HOST', 'METRICS_PORT', 'CONSOLE_FOLDER'];
/** Connections on the private network have no TLS, so no authority is needed. */
const authorities = ['DATABASE_CA_FILE', 'NATS_CA_FILE'];
/** Only for a stack on one machine. */
const local = ['CLOCK_URL', 'LOCAL_MARKETPLACE_URL'];
const NOT_SET: ReadonlySet<string> = new Set([...ofImage, ...authorities, ...local]);

/** Values that differ from the services' own defaults, or that most installations never change. */
const defaults: Environment = {
  MARKETPLACE_BASE_URL: 'https://marketplaceapi.microsoft.com/api',
  ENTRA_AUTHORITY_URL: 'https://login.microsoftonline.com',
  // The proxy that ends TLS: the one of the profile `tls`, or your own.
  TRUSTED_PROXIES: '1',
};

/** The environment of a service: its own secrets, and every setting that it reads. */
export function serviceEnvironment(service: ServiceName, schemas: ConfigSchemas): Environment {
  const fixed = fixedEnvironment(service);
  const others = settingsOf(schemas[service]).filter(
    ({ name }) => !(name in fixed) && !NOT_SET.has(name),
  );
  return {
    ...fixed,
    ...Object.fromEntries(
      others.map(({ name, need }) => [name, valueOf(name, need === 'required')]),
    ),
  };
}

function valueOf(name: string, isRequired: boolean): string {
  const byDefault = defaults[name];
  if (byDefault !== undefined) return `\${${name}:-${byDefault}}`;
  return isRequired ? required(name) : `\${${name}:-}`;
}

/** Compose refuses to start without the variable, and shows the text. */
export function required(name: string): string {
  return `\${${name}:?run npm run env}`;
}

function fixedEnvironment(service: ServiceName): Environment {
  const role = services.find(({ name }) => name === service)?.role ?? '';
  const password = required(databasePasswordVariable(service));
  return {
    DATABASE_URL: `postgres://${role}:${password}@postgres:5432/${DATABASE_NAME}`,
    ...natsEnvironment(service),
    ...(service === 'gateway' && {
      [urlVariable('landing')]: 'http://landing:8080',
      [urlVariable('webhook-ingest')]: 'http://webhook-ingest:8080',
    }),
  };
}

/** Only the containers of this file are on the network of PostgreSQL and NATS. */
export function natsEnvironment(user: NatsUser): Environment {
  const [first, ...others] = natsNodes;
  const servers = [
    `nats://${user}:${required(passwordVariable(user))}@${first}:4222`,
    ...others.map((node) => `nats://${node}:4222`),
  ];
  return {
    NATS_URL: servers.join(','),
    NATS_REPLICAS: String(natsNodes.length),
    PRIVATE_NETWORK: 'true',
  };
}
