import { type Decimal, decimal } from '@landfall/domain/decimal';
import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Trx } from '../db/schema.ts';
import { expireHours } from '../store/expired-hours.ts';
import type { HourKey } from '../store/hours.ts';
import { giveUpUnits, moveUnits } from '../store/placing.ts';
import { enqueueSettled } from './settled-fact.ts';

/** Hours that are given up in one transaction. Each writes a fact and a ledger entry. */
const EXPIRE_BATCH = 200;

export interface UsageDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly graceMs: number;
  /** What happens to units that Microsoft no longer accepts. */
  readonly expired: 'write-off' | 'carry';
}

/** Gives up rated hours that Microsoft no longer accepts, each with a ledger entry and a fact. Returns how many. */
export async function expireAll(deps: UsageDeps, isStopping: () => boolean): Promise<number> {
  let total = 0;
  while (!isStopping()) {
    const now = deps.now();
    const expired = await inTransaction(deps.db, async (trx) => {
      const hours = await expireHours(trx, now, EXPIRE_BATCH);
      const settled = hours.map((hour) => Object.assign(hour, { outcome: 'writtenOff' as const }));
      await enqueueSettled(trx, settled, now);
      for (const hour of hours) {
        const mayCarry = hour.problem === 'expired';
        await writeOff(deps, trx, { hour, quantity: decimal(hour.quantity), now, mayCarry });
      }
      return hours;
    });
    for (const hour of expired) logIncident(deps.log, hour, hour.problem);
    total += expired.length;
    if (expired.length < EXPIRE_BATCH) break;
  }
  return total;
}

export async function writeOff(
  deps: UsageDeps,
  trx: Trx,
  units: {
    readonly hour: HourKey;
    readonly quantity: Decimal;
    readonly now: Date;
    readonly mayCarry: boolean;
  },
): Promise<void> {
  const { hour, quantity, now, mayCarry } = units;
  const lost = { ...hour, quantity, reason: 'expired' } as const;
  if (deps.expired === 'carry' && mayCarry) {
    await moveUnits(trx, lost, { now, graceMs: deps.graceMs });
  } else {
    await giveUpUnits(trx, lost, now);
  }
}

export function logIncident(log: Logger, hour: HourKey, problem: string | null): void {
  const { subscriptionId, dimension } = hour;
  const details = { subscriptionId, dimension, hour: hour.hour.toISOString(), problem };
  log.error(details, 'usage was not billed as reported; check it in usage.hours');
}
