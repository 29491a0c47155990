import { services, type ServiceName } from '@landfall/contracts/services';
import { METRICS_PORT, type ChartTable, type ServiceFacts } from '../chart/table.ts';

/** Where docs/virtual-machine.md puts the files. `current` links to one release, so an upgrade is one step that can be undone. */
export const APP_FOLDER = '/opt/landfall/current';
export const CONFIG_FOLDER = '/etc/landfall';

/** The services share the machine's loopback address. The proxy forwards to the first one. */
const FIRST_PORT = 4400;
const ports = Object.fromEntries(
  services.map(({ name }, index) => [name, FIRST_PORT + index]),
) as Readonly<Record<ServiceName, number>>;

const NODE = `${APP_FOLDER}/bin/node`;
/** The same limits as in the local stack: a service's own objects take at most about 50 MB. */
const NODE_OPTIONS = '--max-old-space-size=512 --max-semi-space-size=8';
/** The fulfillment application's secret, unless a drop-in names another kind of credential. */
const CREDENTIAL = 'FULFILLMENT_CLIENT_SECRET';

const SETUP = 'setup';

/** A process may only open connections, listen on a port and write to its log. */
const HARDENING = `# A separate user that exists only while the process runs.
DynamicUser=yes
UMask=0077
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
# UNIX sockets are only for the journal.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM`;

/** The units, by file name: one per service, for the set-up jobs and for nats-server, and a target for all services. */
export function systemdUnits(table: ChartTable): ReadonlyMap<string, string> {
  return new Map([
    ['landfall.target', target],
    ['landfall-setup.service', setupUnit(table)],
    ['nats-server.service', natsUnit],
    ...services.map(
      ({ name }) => [`landfall-${name}.service`, serviceUnit(name, table.services[name])] as const,
    ),
  ]);
}

const HEAD =
  '# Computed by src/systemd/write-units.ts. Put changes into a drop-in: systemctl edit <unit>.';

const target = `${HEAD}
[Unit]
Description=Landfall: all services

[Install]
WantedBy=multi-user.target
`;

const natsUnit = `${HEAD}
[Unit]
Description=NATS server
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=/usr/local/bin/nats-server --config /etc/nats/nats-server.conf
# Loads a changed list of users.
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
LimitNOFILE=65536
# NATS_PASSWORD_GATEWAY and so on, which nats-users.conf names.
EnvironmentFile=/etc/nats/passwords.env
StateDirectory=nats
${HARDENING}

[Install]
WantedBy=multi-user.target
`;

function serviceUnit(name: ServiceName, facts: ServiceFacts): string {
  const secrets = [...facts.secrets.required, ...(facts.usesCredential ? [CREDENTIAL] : [])];
  const environment = {
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: ports[name],
    ...(facts.metricsPort && { METRICS_HOST: '127.0.0.1', METRICS_PORT }),
    ...(name === 'gateway' && { CONSOLE_FOLDER: `${APP_FOLDER}/app/console` }),
    ...Object.fromEntries(
      Object.entries(facts.upstreams).map(([variable, upstream]) => [
        variable,
        `http://127.0.0.1:${ports[upstream]}`,
      ]),
    ),
  };
  return `${HEAD}
[Unit]
Description=Landfall: ${name}
PartOf=landfall.target
Wants=network-online.target
After=network-online.target postgresql.service nats-server.service landfall-setup.service
# PostgreSQL or NATS may be down for longer than any number of restarts takes.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${NODE} ${APP_FOLDER}/app/${name}/main.mjs
Restart=always
RestartSec=2
# A service finishes its work within 20 seconds after SIGTERM.
TimeoutStopSec=30
MemoryMax=1G
# One file descriptor per connection.
LimitNOFILE=65536
Environment=NODE_ENV=production
Environment="NODE_OPTIONS=${NODE_OPTIONS}"
${lines(environment)}
EnvironmentFile=${CONFIG_FOLDER}/settings.env
# Settings for this service only.
EnvironmentFile=-${CONFIG_FOLDER}/${name}.env
${secretLines(name, secrets)}
${HARDENING}

[Install]
WantedBy=landfall.target
`;
}

function setupUnit({ setup }: ChartTable): string {
  const jobs = ['roles', 'streams'] as const;
  return `${HEAD}
[Unit]
Description=Landfall: database, roles, schemas and streams
Wants=network-online.target
After=network-online.target postgresql.service nats-server.service

# Each service runs its own migrations when it starts.
[Service]
Type=oneshot
${jobs.map((job) => `ExecStart=${NODE} ${APP_FOLDER}/app/provision/main.mjs ${job}`).join('\n')}
Environment=NODE_ENV=production
EnvironmentFile=${CONFIG_FOLDER}/settings.env
EnvironmentFile=-${CONFIG_FOLDER}/setup.env
${secretLines(SETUP, [...setup.roles, ...setup.streams])}
${HARDENING}
`;
}

function lines(environment: Readonly<Record<string, string | number>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `Environment=${name}=${value}`)
    .join('\n');
}

/** The secrets of a service as credentials, and the variables that name them. */
export function secretLines(owner: string, secrets: readonly string[]): string {
  return secrets
    .map((name) => {
      const file = `${CONFIG_FOLDER}/secrets/${owner}/${name}`;
      return `${loadCredential(name, file)}\nEnvironment=${name}_FILE=%d/${name}`;
    })
    .join('\n');
}

/** Only root can read the file. systemd gives the service a copy in memory that no other process can read. */
export function loadCredential(name: string, file: string): string {
  return `LoadCredential=${name}:${file}`;
}
