import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decimal, decimalText } from '@landfall/domain/decimal';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import { selectRecords } from '../store/usage-records.ts';
import { cursorText } from './cursor-text.ts';

const recordCursor = z.tuple([z.iso.datetime(), cursorText]);

/** Single records of a subscription, earliest first. */
export function listRecords(db: Db): Handler<(typeof billingProcedures)['usage']['records']> {
  return async ({ subscriptionId, dimension, from, to, limit, cursor }) => {
    const after = decodeKey(cursor, recordCursor);
    if (after instanceof Rejection) return after;
    const filter = {
      subscriptionId: subscriptionKey(subscriptionId),
      meter: dimension,
      from: new Date(from),
      to: new Date(to),
    };
    const found = await selectRecords(db.kysely, filter, { after, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, (last) =>
      encodeKey([last.occurredAt.toISOString(), last.eventId]),
    );
    const items = rows.map((row) => ({
      eventId: row.eventId,
      dimension: row.meter,
      quantity: decimalText(decimal(row.quantity)),
      occurredAt: row.occurredAt.toISOString(),
      takenAt: row.takenAt.toISOString(),
      planId: row.planId,
    }));
    return { items, nextCursor };
  };
}
