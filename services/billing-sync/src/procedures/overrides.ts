import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decimalText, readDecimal } from '@landfall/domain/decimal';
import { baseOfferId } from '@landfall/domain/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { planChanged } from '../catalogue/plan-changed.ts';
import { unknownIds } from '../catalogue/unknown-ids.ts';
import { cursorText } from './cursor-text.ts';
import type { Db } from '../db/schema.ts';
import {
  findOverride,
  putOverride,
  removeOverride,
  selectOverrides,
  type OverrideKey,
  type OverrideRow,
} from '../store/overrides.ts';

type Overrides = (typeof billingProcedures)['overrides'];

const overrideCursor = z.tuple([cursorText, cursorText, cursorText, cursorText, cursorText]);

/** Overrides of included quantities. A change applies to usage that is rated from now on. */
export function overrideHandlers(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handlers<{ overrides: Overrides }>['overrides'] {
  const { db, now } = deps;
  return {
    list: listOverrides(db),
    put: async ({ included, ...override }) => {
      const quantity = included === null ? null : readDecimal(included);
      if (quantity === undefined) return tooManyDigits();
      const key = keyOf(override);
      const row = { ...key, included: quantity && decimalText(quantity) };
      await inTransaction(db, async (trx) => {
        const at = now();
        if (await putOverride(trx, row, at)) await planChanged(trx, row, at);
      });
      const { offerId, planId, dimension } = row;
      const { publisherId } = override;
      const named = { publisherId, offerId, planId, dimensions: [dimension] };
      const saved = (await findOverride(db.kysely, key)) ?? { ...row, since: now() };
      return { saved: true, override: viewOf(saved), warnings: await unknownIds(db, named) };
    },
    remove: async ({ dryRun, ...override }) => {
      const key = keyOf(override);
      const row = await findOverride(db.kysely, key);
      const was = row && viewOf(row);
      if (dryRun) return { removed: false, was };
      const removed = await inTransaction(db, async (trx) => {
        const at = now();
        const isRemoved = await removeOverride(trx, key, at);
        if (isRemoved) await planChanged(trx, key, at);
        return isRemoved;
      });
      return { removed, was };
    },
  };
}

function listOverrides(db: Db): Handler<Overrides['list']> {
  return async ({ publisherId, limit, cursor }) => {
    const after = decodeKey(cursor, overrideCursor);
    if (after instanceof Rejection) return after;
    const found = await selectOverrides(db.kysely, publisherId, { after, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, (last) =>
      encodeKey([last.publisherId, last.offerId, last.planId, last.termUnit, last.dimension]),
    );
    return { items: rows.map((row) => viewOf(row)), nextCursor };
  };
}

function viewOf(row: Omit<OverrideRow, 'until'>) {
  return {
    publisherId: row.publisherId || undefined,
    offerId: row.offerId,
    planId: row.planId,
    termUnit: row.termUnit || undefined,
    dimension: row.dimension,
    included: row.included,
    since: row.since.toISOString(),
  };
}

function keyOf(override: {
  readonly publisherId?: string | undefined;
  readonly offerId: string;
  readonly planId: string;
  readonly termUnit?: string | undefined;
  readonly dimension: string;
}): OverrideKey {
  const { publisherId = '', offerId, planId, termUnit = '', dimension } = override;
  return {
    publisherId,
    offerId: baseOfferId(offerId),
    planId,
    termUnit: termUnit.toUpperCase(),
    dimension,
  };
}

function tooManyDigits(): Rejection<'override.invalid'> {
  return new Rejection(
    'override.invalid',
    'The included quantity has more than 13 digits, or more than 12 decimals. Send a shorter number.',
  );
}
