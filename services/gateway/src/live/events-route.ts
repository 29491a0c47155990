import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTrackedEnvelope, TRPCError } from '@trpc/server';
import type { LiveEvent } from '@landfall/contracts/live-events';
import { problemOf, sendProblem } from '../rest/problem.ts';
import type { RestRouteParts } from '../rest/rest-request.ts';

export const EVENTS_PATH = '/v1/events';

/** Well below the idle limits of proxies, which are a minute and more. */
const HEARTBEAT_MS = 10_000;
/** A reader that takes nothing for this long is cut. It connects again and continues. */
const STALL_MS = 30_000;
/** A connection whose other end disappeared silently is closed after this time. A live reader reconnects and continues where it was. */
const MAX_STREAM_MS = 10 * 60_000;
/** How long an EventSource waits before it connects again. */
const RECONNECT_MS = 1_000;

export type EventsRouteParts = Pick<RestRouteParts, 'router' | 'admit' | 'onError'>;

/**
 * `GET /v1/events`: the events of `events.live` as text/event-stream, for programs without the tRPC client. The header
 * `Last-Event-ID` wins over `lastEventId`, because an EventSource keeps its URL when it connects again.
 */
export function createEventsRoute(parts: EventsRouteParts) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(MAX_STREAM_MS)]);
    try {
      const call = await parts.admit(req, signal);
      if (req.method !== 'GET') {
        res.setHeader('allow', 'GET');
        throw methodNotAllowed();
      }
      const api = parts.router.createCaller(call, { onError: parts.onError });
      const events = (await api.events.live(inputOf(req)))[Symbol.asyncIterator]();
      // Waits for the first event, so that a refusal has its own status.
      const first = await events.next();
      res.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        // nginx would otherwise hold events back until its buffer is full.
        'x-accel-buffering': 'no',
      });
      await write(res, `retry: ${RECONNECT_MS}\n`);
      await send(res, { [Symbol.asyncIterator]: () => startingWith(first, events) });
    } catch (error) {
      if (res.headersSent) res.end();
      else sendProblem(res, problemOf(error));
    }
  };
}

async function* startingWith<Value>(
  first: IteratorResult<Value>,
  rest: AsyncIterator<Value>,
): AsyncGenerator<Value> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function send(res: ServerResponse, events: AsyncIterable<unknown>): Promise<void> {
  const heartbeat = setInterval(() => {
    if (!res.writableNeedDrain) res.write(':\n\n');
  }, HEARTBEAT_MS);
  try {
    for await (const event of events) {
      if (isTrackedEnvelope(event)) await write(res, frameOf(event[1] as LiveEvent));
    }
  } finally {
    clearInterval(heartbeat);
    res.end();
  }
}

/** A position has no data: the client remembers its id, and its program sees nothing. */
function frameOf(event: LiveEvent): string {
  if (event.type === 'position') return `id: ${event.id}\n\n`;
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function write(res: ServerResponse, text: string): Promise<void> {
  if (res.write(text) || res.destroyed) return;
  try {
    await once(res, 'drain', { signal: AbortSignal.timeout(STALL_MS) });
  } catch {
    res.destroy();
  }
}

function inputOf(req: IncomingMessage) {
  const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
  const types = searchParams.getAll('types').flatMap((value) => value.split(','));
  const lastEventId = req.headers['last-event-id'] ?? searchParams.get('lastEventId');
  return {
    ...Object.fromEntries(searchParams),
    ...(lastEventId === null || lastEventId === '' ? {} : { lastEventId: String(lastEventId) }),
    ...(types.length === 0 ? {} : { types }),
  };
}

function methodNotAllowed(): TRPCError {
  return new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: 'Use GET /v1/events.' });
}
