import { Command } from 'commander';
import { exitCodes, QuietEnd } from '../failure.ts';
import { plain } from '../output/values.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';
import type { Style, Terminal } from '../terminal.ts';

/** Worst first. */
const SEVERITIES = ['error', 'warning', 'unknown', 'notice', 'ok'] as const;
type Severity = (typeof SEVERITIES)[number];

/** A check that could not be made is as bad as a warning: nobody knows. */
const EXIT_CODES: Readonly<Record<Severity, number>> = {
  error: 2,
  warning: 1,
  unknown: 1,
  notice: exitCodes.done,
  ok: exitCodes.done,
};

const STYLES: Readonly<Record<Severity, Style>> = {
  error: 'red',
  warning: 'yellow',
  unknown: 'yellow',
  notice: 'cyan',
  ok: 'green',
};

interface Check {
  readonly check: string;
  readonly service: string;
  readonly publisherId?: string;
  readonly severity: Severity;
  readonly finding: string;
  readonly cause?: string;
  readonly nextStep?: string;
  readonly details?: Readonly<Record<string, string>>;
}

interface Findings {
  readonly checks: readonly Check[];
  readonly worst: Severity;
}

/** `doctor`: every check, worst first, with cause and next step. */
export function doctorCommand(session: Session): Command {
  const command = new Command('doctor')
    .summary('Checks the installation, and the way to Microsoft and back.')
    .description(
      'Checks the whole installation, and the way to Microsoft and back. Exit code 0: all is well; 1: a warning, or something could not be checked; 2: an error.',
    )
    .option('--all', 'Also shows the checks that found nothing.')
    .option('--details', 'Shows the facts behind each finding.');
  addGlobalOptions(command);
  return command.action(async () => {
    const globals = globalsOf(command);
    const { all = false, details = false } = command.opts<{ all?: boolean; details?: boolean }>();
    const { terminal } = session;
    const api = openApi(session, globals);
    const { publisher: publisherId } = globals;
    const input = publisherId === undefined ? {} : { publisherId };
    const found = (await callApi(session, api, { name: 'doctor.run', input })) as Findings;
    if (globals.jsonl) {
      for (const check of found.checks) await terminal.print(JSON.stringify(check));
    } else if (globals.json) await terminal.print(JSON.stringify(found, undefined, 2));
    else await show(found, { terminal, all, details });
    const exitCode = EXIT_CODES[found.worst];
    if (exitCode !== exitCodes.done) throw new QuietEnd(exitCode);
  });
}

interface Showing {
  readonly terminal: Terminal;
  readonly all: boolean;
  readonly details: boolean;
}

async function show({ checks }: Findings, { terminal, all, details }: Showing): Promise<void> {
  for (const severity of SEVERITIES) {
    const group = checks.filter((check) => check.severity === severity);
    if (group.length === 0 || (severity === 'ok' && !all)) continue;
    await terminal.print(terminal.style(STYLES[severity], `${severity} (${group.length})`));
    for (const check of group) {
      for (const line of linesOf(check, details)) await terminal.print(line);
    }
    await terminal.print('');
  }
  const good = checks.filter(({ severity }) => severity === 'ok').length;
  await terminal.print(
    `${good} of ${checks.length} checks found nothing.${all ? '' : ' --all shows them.'}`,
  );
}

function linesOf(check: Check, hasDetails: boolean): string[] {
  const { publisherId, cause, nextStep, details = {} } = check;
  const where = publisherId === undefined ? check.service : `${check.service}, ${publisherId}`;
  const facts = hasDetails ? Object.entries(details) : [];
  const lines = [
    `  ${check.check} (${where})`,
    `    ${plain(check.finding)}`,
    cause !== undefined && `    Cause: ${plain(cause)}`,
    nextStep !== undefined && `    Next step: ${plain(nextStep)}`,
    ...facts.map(([name, value]) => `    ${name}: ${plain(value)}`),
  ];
  return lines.filter((line) => line !== false);
}
