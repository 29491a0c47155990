import { randomUUID } from 'node:crypto';
import type { Landfall, UsageRecord, UsageVerdict } from './api.ts';
import { errorDetails } from './errors.ts';
import { pause, pauseAfter } from './pauses.ts';
import { warn } from './warn.ts';

export type { UsageRecord, UsageVerdict } from './api.ts';

/** The most that one call takes. */
const MAX_BATCH = 1_000;
const MAX_DELAY_MS = 1_000;
/** About 20 MB. With 100 records a second, it lasts for eight minutes without Landfall. */
const MAX_BUFFERED = 50_000;
/** Orchestrators usually wait 30 seconds between SIGTERM and SIGKILL, and a process has more to close. */
const CLOSE_WITHIN_MS = 10_000;
const PAUSES = { firstMs: 1_000, longestMs: 30_000 };

/** A use of a dimension. Landfall counts each `eventId` once. */
export interface Usage extends Omit<UsageRecord, 'eventId' | 'occurredAt'> {
  /** Your own id. Default: a new UUID, which stays the same however often the record is sent. */
  readonly eventId?: string | undefined;
  /** Time of use, at most 24 hours ago. Default: now. */
  readonly occurredAt?: string | Date | undefined;
}

/** Options of {@link createUsageBuffer}. */
export interface UsageBufferOptions {
  /** Called for each record that Landfall refused. Nothing is billed for it; the verdict says why. Default: prints a warning on stderr. */
  readonly onRefused?: (record: UsageRecord, verdict: UsageVerdict) => void;
  /** Called when sending failed and will be tried again, for example while Landfall is away. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
  /** Records in one call, at most 1 000. Default: 1 000. */
  readonly maxBatch?: number;
  /** How long a record waits for others, in milliseconds. Default: 1 000. */
  readonly maxDelayMs?: number;
  /** Records in memory. `add` waits while there are as many. Default: 50 000. */
  readonly maxBuffered?: number;
  /** How long `close` tries to send what is left, in milliseconds. Default: 10 000. */
  readonly closeWithinMs?: number;
  /** Signals on which the buffer is closed before the process ends, such as `['SIGTERM', 'SIGINT']`. Default: none. */
  readonly closeOn?: readonly NodeSignal[];
}

/** A signal that asks a process to end. */
export type NodeSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** Thrown by `close` if Landfall could not be reached in time. */
export class UsageNotSentError extends Error {
  override readonly name = 'UsageNotSentError';
  /** Store them and send them later with the same event ids: those that Landfall has counted already are not counted twice. */
  readonly records: readonly UsageRecord[];

  constructor(records: readonly UsageRecord[], options?: ErrorOptions) {
    super(`${records.length} usage records could not be sent`, options);
    this.records = records;
  }
}

/** Collects usage and reports it in batches. */
export interface UsageBuffer {
  /** Takes a record. Waits while the buffer is full, so await it. Throws after `close`. */
  readonly add: (usage: Usage) => Promise<void>;
  /** Resolves when everything that was added before has been reported. */
  readonly flush: () => Promise<void>;
  /** Reports what is left, and ends. Throws {@link UsageNotSentError} if that takes too long. */
  readonly close: () => Promise<void>;
  /** Records that are not reported yet. */
  readonly size: number;
}

/**
 * Creates a buffer for usage. It reports up to 1 000 records in one call, within a second, and tries again while Landfall is
 * away. A record keeps its event id, so nothing is counted twice. The records are only in memory: a process that is killed
 * loses them, so keep the facts from which you can report again.
 */
export function createUsageBuffer(
  landfall: Pick<Landfall, 'usage'>,
  options: UsageBufferOptions = {},
): UsageBuffer {
  const buffer = new Buffered(landfall, options);
  closeOnSignals(buffer, options.closeOn ?? []);
  return buffer;
}

interface Entry {
  readonly record: UsageRecord;
  readonly addedAt: number;
}

class Buffered implements UsageBuffer {
  readonly #landfall: Pick<Landfall, 'usage'>;
  readonly #options: UsageBufferOptions;
  readonly #maxBatch: number;
  /** Aborted when `close` has waited long enough. */
  readonly #giveUp = new AbortController();
  readonly #changes = new Set<() => void>();
  readonly #done: Promise<void>;
  #entries: Entry[] = [];
  /** How many records have been reported since the start. */
  #reported = 0;
  /** Records up to this number are reported without waiting for others. */
  #urgent = 0;
  #isClosing = false;
  #closed: Promise<void> | undefined;

  constructor(landfall: Pick<Landfall, 'usage'>, options: UsageBufferOptions) {
    this.#landfall = landfall;
    this.#options = options;
    this.#maxBatch = Math.min(options.maxBatch ?? MAX_BATCH, MAX_BATCH);
    this.#done = this.#run();
    // `flush` and `close` report the failure.
    this.#done.catch(() => undefined);
  }

