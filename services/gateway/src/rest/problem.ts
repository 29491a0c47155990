import type { ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { RemoteError, type ErrorDetails } from '@landfall/contracts/procedures';
import { isFault } from '@landfall/domain/fault';
import { correlationId } from '@landfall/service-kit/log';

const MS_PER_SECOND = 1000;

/** An error as RFC 9457 describes it, with the codes that the tRPC API uses. */
export interface Problem extends ErrorDetails {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
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
  return {
    title: isOurs ? 'Something went wrong on our side' : titleOf(failed.code),
    status: isOurs && details.fault !== undefined ? 503 : getHTTPStatusCodeFromError(failed),
    detail: isOurs
      ? 'Nothing was lost. Send it again: records that were counted are not counted twice.'
      : failed.message,
    ...details,
    correlationId: correlationId(),
  };
}

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
  return { title: titleOf('BAD_REQUEST'), status: 400, detail, correlationId: correlationId() };
}

export function sendProblem(res: ServerResponse, problem: Problem): void {
  const { retryAfterMs } = problem;
  res.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterMs ? { 'retry-after': String(Math.ceil(retryAfterMs / MS_PER_SECOND)) } : {}),
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
