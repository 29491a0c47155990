import { decimal, decimalText } from '@landfall/domain/decimal';
import {
  UNUSUAL_HISTORY_DAYS,
  UNUSUAL_MIN_UNITS,
  unusualDay,
  type UnusualDay,
} from '@landfall/domain/unusual';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { dayUsage, earlierDays, type DayUsage } from '../store/daily-usage.ts';
import { openIncidents } from '../store/incidents.ts';
import { saveWatchedDay, scheduleRuns, watchedDay } from '../store/read-back-runs.ts';
import { runsOf } from '../read-back/read-back.ts';
import { dayOf } from '../read-back/report.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** By then, most usage of the day has been reported and rated. */
const CLOSED_AFTER_MS = 2 * 60 * 60 * 1000;

/** After a longer stop, only the latest days are checked. */
const MAX_DAYS = 3;

/** Dimensions that are checked together. Each has up to 700 hours of history. */
const PAGE = 500;

export interface WatchOptions {
  readonly db: Db;
  readonly publishers: Pick<Publishers, 'isSole'> & {
    readonly all: readonly Pick<Publisher, 'publisherId'>[];
  };
  readonly log: Logger;
  readonly now: () => Date;
  readonly everyMs: number;
}

/** Compares each closed day, once, with the days before it, and opens an incident for each unusual one. */
export function startWatch(options: WatchOptions): Loop {
  const { db, publishers, log, now, everyMs } = options;
  return startLoop({
    name: 'watch-usage',
    everyMs,
    log,
    run: async (signal) => {
      for (const publisher of publishers.all) {
        const runs = runsOf(publisher);
        await scheduleRuns(db.kysely, [runs], now());
        const only = publishers.isSole ? undefined : runs;
        for (const day of closedDays(now(), await watchedDay(db.kysely, runs))) {
          if (signal.aborted) return;
          const found = await watchDay(db, { day, only, now: now() });
          if (found > 0) log.info({ day, incidents: found }, 'found unusual usage');
          await saveWatchedDay(db.kysely, runs, day);
        }
      }
    },
  });
}

/** Closed days after the one that was watched last, oldest first. */
function closedDays(now: Date, watched: string | undefined): string[] {
  const lastClosed = now.getTime() - CLOSED_AFTER_MS - DAY_MS;
  return Array.from({ length: MAX_DAYS }, (_, index) =>
    dayOf(new Date(lastClosed - index * DAY_MS)),
  )
    .filter((day) => watched === undefined || day > watched)
    .toReversed();
}

/** Opens the incidents of a day and returns their number. A repetition opens none twice. */
async function watchDay(
  db: Db,
  of: { readonly day: string; readonly only: string | undefined; readonly now: Date },
): Promise<number> {
  const { day, only, now } = of;
  const filter = { publisherId: only, day, minUnits: decimalText(UNUSUAL_MIN_UNITS) };
  let opened = 0;
  for (let after: DayUsage | undefined; ;) {
    const page = await dayUsage(db.kysely, filter, { after, limit: PAGE });
    if (page.length === 0) return opened;
    const ids = [...new Set(page.map(({ subscriptionId }) => subscriptionId))];
    const history = await earlierDays(db.kysely, ids, { day, days: UNUSUAL_HISTORY_DAYS });
    const unitsOf = new Map(history.map((one) => [keyOf(one), one.units.map(decimal)]));
    const found = page.flatMap((one) => {
      const unusual = unusualDay(decimal(one.units), unitsOf.get(keyOf(one)) ?? []);
      return unusual ? [{ ...one, ...incidentOf(unusual), day, kind: 'unusual' }] : [];
    });
    opened += (await inTransaction(db, (trx) => openIncidents(trx, found, now))).length;
    after = page.at(-1);
    if (page.length < PAGE) return opened;
  }
}

function incidentOf({ units, usual, highest }: UnusualDay) {
  const [used, median, most] = [units, usual, highest].map(decimalText);
  return {
    ours: used ?? null,
    theirs: null,
    message: `${used} units were used on this day. A usual day has ${median}, and the highest of the ${UNUSUAL_HISTORY_DAYS} days before had ${most}. Check the program that reports usage for an error. If the usage is real, settle this incident; Microsoft may ask about it too.`,
  };
}

function keyOf({ subscriptionId, dimension }: Pick<DayUsage, 'subscriptionId' | 'dimension'>) {
  return JSON.stringify([subscriptionId, dimension]);
}
