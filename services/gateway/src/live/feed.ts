import type { LiveEvent } from '@landfall/contracts/live-events';
import type { StreamDefinition } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { liveEventsOf } from './live-event.ts';
import { generationOf, positionId, readPosition, type Sequences } from './position.ts';

/** How many messages of each stream are read at the start, and how many events are kept. A reader usually reconnects within seconds; after a longer time it reads the lists again. */
const KEPT_PER_STREAM = 2_000;

interface FollowedStream {
  readonly definition: StreamDefinition;
  createdAt: Date | undefined;
  /** Every event from this sequence on is kept. */
  keptFrom: number;
  /** The sequence of the last message that has arrived. */
  last: number;
  isCaughtUp: boolean;
}

interface Entry {
  readonly stream: number;
  readonly sequence: number;
  /** Whether this is the last event of its message. A reader's position passes a message only with that event. */
  readonly isLast: boolean;
  readonly event: Omit<LiveEvent, 'id'>;
}

/** How far one reader is. */
export interface Cursor {
  /** Number of the next entry, counted since the feed exists. */
  next: number;
  readonly sequences: number[];
}

/**
 * The last facts of some streams, in memory: one consumer per stream and instance, whatever the number of readers. Readers
 * come for events themselves, so a slow one takes no memory here; if it is too far behind, it has missed events.
 */
export class LiveFeed implements AsyncDisposable {
  readonly #streams: readonly FollowedStream[];
  readonly #following: readonly AsyncDisposable[];
  readonly #waiting = new Set<() => void>();
  #entries: Entry[] = [];
  /** Entries that are no longer kept. */
  #dropped = 0;
  #generation = '';

  constructor(bus: Pick<Bus, 'follow'>, streams: readonly StreamDefinition[]) {
    this.#streams = streams.map((definition) => ({
      definition,
      createdAt: undefined,
      keptFrom: 1,
      last: 0,
      isCaughtUp: false,
    }));
    this.#following = this.#streams.map((stream, index) =>
      bus.follow(stream.definition, {
        last: KEPT_PER_STREAM,
        onStart: ({ createdAt, from, isEmpty }) => {
          if (stream.createdAt) this.#forget();
          Object.assign(stream, { createdAt, keptFrom: from, last: from - 1, isCaughtUp: isEmpty });
          this.#generation = generationOf(this.#streams.flatMap((one) => one.createdAt ?? []));
          this.#wake();
        },
        onMessage: (message, isLast) => {
          stream.last = message.sequence;
          stream.isCaughtUp ||= isLast;
          const events = liveEventsOf(message);
          const last = events.at(-1);
          for (const event of events) {
            const { sequence } = message;
            this.#keep({ stream: index, sequence, isLast: event === last, event });
          }
          this.#wake();
        },
      }),
    );
  }

  /** Whether all streams have been read up to now. Before that, it is unknown what a reader has missed. */
  get isReady(): boolean {
    return this.#streams.every(({ isCaughtUp }) => isCaughtUp);
  }

  /** After everything that has happened up to now. */
  atEnd(): Cursor {
    return {
      next: this.#dropped + this.#entries.length,
      sequences: this.#streams.map(({ last }) => last),
    };
  }

  /** After the event with this id. Undefined if not everything since then is kept. */
  after(id: string): Cursor | undefined {
    const position = { generation: this.#generation, streams: this.#streams.length };
    const sequences = readPosition(id, position);
    if (!sequences) return undefined;
    const isKept = this.#streams.every(
      ({ keptFrom }, index) => (sequences[index] ?? 0) + 1 >= keptFrom,
    );
    return isKept ? { next: this.#dropped, sequences: [...sequences] } : undefined;
  }

  /** The next event for a reader, `end` if there is none yet, or `gap` if events after its cursor are no longer kept. */
  take(cursor: Cursor): Omit<LiveEvent, 'id'> | 'end' | 'gap' {
    if (cursor.next < this.#dropped) return 'gap';
    for (;;) {
      const entry = this.#entries[cursor.next - this.#dropped];
      if (!entry) return 'end';
      cursor.next += 1;
      // A reader from another instance may have had it already, because streams arrive there in another order.
      if (entry.sequence <= (cursor.sequences[entry.stream] ?? 0)) continue;
      if (entry.isLast) cursor.sequences[entry.stream] = entry.sequence;
      return entry.event;
    }
  }

  idOf(sequences: Sequences): string {
    return positionId(this.#generation, sequences);
  }

  /** Resolves when something has arrived, after `ms` at the latest, or when the signal is aborted. */
  async arrival(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = setTimeout(wake, ms);
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake);
    try {
      if (!signal.aborted) await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#following.map((follower) => follower[Symbol.asyncDispose]()));
  }

  #keep(entry: Entry): void {
    this.#entries.push(entry);
    const surplus = this.#entries.length - KEPT_PER_STREAM * this.#streams.length;
    // Dropping one entry per event would move the whole array each time.
    if (surplus > KEPT_PER_STREAM) this.#drop(surplus);
  }

  #drop(count: number): void {
    for (const { stream, sequence } of this.#entries.splice(0, count)) {
      const from = this.#streams[stream];
      if (from) from.keptFrom = Math.max(from.keptFrom, sequence + 1);
    }
    this.#dropped += count;
  }

  /** Every reader then has a gap. */
  #forget(): void {
    this.#drop(this.#entries.length);
    this.#dropped += 1;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }
}
