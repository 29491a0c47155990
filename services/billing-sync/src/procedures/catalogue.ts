import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { baseOfferId } from '@landfall/domain/subscription';
import { cutPage, decodeKey, encodeKey } from '@landfall/service-kit/paging';
import { planPeriods, viewPlan, type Period } from '../catalogue/plan-view.ts';
import { unknownIds } from '../catalogue/unknown-ids.ts';
import { cursorText } from './cursor-text.ts';
import type { Db } from '../db/schema.ts';
import {
  listPlansOfSubscriptions,
  readSoon,
  type PlanFilter,
} from '../store/catalogue-readings.ts';
import { selectPlans, selectVersions } from '../store/catalogue-versions.ts';
import { overrideHistory, type OverrideRow } from '../store/overrides.ts';

type Catalogue = (typeof billingProcedures)['catalogue'];

const planCursor = z.tuple([cursorText, cursorText, cursorText, cursorText]);

const periodCursor = z.tuple([z.iso.datetime(), cursorText, cursorText]);

/** Plans as Microsoft offers them, with the publisher's overrides. */
export function catalogueHandlers(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handlers<{ catalogue: Catalogue }>['catalogue'] {
  const { db, now } = deps;
  return {
    list: listPlans(db),
    history: planHistory(db),
    refresh: async (input) => {
      const filter = filterOf(input);
      const at = now();
      await listPlansOfSubscriptions(db.kysely, filter, at);
      const plans = await readSoon(db.kysely, filter, at);
      if (plans > 0) {
        const detail = `${plans} plans are read within seconds. See readAt in catalogue.list.`;
        return { plans, detail };
      }
      const { publisherId, offerId, planId } = filter;
      const unknown =
        offerId === undefined ? [] : await unknownIds(db, { publisherId, offerId, planId });
      const detail = unknown[0] ?? 'No subscription has such a plan, so there is nothing to read.';
      return { plans, detail };
    },
  };
}

function listPlans({ kysely }: Db): Handler<Catalogue['list']> {
  return async ({ limit, cursor, ...input }) => {
    const after = decodeKey(cursor, planCursor);
    if (after instanceof Rejection) return after;
    const filter = filterOf(input);
    const found = await selectPlans(kysely, filter, { after, limit: limit + 1 });
    const overrides = await overrideHistory(kysely, { ...filter, onlyInForce: true });
    const { rows, nextCursor } = cutPage(found, limit, (last) =>
      encodeKey([last.publisherId, last.offerId, last.planId, last.market]),
    );
    const items = rows.map((plan) =>
      viewPlan(
        plan,
        overrides.filter((override) => appliesTo(override, plan)),
      ),
    );
    return { items, nextCursor };
  };
}

function planHistory({ kysely }: Db): Handler<Catalogue['history']> {
  return async ({ limit, cursor, ...input }) => {
    const after = decodeKey(cursor, periodCursor);
    if (after instanceof Rejection) return after;
    const filter = filterOf(input);
    const versions = await selectVersions(kysely, filter);
    if (versions.length === 0) {
      return new Rejection(
        'catalogue.plan-unknown',
        'Landfall has not read this plan. See catalogue.list for the plans that it has read and those that it could not read.',
      );
    }
    const overrides = await overrideHistory(kysely, filter);
    const markets = Map.groupBy(versions, ({ publisherId, market }) =>
      JSON.stringify([publisherId, market]),
    );
    const periods = [...markets.values()]
      .flatMap((ofMarket) => {
        const [plan] = ofMarket;
        const applied = overrides.filter((override) => plan && appliesTo(override, plan));
        return planPeriods(ofMarket, applied);
      })
      .filter((period) => !after || isAfter(period, after))
      .toSorted((a, b) => (isAfter(a, keyOf(b)) ? 1 : -1));
    const { rows, nextCursor } = cutPage(periods.slice(0, limit + 1), limit, (last) =>
      encodeKey(keyOf(last)),
    );
    return { items: [...rows], nextCursor };
  };
}

type PeriodKey = readonly [since: string, publisherId: string, market: string];

function keyOf({ since, publisherId, market = '' }: Period): PeriodKey & [string, string, string] {
  return [since, publisherId, market];
}

/** True if the period comes after the key in the list: latest first, then by publisher and market. */
function isAfter(period: Period, [since, publisherId, market]: PeriodKey): boolean {
  const [ownSince, ownPublisher, ownMarket] = keyOf(period);
  if (ownSince !== since) return ownSince < since;
  if (ownPublisher !== publisherId) return ownPublisher > publisherId;
  return ownMarket > market;
}

function appliesTo(
  override: OverrideRow,
  plan: { readonly publisherId: string; readonly offerId: string; readonly planId: string },
): boolean {
  return (
    ['', plan.publisherId].includes(override.publisherId) &&
    override.offerId === plan.offerId &&
    override.planId === plan.planId
  );
}

function filterOf({ publisherId, offerId, planId }: PlanFilterInput): PlanFilter {
  return {
    publisherId,
    offerId: offerId === undefined ? undefined : baseOfferId(offerId),
    planId,
  };
}

interface PlanFilterInput {
  readonly publisherId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
}
