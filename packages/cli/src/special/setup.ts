import { Command } from 'commander';
import { printRecord } from '../output/print.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

interface SetupValue {
  readonly where: string;
  readonly field: string;
  /** Enter it there. Absent: take it from there, for the setting. */
  readonly value?: string;
  readonly setting?: string;
  readonly isSet: boolean;
  readonly why: string;
}

interface Setup {
  readonly installation: readonly SetupValue[];
  readonly publishers: readonly {
    readonly publisherId: string;
    readonly values: readonly SetupValue[];
  }[];
}

/** `setup`: what to enter in Partner Center and Entra, and what to take from there, one by one. */
export function setupCommand(session: Session): Command {
  const command = new Command('setup')
    .summary(
      'Shows what to enter in Partner Center and Microsoft Entra, and what to take from there.',
    )
    .description(
      'Shows the values to enter in Partner Center and Microsoft Entra, and those to take from there. On a terminal, one by one.',
    )
    .option('--open', 'Only values that are not set yet.');
  addGlobalOptions(command);
  return command.action(async () => {
    const globals = globalsOf(command);
    const { terminal } = session;
    const api = openApi(session, globals);
    const { publisher: publisherId } = globals;
    const input = publisherId === undefined ? {} : { publisherId };
    const setup = (await callApi(session, api, { name: 'doctor.setup', input })) as Setup;
    if (globals.json || globals.jsonl) return await printRecord(setup, globals, terminal);
    const isWanted = ({ isSet }: SetupValue) => command.opts()['open'] !== true || !isSet;
    const parts = [
      ...setup.publishers.map((one) => [`Publisher ${one.publisherId}`, one.values] as const),
      ['The whole installation', setup.installation] as const,
    ];
    let shown = 0;
    for (const [title, all] of parts) {
      const values = all.filter(isWanted);
      if (values.length === 0) continue;
      await terminal.print(`${shown > 0 ? '\n' : ''}${terminal.style('bold', title)}`);
      for (const [index, value] of values.entries()) {
        await showValue(value, { terminal, place: `${index + 1} of ${values.length}` });
        if (terminal.canAsk && index < values.length - 1)
          await terminal.ask('Enter shows the next one. ');
      }
      shown += values.length;
    }
    if (shown === 0) terminal.note('Every value is set.');
    terminal.note('Afterwards, check everything with: landfall doctor');
  });
}

async function showValue(
  { where, field, value, setting, isSet, why }: SetupValue,
  { terminal, place }: { readonly terminal: Terminal; readonly place: string },
): Promise<void> {
  const state = isSet ? terminal.style('green', 'set') : terminal.style('yellow', 'open');
  await terminal.print(`\n${place}  ${where}: ${terminal.style('bold', field)} (${state})`);
  await terminal.print(
    value === undefined
      ? `  Take the value from there and set ${setting ?? 'it in the configuration'}.`
      : `  Enter: ${terminal.style('cyan', value)}`,
  );
  await terminal.print(`  ${why}`);
}
