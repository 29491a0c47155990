import { z } from 'zod';
import { isLoopbackHost } from '@landfall/domain/loopback';

/** Schemas with values that are never shown, whatever the variable is called. */
const secrets = z.registry<{ masked: 'all' | 'password' }>();

/** Variables with such a name are masked even if their schema does not use {@link secret}. */
const SECRET_NAME = /SECRET|PASSWORD|PASSPHRASE|TOKEN|PRIVATE|CREDENTIAL|API_?KEY/i;
const MASK = '••••';

/** With less, a short pause of the machine would make a healthy handler look dead. */
const MIN_ACK_WAIT_MS = 500;

/** A secret from the environment: at least one character, masked in every summary. */
export function secret(): z.ZodType<string> {
  return masked(z.string().min(1), 'all');
}

/** A URL that may contain a password, which summaries omit. */
export function secretUrl(
  protocols: readonly string[],
  options?: {
    readonly many?: boolean;
    /** The protocol with TLS. It is required if the host is another machine. */
    readonly tls?: string;
  },
): z.ZodType<string> {
  const urls = (text: string) =>
    (options?.many ? text.split(',') : [text]).map((part) => URL.parse(part.trim()));
  const isUrl = (text: string): boolean =>
    urls(text).every((url) => url && protocols.includes(url.protocol) && url.hostname !== '');
  const isPrivate = (text: string): boolean =>
    !options?.tls ||
    urls(text).every((url) => !url || url.protocol === options.tls || isLoopbackHost(url.hostname));
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
  const schema = z
    .string()
    .refine(isUrl, { error: `must be a URL that begins with ${schemes}`, abort: true })
    .refine(
      isPrivate,
      `must begin with ${options?.tls}//, because the server is not on this machine`,
    );
  return masked(schema, 'password');
}

function masked(schema: z.ZodString, how: 'all' | 'password'): z.ZodType<string> {
  secrets.add(schema, { masked: how });
  return schema;
}

/** The environment variables of every service. Spread them into the service's own `z.object`. */
export const baseConfigShape = {
  DATABASE_URL: secretUrl(['postgres:', 'postgresql:']).describe(
    "PostgreSQL with this service's own role, e.g. postgres://landfall_landing:…@127.0.0.1:5432/landfall",
  ),
  NATS_URL: secretUrl(['nats:', 'tls:'], { many: true, tls: 'tls:' }).describe(
    "one or more NATS servers, separated by commas, with this service's own user, e.g. tls://gateway:…@nats.example.com:4222",
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
 * Parses environment variables with a schema. An empty variable counts as absent, as in a `.env` file. Throws a
 * {@link ConfigError} that lists every problem and contains no values.
 */
export function parseConfig<C>(schema: z.ZodType<C>, env: Record<string, string | undefined>): C {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given, { reportInput: false });
  if (parsed.success) {
    const problem = clockProblem(given['CLOCK_URL'], Object(parsed.data));
    if (problem === undefined) return parsed.data;
    throw new ConfigError([{ name: 'CLOCK_URL', problem }]);
  }
  const fields = fieldsOf(schema);
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.') || 'configuration';
      const absent = issue.path.length === 1 && !(name in given);
      return {
        name,
        problem: absent ? 'is not set' : issue.message,
        hint: describe(fields[String(issue.path[0])]),
      };
    }),
  );
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
  return Object.keys(fieldsOf(schema));
}

/** One variable of a schema, for the reference page. */
export interface Setting {
  readonly name: string;
  /** `optional`: the variable may be absent and has no default. */
  readonly need: 'required' | 'optional' | { readonly default: string };
  readonly purpose: string | undefined;
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

type Field = z.core.$ZodType;

/** The fields of an object schema, even if it has refinements and transforms. */
function fieldsOf(schema: Field): Record<string, Field> {
  let current: Field | undefined = schema;
  while (current) {
    const { def } = current._zod;
    if ('shape' in def) return def.shape as Record<string, Field>;
    current = inner(current);
  }
  return {};
}

/** The schema inside an optional, a default or a pipe. */
function inner(schema: Field): Field | undefined {
  const { def } = schema._zod;
  if ('innerType' in def) return def.innerType as Field;
  if ('in' in def) return def.in as Field;
  return undefined;
}

function needOf(schema: Field): Setting['need'] {
  for (let current: Field | undefined = schema; current; current = inner(current)) {
    const { def } = current._zod;
    if ('defaultValue' in def) return { default: String(def.defaultValue) };
    if (def.type === 'optional') return 'optional';
  }
  return 'required';
}

function maskOf(schema: Field | undefined): 'all' | 'password' | undefined {
  for (let current = schema; current; current = inner(current)) {
    const found = secrets.get(current as z.ZodString)?.masked;
    if (found) return found;
  }
  return undefined;
}

function describe(schema: Field | undefined): string | undefined {
  for (let current = schema; current; current = inner(current)) {
    const found = z.globalRegistry.get(current)?.description;
    if (found) return found;
  }
  return undefined;
}
