import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { services } from '@landfall/contracts/services';
import { operatorUser } from '@landfall/provisioning/nats-users';
import type { ConfigSchemas } from '../config-schemas.ts';
import { databasePasswordVariable } from '../provision/roles-job.ts';
import { natsUsersFile, passwordVariable } from '../write-nats-users.ts';
import {
  DATABASE_NAME,
  natsEnvironment,
  natsNodes,
  required,
  serviceEnvironment,
  type Environment,
} from './environment.ts';

export const composeFolder = fileURLToPath(new URL('../../compose', import.meta.url));

/** The password with which NATS nodes connect to each other. */
export const CLUSTER_PASSWORD = 'NATS_PASSWORD_CLUSTER';

/** One container of the file. */
export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Environment;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly [key: string]: unknown;
}

export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly [key: string]: unknown;
}

/** Longer than the time in which a service drains. */
const STOP_GRACE = '30s';
/** Time for PostgreSQL to write its memory to disk, and for nats-server to hand its streams over. */
const SERVER_STOP_GRACE = '60s';

const health = (test: readonly string[]) => ({
  healthcheck: { test, interval: '5s', timeout: '5s', retries: 12, start_period: '30s' },
});
const kept = {
  restart: 'unless-stopped',
  logging: { options: { 'max-size': '50m', 'max-file': '3' } },
};
const program = {
  image: required('LANDFALL_IMAGE'),
  read_only: true,
  tmpfs: ['/tmp'],
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
};
const job = { ...program, restart: 'on-failure:5', healthcheck: { disable: true } };

/** Everything on one machine: PostgreSQL, three NATS nodes, set-up jobs, services, and optional TLS and monitoring. */
export function composeFile(schemas: ConfigSchemas): ComposeFile {
  return {
    name: 'landfall',
    services: {
      postgres: postgres(),
      ...Object.fromEntries(natsNodes.map((node) => [node, nats(node)])),
      ...jobs(),
      ...Object.fromEntries(services.map(({ name }) => [name, service(name, schemas)])),
      ...tls(),
      ...monitoring(),
    },
    networks: { default: {}, data: { internal: true } },
    volumes: Object.fromEntries(
      ['postgres', ...natsNodes, 'caddy', 'prometheus', 'grafana'].map((name) => [name, {}]),
    ),
  };
}

function postgres(): ComposeService {
  return {
    image: 'docker.io/library/postgres:18.4',
    environment: { POSTGRES_PASSWORD: required('POSTGRES_PASSWORD') },
    volumes: ['postgres:/var/lib/postgresql'],
    networks: ['data'],
    shm_size: '256mb',
    stop_grace_period: SERVER_STOP_GRACE,
    // Over TCP: while the image prepares a new database, PostgreSQL listens only on its socket.
    ...health(['CMD', 'pg_isready', '--username=postgres', '--host=127.0.0.1']),
    ...kept,
  };
}

