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
  const offerIds = [...new Set(offers.flatMap(({ offerId = [] }) => offerId))];
  const pairs = offers.flatMap(({ offerId, planIds }) =>
    planIds.map((planId) => ({ offerId, planId })),
  );
  if (offerIds.length === 0 && pairs.length === 0) return [];
  const missingOffers = await missing(db, publisherId, {
    offerIds,
    planIds: offerIds.map(() => null),
  });
  const isMissing = new Set(missingOffers.map(({ offerId }) => offerId));
  const rest = pairs.filter(({ offerId }) => !isMissing.has(offerId ?? null));
  const missingPlans = await missing(db, publisherId, {
    offerIds: rest.map(({ offerId }) => offerId ?? null),
    planIds: rest.map(({ planId }) => planId),
  });
  if (missingOffers.length === 0 && missingPlans.length === 0) return [];
  const known = await knownIds(db, publisherId);
  return [
    ...missingOffers.map(
      ({ offerId }) => `No subscription of the offer "${offerId}" exists yet. ${known}`,
    ),
    ...missingPlans.map(({ offerId, planId }) => {
      const of = offerId === null ? '' : ` of the offer "${offerId}"`;
      return `No subscription of the plan "${planId}"${of} exists yet. ${known}`;
    }),
  ];
}

interface Pair {
  readonly offerId: string | null;
  readonly planId: string | null;
}

async function missing(
  db: Db['kysely'] | Trx,
  publisherId: string | undefined,
  wanted: {
    readonly offerIds: readonly (string | null)[];
    readonly planIds: readonly (string | null)[];
  },
): Promise<Pair[]> {
  if (wanted.offerIds.length === 0) return [];
  const { rows } = await sql<Pair>`
    select distinct wanted.offer_id as "offerId", wanted.plan_id as "planId"
    from unnest(${wanted.offerIds}::text[], ${wanted.planIds}::text[]) as wanted (offer_id, plan_id)
    where not exists (
      select from subscriptions
      where (wanted.offer_id is null or offer_id in (wanted.offer_id, wanted.offer_id || '-preview'))
        and (wanted.plan_id is null or plan_id = wanted.plan_id)
        and (${publisherId ?? null}::text is null or publisher_id = ${publisherId ?? null}))
    order by 1, 2
  `.execute(db);
  return rows;
}

async function knownIds(db: Db['kysely'] | Trx, publisherId: string | undefined): Promise<string> {
  const { rows } = await sql<{ offerId: string; planId: string }>`
    with recursive offers as (
      (select offer_id, plan_id from subscriptions order by offer_id, plan_id limit 1)
      union all
      select after.offer_id, after.plan_id from offers, lateral (
        select offer_id, plan_id from subscriptions
        where (offer_id, plan_id) > (offers.offer_id, offers.plan_id)
        order by offer_id, plan_id limit 1) as after)
    select offer_id as "offerId", plan_id as "planId" from offers
    where ${publisherId ?? null}::text is null or exists (select from subscriptions
      where offer_id = offers.offer_id and plan_id = offers.plan_id
        and publisher_id = ${publisherId ?? null})
    limit ${MAX_NAMED}
  `.execute(db);
  if (rows.length === 0) return 'Landfall knows no subscription yet.';
  const names = rows.map(({ offerId, planId }) => `${offerId}/${planId}`);
  return `Known are, as offer/plan: ${names.join(', ')}.`;
}
