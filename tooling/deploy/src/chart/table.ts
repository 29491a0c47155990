import type { z } from 'zod';
import { metrics } from '@landfall/contracts/metrics';
import { services, type ServiceName } from '@landfall/contracts/services';
import { consumers } from '@landfall/contracts/streams';
import { fileSecretsOf, settingsOf } from '@landfall/service-kit/config';
import type { ConfigSchemas } from '../config-schemas.ts';
import { connectionsOf, urlVariable, type Peer } from '../connections.ts';
import { rolesSchema } from '../provision/roles-job.ts';
import { streamsSchema } from '../provision/streams-job.ts';

/** The public service. Its metrics have a separate port. */
const PUBLIC_SERVICE: ServiceName = 'gateway';
export const HTTP_PORT = 8080;
export const METRICS_PORT = 9464;

/** Variables that the deployment itself sets, so they are not in the list of settings. */
export const SET_BY_DEPLOYMENT: ReadonlySet<string> = new Set([
  'HTTP_HOST',
  'HTTP_PORT',
  'METRICS_HOST',
  'METRICS_PORT',
  'NATS_REPLICAS',
  'DATABASE_CA_FILE',
  'NATS_CA_FILE',
  'PUBLISHERS_FILE',
  ...services.map(({ name }) => urlVariable(name)),
  // The image has the console where the gateway looks for it.
  'CONSOLE_FOLDER',
]);

/** Variables of the local stack, which no production service may have. */
const LOCAL_ONLY: ReadonlySet<string> = new Set(['CLOCK_URL', 'LOCAL_MARKETPLACE_URL']);

/** Secrets that differ from service to service. Every other secret has the same value in all services. */
const OWN_SECRETS: readonly string[] = ['DATABASE_URL', 'NATS_URL'];

/** The credential of the fulfillment application. All services use the same one of these. */
const CREDENTIAL = /^FULFILLMENT_(CLIENT_SECRET|CERTIFICATE|PRIVATE_KEY|FEDERATED_TOKEN)/;

/** What a deployment must know about one service. */
export interface ServiceFacts {
  /** Settings without secrets, which an operator may give. */
  readonly settings: readonly string[];
  readonly secrets: { readonly required: readonly string[]; readonly optional: readonly string[] };
  readonly usesCredential: boolean;
  readonly usesPublishers: boolean;
  /** Variables with the address of another service. */
  readonly upstreams: Readonly<Record<string, ServiceName>>;
  readonly reaches: readonly Peer[];
  /** Services that call it over HTTP. */
  readonly calledBy: readonly ServiceName[];
  /** Whether anything but Prometheus calls it over HTTP. */
  readonly isCalled: boolean;
  /** Absent: the metrics are on the service's HTTP port. */
  readonly metricsPort?: number | undefined;
  readonly consumers: readonly { readonly durable: string; readonly stream: string }[];
}

/** The data from which the chart and the systemd units are computed. */
export interface ChartTable {
  readonly publicService: ServiceName;
  readonly httpPort: number;
  /** How much work waits for a worker. */
  readonly lanesMetric: string;
  readonly ownSecrets: readonly string[];
  /** Secrets of the jobs that run before the services, and the settings that they read. */
  readonly setup: {
    readonly roles: readonly string[];
    readonly streams: readonly string[];
    readonly settings: readonly string[];
  };
  readonly services: Readonly<Record<ServiceName, ServiceFacts>>;
}

/** Computes the table from the services' schemas, so that the chart has every new setting, secret and peer at once. */
export function chartTable(schemas: ConfigSchemas): ChartTable {
  const facts = services.map(({ name }) => [name, factsOf(name, schemas)] as const);
  const ofStreams = settingsOf(streamsSchema).map(({ name }) => name);
  return {
    publicService: PUBLIC_SERVICE,
    httpPort: HTTP_PORT,
    lanesMetric: metrics.lanesWaiting.name,
    ownSecrets: OWN_SECRETS,
    setup: {
      roles: secretsOf(rolesSchema).required,
      streams: secretsOf(streamsSchema).required,
      settings: ofStreams.filter((name) => isSettable(name, fileSecretsOf(streamsSchema))),
    },
    services: Object.fromEntries(facts) as Record<ServiceName, ServiceFacts>,
  };
}

function factsOf(service: ServiceName, schemas: ConfigSchemas): ServiceFacts {
  const schema = schemas[service];
  const settings = settingsOf(schema);
  const names = settings.map(({ name }) => name);
  const secrets = secretsOf(schema);
  const connections = connectionsOf(schemas);
  const calledBy = connections.filter(({ to }) => to === service).map(({ from }) => from);
  return {
    settings: names.filter((name) => isSettable(name, fileSecretsOf(schema))),
    secrets,
    usesCredential: names.includes('FULFILLMENT_FEDERATED_TOKEN_FILE'),
    usesPublishers: names.includes('PUBLISHERS_FILE'),
    upstreams: Object.fromEntries(
      services
        .filter(({ name }) => names.includes(urlVariable(name)))
        .map(({ name }) => [urlVariable(name), name]),
    ),
    reaches: connections.filter(({ from }) => from === service).map(({ to }) => to),
    calledBy,
    isCalled: service === PUBLIC_SERVICE || calledBy.length > 0,
    ...(names.includes('METRICS_PORT') && { metricsPort: METRICS_PORT }),
    consumers: consumers
      .filter(({ consumer }) => consumer === service)
      .map(({ durable, stream }) => ({ durable, stream: stream.name })),
  };
}

function secretsOf(schema: z.ZodType): ServiceFacts['secrets'] {
  const secrets = fileSecretsOf(schema).filter((name) => !CREDENTIAL.test(name));
  const isRequired = (secret: string) =>
    settingsOf(schema).some(({ name, need }) => name === secret && need === 'required');
  return {
    required: secrets.filter((name) => isRequired(name)),
    optional: secrets.filter((name) => !isRequired(name)),
  };
}

function isSettable(name: string, secrets: readonly string[]): boolean {
  return !(
    SET_BY_DEPLOYMENT.has(name) ||
    LOCAL_ONLY.has(name) ||
    CREDENTIAL.test(name) ||
    secrets.includes(name)
  );
}
