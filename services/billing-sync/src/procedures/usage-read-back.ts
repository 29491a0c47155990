import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { ReadBackVerdict } from '@landfall/domain/read-back';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { listDays } from '../store/read-back.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import { cursorText } from './cursor-text.ts';

const dayCursor = z.tuple([z.iso.date(), cursorText, cursorText, cursorText]);

/** Days of Microsoft's report beside the ledger, latest first. */
export function usageReadBack(db: Db): Handler<(typeof billingProcedures)['usage']['readBack']> {
  return async ({ publisherId, subscriptionId, verdict, limit, cursor }) => {
    const decoded = decodeKey(cursor, dayCursor);
    if (decoded instanceof Rejection) return decoded;
    const after = decoded && {
      day: decoded[0],
      subscriptionId: decoded[1],
      dimension: decoded[2],
      planId: decoded[3],
    };
    const id = subscriptionId === undefined ? undefined : subscriptionKey(subscriptionId);
    const filter = { publisherId, subscriptionId: id, verdict };
    const found = await listDays(db.kysely, filter, { after, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, (last) =>
      encodeKey([last.day, last.subscriptionId, last.dimension, last.planId]),
    );
    const items = rows.map((row) => ({
      subscriptionId: row.subscriptionId,
      planId: row.planId,
      dimension: row.dimension,
      day: row.day,
      ours: row.ours,
      submitted: row.submitted ?? undefined,
      processed: row.processed ?? undefined,
      reconStatus: row.reconStatus ?? undefined,
      verdict: row.verdict as ReadBackVerdict,
      readAt: row.readAt.toISOString(),
    }));
    return { items, nextCursor };
  };
}
