import { sql } from 'kysely';
import { z } from 'zod';
import type { RetentionRule } from '@landfall/contracts/retention-rule';
import type { Database } from './database.ts';
import type { Logger } from '../log/log.ts';
import { startLoop } from '../process/loop.ts';

/** Rows per statement. Its locks and WAL are small enough that other statements hardly wait. */
const BATCH = 10_000;
/** Often enough that each run finds only a few batches, even if a day adds millions of rows. */
const EVERY_MS = 10 * 60_000;
/** A hundred years, against typing errors. */
const MAX_DAYS = 36_500;
const DAY_MS = 24 * 60 * 60 * 1000;

type RetentionShape = Readonly<Record<`KEEP_${string}_DAYS`, z.ZodType<number>>>;

/** The variables of a service's retention rules, for its config schema. */
export function retentionShape(rules: readonly RetentionRule[]): RetentionShape {
  return Object.fromEntries(
    rules.flatMap(({ setting, days, minDays = 1, table, reason }) => {
      if (!setting) return [];
      const count = z.coerce.number().int().min(minDays).max(MAX_DAYS).default(days);
      return [[setting, count.describe(`days that rows of ${table} are kept. ${reason}`)]];
    }),
  );
}

/**
 * Removes what is over by a service's rules, again and again. Each look takes as many batches as there
 * are, so that removing keeps up with whatever is written; any number of processes may do it.
 */
export function startRetention<Tables>(options: {
  readonly database: Database<Tables>;
  readonly rules: readonly RetentionRule[];
  /** The service's configuration, with what {@link retentionShape} put into its schema. */
  readonly config: object;
  readonly log: Logger;
  readonly now: () => Date;
  /** For rules with times that the machine wrote. Absent: the same as `now`. */
  readonly machineNow?: (() => Date) | undefined;
}): AsyncDisposable {
  const { log } = options;
  return startLoop({
    name: 'retention',
    everyMs: EVERY_MS,
    now: options.now,
    log,
    run: (signal) => applyRetention(options, signal),
  });
}

/** The number of days that `retentionShape` read from the environment variable `setting`. */
export function keptDays(config: object, setting: string): number {
  return Number(new Map<string, unknown>(Object.entries(config)).get(setting));
}

/** One look at every rule; ends early, between two statements, when `signal` is aborted. */
export async function applyRetention<Tables>(
  options: {
    readonly database: Database<Tables>;
    readonly rules: readonly RetentionRule[];
    readonly config: object;
    readonly now: () => Date;
    readonly machineNow?: (() => Date) | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  const { now, machineNow = now } = options;
  const settings = new Map<string, unknown>(Object.entries(options.config));
  for (const rule of options.rules) {
    if (rule.isPrunedByService) continue;
    const days = Number(settings.get(rule.setting ?? '') ?? rule.days);
    const at = rule.clock === 'machine' ? machineNow() : now();
    const before = new Date(at.getTime() - days * DAY_MS);
    while (!signal.aborted) {
      if ((await removeBatch(options.database, rule, before)) < BATCH) break;
    }
  }
}

async function removeBatch<Tables>(
  { kysely }: Database<Tables>,
  { table, since, only }: RetentionRule,
  before: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)}
      where ${sql.ref(since)} <= ${before} ${only ? sql`and ${sql.raw(only)}` : sql``}
      order by ${sql.ref(since)} limit ${BATCH}
      for update skip locked))
  `.execute(kysely);
  return Number(numAffectedRows ?? 0n);
}
