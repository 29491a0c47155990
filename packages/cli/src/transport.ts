import { randomUUID } from 'node:crypto';
import type { Procedure } from './catalogue.ts';
import type { Connection } from './connection.ts';
import { exitCodes, Failure } from './failure.ts';
import { readBody, sendHttp, type Answer, type Request } from './http.ts';

/** Above the gateway's own deadline of 12 seconds, so that its answer comes first. */
const TIMEOUT_MS = 20_000;

export interface CallOptions {
  readonly publisherId?: string | undefined;
  /** Sending the command again with the same key does it once. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Calls the API. */
export interface Api {
  readonly connection: Connection;
  /** Calls a procedure. Throws {@link Failure} with the API's own code. */
  call(procedure: Procedure, input: object, options?: CallOptions): Promise<unknown>;
  /** Any other path of the gateway. Throws {@link Failure} unless the status is 2xx. */
  send(path: string, request?: Request): Promise<Answer>;
}

export function createApi(connection: Connection, isLimitedTo: string | undefined): Api {
  const send = async (path: string, request: Request = {}): Promise<Answer> => {
    const headers = {
      ...request.headers,
      authorization: `Bearer ${connection.apiKey}`,
      'x-correlation-id': randomUUID(),
      ...(isLimitedTo !== undefined && { 'landfall-publisher': isLimitedTo }),
    };
    const signal = request.signal ?? AbortSignal.timeout(TIMEOUT_MS);
    const url = connection.url + path;
    const answer = await sendHttp(url, { ...request, headers, signal }).catch((error: unknown) => {
      if (request.signal?.aborted) throw error;
      throw unreachable(connection.url, error);
    });
    if (answer.status < 200 || answer.status > 299) throw await failureOf(answer);
    return answer;
  };
  return {
    connection,
    send,
    async call({ method, path, inPath }, input, { idempotencyKey, signal } = {}) {
      const given = new Map<string, unknown>(Object.entries(input));
      const filled = path.replaceAll(/\{(\w+)\}/g, (_all, field: string) =>
        encodeURIComponent(String(given.get(field))),
      );
      const rest = [...given].filter(
        ([field, value]) => !inPath.includes(field) && value !== undefined,
      );
      const isBodiless = method === 'get' || method === 'delete';
      const query = isBodiless ? queryOf(rest) : '';
      const answer = await send(`${filled}${query}`, {
        method: method.toUpperCase(),
        headers: {
          ...(!isBodiless && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
        ...(!isBodiless && { body: JSON.stringify(Object.fromEntries(rest)) }),
        ...(signal && { signal }),
      });
      return JSON.parse(await readBody(answer)) as unknown;
    },
  };
}

/** Fields as URL parameters. A list is a repeated parameter. */
function queryOf(fields: readonly (readonly [string, unknown])[]): string {
  const query = new URLSearchParams();
  for (const [field, value] of fields) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      query.append(field, typeof one === 'string' ? one : JSON.stringify(one));
    }
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** An error as problem+json. */
interface Problem {
  readonly detail?: string;
  readonly rejection?: string;
  readonly fault?: string;
  readonly code?: string;
  readonly correlationId?: string;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

async function failureOf(answer: Answer): Promise<Failure> {
  const { status, headers } = answer;
  const problem = problemIn(await readBody(answer));
  const { rejection, fault, code, detail, correlationId, issues } = problem;
  const waitS = Number(headers['retry-after'] ?? Number.NaN);
  return new Failure({
    exitCode: exitCodeOf(status, problem),
    code: rejection ?? fault ?? code ?? `http.${status}`,
    message: detail ?? `The gateway answered ${status}.`,
    nextStep: nextStepOf(status, waitS),
    correlationId,
    issues,
  });
}

/** A proxy in between may answer with a page. */
function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}

function exitCodeOf(status: number, { rejection }: Problem): number {
  if (status === 401 || status === 403) return exitCodes.forbidden;
  if (status === 429 || status >= 502) return exitCodes.unreachable;
  return status === 400 && rejection === undefined ? exitCodes.usage : exitCodes.refused;
}

function nextStepOf(status: number, waitS: number): string | undefined {
  if (status === 401)
    return 'Run: landfall login. If the key has ended, ask an admin for a new one.';
  if (status === 429 || status === 503) {
    return Number.isNaN(waitS) ? 'Try again in a moment.' : `Try again in ${waitS} s.`;
  }
  return undefined;
}

function unreachable(url: string, error: unknown): Failure {
  const { name, code, message } = error as { name: string; code?: string; message: string };
  const isLate = name === 'TimeoutError' || code === 'ABORT_ERR';
  return new Failure({
    exitCode: exitCodes.unreachable,
    code: 'http.unreachable',
    message: `${url} does not answer (${isLate ? 'no answer in time' : (code ?? message)}).`,
    nextStep:
      'Check the address and the network, and whether Landfall runs. A command may have been carried out.',
  });
}
