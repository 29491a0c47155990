import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decimal, decimalText, readDecimal } from '@landfall/domain/decimal';
import { baseOfferId } from '@landfall/domain/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { planChanged } from '../catalogue/plan-changed.ts';
import { unknownIds } from '../catalogue/unknown-ids.ts';
import { cursorText } from './cursor-text.ts';
import type { Db } from '../db/schema.ts';
import type { PlanKey } from '../store/catalogue.ts';
import { selectPlanContents } from '../store/catalogue-versions.ts';
import {
  findMeter,
  putMeter,
  removeMeter,
  selectMeters,
  type MeterRow,
  type Tier,
} from '../store/meters.ts';

type Meters = (typeof billingProcedures)['meters'];

const meterCursor = z.tuple([cursorText, cursorText, cursorText, cursorText]);

/** Meters whose usage counts for several dimensions. A change applies to usage that is rated from now on. */
export function meterHandlers(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handlers<{ meters: Meters }>['meters'] {
  const { db, now } = deps;
  return {
    list: listMeters(db),
    put: async ({ meter, tiers: given, ...plan }) => {
      const key = { ...keyOf(plan), meter };
      const tiers = readTiers(given);
      if (tiers instanceof Rejection) return tiers;
      const refusal = await unknownDimension(db, key, tiers);
      if (refusal) return refusal;
      await inTransaction(db, async (trx) => {
        const at = now();
        if (await putMeter(trx, { ...key, tiers }, at)) await planChanged(trx, keyOf(plan), at);
      });
      const saved = (await findMeter(db.kysely, key)) ?? { ...key, tiers, since: now() };
      const warnings = await unknownIds(db, key);
      return { saved: true, meter: viewOf(saved), warnings };
    },
    remove: async ({ meter, dryRun, ...plan }) => {
      const row = await findMeter(db.kysely, { ...keyOf(plan), meter });
      const was = row && viewOf(row);
      if (dryRun) return { removed: false, was };
      const removed = await inTransaction(db, async (trx) => {
        const at = now();
        const isRemoved = await removeMeter(trx, { ...keyOf(plan), meter }, at);
        if (isRemoved) await planChanged(trx, keyOf(plan), at);
        return isRemoved;
      });
      return { removed, was };
    },
  };
}

function listMeters(db: Db): Handler<Meters['list']> {
  return async ({ publisherId, limit, cursor }) => {
    const after = decodeKey(cursor, meterCursor);
    if (after instanceof Rejection) return after;
    const found = await selectMeters(db.kysely, publisherId, { after, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, (last) =>
      encodeKey([last.publisherId, last.offerId, last.planId, last.meter]),
    );
    return { items: rows.map((row) => viewOf(row)), nextCursor };
  };
}

function viewOf(row: MeterRow) {
  return {
    publisherId: row.publisherId || undefined,
    offerId: row.offerId,
    planId: row.planId,
    meter: row.meter,
    tiers: [...row.tiers],
    since: row.since.toISOString(),
  };
}

/** The tiers, with their thresholds as decimal text. Refuses thresholds that do not rise. */
function readTiers(
  given: readonly { readonly from: string | number; readonly dimension: string }[],
): readonly Tier[] | Rejection<'meter.invalid'> {
  const tiers = given.flatMap(({ from, dimension }) => {
    const threshold = readDecimal(from);
    return threshold ? [{ from: decimalText(threshold), dimension }] : [];
  });
  if (tiers.length < given.length) {
    return new Rejection(
      'meter.invalid',
      'A threshold has more than 13 digits, or more than 12 decimals. Send a shorter number.',
    );
  }
  for (const [index, { from }] of tiers.entries()) {
    const before = tiers[index - 1];
    if (before && decimal(from).lte(decimal(before.from))) {
      return new Rejection(
        'meter.invalid',
        `Thresholds must rise, but ${from} follows ${before.from}. Send the tiers in rising order.`,
      );
    }
  }
  return tiers;
}

/** Refuses a dimension that the plan does not have. For a plan that has not been read, every dimension is accepted. */
async function unknownDimension(
  db: Db,
  plan: PlanKey,
  tiers: readonly Tier[],
): Promise<Rejection<'catalogue.dimension-unknown'> | undefined> {
  for (const { dimensions } of await selectPlanContents(db.kysely, plan)) {
    const known = new Set(dimensions.map(({ id }) => id));
    const unknown = tiers.find(({ dimension }) => !known.has(dimension));
    if (unknown) {
      return new Rejection(
        'catalogue.dimension-unknown',
        `The plan has no dimension "${unknown.dimension}". See catalogue.list; if you have just published it, call catalogue.refresh first.`,
      );
    }
  }
  return undefined;
}

function keyOf(plan: {
  readonly publisherId?: string | undefined;
  readonly offerId: string;
  readonly planId: string;
}): PlanKey {
  const { publisherId = '', offerId, planId } = plan;
  return { publisherId, offerId: baseOfferId(offerId), planId };
}
