import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { cursorText } from './cursor-text.ts';
import type { Db } from '../db/schema.ts';
import { selectHours } from '../store/hours.ts';
import { subscriptionKey } from '../store/subscriptions.ts';

const hourCursor = z.tuple([z.iso.datetime(), cursorText, cursorText]);

type UsageHours = Handler<(typeof billingProcedures)['usage']['hours']>;

/** Hours with Microsoft's answers, latest first. */
export function usageHours(db: Db): UsageHours {
  return async ({ publisherId, subscriptionId, state, isTest, limit, cursor }) => {
    const after = decodeKey(cursor, hourCursor);
    if (after instanceof Rejection) return after;
    const id = subscriptionId === undefined ? undefined : subscriptionKey(subscriptionId);
    const page = { after, limit: limit + 1 };
    const filter = { publisherId, subscriptionId: id, state, isTest };
    const rows = await selectHours(db.kysely, filter, page);
    const items = rows.slice(0, limit).map((row) => ({
      subscriptionId: row.subscriptionId,
      dimension: row.dimension,
      planId: row.planId,
      hour: row.hour.toISOString(),
      used: row.used,
      reported: row.reported,
      state: row.state,
      status: row.status ?? undefined,
      usageEventId: row.usageEventId ?? undefined,
      problem: row.problem ?? undefined,
      attempts: row.attempts,
      settledAt: row.settledAt?.toISOString(),
      isTest: row.isTest,
    }));
    const last = rows.length > limit ? items.at(-1) : undefined;
    const nextCursor = last && encodeKey([last.hour, last.subscriptionId, last.dimension]);
    return { items, nextCursor };
  };
}
