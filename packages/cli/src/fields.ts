import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { kebab, type Field, type Procedure } from './catalogue.ts';
import { usageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Fields with an option of their own for every command: `--publisher` and `--dry-run`. */
const ELSEWHERE = new Set(['publisherId', 'dryRun']);

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Adds an argument for each field in the path, an option for each other field, and the two ways to give JSON. */
export function addFields(command: Command, { inPath, fields }: Procedure): void {
  for (const name of inPath) {
    const field = fields.find((one) => one.name === name);
    command.argument(`<${kebab(name)}>`, field?.about ?? '');
  }
  const others = fields.filter(({ name }) => !inPath.includes(name) && !ELSEWHERE.has(name));
  const names = new Set(others.map(({ name }) => kebab(name)));
  for (const field of others) {
    for (const option of optionsOf(field, names)) command.addOption(option);
  }
  if (others.length === 0) return;
  command.option('--input <file>', 'Reads the input as JSON from a file, or from stdin with -.');
  command.option('--json-input <json>', 'The input as JSON. Options change single fields of it.');
}

function optionsOf(field: Field, taken: ReadonlySet<string>): Option[] {
  const { name, type } = field;
  const long = kebab(name);
  if (type === 'flag') {
    const no = new Option(`--no-${long}`, 'The opposite.');
    const yes = new Option(`--${long}`, aboutOf(field));
    return field.preset === false ? [yes] : [yes, no];
  }
  const short = field.isMany
    ? long.replace(/ies$/, 'y').replace(/s$/, '')
    : long.replace(/-id$/, '');
  const alias = short !== long && !taken.has(short) ? `--${short}, ` : '';
  const value = type === 'json' ? 'json' : type === 'text' ? short.split('-').at(-1) : type;
  const option = new Option(`${alias}--${long} <${value}>`, aboutOf(field));
  if (field.choices) option.argChoices = [...field.choices];
  if (!field.isMany) return [option.argParser((text) => valueOf(text, field))];
  // A comma separates values only where no value can hold one.
  const parts = (text: string) => (field.choices ? text.split(',') : [text]);
  return [
    option.argParser((text, former: unknown) => [
      ...(Array.isArray(former) ? (former as unknown[]) : []),
      ...parts(text).map((part) => valueOf(part.trim(), field)),
    ]),
  ];
}

function aboutOf({ about, preset, isRequired, isMany, canBeNull }: Field): string {
  const facts = [
    about,
    isRequired && 'Required.',
    isMany && 'Can be repeated.',
    preset !== undefined && `Default: ${JSON.stringify(preset)}.`,
    canBeNull && '"null" clears it.',
  ];
  return facts.filter((fact) => typeof fact === 'string').join(' ');
}

function valueOf(text: string, { type, choices, canBeNull }: Field): unknown {
  if (canBeNull && text === 'null') return null;
  if (choices && !choices.includes(text)) {
    throw new InvalidArgumentError(`It must be one of: ${choices.join(', ')}.`);
  }
  if (type === 'number') return numberOf(text);
  if (type === 'time') return timeOf(text);
  return type === 'json' ? jsonOf(text) : text;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('It must be a number.');
  }
  return value;
}

/** ISO 8601, or a time ago such as `30m`, `2h` or `7d`, or one ahead such as `+7d`. */
export function timeOf(text: string): string {
  const [, ahead, amount, unit] = /^(\+?)(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) {
    const ms = Number(amount) * UNITS[unit as keyof typeof UNITS];
    return new Date(Date.now() + (ahead === '+' ? ms : -ms)).toISOString();
  }
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError(
      'It must be a time such as 2026-11-20T10:00:00Z, or an age such as "2h" (two hours ago).',
    );
  }
  return at.toISOString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It must be JSON: ${(error as Error).message}.`);
  }
}

/** The input of a call: JSON first, then the arguments and options. Throws if a required field is missing. */
export async function inputOf(
  { inPath, fields }: Procedure,
  given: {
    readonly args: readonly string[];
    readonly options: Readonly<Record<string, unknown>>;
    readonly publisherId: string | undefined;
  },
  terminal: Pick<Terminal, 'readInput'>,
): Promise<Record<string, unknown>> {
  const { args, options, publisherId } = given;
  const own = fields.filter(({ name }) => name in options && !ELSEWHERE.has(name));
  const takesPublisher =
    publisherId !== undefined && fields.some(({ name }) => name === 'publisherId');
  const input: Record<string, unknown> = {
    ...(await fromFile(options['input'], terminal)),
    ...objectOf(options['jsonInput'], '--json-input'),
    ...Object.fromEntries(own.map(({ name }) => [name, options[name]])),
    ...Object.fromEntries(inPath.map((name, index) => [name, args[index]])),
    ...(takesPublisher && { publisherId }),
  };
  const missing = fields.filter(({ name, isRequired }) => isRequired && input[name] === undefined);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => `--${kebab(name)}`).join(', ');
    throw usageError(`Missing: ${names}.`);
  }
  return input;
}

async function fromFile(file: unknown, terminal: Pick<Terminal, 'readInput'>): Promise<object> {
  if (typeof file !== 'string') return {};
  return objectOf(file === '-' ? await terminal.readInput() : readText(file), '--input');
}

/** The content of a file that the user named. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function objectOf(text: unknown, option: string): object {
  if (typeof text !== 'string') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw usageError(`${option} is not valid JSON: ${(error as Error).message}.`);
  }
  throw usageError(`${option} must be a JSON object.`);
}
