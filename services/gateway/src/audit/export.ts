import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { stringify } from 'csv-stringify/sync';
import type { z } from 'zod';
import { auditProcedures } from '@landfall/contracts/audit-procedures';
import { inputFromUrl } from '../rest/read-input.ts';
import { parameterProblem, sendProblem } from '../rest/problem.ts';
import type { RestRequest } from '../rest/rest-request.ts';

const FORMATS = ['jsonl', 'csv'] as const;
/** The largest page of `audit.list`. */
const PAGE_SIZE = 200;
/** A reader that takes nothing for this long is cut, so that it does not keep a connection and a page in memory. */
const STALL_MS = 30_000;

const { input: listInput, output: listOutput } = auditProcedures.audit.list;
type Page = z.input<typeof listOutput>;

/** The columns of a CSV file, in the order of docs/audit.md. */
const COLUMNS = [
  'sequence',
  'at',
  'actor',
  'actorLabel',
  'publisherId',
  'procedure',
  'subject',
  'outcome',
  'reason',
  'requestedBy',
  'approvedBy',
  'from',
  'before',
  'after',
  'correlationId',
  'times',
  'hash',
] as const;

/** `GET /v1/audit/export?format=jsonl|csv` with the filters of `audit.list`: all entries, newest first, page by page. */
export const auditForms: Readonly<
  Record<string, ((request: RestRequest) => Promise<void>) | undefined>
> = { 'GET /v1/audit/export': exportEntries };

async function exportEntries({ parts, res, query, call }: RestRequest): Promise<void> {
  const { limit: _, cursor: __, ...filters } = listInput.shape;
  const known = Object.fromEntries(Object.keys(filters).map((name) => [name, 'any' as const]));
  const problem = parameterProblem(query, { ...known, format: FORMATS });
  if (problem) return sendProblem(res, problem);
  const isCsv = query.get('format') === 'csv';
  query.delete('format');
  const given = inputFromUrl(listInput, { query, inPath: {} });
  if ('problem' in given) return sendProblem(res, given.problem);
  const api = parts.router.createCaller(call, { onError: parts.onError });
  const read = (cursor?: string): Promise<Page> =>
    api.audit.list({ ...given.input, limit: PAGE_SIZE, cursor });

  // A refusal comes with the first page, and has its own status.
  let page = await read();
  res.writeHead(200, {
    'content-type': isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
    'content-disposition': `attachment; filename="audit.${isCsv ? 'csv' : 'jsonl'}"`,
    'cache-control': 'no-store',
  });
  if (isCsv) await write(res, stringify([[...COLUMNS]]));
  for (;;) {
    await write(res, isCsv ? csvRows(page) : jsonLines(page));
    if (page.nextCursor === undefined) break;
    page = await read(page.nextCursor);
  }
  res.end();
}

function jsonLines({ items }: Page): string {
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}

/** Spreadsheets run a cell that begins with = + - or @ as a formula, so such cells are escaped. */
function csvRows({ items }: Page): string {
  const rows = items.map((item) => {
    const cells = new Map<string, unknown>(Object.entries(item));
    return COLUMNS.map((column) => cellOf(cells.get(column)));
  });
  return stringify(rows, { escape_formulas: true });
}

function cellOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

async function write(res: ServerResponse, text: string): Promise<void> {
  if (res.destroyed) throw new Error('the reader has disconnected');
  if (text === '' || res.write(text)) return;
  const over = new AbortController();
  const stalled = AbortSignal.timeout(STALL_MS);
  const gone = (): void => over.abort();
  res.once('close', gone);
  try {
    await once(res, 'drain', { signal: AbortSignal.any([over.signal, stalled]) });
  } finally {
    res.off('close', gone);
  }
}
