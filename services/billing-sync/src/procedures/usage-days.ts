import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { selectUsageDays } from '../store/usage-days.ts';
import { subscriptionKey } from '../store/subscriptions.ts';

const position = z.tuple([z.iso.date()]);

/** The hours of a subscription that go to Microsoft, counted by day. A metered subscription has an hour every hour. */
export function usageDays(db: Db): Handler<(typeof billingProcedures)['usage']['days']> {
  return async ({ subscriptionId, until, limit, cursor }) => {
    const before = decodeKey(cursor, position);
    if (before instanceof Rejection) return before;
    const found = await selectUsageDays(db.kysely, {
      subscriptionId: subscriptionKey(subscriptionId),
      until: until === undefined ? undefined : new Date(until),
      before: before?.[0],
      limit: limit + 1,
    });
    const { rows, nextCursor } = cutPage(found, limit, ({ day }) => encodeKey([day]));
    return { items: [...rows], nextCursor };
  };
}
