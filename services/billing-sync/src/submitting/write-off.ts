import { hourOf } from '@landfall/domain/usage';
import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Trx } from '../db/schema.ts';
import { expireHours } from '../store/expired-hours.ts';
import type { HourKey } from '../store/hours.ts';
import { moveUnits, noteLostUnits } from '../store/moved-units.ts';
import { enqueueSettled } from './settled-fact.ts';

/** Hours that are given up in one transaction. Each writes a fact and an adjustment. */
const EXPIRE_BATCH = 200;

export interface UsageDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly graceMs: number;
  /** What happens to units that Microsoft no longer takes. */
  readonly expired: 'write-off' | 'carry';
}

/** Gives up rated hours that Microsoft no longer takes, with an adjustment and a fact each. Returns how many. */
export async function expireAll(deps: UsageDeps, isStopping: () => boolean): Promise<number> {
  let total = 0;
  while (!isStopping()) {
    const now = deps.now();
    const expired = await inTransaction(deps.db, async (trx) => {
      const hours = await expireHours(trx, now, EXPIRE_BATCH);
      const settled = hours.map((hour) => ({ ...hour, status: 'Expired' }));
      await enqueueSettled(trx, settled, now);
      for (const hour of hours) {
        const mayCarry = hour.problem === 'expired';
        await writeOff(deps, trx, { hour, quantity: hour.quantity, now, mayCarry });
      }
      return hours;
    });
    for (const hour of expired) logIncident(deps.log, hour, hour.problem);
    total += expired.length;
    if (expired.length < EXPIRE_BATCH) break;
  }
  return total;
}

interface Units {
  readonly hour: HourKey;
  readonly quantity: number;
  readonly now: Date;
}

export async function writeOff(
  deps: UsageDeps,
  trx: Trx,
  units: Units & { readonly mayCarry: boolean },
): Promise<void> {
  const { hour, quantity, now } = units;
  if (deps.expired === 'carry' && units.mayCarry) {
    await carry(deps, trx, { hour, quantity, reason: 'expired', now });
    return;
  }
  await noteLostUnits(trx, { ...hour, quantity, reason: 'expired' }, now);
}

export async function carry(
  deps: UsageDeps,
  trx: Trx,
  units: Units & { readonly reason: 'quantity-mismatch' | 'expired' },
): Promise<void> {
  const { hour, quantity, reason, now } = units;
  await moveUnits(
    trx,
    { ...hour, quantity, kind: 'reported', reason },
    { now, currentHour: hourOf(now), graceMs: deps.graceMs },
  );
}

export function logIncident(log: Logger, hour: HourKey, problem: string | null): void {
  const { subscriptionId, dimension } = hour;
  const details = { subscriptionId, dimension, hour: hour.hour.toISOString(), problem };
  log.error(details, 'usage was not billed as reported; check it in usage.hours');
}
