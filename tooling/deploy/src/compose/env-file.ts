import { parseEnv } from 'node:util';
import { services } from '@landfall/contracts/services';
import { ConfigError, parseConfig } from '@landfall/service-kit/config';
import type { ConfigSchemas } from '../config-schemas.ts';
import { composeFile } from './compose.ts';
import { serviceEnvironment } from './environment.ts';
import type { EnvVariable } from './env-variables.ts';
import { interpolate, requiredIn, textsIn } from './interpolate.ts';

/** Passwords are parts of URLs, in which other characters have a special meaning. */
const URL_SAFE = /^[\w.~-]+$/;
const PASSWORD = /^(DATABASE|NATS)_PASSWORD_|^POSTGRES_PASSWORD$/;

const HEADER = `# Settings and secrets of Landfall for compose.yaml. Keep this file out of version control, and readable only by you.
# Put a value that contains $ or # into 'single quotes'.
`;

const headings = {
  person: 'Fill these in',
  program:
    'Made for this installation. PostgreSQL stores these passwords, so do not change them only here',
  default: 'Optional: remove the # to change a default',
} as const;

/**
 * Returns `text` with every secret that it lacks. Existing values, comments and other lines stay as they are. Without `text`,
 * returns a new file with all variables.
 */
export function completeEnv(text: string | undefined, variables: readonly EnvVariable[]): string {
  if (text === undefined) return newFile(variables);
  const given = parseEnv(text);
  const missing = variables.filter(({ name, by }) => by === 'program' && !given[name]);
  let completed = text;
  const added: EnvVariable[] = [];
  for (const variable of missing) {
    const emptyLine = new RegExp(`^${variable.name}=.*$`, 'm');
    if (emptyLine.test(completed)) {
      completed = completed.replace(emptyLine, `${variable.name}=${variable.value ?? ''}`);
    } else added.push(variable);
  }
  if (added.length === 0) return completed;
  const separator = completed.endsWith('\n') ? '\n' : '\n\n';
  return completed + separator + added.map((variable) => lineOf(variable)).join('');
}

function newFile(variables: readonly EnvVariable[]): string {
  const sections = Object.entries(headings).map(([by, heading]) => {
    const lines = variables.filter((variable) => variable.by === by).map((one) => lineOf(one));
    return `\n## ${heading}\n\n${lines.join('')}`;
  });
  return HEADER + sections.join('');
}

function lineOf({ name, purpose, by, value = '' }: EnvVariable): string {
  return `# ${purpose}\n${by === 'default' ? '# ' : ''}${name}=${value}\n`;
}

/** Something in `.env` with which a service would not start. */
export interface EnvFlaw {
  readonly name: string;
  readonly problem: string;
}

/** Reads the file as Compose does, and checks what it needs, and what each service would get by the schema of that service. */
export function envFlaws(text: string, schemas: ConfigSchemas): readonly EnvFlaw[] {
  const env = parseEnv(text);
  const quoting = text.split('\n').flatMap((line) => quotingFlaw(line));
  const passwords = Object.entries(env)
    .filter(([name, value]) => PASSWORD.test(name) && value && !URL_SAFE.test(value))
    .map(([name]) => ({ name, problem: 'may contain only letters, digits and . _ ~ -' }));
  const settings = services.flatMap(({ name }) => {
    const given = Object.entries(serviceEnvironment(name, schemas)).map(
      ([variable, value]) => [variable, interpolate(value, env)] as const,
    );
    return faultsOf(() => parseConfig(schemas[name], Object.fromEntries(given)));
  });
  const found = [...quoting, ...passwords, ...settings];
  const all = [...found, ...missingForCompose(env, schemas).filter(isNotIn(found))];
  const distinct = new Map(all.map((flaw) => [`${flaw.name} ${flaw.problem}`, flaw]));
  return [...distinct.values()].filter((flaw) => !all.some((other) => isPartOf(flaw, other)));
}

/** Variables of parts that are no services of ours, and passwords, without which a URL is still a URL. */
function missingForCompose(
  env: Readonly<Record<string, string | undefined>>,
  schemas: ConfigSchemas,
): readonly EnvFlaw[] {
  const required = textsIn(composeFile(schemas)).flatMap((text) => requiredIn(text));
  return required.filter((name) => !env[name]).map((name) => ({ name, problem: 'is not set' }));
}

function isNotIn(flaws: readonly EnvFlaw[]): (flaw: EnvFlaw) => boolean {
  return ({ name }) => flaws.every((known) => known.name !== name);
}

/** Services that need less say less about the same mistake. */
function isPartOf(flaw: EnvFlaw, other: EnvFlaw): boolean {
  return other.name === flaw.name && other.problem.startsWith(`${flaw.problem}; `);
}

/** Names that nothing reads, such as misspelt ones. An override file may read them, so they are no flaw. */
export function unreadNames(text: string, variables: readonly EnvVariable[]): readonly string[] {
  const known = new Set(variables.map(({ name }) => name));
  return Object.keys(parseEnv(text)).filter(
    (name) => !known.has(name) && !/^(COMPOSE|DOCKER|BUILDKIT)_/.test(name),
  );
}

/** Compose replaces `$NAME` outside of single quotes. */
function quotingFlaw(line: string): readonly EnvFlaw[] {
  const [, name, value = ''] = /^\s*(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
  if (name === undefined || !value.includes('$') || value.startsWith("'")) return [];
  return [{ name, problem: "contains $; put it into 'single quotes'" }];
}

function faultsOf(parse: () => unknown): readonly EnvFlaw[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ name, problem }) => ({ name, problem }));
  }
}
