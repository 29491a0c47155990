import { TRPCClientError } from '@trpc/client';
import type { CallOptions, Landfall, LiveEvent } from './api.ts';
import type { Connection } from './connection.ts';
import { errorDetails } from './errors.ts';
import { ForeignAnswer } from './foreign-answer.ts';
import { pause, pauseAfter } from './pauses.ts';
import { readFrames, type Frame } from './server-sent-events.ts';

/** A stream sends its first event at once. */
const CONNECT_MS = 15_000;
/** Three lost heartbeats: the connection is dead. */
const SILENCE_MS = 30_000;
const PAUSES = { firstMs: 1_000, longestMs: 30_000 };

type Input = Parameters<Landfall['events']['live']['listen']>[0];

/**
 * Landfall's live events. Connects again after each interruption and continues after the last event, until the signal is
 * aborted or Landfall refuses the caller.
 */
export async function* listen(
  connection: Connection,
  input: Input,
  { signal }: CallOptions = {},
): AsyncGenerator<LiveEvent> {
  let { lastEventId } = input;
  for (let failures = 1; ; failures += 1) {
    try {
      for await (const { id, data } of framesOf(connection, { ...input, lastEventId }, signal)) {
        failures = 0;
        lastEventId = id ?? lastEventId;
        if (data !== undefined) yield JSON.parse(data) as LiveEvent;
      }
      if (signal?.aborted) return;
      await pause(pauseAfter(1, PAUSES), signal);
    } catch (error) {
      if (signal?.aborted) return;
      const failed = errorDetails(error);
      if (!failed?.isRetryable) throw error;
      await pause(Math.max(failed.retryAfterMs ?? 0, pauseAfter(failures, PAUSES)), signal);
    }
    if (signal?.aborted) return;
  }
}

/** The frames of one connection. */
async function* framesOf(
  connection: Connection,
  input: Input,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), CONNECT_MS);
  const hear = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const answer = await connection.fetch(`${connection.url}/v1/events${queryOf(input)}`, {
      headers: { ...connection.headers(), accept: 'text/event-stream' },
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    });
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (!answer.ok || !isStream || !answer.body) throw await refusalOf(answer);
    yield* readFrames(answer.body, hear);
  } catch (error) {
    throw TRPCClientError.from(error as Error);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function queryOf(input: Input): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** tRPC's codes for the statuses with which Landfall refuses a stream. */
const codes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

/** The error of a refused stream, with the details that the error of a refused call has. */
async function refusalOf(answer: Response): Promise<Error> {
  const isProblem = answer.headers.get('content-type')?.includes('problem+json') ?? false;
  if (!isProblem) {
    await answer.body?.cancel();
    return new ForeignAnswer(answer);
  }
  const { detail, ...details } = (await answer.json()) as { detail: string };
  const { status } = answer;
  const data = { ...details, httpStatus: status, code: codes[status] ?? 'INTERNAL_SERVER_ERROR' };
  return TRPCClientError.from({ error: { message: detail, code: status, data } });
}
