import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { exitCodes, QuietEnd } from '../failure.ts';
import { printRecord } from '../output/print.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';

/** A run takes seconds to minutes. */
const POLL_MS = 1_000;

interface Run {
  readonly runId: string;
  readonly state: 'running' | 'completed' | 'failed';
  readonly listed: number;
  readonly drifted: number;
  readonly alsoStarted?: readonly string[];
}

/** `reconcile`: compares with Microsoft and waits for the result. */
export function reconcileCommand(session: Session): Command {
  const command = new Command('reconcile')
    .summary('Compares with Microsoft, and waits for the result.')
    .description(
      "Compares Microsoft's full list with Landfall's records, corrects the differences, and prints the result. Exit code 1 if it failed or, with --dry-run, if there are differences.",
    )
    .option('--dry-run', 'Only reports the differences.')
    .option('--no-wait', 'Does not wait for the result.');
  addGlobalOptions(command);
  return command.action(async () => {
    const globals = globalsOf(command);
    const { dryRun = false, wait: isAwaited } = command.opts<{ dryRun?: boolean; wait: boolean }>();
    const api = openApi(session, globals);
    const { publisher: publisherId } = globals;
    const input = { dryRun, ...(publisherId !== undefined && { publisherId }) };
    const first = (await callApi(session, api, { name: 'reconciliation.start', input })) as Run;
    const runs = [first];
    if (isAwaited) {
      for (const [index, runId] of [first.runId, ...(first.alsoStarted ?? [])].entries()) {
        runs[index] = await finished(runId);
      }
    }
    session.terminal.progress('');
    const answers = globals.json ? [runs] : runs;
    for (const answer of answers) await printRecord(answer, globals, session.terminal);
    const isBad = ({ state, drifted }: Run) => state === 'failed' || (dryRun && drifted > 0);
    if (runs.some(isBad)) throw new QuietEnd(exitCodes.refused);

    async function finished(runId: string): Promise<Run> {
      for (;;) {
        const run = (await callApi(session, api, {
          name: 'reconciliation.get',
          input: { runId },
        })) as Run;
        if (run.state !== 'running') return run;
        session.terminal.progress(`Compared ${run.listed} subscriptions`);
        await wait(POLL_MS);
      }
    }
  });
}
