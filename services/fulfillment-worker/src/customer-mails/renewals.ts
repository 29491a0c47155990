import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { announceRenewals } from '../store/customer-mails.ts';

/** Two weeks: time to decide in the customer's organisation. */
const AHEAD_MS = 14 * 24 * 60 * 60 * 1000;
/** A day more or less does not matter for a mail two weeks ahead. */
const EVERY_MS = 60 * 60 * 1000;

/** Mails customers about terms that renew soon, where the publisher has switched it on. */
export function startRenewals(deps: {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly wakeSender: () => void;
}): Loop {
  const { db, log, now, wakeSender } = deps;
  return startLoop({
    name: 'renewal mails',
    everyMs: EVERY_MS,
    now,
    log,
    async run() {
      const from = now();
      const until = new Date(from.getTime() + AHEAD_MS);
      const announced = await inTransaction(db, (trx) => announceRenewals(trx, { from, until }));
      if (announced > 0) wakeSender();
    },
  });
}
