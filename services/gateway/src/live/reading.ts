import { TRPCError } from '@trpc/server';
import { callerId, type Caller } from '@landfall/contracts/caller';
import type { LiveEvent, liveProcedures } from '@landfall/contracts/live-events';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import { RemoteError, type Call, type Handlers } from '@landfall/contracts/procedures';
import { isFault } from '@landfall/domain/fault';
import type { LiveFeed } from './feed.ts';

/** A console with a few tabs, or a few programs with one key. */
const MAX_PER_CALLER = 20;
/** Each takes a connection and a few kilobytes. */
const MAX_READERS = 1_000;
/** The streams are read within a second after a start. */
const START_PATIENCE_MS = 5_000;
/** A revoked key or an ended session stops seeing events within this time and the two seconds that a key is cached. */
const READMIT_MS = 5_000;
/** How often a reader for whom nothing happens gets a new position, so that a reconnect does not look like a gap. */
const POSITION_MS = 30_000;
/** Other instances have room at once; this one when readers leave. */
const RETRY_MS = 5_000;

type Events = Handlers<typeof liveProcedures>['events'];
type Wanted = Parameters<Events['live']>[0];

/** The readers of the feed. `close` ends them so that they connect again, to another instance or to the next process. */
export interface LiveReading {
  readonly handlers: Events;
  readonly close: () => void;
}

export function createLiveReading(feed: LiveFeed, now: () => Date): LiveReading {
  const closing = new AbortController();
  const readers = new Map<string, number>();
  let all = 0;

  const enter = (caller: Caller): (() => void) => {
    const id = callerId(caller);
    const own = readers.get(id) ?? 0;
    if (own >= MAX_PER_CALLER) {
      throw comeAgain(
        'TOO_MANY_REQUESTS',
        `At most ${MAX_PER_CALLER} streams at a time. Close one.`,
      );
    }
    if (all >= MAX_READERS) throw comeAgain('SERVICE_UNAVAILABLE', 'Too many streams. Try again.');
    readers.set(id, own + 1);
    all += 1;
    return () => {
      const left = (readers.get(id) ?? 1) - 1;
      if (left === 0) readers.delete(id);
      else readers.set(id, left);
      all -= 1;
    };
  };

  async function* read(wanted: Wanted, call: Call): AsyncGenerator<LiveEvent> {
    const leave = enter(call.caller);
    try {
      const signal = AbortSignal.any([closing.signal, ...(call.signal ? [call.signal] : [])]);
      await startOf(feed, signal);
      yield* follow({ feed, now, signal, call }, wanted);
      if (closing.signal.aborted) throw restarting();
    } finally {
      leave();
    }
  }

  return {
    handlers: { live: async (wanted, call) => read(wanted, call) },
    close: () => closing.abort(),
  };
}

interface Reading {
  readonly feed: LiveFeed;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly call: Call;
}

/** Ends when the signal is aborted. The first event is always a `gap` or a `position`, so a reader knows that it is connected. */
async function* follow(reading: Reading, wanted: Wanted): AsyncGenerator<LiveEvent> {
  const { feed, now, signal, call } = reading;
  const about = (type: 'gap' | 'position'): LiveEvent => {
    shown = feed.idOf(cursor.sequences);
    shownAt = performance.now();
    return { id: shown, type, occurredAt: now().toISOString() };
  };
  const known = wanted.lastEventId === undefined ? undefined : feed.after(wanted.lastEventId);
  let cursor = known ?? feed.atEnd();
  let shown = '';
  let shownAt = 0;
  let admittedAt = performance.now();
  yield about(wanted.lastEventId === undefined || known ? 'position' : 'gap');
  while (!signal.aborted) {
    if (performance.now() - admittedAt >= READMIT_MS) {
      await readmit(call);
      admittedAt = performance.now();
    }
    const event = feed.take(cursor);
    if (event === 'gap') {
      cursor = feed.atEnd();
      yield about('gap');
    } else if (event !== 'end') {
      if (!isWanted(event, wanted)) continue;
      shown = feed.idOf(cursor.sequences);
      shownAt = performance.now();
      yield { id: shown, ...event };
    } else if (
      performance.now() - shownAt >= POSITION_MS &&
      shown !== feed.idOf(cursor.sequences)
    ) {
      yield about('position');
    } else {
      await feed.arrival(READMIT_MS - (performance.now() - admittedAt), signal);
    }
  }
}

/** The router has set `publisherId` for a caller that is limited to one. */
function isWanted(event: Omit<LiveEvent, 'id'>, wanted: Wanted): boolean {
  const { publisherId, subscriptionId, types } = wanted;
  if (publisherId !== undefined && event.publisherId !== publisherId) return false;
  if (subscriptionId !== undefined && event.subscriptionId !== subscriptionId) return false;
  return types === undefined || types.some((type) => event.type.startsWith(type));
}

/** Refuses a caller that is no longer admitted, or no longer with the same rights. */
async function readmit({ caller, readmit: lookUp }: Call): Promise<void> {
  let again: Caller | undefined;
  try {
    again = await lookUp?.();
  } catch (error) {
    // Whether the caller may still read is then unknown. A call that begins now is answered in the same way.
    if (isFault(error)) throw restarting();
    throw error;
  }
  const isSame =
    again !== undefined &&
    again.kind !== 'service' &&
    again.scopes.includes('events:read') &&
    publisherOfCaller(again) === publisherOfCaller(caller);
  if (isSame) return;
  throw new TRPCError({
    code: 'UNAUTHORIZED',
    message: 'This key or session may no longer read events.',
  });
}

async function startOf(feed: LiveFeed, signal: AbortSignal): Promise<void> {
  const until = performance.now() + START_PATIENCE_MS;
  while (!feed.isReady) {
    const leftMs = until - performance.now();
    if (leftMs <= 0 || signal.aborted) throw restarting();
    await feed.arrival(leftMs, signal);
  }
}

/** An ordinary end would tell a tRPC client that there is nothing more, and it would not connect again. */
function restarting(): TRPCError {
  return comeAgain('SERVICE_UNAVAILABLE', 'Events are not available here now. Connect again.');
}

function comeAgain(code: 'SERVICE_UNAVAILABLE' | 'TOO_MANY_REQUESTS', message: string): TRPCError {
  const cause = new RemoteError(message, { retryAfterMs: RETRY_MS });
  return new TRPCError({ code, message, cause });
}
