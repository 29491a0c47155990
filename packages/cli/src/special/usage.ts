import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { Command } from 'commander';
import { exitCodes, Failure, QuietEnd, usageError } from '../failure.ts';
import { addGlobalOptions, globalsOf, openApi, type Session } from '../session.ts';

/** A large file is slowed down by the limits of the key, and never refused. */
const UPLOAD_TIMEOUT_MS = 6 * 3_600_000;

interface Summary {
  readonly records: number;
  readonly taken: number;
  readonly repeated: number;
  readonly refused: number;
  readonly dryRun: boolean;
}

interface UploadLine {
  readonly line?: number;
  readonly eventId?: string;
  readonly outcome?: string;
  readonly refusal?: string;
  readonly message?: string;
  readonly summary?: Summary;
  readonly detail?: string;
}

/** `usage import`: sends a CSV file. The API's own calls about usage are added to the same noun. */
export function usageCommand(session: Session): Command {
  const command = new Command('import')
    .summary('Reports usage from a CSV file of any size.')
    .description(
      'Reports usage from a CSV file of any size. Its first line names the columns eventId, subscriptionId, dimension, quantity and occurredAt. Sending a file again counts nothing twice.',
    )
    .argument('<file>', 'The CSV file.')
    .option('--dry-run', 'Gives the verdicts and counts nothing.');
  addGlobalOptions(command);
  command.action(async (file: string) => {
    await importFile(file, { session, command });
  });
  return new Command('usage')
    .description('Usage: reports, hours, statements and previews.')
    .addCommand(command);
}

async function importFile(
  file: string,
  { session, command }: { readonly session: Session; readonly command: Command },
): Promise<void> {
  const { terminal } = session;
  const globals = globalsOf(command);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw usageError(`There is no file ${file}.`);
  const api = openApi(session, globals);
  const query = new URLSearchParams({ dryRun: String(command.opts()['dryRun'] === true) });
  if (globals.publisher !== undefined) query.set('publisherId', globals.publisher);
  const body = createReadStream(file).pipe(
    counted((sent) => terminal.progress(`Sent ${Math.floor((100 * sent) / Math.max(1, size))} %`)),
  );
  const answer = await api.send(`/v1/usage?${query.toString()}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body,
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  });
  const lines = createInterface({ input: answer.body });
  let summary: Summary | undefined;
  for await (const text of lines) {
    const line = JSON.parse(text) as UploadLine;
    summary = line.summary ?? summary;
    if (line.detail !== undefined) throw brokenOff(line.detail);
    if (line.summary) continue;
    const isJson = globals.json === true || globals.jsonl === true;
    terminal.progress('');
    if (isJson) await terminal.print(text);
    else if (line.outcome === 'refused') {
      terminal.note(`Line ${line.line}: ${line.refusal}. ${line.message ?? ''}`.trim());
    }
  }
  terminal.progress('');
  if (!summary) throw brokenOff('The answer broke off.');
  const { records, taken, repeated, refused, dryRun } = summary;
  if (globals.json || globals.jsonl) await terminal.print(JSON.stringify({ summary }));
  else {
    const what = dryRun ? 'Nothing was counted. It would be' : 'Counted';
    await terminal.print(
      `${what}: ${taken} taken, ${repeated} repeated, ${refused} refused of ${records} records.`,
    );
  }
  if (refused > 0) throw new QuietEnd(exitCodes.refused);
}

function brokenOff(message: string): Failure {
  return new Failure({
    exitCode: exitCodes.refused,
    code: 'usage.import-broken-off',
    message,
    nextStep: 'Records before it are counted. Send the file again: nothing is counted twice.',
  });
}

/** Passes bytes on and says how many have passed. */
function counted(onSent: (bytes: number) => void): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _coding, done) {
      sent += chunk.byteLength;
      onSent(sent);
      done(undefined, chunk);
    },
  });
}
