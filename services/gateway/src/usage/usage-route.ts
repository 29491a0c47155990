import type { IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';
import type { PublicRouter } from '@landfall/contracts/api';
import { RemoteError, type Call } from '@landfall/contracts/procedures';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import { readBody } from '@landfall/service-kit/http-body';
import { uploadCsv } from './csv-upload.ts';
import { readRecords } from './json-forms.ts';
import { badRequest, bodyProblem, parameterProblem, refuse, sendJson } from '../rest/problem.ts';
import type { RestRequest } from '../rest/rest-request.ts';
import { sendStatement, sendStatements } from './statements.ts';

/** 1,000 records are about 250 KB. */
const MAX_JSON_BYTES = 1024 * 1024;

const USAGE_PATH = '/v1/usage';

type Caller = ReturnType<PublicRouter['createCaller']>;

/** A file is read as it arrives; everything else is small. */
export function isUsageFile(req: IncomingMessage): boolean {
  return pathOf(req) === USAGE_PATH && isCsv(req);
}

/**
 * Usage in the forms that other programs write and read: `POST /v1/usage` also takes CloudEvents and CSV files, and
 * statements are also CSV files and pages. All call the same procedures as every other route.
 */
export const usageForms: Readonly<
  Record<string, ((request: RestRequest) => Promise<void>) | undefined>
> = {
  [`POST ${USAGE_PATH}`]: (request) => takeUsage(request),
  'GET /v1/usage/statement': (request) =>
    sendStatement(request.res, request.query, callerOf(request, request.call)),
  'GET /v1/usage/statements': (request) =>
    sendStatements(request.res, request.query, callerOf(request, request.call)),
};

function callerOf({ parts }: RestRequest, call: Call): Caller {
  return parts.router.createCaller(call, { onError: parts.onError });
}

async function takeUsage(request: RestRequest): Promise<void> {
  const { req, res, query, parts } = request;
  const publisherId = query.get('publisherId') ?? undefined;
  const problem = parameterProblem(query, {
    dryRun: ['true', 'false'],
    publisherId: 'any',
    ...(isCsv(req) ? { verdicts: ['all'] } : {}),
  });
  if (problem) return refuse(req, res, problem);
  const dryRun = query.get('dryRun') === 'true';
  if (isCsv(req)) {
    const report = async (records: readonly object[]) => {
      const { results } = await (
        await inTurn(async () => callerOf(request, await request.again()))
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
      showsAll: query.get('verdicts') === 'all',
      report,
    });
  }
  const body = await readBody(
    req,
    MAX_JSON_BYTES,
    parts.bodies.reserveFor(res, req.headers.authorization),
  );
  if (body === 'too-large' || body === 'no-room') return refuse(req, res, bodyProblem(body));
  const given = readRecords(body, req.headers);
  if ('flaw' in given) return refuse(req, res, badRequest(given.flaw));
  const { records } = given;
  if (records.length === 0 || records.length > MAX_USAGE_BATCH) {
    const most = MAX_USAGE_BATCH.toLocaleString('en');
    return refuse(
      req,
      res,
      badRequest(
        `Send 1 to ${most} records in one call. Send more as a CSV file, or in several calls.`,
      ),
    );
  }
  const answer = await callerOf(request, request.call).usage.report({
    records: records as never[],
    dryRun: dryRun || given.dryRun === true,
    publisherId,
  });
  sendJson(res, answer);
}

/** Waits until the caller's rate allows another call, so that a large file is slowed down and not refused. */
export async function inTurn<Answer>(call: () => Promise<Answer>): Promise<Answer> {
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

function isCsv(req: IncomingMessage): boolean {
  return /^(?:text|application)\/csv\b/i.test(req.headers['content-type'] ?? '');
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? '/').split('?', 1)[0] ?? '/';
}
