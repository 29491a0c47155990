import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

/** Offers and plans that somebody typed. An offer without an id: its plans may belong to any offer. */
export interface NamedOffers {
  /** Only this publisher's subscriptions count, so that nothing is learnt about others. */
  readonly publisherId: string | undefined;
  readonly offers: readonly {
    readonly offerId: string | undefined;
    readonly planIds: readonly string[];
  }[];
}

/** Ids that are listed as known in a warning. */
const MAX_NAMED = 5;

/**
 * A sentence for each offer and plan that no subscription has, with those that exist. They may come into being later, so it is a
 * warning and no refusal. A purchase of the preview listing counts for its offer.
 */
export async function unknownOffers(
  db: Db['kysely'] | Trx,
  { publisherId, offers }: NamedOffers,
): Promise<string[]> {
  const offerIds = new Set(offers.flatMap(({ offerId = [] }) => offerId));
  const pairs = offers.flatMap(({ offerId, planIds }) =>
    planIds.map((planId) => ({ offerId, planId })),
  );
  if (offerIds.size === 0 && pairs.length === 0) return [];
  const known = await knownPairs(db, publisherId);
  const has = (offerId: string | undefined, planId?: string) =>
    known.some(
      (pair) =>
        (offerId === undefined || [offerId, `${offerId}-preview`].includes(pair.offerId)) &&
        (planId === undefined || pair.planId === planId),
    );
  const missingOffers = [...offerIds].filter((offerId) => !has(offerId));
  const missingPlans = pairs.filter(
    ({ offerId, planId }) =>
      !(offerId !== undefined && missingOffers.includes(offerId)) && !has(offerId, planId),
  );
  const names = namesOf(known);
  const sentences = [
    ...missingOffers.toSorted().map((offerId) => `No subscription of the offer "${offerId}"`),
    ...missingPlans.map(({ offerId, planId }) => {
      const of = offerId === undefined ? '' : ` of the offer "${offerId}"`;
      return `No subscription of the plan "${planId}"${of}`;
    }),
  ];
  return [...new Set(sentences)].map((sentence) => `${sentence} exists yet. ${names}`);
}

interface Pair {
  readonly offerId: string;
  readonly planId: string;
}

/**
 * The offers and plans of the subscriptions, in order. Reads one entry of the index for each pair, however many subscriptions
 * it has.
 */
async function knownPairs(
  db: Db['kysely'] | Trx,
  publisherId: string | undefined,
): Promise<readonly Pair[]> {
  const isOwn = publisherId === undefined ? sql`true` : sql`publisher_id = ${publisherId}`;
  const { rows } = await sql<Pair>`
    with recursive pairs as (
      (select offer_id, plan_id from subscriptions where ${isOwn} order by offer_id, plan_id limit 1)
      union all
      select after.offer_id, after.plan_id from pairs, lateral (
        select offer_id, plan_id from subscriptions
        where ${isOwn} and (offer_id, plan_id) > (pairs.offer_id, pairs.plan_id)
        order by offer_id, plan_id limit 1) as after)
    select offer_id as "offerId", plan_id as "planId" from pairs
  `.execute(db);
  return rows;
}

function namesOf(known: readonly Pair[]): string {
  if (known.length === 0) return 'Landfall knows no subscription yet.';
  const names = known.slice(0, MAX_NAMED).map(({ offerId, planId }) => `${offerId}/${planId}`);
  return `Known are, as offer/plan: ${names.join(', ')}.`;
}
