import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { usageRefusals } from '@landfall/contracts/usage-procedures';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import { selectRefusals } from '../store/usage-refusals.ts';
import { cursorText } from './cursor-text.ts';

const refusalCursor = z.tuple([z.iso.datetime(), cursorText, cursorText, cursorText, cursorText]);

const reason = z.enum(usageRefusals);

/** Counts of refused records, latest hour first. */
export function listRefusals(db: Db): Handler<(typeof billingProcedures)['usage']['refusals']> {
  return async ({ publisherId, subscriptionId, refusal, limit, cursor }) => {
    const after = decodeKey(cursor, refusalCursor);
    if (after instanceof Rejection) return after;
    const id = subscriptionId === undefined ? undefined : subscriptionKey(subscriptionId);
    const filter = { publisherId, subscriptionId: id, refusal };
    const found = await selectRefusals(db.kysely, filter, { after, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, (last) =>
      encodeKey([
        last.hour.toISOString(),
        last.publisherId,
        last.subscriptionId,
        last.dimension,
        last.refusal,
      ]),
    );
    const items = rows.map((row) => ({
      publisherId: row.publisherId || undefined,
      subscriptionId: row.subscriptionId || undefined,
      dimension: row.dimension || undefined,
      refusal: reason.parse(row.refusal),
      message: row.message,
      hour: row.hour.toISOString(),
      records: Number(row.records),
      lastEventId: row.lastEventId ?? undefined,
      lastAt: row.lastAt.toISOString(),
    }));
    return { items, nextCursor };
  };
}
