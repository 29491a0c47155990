import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import { badRequest, problemOf, sendProblem, type Problem } from '../rest/problem.ts';

/** The columns of the file, in any order. */
const COLUMNS = ['eventId', 'subscriptionId', 'dimension', 'quantity', 'occurredAt'] as const;

/** Longer than any valid record. A file without line breaks must not fill the memory. */
const MAX_ROW_BYTES = 8 * 1024;

type Row = Readonly<Record<string, string>>;

interface Verdict {
  readonly eventId?: string | undefined;
  readonly outcome: 'taken' | 'repeated' | 'refused';
  readonly refusal?: string | undefined;
  readonly message?: string | undefined;
}

export interface CsvUpload {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly dryRun: boolean;
  /** True: the answer lists every verdict. False: only those of records that were not counted. */
  readonly showsAll: boolean;
  /** Reports one batch. Throws what the procedure throws. */
  readonly report: (records: readonly Row[]) => Promise<readonly Verdict[]>;
}

/**
 * Reads a CSV file in batches as it arrives, and answers as it goes: a line with a JSON object for each record that was not
 * counted, and a summary as the last line. A line that cannot be read is refused without affecting the others. Neither the
 * file nor the answer is ever held in memory as a whole. If a batch fails, the last line is the problem. Earlier batches
 * stay counted, and the file can simply be sent again.
 */
export async function uploadCsv(upload: CsvUpload): Promise<void> {
  const { req, res } = upload;
  let hasHeader = false;
  const rows = req.pipe(
    parse({
      bom: true,
      columns: (header: string[]) => {
        hasHeader = true;
        return readHeader(header);
      },
      trim: true,
      skip_empty_lines: true,
      // Spreadsheets write deleted rows as lines of commas.
      skip_records_with_empty_values: true,
      relax_column_count: true,
      max_record_size: MAX_ROW_BYTES,
      info: true,
    }),
  );
  req.once('close', () => {
    if (!req.complete) rows.destroy(new Error('the caller disconnected'));
  });
  const totals = { records: 0, taken: 0, repeated: 0, refused: 0 };
  let batch: GivenRow[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const readable = batch.filter(({ flaw }) => flaw === undefined).map(({ row }) => row);
    const verdicts = readable.length === 0 ? [] : await upload.report(readable);
    const given = verdicts.values();
    begin(res);
    for (const { line, flaw } of batch) {
      const verdict = flaw === undefined ? given.next().value : malformed(flaw);
      if (!verdict) break;
      totals.records += 1;
      totals[verdict.outcome] += 1;
      if (!upload.showsAll && verdict.outcome === 'taken') continue;
      await write(res, { line, ...verdict });
    }
    batch = [];
  };
  try {
    for await (const { record, info } of rows as AsyncIterable<ParsedRow>) {
      batch.push({ row: record, line: info.lines, flaw: flawOf(record, info) });
      if (batch.length === MAX_USAGE_BATCH) await flush();
    }
    if (!hasHeader) throw new UnreadableFile(`The file is empty. ${NEEDS}.`);
    await flush();
    begin(res);
    await write(res, { summary: { ...totals, dryRun: upload.dryRun } });
    res.end();
    await finished(res);
  } catch (error) {
    if (req.destroyed && !req.complete) return;
    await fail(res, { problem: problemOfFile(error), totals });
  }
}

interface ParsedRow {
  readonly record: Row;
  readonly info: { readonly lines: number; readonly error?: CsvError | undefined };
}

interface GivenRow {
  readonly row: Row;
  readonly line: number;
  /** Why the row cannot be reported. */
  readonly flaw: string | undefined;
}

class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

const NEEDS = `The first line must name the columns ${COLUMNS.join(', ')}, in any order`;

/**
 * Bytes that are not UTF-8 would become the same replacement character. Two different event ids could then look the
 * same, and the second record would not be counted.
 */
function flawOf(row: Row, { error }: ParsedRow['info']): string | undefined {
  if (error) return `The line does not have ${COLUMNS.length} cells.`;
  if (Object.values(row).some((cell) => cell.includes('\uFFFD')))
    return 'The line has a character that is not UTF-8. Save the file as UTF-8.';
  return undefined;
}

function malformed(message: string): Verdict {
  return { outcome: 'refused', refusal: 'malformed', message };
}

function readHeader(header: readonly string[]): string[] {
  const unknown = header.filter((name) => !COLUMNS.some((column) => column === name));
  const missing = COLUMNS.filter((column) => !header.includes(column));
  const repeated = header.filter((name, index) => header.indexOf(name) !== index);
  if (unknown.length + missing.length + repeated.length === 0) return [...header];
  const separator = SEPARATORS.find(([sign]) => header.length === 1 && header[0]?.includes(sign));
  if (separator) {
    throw new UnreadableFile(
      `The columns are separated by ${separator[1]}. Use commas, and write decimals with a point.`,
    );
  }
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${unknown.slice(0, 10).join(', ').slice(0, 200)}`] : []),
    ...(unknown.length === 0 && repeated.length > 0 ? [`twice: ${repeated.join(', ')}`] : []),
  ];
  throw new UnreadableFile(`${NEEDS} (${parts.join('; ')}).`);
}

/** Separators that spreadsheets write instead of commas in some languages. */
const SEPARATORS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
] as const;

function problemOfFile(error: unknown): Problem {
  if (error instanceof UnreadableFile) return badRequest(error.message);
  if (error instanceof CsvError)
    return badRequest(`The file is not readable as CSV: ${error.message}`);
  return problemOf(error);
}

/** A failure before the first line has an HTTP status of its own. After that, the last line reports it. */
async function fail(
  res: ServerResponse,
  of: { readonly problem: Problem; readonly totals: object },
): Promise<void> {
  if (!res.headersSent) {
    // The rest of the file is not read.
    res.setHeader('connection', 'close');
    return sendProblem(res, of.problem);
  }
  await write(res, { problem: of.problem, summary: of.totals });
  res.end();
}

function begin(res: ServerResponse): void {
  if (res.headersSent) return;
  res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
}

/** Waits while the caller does not read, so that a slow reader slows down the upload. */
async function write(res: ServerResponse, line: object): Promise<void> {
  if (!res.write(`${JSON.stringify(line)}\n`)) await once(res, 'drain');
}
