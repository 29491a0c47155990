import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { stringify } from 'csv-stringify/sync';
import type { PublicRouter } from '@landfall/contracts/api';
import { badRequest, parameterProblem, sendProblem } from '../rest/problem.ts';
import { PAGE_POLICY, statementPage, type Statement } from './statement-page.ts';

type Caller = ReturnType<PublicRouter['createCaller']>;

const FORMATS = ['json', 'csv', 'html'] as const;
type Format = (typeof FORMATS)[number];

/** Subscriptions on one HTML page. A month with more is read as CSV. */
const MAX_ON_A_PAGE = 500;

/** Statements per call to billing-sync. */
const PAGE_SIZE = 50;

/** `?subscriptionId=…&month=2026-11&format=json|csv|html` */
export async function sendStatement(
  res: ServerResponse,
  query: URLSearchParams,
  api: Caller,
): Promise<void> {
  const problem = parameterProblem(query, { subscriptionId: 'any', month: 'any', format: FORMATS });
  if (problem) return sendProblem(res, problem);
  const format = formatOf(query);
  const input = {
    subscriptionId: query.get('subscriptionId') ?? '',
    month: query.get('month') ?? '',
  };
  const one = await api.usage.statement(input);
  if (format === 'json') return send(res, 'application/json', `${JSON.stringify(one)}\n`);
  if (format === 'csv') return send(res, 'text/csv; charset=utf-8', `${csvHead()}${csvRows(one)}`);
  sendPage(res, await statementPage([one]));
}

/** `?month=2026-11&publisherId=…&isTest=true&format=json|csv|html`: every subscription of a publisher, page by page. */
export async function sendStatements(
  res: ServerResponse,
  query: URLSearchParams,
  api: Caller,
): Promise<void> {
  const problem = parameterProblem(query, {
    month: 'any',
    publisherId: 'any',
    isTest: ['true', 'false'],
    format: FORMATS,
  });
  if (problem) return sendProblem(res, problem);
  const format = formatOf(query);
  const all = readAll(query, api);
  if (format === 'html') {
    const shown: Statement[] = [];
    for await (const one of all) {
      if (shown.length === MAX_ON_A_PAGE) return tooLong(res);
      shown.push(one);
    }
    return sendPage(res, await statementPage(shown));
  }
  const isCsv = format === 'csv';
  const first = await all.next();
  head(res, isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
  if (isCsv) await write(res, csvHead());
  for (let next = first; !next.done; next = await all.next()) {
    await write(res, isCsv ? csvRows(next.value) : `${JSON.stringify(next.value)}\n`);
  }
  res.end();
}

async function* readAll(query: URLSearchParams, api: Caller): AsyncGenerator<Statement, undefined> {
  const publisherId = query.get('publisherId') ?? undefined;
  const isTest = query.get('isTest');
  const month = query.get('month') ?? '';
  let cursor: string | undefined;
  do {
    const page = await api.usage.statements({
      month,
      publisherId,
      limit: PAGE_SIZE,
      cursor,
      ...(isTest === null ? {} : { isTest: isTest === 'true' }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return undefined;
}

const COLUMNS = [
  'month',
  'subscriptionId',
  'offerId',
  'isTest',
  'isFinal',
  'planId',
  'termStart',
  'termUnit',
  'dimension',
  'unitOfMeasure',
  'used',
  'included',
  'billed',
  'pending',
  'notBilled',
  'carriedIn',
  'carriedOut',
  'remainder',
  'overBilled',
  'unitPrice',
  'currency',
  'amount',
] as const;

function csvHead(): string {
  return stringify([[...COLUMNS]]);
}

/** Spreadsheets run a cell that begins with = + - or @ as a formula, so such cells are escaped. */
function csvRows(of: Statement): string {
  const rows = of.lines.map((line) => {
    const cells = new Map<string, unknown>(Object.entries({ ...of, ...line }));
    return COLUMNS.map((column) => cells.get(column));
  });
  return stringify(rows, { escape_formulas: true, cast: { boolean: String } });
}

function formatOf(query: URLSearchParams): Format {
  const wanted = query.get('format');
  return FORMATS.find((format) => format === wanted) ?? 'json';
}

function tooLong(res: ServerResponse): void {
  const detail = `The month has more than ${MAX_ON_A_PAGE} subscriptions with usage. Use format=csv.`;
  sendProblem(res, badRequest(detail));
}

function head(res: ServerResponse, type: string): void {
  res.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
}

function send(res: ServerResponse, type: string, body: string): void {
  head(res, type);
  res.end(body);
}

function sendPage(res: ServerResponse, page: string): void {
  res.setHeader('content-security-policy', PAGE_POLICY);
  send(res, 'text/html; charset=utf-8', page);
}

async function write(res: ServerResponse, text: string): Promise<void> {
  if (!res.write(text)) await once(res, 'drain');
}
