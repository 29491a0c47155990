import { open } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { usageError } from '../failure.ts';
import { timeOf } from '../fields.ts';
import { addGlobalOptions, globalsOf, openApi, procedureOf, type Session } from '../session.ts';

/** The largest page of the API. */
const LARGEST_PAGE = 200;
/** A spreadsheet runs a cell that begins so. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

interface Export {
  readonly procedure: string;
  readonly about: string;
  /** What was exported, for one and for several. */
  readonly counted: readonly [one: string, several: string];
  /** For CSV: paths of single values. */
  readonly columns: string;
  /** A list in each item, of which each entry is a row of its own. */
  readonly rows?: string;
}

const EXPORTS: Readonly<Record<string, Export>> = {
  subscriptions: {
    procedure: 'subscriptions.list',
    about: 'All subscriptions.',
    counted: ['subscription', 'subscriptions'],
    columns:
      'id publisherId offerId planId name quantity status term.startDate term.endDate term.termUnit autoRenew isFreeTrial isTestPurchase channel beneficiary.tenantId beneficiary.objectId beneficiary.emailId purchaser.tenantId purchaser.objectId purchaser.emailId activation.state createdAt updatedAt',
  },
  statements: {
    procedure: 'usage.statements',
    about: 'The usage statements of a month: --month.',
    counted: ['statement', 'statements'],
    columns:
      'publisherId subscriptionId offerId month isFinal planId dimension displayName unitOfMeasure used included billed pending notBilled carriedIn carriedOut remainder unitPrice currency amount',
    rows: 'lines',
  },
  audit: {
    procedure: 'audit.list',
    about: 'The audit log: --since and --until.',
    counted: ['entry of the audit log', 'entries of the audit log'],
    columns:
      'sequence at actor actorLabel publisherId procedure subject outcome reason from times correlationId hash',
  },
};

interface ExportOptions {
  readonly format: 'csv' | 'jsonl';
  readonly output?: string;
  readonly month?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `export <what>`: everything, page by page, to a file or to stdout. */
export function exportCommand(session: Session): Command {
  const list = Object.entries(EXPORTS).map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`);
  const command = new Command('export')
    .summary('Writes subscriptions, statements or the audit log as CSV or JSON lines.')
    .description('Writes subscriptions, statements or the audit log as CSV or JSON lines.')
    .addHelpText('after', `\nWhat:\n${list.join('\n')}`)
    .argument('<what>', `One of: ${Object.keys(EXPORTS).join(', ')}.`)
    .addOption(
      new Option('--format <format>', 'CSV, or JSON lines with every field.')
        .choices(['csv', 'jsonl'])
        .default('csv'),
    )
    .option('--output <file>', 'Default: stdout. An existing file is not replaced.')
    .option('--month <month>', 'A month in UTC, such as 2026-11.')
    .addOption(
      new Option('--since <time>', 'ISO 8601, or a time ago such as 30d.').argParser(timeOf),
    )
    .addOption(new Option('--until <time>', 'ISO 8601, or a time ago.').argParser(timeOf));
  addGlobalOptions(command);
  return command.action(async (what: string) => {
    const wanted = EXPORTS[what];
    if (!wanted)
      throw usageError(
        `There is no export ${what}.`,
        `Choose one of: ${Object.keys(EXPORTS).join(', ')}.`,
      );
    const options = command.opts<ExportOptions>();
    if (what === 'statements' && options.month === undefined) throw usageError('Missing: --month.');
    const globals = globalsOf(command);
    const api = openApi(session, globals);
    const procedure = procedureOf(session.catalogue(), wanted.procedure);
    const filters = {
      month: options.month,
      since: options.since,
      until: options.until,
      publisherId: globals.publisher,
    };
    const input = Object.fromEntries(
      Object.entries(filters).filter(([, value]) => value !== undefined),
    );
    await using sink = await openSink(options.output, session);
    const columns = wanted.columns.split(' ');
    if (options.format === 'csv') await sink.write(columns.join(','));
    let count = 0;
    const amount = () => `${count} ${wanted.counted[count === 1 ? 0 : 1]}`;
    let cursor: string | undefined;
    do {
      const page = { ...input, limit: LARGEST_PAGE, ...(cursor !== undefined && { cursor }) };
      const answer = (await api.call(procedure, page)) as {
        items: readonly object[];
        nextCursor?: string;
      };
      for (const item of answer.items) {
        if (options.format === 'jsonl') await sink.write(JSON.stringify(item));
        else
          for (const row of rowsOf(item, wanted.rows))
            await sink.write(columns.map((path) => cellOf(row, path)).join(','));
      }
      count += answer.items.length;
      session.terminal.progress(amount());
      cursor = answer.nextCursor;
    } while (cursor !== undefined);
    session.terminal.progress('');
    session.terminal.note(
      `${amount()} exported${options.output === undefined ? '' : ` to ${options.output}`}.`,
    );
  });
}

function rowsOf(item: object, list: string | undefined): readonly object[] {
  if (list === undefined) return [item];
  const lines = new Map<string, unknown>(Object.entries(item)).get(list);
  return Array.isArray(lines) ? lines.map((line: object) => Object.assign({}, item, line)) : [];
}

/** A cell of RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
function cellOf(row: object, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>(
      (part, key) => new Map<string, unknown>(Object.entries(part ?? {})).get(key),
      row,
    );
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

interface Sink extends AsyncDisposable {
  write(line: string): Promise<void>;
}

async function openSink(file: string | undefined, { terminal }: Session): Promise<Sink> {
  if (file === undefined) {
    return { write: (line) => terminal.print(line), [Symbol.asyncDispose]: async () => {} };
  }
  // The file can hold personal data.
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${file} cannot be written (${error.code}).`);
  });
  return {
    write: (line) => handle.appendFile(`${line}\n`),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
