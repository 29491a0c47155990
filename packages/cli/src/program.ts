import { Command, CommanderError } from 'commander';
import { kebab, version, type Namespace } from './catalogue.ts';
import { exitCodes, Failure, QuietEnd } from './failure.ts';
import { procedureCommand } from './procedure-command.ts';
import { addGlobalOptions, type Session } from './session.ts';
import { specialCommands } from './special/index.ts';

/** Runs one command, and returns the exit code. */
export async function run(argv: readonly string[], session: Session): Promise<number> {
  const program = createProgram(session, argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return reportError(error, session, argv.includes('--json') || argv.includes('--jsonl'));
  }
}

/** The program with its commands. With `argv`, the calls of other nouns than the named one are left out, which is faster. */
export function createProgram(session: Session, argv?: readonly string[]): Command {
  const { terminal } = session;
  const program = new Command('landfall')
    .description("Landfall's command line. Names of commands are those of the API.")
    .version(version, '-V, --version', 'Prints the version.')
    .helpOption('-h, --help', 'Prints this help.')
    .helpCommand('help [command]', 'Prints the help of a command.')
    .enablePositionalOptions()
    .showHelpAfterError('Run: landfall --help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      getOutHelpWidth: () => Math.min(terminal.width, 120),
    });
  addGlobalOptions(program);
  program.commandsGroup('Commands:');
  const specials = specialCommands(session, () => createProgram(session));
  for (const command of specials) adopt(program, command);
  program.commandsGroup('Calls of the API:');
  if (argv?.length === 1 && argv[0] === '--version') return program;
  for (const [namespace, procedures] of Object.entries(session.catalogue())) {
    addNamespace(program, {
      namespace,
      procedures,
      session,
      isNamed: !argv || argv.includes(kebab(namespace)),
    });
  }
  return program;
}

interface Noun {
  readonly namespace: string;
  readonly procedures: Namespace;
  readonly session: Session;
  readonly isNamed: boolean;
}

function addNamespace(program: Command, { namespace, procedures, session, isNamed }: Noun): void {
  const name = kebab(namespace);
  const verbs = Object.keys(procedures).map(kebab);
  const known = program.commands.find((command) => command.name() === name);
  const group = known ?? new Command(name).summary(verbs.join(', '));
  if (!known) adopt(program, group);
  else if (known.commands.length > 0) {
    known.summary([...known.commands.map((one) => one.name()), ...verbs].join(', '));
  }
  if (!isNamed) return;
  for (const [verb, procedure] of Object.entries(procedures)) {
    if (group.commands.some((command) => command.name() === kebab(verb))) continue;
    adopt(group, procedureCommand(`${namespace}.${verb}`, procedure, session));
  }
}

/** Adds a command that inherits how errors and help are shown. */
function adopt(parent: Command, command: Command): void {
  parent.addCommand(command, { hidden: command.name() === 'complete' });
  inherit(command, parent);
}

function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  const names = [command.name()];
  for (let one = command.parent; one; one = one.parent) names.unshift(one.name());
  command.showHelpAfterError(`Run: ${names.join(' ')} --help`);
  for (const inner of command.commands) inherit(inner, command);
}

/** Says what went wrong on stderr, and returns the exit code. */
async function reportError(
  error: unknown,
  { terminal }: Session,
  isForProgram: boolean,
): Promise<number> {
  if (error instanceof QuietEnd) return error.exitCode;
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (!(error instanceof Failure)) {
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodes.refused;
  }
  const { exitCode, code, message, nextStep, correlationId, issues = [] } = error.details;
  if (isForProgram) {
    terminal.note(JSON.stringify({ error: { code, message, nextStep, correlationId, issues } }));
    return exitCode;
  }
  terminal.note(`${terminal.style('red', code)}: ${message}`);
  for (const issue of issues) terminal.note(`  ${issue.path}: ${issue.message}`);
  if (nextStep !== undefined) terminal.note(nextStep);
  if (correlationId !== undefined)
    terminal.note(terminal.style('dim', `Correlation ID: ${correlationId}`));
  return exitCode;
}
