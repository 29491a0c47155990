import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerNames } from '@landfall/contracts/envelope';
import { openServerSpan } from '../telemetry/tracing.ts';

/** From here on, an answer means that the server has failed. */
const FIRST_FAILURE = 500;

export interface RequestSpan {
  run<T>(fn: () => T): T;
  /** `route` is the template of the path, which may hold a token or an id. */
  end(route: string): void;
}

const untraced: RequestSpan = { run: (fn) => fn(), end: () => {} };

/**
 * The span of a request. Only the gateway is trusted to say which trace a request belongs to: a stranger could otherwise choose what
 * is recorded. So a public server ignores `traceparent`.
 */
export function requestSpan(
  req: IncomingMessage,
  res: ServerResponse,
  { isPublic, isProbe }: { readonly isPublic: boolean; readonly isProbe: boolean },
): RequestSpan {
  if (isProbe) return untraced;
  const { method = 'GET' } = req;
  const given = isPublic ? undefined : req.headers[headerNames.traceParent];
  const span = openServerSpan(method, {
    attributes: { 'http.request.method': knownMethod(method) },
    traceParent: typeof given === 'string' ? given : undefined,
  });
  if (!span) return untraced;
  return {
    run: (fn) => span.run(fn),
    end(route) {
      const { statusCode, writableFinished } = res;
      span.end({
        name: `${knownMethod(method)} ${route}`,
        attributes: {
          'http.route': route,
          'http.response.status_code': statusCode,
          ...(writableFinished ? {} : { 'error.type': 'http.aborted' }),
        },
        isError: statusCode >= FIRST_FAILURE || !writableFinished,
      });
    },
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A caller can send any method. OpenTelemetry calls all others by this name. */
function knownMethod(method: string): string {
  return METHODS.has(method) ? method : '_OTHER';
}
