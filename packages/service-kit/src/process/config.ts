import { z } from 'zod';
import { isLoopbackHost } from '@landfall/domain/loopback';
import {
  describe,
  fieldsOf,
  maskOf,
  needOf,
  networkRuleOf,
  secretUrl,
  urlsOf,
  type Environment,
  type Field,
  type Setting,
} from './fields.ts';
import { fileVariableOf, withSecretFiles } from './secret-files.ts';
import { telemetryShape } from './telemetry-settings.ts';

export { secret, secretUrl, secureUrl } from './fields.ts';
export type { NetworkRule, Setting } from './fields.ts';

/** Variables with such a name are masked even if their schema does not use {@link secret}. */
const SECRET_NAME = /SECRET|PASSWORD|PASSPHRASE|TOKEN|PRIVATE|CREDENTIAL|API_?KEY/i;
const MASK = '••••';

/** With less, a short pause of the machine would make a healthy handler look dead. */
const MIN_ACK_WAIT_MS = 500;

/** An even number of copies survives no more losses than the odd number below it. JetStream allows five. */
const REPLICAS: readonly number[] = [1, 3, 5];
/** Several of the largest messages (8 MB). */
const MIN_STREAM_BYTES = 64 * 1024 * 1024;
/** The shortest that nats-server accepts is 100 ms. A relay repeats a publication after a second. */
const MIN_DUPLICATE_WINDOW_MS = 1000;
/** nats-server keeps the ids of this time in memory, and refuses more than the streams' age of seven days. */
const MAX_DUPLICATE_WINDOW_MS = 24 * 60 * 60 * 1000;

function natsOverTls(text: string): string | undefined {
  const isSafe = urlsOf(text).every(
    (url) => url?.protocol === 'tls:' || isLoopbackHost(url?.hostname ?? ''),
  );
  return isSafe ? undefined : 'must begin with tls://, because the server is not on this machine';
}

/** The rule for a URL of PostgreSQL. Other modes encrypt, but anyone in between could pose as the server. */
export function databaseOverTls(text: string): string | undefined {
  const { hostname = '', searchParams = new URLSearchParams() } = URL.parse(text) ?? {};
  const modes = searchParams.getAll('sslmode');
  // The driver prefers the parameter to the host before the path. A path is a socket on this machine.
  const hosts = [hostname, ...searchParams.getAll('host')];
  const isLocal = hosts.every((host) => host.startsWith('/') || isLoopbackHost(host));
  const isVerified = modes.length > 0 && modes.every((mode) => mode === 'verify-full');
  return isLocal || isVerified
    ? undefined
    : 'must contain sslmode=verify-full, because the server is not on this machine';
}

/** The environment variables of every program that opens a service's database. */
export const databaseConfigShape = {
  DATABASE_URL: secretUrl(['postgres:', 'postgresql:'], { network: databaseOverTls }).describe(
    "PostgreSQL with this service's own role, e.g. postgres://landfall_landing:…@db.example.com:5432/landfall?sslmode=verify-full",
  ),
  DATABASE_CA_FILE: z
    .string()
    .optional()
    .describe(
      "file with the certificate of your own authority, if it signed PostgreSQL's certificate",
    ),
  DATABASE_POOLER: z
    .enum(['none', 'transaction'])
    .optional()
    .describe(
      'transaction: DATABASE_URL leads to a pooler in transaction mode, such as PgBouncer; the services then use nothing that outlives a transaction',
    ),
  PRIVATE_NETWORK: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe(
      'true: connections to PostgreSQL, NATS and the trace collector may be without TLS, because no one else is on this network',
    ),
};

