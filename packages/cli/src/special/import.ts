import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { exitCodes, Failure, QuietEnd, usageError } from '../failure.ts';
import { readText } from '../fields.ts';
import { printList, printRecord } from '../output/print.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';

interface Result {
  readonly subscriptionId: string;
  readonly outcome: 'imported' | 'known' | 'unknown-at-microsoft' | 'failed';
  readonly differences: readonly string[];
  readonly detail?: string;
}

const FIELDS = ['subscriptionId', 'outcome', 'differences', 'detail'];

/** `import accelerator`: takes over the subscriptions of Microsoft's SaaS Accelerator from its exported tables. */
export function importCommand(session: Session): Command {
  const accelerator = new Command('accelerator')
    .summary("Takes over subscriptions from Microsoft's SaaS Accelerator.")
    .description(
      "Takes over subscriptions from Microsoft's SaaS Accelerator. Only says what would happen, unless --apply is given. Exit code 1 if a subscription could not be imported.",
    )
    .argument('<folder>', 'The folder with its exported tables, as CSV or JSON.')
    .option('--apply', 'Imports them. Repeating it is safe.')
    .addOption(new Option('--dry-run', 'Only says what would happen.').conflicts('apply'));
  addGlobalOptions(accelerator);
  accelerator.action(async (folder: string) => {
    await importAccelerator(folder, { session, command: accelerator });
  });
  return new Command('import')
    .summary('accelerator')
    .description('Takes over subscriptions from another system.')
    .addCommand(accelerator);
}

async function importAccelerator(
  folder: string,
  { session, command }: { readonly session: Session; readonly command: Command },
): Promise<void> {
  const { terminal } = session;
  const globals = globalsOf(command);
  const dryRun = command.opts()['apply'] !== true;
  const given = await readExport(folder);
  const { subscriptions, batches, source, warnings, notTaken, operators } = given;
  const isForProgram = globals.json === true || globals.jsonl === true;
  if (!isForProgram) {
    for (const warning of warnings) terminal.note(`Warning: ${warning}`);
    for (const { what, rows, why } of notTaken)
      terminal.note(`Not taken over: ${what} (${rows}). ${why}`);
  }
  const api = openApi(session, globals);
  const { publisher: publisherId } = globals;
  const results: Result[] = [];
  for (const batch of batches) {
    const input = {
      source,
      subscriptions: batch,
      dryRun,
      ...(publisherId !== undefined && { publisherId }),
    };
    const answer = (await callApi(session, api, { name: 'imports.subscriptions', input })) as {
      results: readonly Result[];
    };
    results.push(...answer.results);
    terminal.progress(`${results.length} of ${subscriptions.length} subscriptions`);
  }
  terminal.progress('');
  if (isForProgram) {
    await printRecord(
      { isDryRun: dryRun, results, warnings, notTaken, operators },
      globals,
      terminal,
    );
  } else {
    const list = { name: 'imports.subscriptions', fields: FIELDS };
    await printList(onePage(results), list, { form: globals, terminal });
    if (operators.length > 0) {
      terminal.note(
        `Operators there, to invite with "landfall operators invite": ${operators.join(', ')}`,
      );
    }
    if (dryRun) terminal.note('Nothing was changed. Add --apply to import.');
  }
  if (results.some(({ outcome }) => outcome === 'failed' || outcome === 'unknown-at-microsoft')) {
    throw new QuietEnd(exitCodes.refused);
  }
}

/** The subscriptions of an export, in batches that one call takes. */
async function readExport(folder: string) {
  const { readAcceleratorExport, batchesOf, ExportError, SOURCE } =
    await import('@landfall/accelerator-import/read-export');
  const files = namesIn(folder).map((name) => ({
    name,
    content: readText(path.join(folder, name)),
  }));
  try {
    const read = readAcceleratorExport(files);
    return { ...read, source: SOURCE, batches: batchesOf(read.subscriptions) };
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    throw new Failure({
      exitCode: exitCodes.usage,
      code: 'import.unreadable',
      message: error.message,
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.(csv|json)$/i.test(name));
  } catch (error) {
    throw usageError(`${folder} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

async function* onePage(items: readonly object[]): AsyncGenerator<readonly object[]> {
  yield items;
}
