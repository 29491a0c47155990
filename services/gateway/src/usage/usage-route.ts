import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import type { PublicRouter } from '@landfall/contracts/api';
import { RemoteError, type Call } from '@landfall/contracts/procedures';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import type { BodyBudget } from '@landfall/service-kit/body-budget';
import type { noteFailure } from '../api/trpc.ts';
import { readBody } from '../proxy/request-body.ts';
import { uploadCsv } from './csv-upload.ts';
import { readRecords } from './json-forms.ts';
import { badRequest, parameterProblem, problemOf, sendProblem } from '../rest/problem.ts';
import { sendStatement, sendStatements } from './statements.ts';

/** 1,000 records are about 250 KB. */
const MAX_JSON_BYTES = 1024 * 1024;

const USAGE_PATH = '/v1/usage';
const STATEMENT_PATH = '/v1/usage/statement';
const STATEMENTS_PATH = '/v1/usage/statements';

/** The paths, for the metrics. */
export const usagePaths = [USAGE_PATH, STATEMENT_PATH, STATEMENTS_PATH] as const;

type Caller = ReturnType<PublicRouter['createCaller']>;

export interface UsageRouteParts {
  readonly router: PublicRouter;
  /** The context for one call with the key. Throws a TRPCError without a valid key, or above its rate. */
  readonly admit: (authorization: string | undefined, signal: AbortSignal) => Promise<Call>;
  readonly bodies: BodyBudget;
  /** Called with each failed call. */
  readonly onError: ReturnType<typeof noteFailure>;
}

export function isUsagePath(path: string): boolean {
  return usagePaths.some((known) => known === path);
}

/** A file is read as it arrives; everything else is small. */
export function isUsageFile(req: IncomingMessage): boolean {
  return pathOf(req) === USAGE_PATH && isCsv(req);
}

/**
 * Usage over plain HTTP, for programs without the tRPC client: `POST /v1/usage` takes JSON, CloudEvents or a CSV file,
 * and `GET /v1/usage/statement` and `/statements` give statements as JSON, CSV or a page. All call the same procedures,
 * with the same keys, scopes, limits and audit as `/trpc`.
 */
export function createUsageRoute(parts: UsageRouteParts) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
    const { authorization } = req.headers;
    const call = async (): Promise<Caller> =>
      parts.router.createCaller(await parts.admit(authorization, gone.signal), {
        onError: parts.onError,
      });
    try {
      // The key is checked before the body is read, and before the answer can depend on path or input.
      const api = await call();
      if (req.method === 'POST' && pathOf(req) === USAGE_PATH) {
        await takeUsage({ parts, req, res, searchParams, api, again: call });
      } else if (req.method === 'GET' && pathOf(req) === STATEMENT_PATH) {
        await sendStatement(res, searchParams, api);
      } else if (req.method === 'GET' && pathOf(req) === STATEMENTS_PATH) {
        await sendStatements(res, searchParams, api);
      } else {
        refuse(res, {
          ...badRequest('Use POST /v1/usage, GET /v1/usage/statement or GET /v1/usage/statements.'),
          title: 'Method not allowed',
          status: 405,
        });
      }
    } catch (error) {
      refuse(res, problemOf(error));
    }
  };
}

interface Taking {
  readonly parts: UsageRouteParts;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly searchParams: URLSearchParams;
  readonly api: Caller;
  /** Admits another call by the same caller. Each batch of a file counts towards its rate. */
  readonly again: () => Promise<Caller>;
}

async function takeUsage(taking: Taking): Promise<void> {
  const { req, res, searchParams, api, parts } = taking;
  const publisherId = searchParams.get('publisherId') ?? undefined;
  const problem = parameterProblem(searchParams, {
    dryRun: ['true', 'false'],
    publisherId: 'any',
    ...(isCsv(req) ? { verdicts: ['all'] } : {}),
  });
  if (problem) return refuse(res, problem);
  const dryRun = searchParams.get('dryRun') === 'true';
  if (isCsv(req)) {
    const report = async (records: readonly object[]) => {
      const { results } = await (
        await inTurn(taking.again)
      ).usage.report({
        records: records as never[],
        dryRun,
        publisherId,
      });
      return results;
    };
    return await uploadCsv({
      req,
      res,
      dryRun,
      showsAll: searchParams.get('verdicts') === 'all',
      report,
    });
  }
  const body = await readBody(
    req,
    MAX_JSON_BYTES,
    parts.bodies.reserveFor(res, req.headers.authorization),
  );
  if (body === 'too-large' || body === 'no-room') return refuse(res, bodyProblem(body));
  const given = readRecords(body, req.headers);
  if ('flaw' in given) return refuse(res, badRequest(given.flaw));
  const { records } = given;
  if (records.length === 0 || records.length > MAX_USAGE_BATCH) {
    const most = MAX_USAGE_BATCH.toLocaleString('en');
    return refuse(
      res,
      badRequest(
        `Send 1 to ${most} records in one call. Send more as a CSV file, or in several calls.`,
      ),
    );
  }
  const answer = await api.usage.report({
    records: records as never[],
    dryRun: dryRun || given.dryRun === true,
    publisherId,
  });
  sendJson(res, answer);
}

function bodyProblem(problem: 'too-large' | 'no-room') {
  const isTooLarge = problem === 'too-large';
  return {
    ...badRequest(
      isTooLarge
        ? 'The body is larger than 1 MB. Send fewer records, or a CSV file.'
        : 'Too many requests are being read at the moment. Try again in a few seconds.',
    ),
    title: isTooLarge ? 'Payload too large' : 'Busy',
    status: isTooLarge ? 413 : 503,
    ...(isTooLarge ? {} : { retryAfterMs: 2000 }),
  };
}

/** Waits until the key's rate allows another call, so that a large file is slowed down and not refused. */
async function inTurn(call: () => Promise<Caller>): Promise<Caller> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const waitMs = retryAfter(error);
      if (waitMs === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function retryAfter(error: unknown): number | undefined {
  if (!(error instanceof TRPCError) || error.code !== 'TOO_MANY_REQUESTS') return undefined;
  return error.cause instanceof RemoteError ? error.cause.details.retryAfterMs : undefined;
}

export function sendJson(res: ServerResponse, body: unknown): void {
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(`${JSON.stringify(body)}\n`);
}

/** Closes the connection, because no request can follow a body that was not read. */
function refuse(res: ServerResponse, problem: Parameters<typeof sendProblem>[1]): void {
  if (res.headersSent) return void res.destroy();
  res.setHeader('connection', 'close');
  sendProblem(res, problem);
}

function isCsv(req: IncomingMessage): boolean {
  return /^(?:text|application)\/csv\b/i.test(req.headers['content-type'] ?? '');
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? '/').split('?', 1)[0] ?? '/';
}