  get size(): number {
    return this.#entries.length;
  }

  async add(usage: Usage): Promise<void> {
    const { eventId = randomUUID(), occurredAt = new Date() } = usage;
    const at = typeof occurredAt === 'string' ? occurredAt : occurredAt.toISOString();
    const record = { ...usage, eventId, occurredAt: at };
    const { maxBuffered = MAX_BUFFERED } = this.#options;
    while (this.size >= maxBuffered && !this.#isClosing) await this.#change();
    if (this.#isClosing) throw new Error('the usage buffer is closed');
    this.#entries.push({ record, addedAt: performance.now() });
    if (this.size === 1 || this.size >= this.#maxBatch) this.#tell();
  }

  async flush(): Promise<void> {
    const target = this.#reported + this.size;
    this.#urgent = Math.max(this.#urgent, target);
    this.#tell();
    while (this.#reported < target) await Promise.race([this.#change(), this.#done]);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    this.#tell();
    const { closeWithinMs = CLOSE_WITHIN_MS } = this.#options;
    const timer = setTimeout(() => this.#giveUp.abort(), closeWithinMs);
    try {
      await this.#done;
    } catch (cause) {
      const left = this.#entries.map(({ record }) => record);
      throw new UsageNotSentError(left, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends after `close`, when nothing is left. */
  async #run(): Promise<void> {
    while (this.size > 0 || !this.#isClosing) {
      const waitMs = this.#dueInMs();
      if (waitMs > 0) {
        await this.#change(waitMs);
        continue;
      }
      const batch = this.#entries.slice(0, this.#maxBatch);
      await this.#report(batch.map(({ record }) => record));
      this.#entries = this.#entries.slice(batch.length);
      this.#reported += batch.length;
      this.#tell();
    }
  }

  #dueInMs(): number {
    const [oldest] = this.#entries;
    if (!oldest) return Number.POSITIVE_INFINITY;
    const isFull = this.size >= this.#maxBatch;
    if (isFull || this.#isClosing || this.#reported < this.#urgent) return 0;
    const { maxDelayMs = MAX_DELAY_MS } = this.#options;
    return oldest.addedAt + maxDelayMs - performance.now();
  }

  /** Repeats the call until Landfall has answered it. */
  async #report(records: UsageRecord[]): Promise<void> {
    const { signal } = this.#giveUp;
    for (let failures = 1; ; failures += 1) {
      try {
        const { results } = await this.#landfall.usage.report.mutate({ records }, { signal });
        return this.#passRefusals(records, results);
      } catch (error) {
        const failed = errorDetails(error);
        if (failed?.code === 'BAD_REQUEST') return this.#refuseAll(records, error);
        const waitMs = Math.max(failed?.retryAfterMs ?? 0, pauseAfter(failures, PAUSES));
        if (!signal.aborted) this.#options.onRetry?.(error, waitMs);
        await pause(waitMs, signal);
        if (signal.aborted) throw error;
      }
    }
  }

  #passRefusals(records: readonly UsageRecord[], verdicts: readonly UsageVerdict[]): void {
    const { onRefused = printRefusal } = this.#options;
    for (const [index, verdict] of verdicts.entries()) {
      const record = records[index];
      if (record && verdict.outcome === 'refused') onRefused(record, verdict);
    }
  }

  /** Sending such a batch again would be refused again, and hold up all others. */
  #refuseAll(records: readonly UsageRecord[], error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const verdicts = records.map(({ eventId }) => ({
      eventId,
      outcome: 'refused' as const,
      message,
    }));
    this.#passRefusals(records, verdicts);
  }

  #tell(): void {
    for (const resolve of this.#changes) resolve();
    this.#changes.clear();
  }

  /** Resolves at the next change, after `ms` at the latest. */
  async #change(ms: number = Number.POSITIVE_INFINITY): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#changes.add(resolve);
      if (Number.isFinite(ms)) {
        timer = setTimeout(() => {
          this.#changes.delete(resolve);
          resolve();
        }, ms);
      }
    });
    clearTimeout(timer);
  }
}

function printRefusal(record: UsageRecord, verdict: UsageVerdict): void {
  warn('Landfall refused a usage record', { record, verdict });
}

/** Closes the buffer first, then lets the signal end the process, unless the program handles the signal itself. */
function closeOnSignals(buffer: UsageBuffer, signals: readonly NodeSignal[]): void {
  for (const signal of signals) {
    process.once(signal, () => {
      void buffer
        .close()
        .catch((error: unknown) => warn('Usage was lost', error))
        .finally(() => {
          if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
        });
    });
  }
}
