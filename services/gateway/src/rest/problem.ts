import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { RemoteError, type ErrorDetails } from '@landfall/contracts/procedures';
import { retryHeaders } from '../limits/retry-headers.ts';
import { isFault } from '@landfall/domain/fault';
import { correlationId } from '@landfall/service-kit/log';

/** An error as RFC 9457 describes it, with the codes that the tRPC API uses. */
export interface Problem extends ErrorDetails {
  /** Relative address of the explanation of the code, at `/docs/errors`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** tRPC's code of the status, such as `NOT_FOUND`. */
  readonly code: string;
}

/** The problem for a failed call. It reveals no details of a bug. */
export function problemOf(error: unknown): Problem {
  const failed =
    error instanceof TRPCError
      ? error
      : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
  const { cause } = failed;
  const details = cause instanceof RemoteError ? cause.details : faultDetails(cause);
  const isOurs = failed.code === 'INTERNAL_SERVER_ERROR';
  const code = isOurs && details.fault !== undefined ? faultCode(cause) : failed.code;
  return {
    type: typeOf(details.rejection ?? code),
    title: isOurs ? 'Something went wrong on our side' : titleOf(code),
    status: statusOf(code),
    detail: isOurs
      ? 'Nothing was lost; please try again. Usage records that were counted are not counted twice.'
      : failed.message,
    code,
    ...details,
    correlationId: correlationId(),
  };
}

function faultCode(cause: unknown): TRPCError['code'] {
  return isFault(cause) && cause.retry === 'never' ? 'BAD_GATEWAY' : 'SERVICE_UNAVAILABLE';
}

function statusOf(code: TRPCError['code']): number {
  return getHTTPStatusCodeFromError(new TRPCError({ code }));
}

function typeOf(code: string): string {
  return `${ERRORS_PATH}#${code}`;
}

/** The page that explains the codes. */
export const ERRORS_PATH = '/docs/errors';

/**
 * Refuses URL parameters that do not exist, or that have a value that is not listed. With a misspelled `dryRun`, a preview
 * would be counted. Undefined: all parameters are valid.
 */
export function parameterProblem(
  query: URLSearchParams,
  known: Readonly<Record<string, readonly string[] | 'any'>>,
): Problem | undefined {
  const parameters = new Map(Object.entries(known));
  for (const [name, value] of query) {
    const values = parameters.get(name);
    if (!values) {
      return badRequest(
        `There is no parameter "${name.slice(0, 50)}". The parameters are: ${[...parameters.keys()].join(', ')}.`,
      );
    }
    if (values !== 'any' && !values.includes(value))
      return badRequest(`${name} must be ${values.join(' or ')}.`);
    if (query.getAll(name).length > 1) return badRequest(`Send ${name} once.`);
  }
  return undefined;
}

export function badRequest(detail: string): Problem {
  return refusal('BAD_REQUEST', detail);
}

/** A request that no procedure was called for. */
export function refusal(code: TRPCError['code'], detail: string): Problem {
  return {
    type: typeOf(code),
    title: titleOf(code),
    status: statusOf(code),
    detail,
    code,
    correlationId: correlationId(),
  };
}

export function bodyProblem(problem: 'too-large' | 'no-room'): Problem {
  if (problem === 'too-large') {
    const detail = 'The body is larger than 1 MB. Send fewer records, or a CSV file.';
    return refusal('PAYLOAD_TOO_LARGE', detail);
  }
  const detail = 'Too many requests are being read at the moment. Try again in a few seconds.';
  return { ...refusal('SERVICE_UNAVAILABLE', detail), title: 'Busy', retryAfterMs: 2000 };
}

export function sendJson(res: ServerResponse, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  res.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  res.end(text);
}

/** Closes the connection if the body was not read, because no request can follow it. */
export function refuse(req: IncomingMessage, res: ServerResponse, problem: Problem): void {
  if (res.headersSent) return void res.destroy();
  if (!req.complete) res.setHeader('connection', 'close');
  sendProblem(res, problem);
}

export function sendProblem(res: ServerResponse, problem: Problem): void {
  const { retryAfterMs } = problem;
  res.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterMs ? retryHeaders(problem.status, retryAfterMs) : {}),
  });
  res.end(`${JSON.stringify(problem)}\n`);
}

function faultDetails(cause: unknown): ErrorDetails {
  return isFault(cause) ? { fault: cause.code, retryAfterMs: cause.retryAfterMs } : {};
}

/** Such as `Not found` for `NOT_FOUND`. */
function titleOf(code: TRPCError['code']): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
