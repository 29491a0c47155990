import { setTimeout as wait } from 'node:timers/promises';
import { exitCodes, Failure } from '../failure.ts';
import type { Answer } from '../http.ts';
import type { Api } from '../transport.ts';

/** Until the stream is opened again after it ended. */
const RETRY_MS = 1_000;

export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly publisherId?: string;
  readonly subscriptionId?: string;
}

interface Following {
  readonly filter: {
    readonly types?: readonly string[] | undefined;
    readonly subscriptionId?: string | undefined;
    readonly publisherId?: string | undefined;
  };
  /** Continues after this event. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** The events of `GET /v1/events` until the signal. Connects again where it was when the stream ends. */
export async function* followEvents(
  api: Api,
  { filter, after, signal, note }: Following,
): AsyncGenerator<LiveEvent> {
  const query = new URLSearchParams();
  for (const type of filter.types ?? []) query.append('types', type);
  if (filter.subscriptionId !== undefined) query.set('subscriptionId', filter.subscriptionId);
  if (filter.publisherId !== undefined) query.set('publisherId', filter.publisherId);
  let last = after;
  while (!signal.aborted) {
    try {
      const response = await api.send(`/v1/events?${query.toString()}`, {
        headers: {
          accept: 'text/event-stream',
          ...(last !== undefined && { 'last-event-id': last }),
        },
        signal,
      });
      for await (const { id, data } of framesOf(response)) {
        last = id ?? last;
        if (data !== undefined) yield JSON.parse(data) as LiveEvent;
      }
    } catch (error) {
      const isFinal = error instanceof Failure && error.details.exitCode !== exitCodes.unreachable;
      if (isFinal || signal.aborted) throw error;
      note(`${(error as Error).message} Connecting again.`);
    }
    await wait(RETRY_MS, undefined, { signal });
  }
}

interface Frame {
  readonly id?: string | undefined;
  readonly data?: string | undefined;
}

/** The frames of a text/event-stream. Comments keep a connection open and are left out. */
async function* framesOf({ body }: Answer): AsyncGenerator<Frame> {
  let rest = '';
  body.setEncoding('utf8');
  for await (const chunk of body) {
    const frames = (rest + String(chunk)).split(/\r?\n\r?\n/);
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const id = /^id: ?(.*)$/m.exec(frame)?.[1];
      const data = [...frame.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
      yield { id, data: data === '' ? undefined : data };
    }
  }
}
