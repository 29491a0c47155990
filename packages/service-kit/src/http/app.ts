import type { HttpBindings } from '@hono/node-server';
import { BodyBudgetSpent, bodyBudgetSpent, type BodyBudget } from './body-budget.ts';
import { currentCorrelationId } from '../log/correlation.ts';
import { isBodyTooLarge, MAX_DRAINED_BYTES, withBoundedBody } from './body.ts';
import type { Logger } from '../log/log.ts';

type Handle = (request: Request, env: HttpBindings) => Response | Promise<Response>;

/** A Hono application or any fetch handler. */
export type FetchApp = { readonly fetch: Handle } | Handle;

/**
 * The decision on a request by its headers: an answer, so that its body is never read; a function that handles the
 * request once its body has arrived; or undefined, so that the application handles it.
 */
export type Admission = Response | ((request: Request) => Promise<Response>) | undefined;

export interface AppRules {
  readonly log: Logger;
  readonly admit: ((request: Request) => Promise<Admission>) | undefined;
  readonly maxBodyBytes: number;
  readonly bodies: BodyBudget;
  /** Asks a client that sent `Expect: 100-continue` for its body. */
  readonly askForBody: (res: HttpBindings['outgoing']) => void;
}

/** Calls the application after `admit`, with a body of bounded size that fits into the memory budget. */
export function appHandler(app: FetchApp, rules: AppRules): Handle {
  const { log, admit, maxBodyBytes, bodies, askForBody } = rules;
  const fetch = typeof app === 'function' ? app : app.fetch.bind(app);
  const failed = (error: unknown): Response => {
    if (isBodyTooLarge(error)) return problem(413, 'body-too-large');
    if (error instanceof BodyBudgetSpent) return bodyBudgetSpent(currentCorrelationId());
    log.error({ err: error }, 'request failed');
    return problem(500, 'internal-error');
  };
  const answerWhole = (
    handle: Handle,
    request: Request,
    env: HttpBindings,
  ): Response | Promise<Response> => {
    try {
      askForBody(env.outgoing);
      const caller = request.headers.get('authorization') ?? undefined;
      const reserve = () => bodies.reserveFor(env.outgoing, caller);
      const bounded = withBoundedBody(request, maxBodyBytes, reserve);
      const response =
        bounded instanceof Promise
          ? bounded.then((whole) => handle(whole, env))
          : handle(bounded, env);
      return response instanceof Promise ? response.catch(failed) : response;
    } catch (error) {
      return failed(error);
    }
  };
  if (!admit) return (request, env) => answerWhole(fetch, request, env);
  return async (request, env) => {
    const admission = await admit(request).catch(failed);
    if (admission === undefined || typeof admission === 'function') {
      return await answerWhole(admission ?? fetch, request, env);
    }
    if (!isDrained(request)) admission.headers.set('connection', 'close');
    return admission;
  };
}

/** Whether the unread body is dropped. If not, the connection cannot carry another request. */
function isDrained(request: Request): boolean {
  if (request.headers.get('transfer-encoding') !== null) return false;
  return Number(request.headers.get('content-length') ?? 0) <= MAX_DRAINED_BYTES;
}

function problem(status: number, error: string): Response {
  return Response.json({ error, correlationId: currentCorrelationId() }, { status });
}
