import { keptDays } from '@landfall/service-kit/retention';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { adoptRows, appendCounted, pruneEntries } from '../store/audit.ts';

/** Counted refusals of an hour appear within a minute after it. */
const EVERY_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Upkeep {
  readonly db: Db;
  readonly log: Logger;
  readonly machineNow: () => Date;
  /** The service's configuration, with KEEP_AUDIT_DAYS. */
  readonly config: object;
}

/**
 * Takes the rows of an earlier version into the chain before anything new is appended, so that entries are in the order of
 * their time. Then does this again and again, as that version may still run, with counted refusals and with what is too old.
 */
export async function startAuditUpkeep(parts: Upkeep): Promise<AsyncDisposable> {
  const { log, machineNow } = parts;
  const adopted = await adoptAll(parts);
  if (adopted > 0) log.info({ adopted }, 'moved rows of the former audit log into the chain');
  return startLoop({
    name: 'audit-upkeep',
    everyMs: EVERY_MS,
    now: machineNow,
    log,
    run: (signal) => runUpkeep(parts, signal),
  });
}

/** One run. Any number of processes may do it at a time. */
export async function runUpkeep(parts: Upkeep, signal: AbortSignal): Promise<void> {
  const { db, machineNow, config } = parts;
  await adoptAll(parts);
  await appendCounted(db, machineNow());
  const days = keptDays(config, 'KEEP_AUDIT_DAYS');
  const before = new Date(machineNow().getTime() - days * DAY_MS);
  while (!signal.aborted && (await pruneEntries(db, before)) > 0);
}

async function adoptAll({ db, machineNow }: Upkeep): Promise<number> {
  let adopted = 0;
  for (;;) {
    const moved = await adoptRows(db, machineNow());
    adopted += moved;
    if (moved === 0) return adopted;
  }
}
