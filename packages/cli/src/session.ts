import { Option, type Command } from 'commander';
import type { Catalogue, Procedure } from './catalogue.ts';
import { findConnection, type Surroundings } from './connection.ts';
import { usageError } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { createApi, type Api } from './transport.ts';

/** Options of every command. */
export interface GlobalOptions {
  readonly url?: string;
  readonly profile?: string;
  readonly publisher?: string;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** One run of the program. */
export interface Session {
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  readonly catalogue: () => Catalogue;
}

const globalOptions: readonly (readonly [flags: string, about: string])[] = [
  ['--json', 'Prints JSON for programs: one document, a list as an array.'],
  ['--jsonl', 'Prints JSON, one item a line.'],
  ['--publisher <id>', 'Acts for this publisher.'],
  ['--profile <name>', 'Uses a stored profile. Default: LANDFALL_PROFILE.'],
  ['--url <url>', 'The gateway. Default: LANDFALL_URL.'],
];

/** Adds the options of every command. An option of the command itself with the same name comes first. */
export function addGlobalOptions(command: Command): void {
  const own = new Set(command.options.map(({ long }) => long));
  for (const [flags, about] of globalOptions) {
    const option = new Option(flags, about).helpGroup('Options of every command:');
    if (!own.has(option.long)) command.addOption(option);
  }
}

/** The global options of a command, given before or after its name. */
export function globalsOf(command: Command): GlobalOptions {
  let root = command;
  while (root.parent) root = root.parent;
  const isGlobal = command.options.filter(({ helpGroupHeading }) => helpGroupHeading !== undefined);
  const names = new Set(isGlobal.map((option) => option.attributeName()));
  const own = Object.entries(command.opts()).filter(([name]) => names.has(name));
  return { ...root.opts(), ...Object.fromEntries(own) };
}

/** Connects, and says on stderr if a local stack was found. */
export function openApi(session: Session, globals: GlobalOptions): Api {
  const connection = findConnection(globals, session.surroundings);
  if (connection.isLocalStack) {
    session.terminal.note(session.terminal.style('dim', `Using ${connection.source}.`));
  }
  return createApi(connection, globals.publisher);
}

/** Finds a call of the API by its name, such as `keys.own`. */
export function procedureOf(catalogue: Catalogue, name: string): Procedure {
  const [namespace = '', procedure = ''] = name.split('.');
  const found = catalogue[namespace]?.[procedure];
  if (!found) throw usageError(`This version of the command line does not know ${name}.`);
  return found;
}

/** Calls the API by a procedure's name. */
export async function callApi(
  session: Session,
  api: Api,
  {
    name,
    input,
    signal,
  }: { readonly name: string; readonly input: object; readonly signal?: AbortSignal },
): Promise<unknown> {
  const procedure = procedureOf(session.catalogue(), name);
  return await api.call(procedure, input, signal && { signal });
}
