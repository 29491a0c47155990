import type { Context, MiddlewareHandler } from 'hono';
import type { ApiEnv } from './http-faults.ts';

/** One call of the REST API as it was sent, without tokens. */
export interface RecordedCall {
  readonly method: string;
  /** Path below the API's base URL, without the query. */
  readonly path: string;
  /** A list if a parameter was sent more than once. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Null if the connection was dropped instead. */
  readonly answer: RecordedAnswer | null;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Recording {
  readonly calls: readonly RecordedCall[];
  /** The number of calls that were not recorded, because the recording was full. */
  readonly leftOut: number;
}

/** All scenarios together make a few hundred calls. This many take about 20 MB. */
const MAX_CALLS = 10_000;

/** Records requests and answers of the API in memory, from `start` to `stop`. */
export class Recorder {
  #calls: RecordedCall[] | undefined;
  #leftOut = 0;

  /** Starts a new recording and discards the previous one. */
  start(): void {
    this.#calls = [];
    this.#leftOut = 0;
  }

  stop(): void {
    this.#calls = undefined;
  }

  read(): Recording | undefined {
    return this.#calls && { calls: this.#calls, leftOut: this.#leftOut };
  }

  /** Must run before all other middleware. Without a recording it reads nothing. */
  middleware(): MiddlewareHandler<ApiEnv> {
    return async (c, next) => {
      const calls = this.#calls;
      if (calls === undefined) return next();
      const body = await c.req.text();
      await next();
      if (calls.length < MAX_CALLS) calls.push(await recorded(c, body));
      else this.#leftOut += 1;
      return undefined;
    };
  }
}

async function recorded(c: Context<ApiEnv>, body: string): Promise<RecordedCall> {
  const { pathname } = new URL(c.req.url);
  const query = Object.entries(c.req.queries()).map(
    ([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all] as const,
  );
  const isDropped = c.res.headers.has('x-hono-already-sent');
  return {
    method: c.req.method,
    path: pathname.replace(/^\/api/, ''),
    query: Object.fromEntries(query),
    headers: withoutTokens(c.req.header()),
    body,
    answer: isDropped
      ? null
      : {
          status: c.res.status,
          headers: Object.fromEntries(c.res.headers),
          body: await c.res.clone().text(),
        },
  };
}

const KEPT_BACK = 'kept-back';

/** Keeps the scheme of a token, but not the token. */
function withoutTokens(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (name === 'authorization') return [name, value.replace(/\S+$/, KEPT_BACK)];
      return [name, name === 'x-ms-marketplace-token' ? KEPT_BACK : value];
    }),
  );
}