/** The environment variables of every service. Spread them into the service's own `z.object`. */
export const baseConfigShape = {
  ...databaseConfigShape,
  NATS_URL: secretUrl(['nats:', 'tls:'], { many: true, network: natsOverTls }).describe(
    "one or more NATS servers, separated by commas, with this service's own user, e.g. tls://gateway:…@nats.example.com:4222",
  ),
  NATS_CA_FILE: z
    .string()
    .optional()
    .describe(
      "file with the certificate of your own authority, if it signed the NATS servers' certificates",
    ),
  NATS_REPLICAS: z.coerce
    .number()
    .int()
    .refine((count) => REPLICAS.includes(count), `must be ${REPLICAS.join(', ')}`)
    .optional()
    .describe(
      'nodes of the NATS cluster that hold a copy of each stream: 1, 3 or 5; if absent, new streams have one copy, and existing streams stay as they are',
    ),
  NATS_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(MIN_STREAM_BYTES)
    .optional()
    .describe(
      'size of each stream, which NATS reserves on its disk; when a stream is full, facts wait in PostgreSQL; no limit if absent',
    ),
  NATS_DUPLICATE_WINDOW_MS: z.coerce
    .number()
    .int()
    .min(MIN_DUPLICATE_WINDOW_MS)
    .max(MAX_DUPLICATE_WINDOW_MS)
    .optional()
    .describe(
      'time in which NATS drops a second message with the same id; ten minutes if absent; the services themselves drop later ones',
    ),
  HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  HTTP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('port to listen on; 0 chooses a free one'),
  ACK_WAIT_MS: z.coerce
    .number()
    .int()
    .min(MIN_ACK_WAIT_MS)
    .optional()
    .describe(
      'time after which a fact is delivered again if its handler is silent; 30 seconds if absent',
    ),
  CLOCK_URL: z
    .string()
    .optional()
    .describe(
      'only for a stack on one machine: the marketplace emulator whose clock this service follows',
    ),
  ...telemetryShape,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('least severe level that is logged'),
};

const baseConfig = z.object(baseConfigShape);
export type BaseConfig = z.output<typeof baseConfig>;

export interface ConfigFault {
  readonly name: string;
  readonly problem: string;
  /** The purpose of the variable, if its schema has one. */
  readonly hint?: string | undefined;
}

/** Thrown for invalid environment variables. The message lists every problem, so that they can be fixed at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(
      ({ name, problem, hint }) => `  ${name}: ${problem}${hint ? ` (${hint})` : ''}`,
    );
    super(
      `${faults.length} problem${faults.length === 1 ? '' : 's'} in the configuration; set these variables and start again:\n${lines.join('\n')}`,
    );
    this.faults = faults;
  }
}

/**
 * Parses environment variables with a schema. An empty variable counts as absent, as in a `.env` file. Each secret `X` may
 * be in a file that `X_FILE` names, see {@link fileSecretsOf}. Throws a {@link ConfigError} that lists every problem and
 * contains no values.
 */
export function parseConfig<C>(schema: z.ZodType<C>, env: Environment): C {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const read = withSecretFiles(given, fileSecretsOf(schema));
  const parsed = schema.safeParse(read.env, { reportInput: false });
  const fields = fieldsOf(schema);
  const valueFaults = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      name: issue.path.join('.') || 'configuration',
      problem:
        issue.path.length === 1 && !(String(issue.path[0]) in read.env)
          ? 'is not set'
          : issue.message,
      hint: describe(fields[String(issue.path[0])]),
    })),
    ...networkFaults(fields, read.env),
  ];
  // A secret with a faulty file has a fault already.
  const hasFileFault = ({ name }: ConfigFault) =>
    read.faults.some((known) => known.name === fileVariableOf(name));
  const faults = [...read.faults, ...valueFaults.filter((fault) => !hasFileFault(fault))];
  if (!parsed.success || faults.length > 0) throw new ConfigError(inOrderOf(fields, faults));
  const problem = clockProblem(given['CLOCK_URL'], Object(parsed.data));
  if (problem !== undefined) throw new ConfigError([{ name: 'CLOCK_URL', problem }]);
  return parsed.data;
}