function nats(node: string): ComposeService {
  const users = [operatorUser, ...services.map(({ name }) => name)] as const;
  const passwords = [...users.map((user) => passwordVariable(user)), CLUSTER_PASSWORD];
  return {
    image: 'docker.io/library/nats:2.14-alpine',
    command: ['--config', '/etc/nats/nats.conf', '--name', node],
    environment: {
      // nats-server reads the value of a variable as configuration, in which an unquoted 7k is a number.
      ...Object.fromEntries(passwords.map((name) => [name, JSON.stringify(required(name))])),
      NATS_ROUTES: JSON.stringify(natsNodes.map((other) => routeTo(other))),
    },
    volumes: [
      `${node}:/data`,
      './nats.conf:/etc/nats/nats.conf:ro',
      `${path.relative(composeFolder, natsUsersFile)}:/etc/nats/nats-users.conf:ro`,
    ],
    networks: ['data'],
    stop_grace_period: SERVER_STOP_GRACE,
    ...health(['CMD', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8222/healthz']),
    ...kept,
  };
}

function routeTo(node: string): string {
  return `nats-route://cluster:${required(CLUSTER_PASSWORD)}@${node}:6222`;
}

const healthy = (names: readonly string[]) => conditions(names, 'service_healthy');
const completed = (names: readonly string[]) => conditions(names, 'service_completed_successfully');

function conditions(names: readonly string[], condition: string) {
  return Object.fromEntries(names.map((name) => [name, { condition }]));
}

/** They run at each `docker compose up`, and change only what is missing. */
function jobs(): Record<string, ComposeService> {
  const passwords = services.map(({ name }) => databasePasswordVariable(name));
  const migrations = services.map(({ name, role }) => [
    `migrate-${name}`,
    {
      ...job,
      command: [`/app/${name}/main.mjs`, 'migrate'],
      environment: {
        DATABASE_URL: `postgres://${role}:${required(databasePasswordVariable(name))}@postgres:5432/${DATABASE_NAME}`,
        PRIVATE_NETWORK: 'true',
      },
      depends_on: completed(['roles']),
      networks: ['data'],
    },
  ]);
  return {
    roles: {
      ...job,
      command: ['/app/provision/main.mjs', 'roles'],
      environment: {
        ADMIN_DATABASE_URL: `postgres://postgres:${required('POSTGRES_PASSWORD')}@postgres:5432/postgres`,
        PRIVATE_NETWORK: 'true',
        ...Object.fromEntries(passwords.map((name) => [name, required(name)])),
      },
      depends_on: healthy(['postgres']),
      networks: ['data'],
    },
    ...Object.fromEntries(migrations),
    streams: {
      ...job,
      command: ['/app/provision/main.mjs', 'streams'],
      environment: natsEnvironment(operatorUser),
      depends_on: healthy(natsNodes),
      networks: ['data'],
    },
  };
}

function service(name: (typeof services)[number]['name'], schemas: ConfigSchemas): ComposeService {
  return {
    ...program,
    command: [`/app/${name}/main.mjs`],
    environment: serviceEnvironment(name, schemas),
    depends_on: completed([`migrate-${name}`, 'streams']),
    networks: ['default', 'data'],
    // Certificates, lists of publishers and other files that settings name.
    volumes: ['${LANDFALL_FILES:-./files}:/run/landfall:ro'],
    ...(name === 'gateway' && { ports: ['127.0.0.1:${GATEWAY_PORT:-8080}:8080'] }),
    stop_grace_period: STOP_GRACE,
    ...kept,
  };
}

/** A proxy that gets and renews the certificate of PUBLIC_URL itself. */
function tls(): Record<string, ComposeService> {
  return {
    caddy: {
      image: 'docker.io/library/caddy:2.10-alpine',
      profiles: ['tls'],
      environment: { PUBLIC_URL: required('PUBLIC_URL') },
      ports: ['80:80', '443:443'],
      volumes: ['caddy:/data', './Caddyfile:/etc/caddy/Caddyfile:ro'],
      depends_on: healthy(['gateway']),
      ...kept,
    },
  };
}

function monitoring(): Record<string, ComposeService> {
  return {
    prometheus: {
      image: 'docker.io/prom/prometheus:v3.7.3',
      // The first two are those of the image. The last one lets a slow bucket lead to a trace.
      command: [
        '--config.file=/etc/prometheus/prometheus.yml',
        '--storage.tsdb.path=/prometheus',
        '--enable-feature=exemplar-storage',
      ],
      profiles: ['monitoring'],
      // Alerts link to their incident pages there.
      environment: { PUBLIC_URL: required('PUBLIC_URL') },
      ports: ['127.0.0.1:${PROMETHEUS_PORT:-9090}:9090'],
      volumes: [
        'prometheus:/prometheus',
        '../prometheus/prometheus.yaml:/etc/prometheus/prometheus.yml:ro',
        '../prometheus/alerts.yaml:/etc/prometheus/alerts.yaml:ro',
      ],
      ...kept,
    },
    grafana: {
      image: 'docker.io/grafana/grafana:12.2.1',
      profiles: ['monitoring'],
      environment: {
        GF_SECURITY_ADMIN_PASSWORD: required('GRAFANA_PASSWORD'),
        GF_ANALYTICS_REPORTING_ENABLED: 'false',
      },
      ports: ['127.0.0.1:${GRAFANA_PORT:-3000}:3000'],
      volumes: [
        'grafana:/var/lib/grafana',
        '../grafana/provisioning:/etc/grafana/provisioning:ro',
        '../grafana/landfall.json:/var/lib/grafana/dashboards/landfall.json:ro',
      ],
      ...kept,
    },
  };
}
