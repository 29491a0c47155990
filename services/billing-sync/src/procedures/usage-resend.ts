import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { hourOf } from '@landfall/domain/usage';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../db/schema.ts';
import { lockHour, resendHour } from '../store/refused-hours.ts';
import { expiryOf } from '../store/submissions.ts';
import { subscriptionKey } from '../store/subscriptions.ts';

type UsageResend = Handler<(typeof billingProcedures)['usage']['resend']>;

/** Sends a refused hour again, because a person expects Microsoft to accept it now. */
export function resendUsage(deps: { readonly db: Db; readonly now: () => Date }): UsageResend {
  return async ({ subscriptionId, dimension, hour, reason }) => {
    const now = deps.now();
    const key = {
      subscriptionId: subscriptionKey(subscriptionId),
      dimension,
      hour: hourOf(new Date(hour)),
    };
    return await inTransaction(deps.db, async (trx) => {
      const found = await lockHour(trx, key);
      const refused = refuseResend(found, now);
      if (refused || !found) return refused ?? hourNotFound();
      await resendHour(trx, key, { reason, now });
      return { queued: true as const, expiresAt: expiryOf(found).toISOString() };
    });
  };
}

function refuseResend(hour: Awaited<ReturnType<typeof lockHour>>, now: Date) {
  if (!hour) return hourNotFound();
  if (hour.state === 'writtenOff') {
    return new Rejection(
      'usage.not-refused',
      'This hour was written off: Microsoft no longer accepts it. Settle it with the customer.',
    );
  }
  if (hour.state !== 'refused') {
    return new Rejection(
      'usage.not-refused',
      `This hour is ${hour.state}, not refused. See usage.hours.`,
    );
  }
  if (hour.problem === 'quantity-mismatch') {
    return new Rejection(
      'usage.not-refused',
      'Microsoft already has another quantity for this hour, which cannot be changed. Missing units are in a later hour; for too many, see incidents.list.',
    );
  }
  if (expiryOf(hour) < now) {
    return new Rejection(
      'usage.too-old',
      'This hour is too old: Microsoft accepts usage for 24 hours only. Settle it with the customer.',
    );
  }
  return undefined;
}

function hourNotFound() {
  return new Rejection(
    'usage.hour-not-found',
    'There is no rated usage for this subscription, dimension and hour. See usage.hours.',
  );
}