/** Values without the protection that a network with other machines needs. */
function networkFaults(fields: Readonly<Record<string, Field>>, env: Environment): ConfigFault[] {
  if (env['PRIVATE_NETWORK'] === 'true') return [];
  return Object.entries(fields).flatMap(([name, field]) => {
    const text = env[name];
    const rule = networkRuleOf(field);
    // A malformed value already has its own problem.
    if (text === undefined || !rule || !z.safeParse(field, text).success) return [];
    const problem = rule(text, env);
    const hint = 'PRIVATE_NETWORK=true allows it on a network that no one else can read';
    return problem === undefined ? [] : [{ name, problem, hint }];
  });
}

function inOrderOf(
  fields: Readonly<Record<string, Field>>,
  faults: readonly ConfigFault[],
): ConfigFault[] {
  const names = Object.keys(fields);
  return faults.toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}

/** Variables with the URL of a marketplace or its sign-in. With an emulated clock, both must be on this machine. */
const MARKETPLACE_URLS = ['MARKETPLACE_BASE_URL', 'ENTRA_AUTHORITY_URL'] as const;

/**
 * Why CLOCK_URL is refused. No one may move the clock of a production service, so it is only accepted if it names a
 * program on this machine, and if the service uses that same program as its marketplace.
 */
function clockProblem(
  text: string | undefined,
  config: Readonly<Record<string, unknown>>,
): string | undefined {
  if (text === undefined) return undefined;
  const clock = URL.parse(text);
  if (clock?.protocol !== 'http:' || !isLoopbackHost(clock.hostname)) {
    return 'must be http on a loopback host: only a local marketplace emulator may move the time. Remove it in production';
  }
  for (const name of MARKETPLACE_URLS) {
    const given = config[name];
    const url = typeof given === 'string' ? URL.parse(given) : clock;
    if (!url || !isLoopbackHost(url.hostname)) {
      return `is set, but ${name} is not on this machine. Remove CLOCK_URL`;
    }
  }
  const given = config['MARKETPLACE_BASE_URL'];
  const isItsClock = typeof given !== 'string' || URL.parse(given)?.host === clock.host;
  return isItsClock ? undefined : 'must have the host and port of MARKETPLACE_BASE_URL';
}

/** The names of the variables that a schema reads. */
export function variablesOf(schema: z.ZodType): readonly string[] {
  return [
    ...Object.keys(fieldsOf(schema)),
    ...fileSecretsOf(schema).map((name) => fileVariableOf(name)),
  ];
}

/**
 * The secrets `X` of a schema that may be in a file, which `X_FILE` names. Where the schema itself has an `X_FILE`, its owner reads the
 * file, because it may change while the service runs.
 */
export function fileSecretsOf(schema: z.ZodType): readonly string[] {
  const fields = fieldsOf(schema);
  return Object.keys(fields).filter(
    (name) => maskOf(fields[name]) !== undefined && !(fileVariableOf(name) in fields),
  );
}

/** Every variable of a schema with its default and purpose, in the schema's order. */
export function settingsOf(schema: z.ZodType): readonly Setting[] {
  return Object.entries(fieldsOf(schema)).map(([name, field]) => ({
    name,
    need: needOf(field),
    purpose: describe(field),
  }));
}

/** The configuration as it may be logged: secrets masked, URLs without their passwords. */
export function summariseConfig<C>(schema: z.ZodType<C>, config: C): Record<string, unknown> {
  const fields = fieldsOf(schema);
  return Object.fromEntries(
    Object.entries(config as Record<string, unknown>).map(([name, value]) => [
      name,
      summarise(value, maskOf(fields[name]) ?? (SECRET_NAME.test(name) ? 'all' : undefined)),
    ]),
  );
}

function summarise(value: unknown, mask: 'all' | 'password' | undefined): unknown {
  if (value === undefined || value === null) return value;
  if (mask === 'all') return MASK;
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((part) => withoutPassword(part))
    .join(',');
}

function withoutPassword(text: string): string {
  const url = URL.parse(text.trim());
  if (!url || (!url.password && !url.username)) return text;
  // A NATS token is a user name without a password, so then the name is the secret.
  if (url.password) url.password = MASK;
  else url.username = MASK;
  return decodeURI(url.href);
}
