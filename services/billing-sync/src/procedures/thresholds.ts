import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decimalText, readDecimal } from '@landfall/domain/decimal';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { unknownIds } from '../catalogue/unknown-ids.ts';
import { NO_TERM, type Db } from '../db/schema.ts';
import { planOf, publisherOf, subscriptionKey } from '../store/subscriptions.ts';
import {
  findThreshold,
  listThresholds,
  putThreshold,
  removeThreshold,
} from '../store/thresholds.ts';
import { checkThresholds } from '../watch/check-thresholds.ts';
import { cursorText } from './cursor-text.ts';
import { quantityInvalid } from './usage-preview.ts';

/** Limits on a subscription's usage above the included quantity. */
export function thresholdHandlers({
  db,
  now,
}: {
  readonly db: Db;
  readonly now: () => Date;
}): Handlers<typeof billingProcedures>['thresholds'] {
  return {
    list: async ({ publisherId, subscriptionId, limit, cursor }) => {
      const after = decodeKey(cursor, z.tuple([cursorText, cursorText]));
      if (after instanceof Rejection) return after;
      const id = subscriptionId === undefined ? undefined : subscriptionKey(subscriptionId);
      const filter = { publisherId, subscriptionId: id };
      const found = await listThresholds(db.kysely, filter, { after, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeKey([last.subscriptionId, last.dimension]),
      );
      return { items: rows.map((row) => viewOf(row)), nextCursor };
    },

    /** If the present term has already crossed the limit, the incident is raised at once. */
    put: async ({ subscriptionId, dimension, units }) => {
      const id = subscriptionKey(subscriptionId);
      if ((await publisherOf(db.kysely, id)) === undefined) return notFound('subscription');
      const limit = readDecimal(units);
      if (!limit) return quantityInvalid();
      await inTransaction(db, async (trx) => {
        const threshold = { subscriptionId: id, dimension, units: decimalText(limit) };
        await putThreshold(trx, threshold);
        await checkThresholds(trx, [id], now());
      });
      const key = { subscriptionId: id, dimension };
      const saved = await findThreshold(db.kysely, key);
      const plan = await planOf(db.kysely, id);
      const warnings = plan ? await unknownIds(db, { ...plan, dimensions: [dimension] }) : [];
      const row = saved ?? { ...key, units: decimalText(limit), crossedInTerm: null };
      return { saved: true, threshold: viewOf(row), warnings };
    },

    remove: async ({ subscriptionId, dimension, dryRun }) => {
      const threshold = { subscriptionId: subscriptionKey(subscriptionId), dimension };
      const row = await findThreshold(db.kysely, threshold);
      const removed = !dryRun && (await removeThreshold(db.kysely, threshold));
      return { removed, was: row && viewOf(row) };
    },
  };
}

function viewOf(row: {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly units: string;
  readonly crossedInTerm: Date | null;
}) {
  const { subscriptionId, dimension, units, crossedInTerm } = row;
  return {
    subscriptionId,
    dimension,
    units,
    crossedInTerm: isTerm(crossedInTerm) ? crossedInTerm.toISOString() : undefined,
  };
}

function isTerm(term: Date | null): term is Date {
  return term !== null && term.getTime() !== NO_TERM.getTime();
}
