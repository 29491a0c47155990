import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { baseOfferId } from '@landfall/domain/subscription';
import { decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { cursorText } from './cursor-text.ts';
import type { Db } from '../db/schema.ts';
import { selectDimensions, upsertDimension } from '../store/dimensions.ts';

type Table = (typeof billingProcedures)['dimensions'];

const dimensionCursor = z.tuple([cursorText, cursorText, cursorText, cursorText]);

export function listDimensions(db: Db): Handler<Table['list']> {
  return async ({ publisherId, limit, cursor }) => {
    const after = decodeKey(cursor, dimensionCursor);
    if (after instanceof Rejection) return after;
    const page = { after, limit: limit + 1 };
    const rows = await selectDimensions(db.kysely, publisherId, page);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const nextCursor =
      last && encodeKey([last.publisherId ?? '', last.offerId, last.planId, last.dimension]);
    return { items, nextCursor };
  };
}

/** Applies to hours that close from now on. What was reported before does not change. */
export function putDimension(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handler<Table['put']> {
  return async ({ publisherId, ...dimension }) => {
    const offerId = baseOfferId(dimension.offerId);
    const row = { ...dimension, publisherId, offerId };
    await upsertDimension(deps.db.kysely, row, deps.now());
    return { saved: true };
  };
}
