import { randomUUID } from 'node:crypto';
import { doublingPause } from '@landfall/domain/back-off';
import { isFault } from '@landfall/domain/fault';
import type { Metering } from '@landfall/marketplace/metering';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import { withCorrelation, type Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { meteredDimensions, undecidedDays } from '../store/read-back.ts';
import { claimRun, extendRun, finishRun, scheduleRuns } from '../store/read-back-runs.ts';
import { compareDay } from './compare-day.ts';
import { dayOf, readDay } from './report.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Days that every run reads. Usage is sent up to a day late and the report lags two more, so a day is complete on the fifth
 * one. A week also outlasts a weekend without an answer.
 */
const READ_BACK_DAYS = 7;

/** How long an undecided day is read again. A support case with Microsoft usually ends within weeks. */
const UNDECIDED_DAYS = 45;

/** After a crash, another process takes over the run when this ends. One day needs calls of at most a minute each. */
const LEASE_MS = 15 * 60 * 1000;

/** Usage is read back once a day, so a failed run has hours to succeed. */
const PAUSES = { firstMs: 5 * 60 * 1000, longestMs: 6 * 60 * 60 * 1000 };

export interface ReadBackOptions {
  readonly db: Db;
  readonly publishers: Publishers;
  readonly log: Logger;
  readonly now: () => Date;
  /** Time between two checks for a run that is due. */
  readonly everyMs: number;
}

/** Reads each publisher's usage report every day and compares it with the ledger. */
export function startReadBack(options: ReadBackOptions): AsyncDisposable {
  const loops = options.publishers.all.map((publisher) => startRuns(options, publisher));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
}

/** The key of a publisher's runs. A single publisher may have no configured id. */
export function runsOf(publisher: Pick<Publisher, 'publisherId'>): string {
  return publisher.publisherId ?? '';
}

function startRuns(options: ReadBackOptions, publisher: Publisher): Loop {
  const { db, now, everyMs, publishers } = options;
  const publisherId = runsOf(publisher);
  const log = publishers.isSole ? options.log : options.log.child({ publisherId });
  const only = publishers.isSole ? undefined : publisherId;
  return startLoop({
    name: 'read-back',
    everyMs,
    log,
    run: async (signal) => {
      await scheduleRuns(db.kysely, [publisherId], now());
      const claim = { now: now(), until: leaseEnd(now()) };
      const run = await claimRun(db.kysely, publisherId, claim);
      if (!run) return;
      const { metering } = publisher;
      await runOnce({ db, now, log, metering, publisherId, only, signal, attempts: run.attempts });
    },
  });
}

interface Run {
  readonly db: Db;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metering: Pick<Metering, 'listUsageEvents'>;
  readonly publisherId: string;
  readonly only: string | undefined;
  readonly signal: AbortSignal;
  /** Failures in a row before this run. */
  readonly attempts: number;
}

async function runOnce(run: Run): Promise<void> {
  const { db, now, log, publisherId, signal } = run;
  const startedAt = now();
  try {
    const days = await daysToRead(run);
    await readDays(run, days);
    if (signal.aborted) return await extendRun(db.kysely, publisherId, now());
    const nextAt = new Date(startedAt.getTime() + DAY_MS);
    await finishRun(db.kysely, publisherId, { now: now(), nextAt, problem: null });
    log.info({ days: days.length }, "compared Microsoft's usage report with the ledger");
  } catch (error) {
    if (!isFault(error)) throw error;
    if (signal.aborted) return await extendRun(db.kysely, publisherId, now());
    const pauseMs = error.retryAfterMs ?? doublingPause(run.attempts + 1, PAUSES);
    const nextAt = new Date(now().getTime() + pauseMs);
    await finishRun(db.kysely, publisherId, { now: now(), nextAt, problem: error.code });
    log.warn({ code: error.code, nextAt }, 'could not read the usage report; trying again later');
  }
}

/** The last days, and older ones that are not decided. */
async function daysToRead({ db, now, only }: Run): Promise<readonly string[]> {
  const today = now().getTime();
  const recent = Array.from({ length: READ_BACK_DAYS }, (_, index) =>
    dayOf(new Date(today - index * DAY_MS)),
  );
  const since = dayOf(new Date(today - UNDECIDED_DAYS * DAY_MS));
  const undecided = await undecidedDays(db.kysely, only, since);
  return [...new Set([...undecided, ...recent])].toSorted();
}

async function readDays(run: Run, days: readonly string[]): Promise<void> {
  const { db, now, log, metering, publisherId, only, signal } = run;
  const onFound = (incidents: readonly { id: string; kind: string }[]) => {
    for (const { id, kind } of incidents) {
      log.warn({ incidentId: id, kind }, "Microsoft's usage report differs from the ledger");
    }
  };
  const correlationId = randomUUID();
  await withCorrelation(correlationId, async () => {
    for (const day of days) {
      if (signal.aborted) return;
      const dimensions = () => meteredDimensions(db.kysely, { publisherId: only, day });
      for await (const part of readDay(metering, day, { signal, correlationId, dimensions })) {
        await compareDay({ db, now, publisherId, only, onFound }, day, part);
        if (part.unreadable > 0) {
          log.warn({ day, rows: part.unreadable }, 'rows of the usage report name no subscription');
        }
      }
      await extendRun(db.kysely, publisherId, leaseEnd(now()));
    }
  });
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}
