import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import { badRequest, problemOf, sendProblem, type Problem } from './problem.ts';

/** The columns of the file, in any order. */
const COLUMNS = ['eventId', 'subscriptionId', 'dimension', 'quantity', 'occurredAt'] as const;

/** Longer than a record with the longest ids. A file without line ends must not fill the memory. */
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
  /** True: every verdict is answered. False: only those that did not count the record. */
  readonly showsAll: boolean;
  /** Reports one batch. Throws what the procedure throws. */
  readonly report: (records: readonly Row[]) => Promise<readonly Verdict[]>;
}

/**
 * Reads a CSV file as it arrives, in batches, and answers as it goes: one JSON object per line for each record that
 * did not count, and a summary as the last line. Neither file nor answer is ever held in memory. If a batch fails, the
 * last line is the problem; earlier batches are counted, so that the file can simply be sent again.
 */
export async function uploadCsv(upload: CsvUpload): Promise<void> {
  const { req, res } = upload;
  const rows = req.pipe(
    parse({
      bom: true,
      columns: (header: string[]) => readHeader(header),
      trim: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_BYTES,
      info: true,
    }),
  );
  req.once('close', () => {
    if (!req.complete) rows.destroy(new Error('the caller disconnected'));
  });
  const totals = { records: 0, taken: 0, repeated: 0, refused: 0 };
  let batch: { row: Row; line: number }[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const verdicts = await upload.report(batch.map(({ row }) => row));
    begin(res);
    for (const [index, verdict] of verdicts.entries()) {
      totals.records += 1;
      totals[verdict.outcome] += 1;
      if (!upload.showsAll && verdict.outcome === 'taken') continue;
      await write(res, { line: batch[index]?.line, ...verdict });
    }
    batch = [];
  };
  try {
    for await (const { record, info } of rows as AsyncIterable<ParsedRow>) {
      batch.push({ row: record, line: info.lines });
      if (batch.length === MAX_USAGE_BATCH) await flush();
    }
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
  readonly info: { readonly lines: number };
}

class UnknownColumns extends Error {
  override readonly name = 'UnknownColumns';
}

function readHeader(header: readonly string[]): string[] {
  const unknown = header.filter((name) => !COLUMNS.some((column) => column === name));
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (unknown.length === 0 && missing.length === 0) return [...header];
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${unknown.slice(0, 10).join(', ').slice(0, 200)}`] : []),
  ];
  throw new UnknownColumns(
    `The first line must name the columns ${COLUMNS.join(', ')}, in any order (${parts.join('; ')}).`,
  );
}

function problemOfFile(error: unknown): Problem {
  if (error instanceof UnknownColumns) return badRequest(error.message);
  if (error instanceof CsvError)
    return badRequest(`The file is not readable as CSV: ${error.message}`);
  return problemOf(error);
}

/** A failure before the first answer has its own status. Later, the last line says it. */
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

/** Waits while the caller does not read, so that a slow reader slows the upload. */
async function write(res: ServerResponse, line: object): Promise<void> {
  if (!res.write(`${JSON.stringify(line)}\n`)) await once(res, 'drain');
}
