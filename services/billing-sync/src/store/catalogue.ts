import { sql } from 'kysely';
import { decimal, type Decimal } from '@landfall/domain/decimal';
import type { Db, PlanContent } from '../db/schema.ts';

/** A plan. `offerId` is the base offer id. Two publishers, and two offers, may use the same ids. */
export interface PlanKey {
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
}

/** A plan in one of its terms. `termUnit` is null if the subscription's term is not known. */
export type RateKey = PlanKey & { readonly termUnit: string | null };

/** Included units per term. `quantity` null: unlimited. */
export interface Included {
  readonly quantity: Decimal | null;
  readonly basis: 'microsoft' | 'override';
}

/** The rules and prices for usage of a plan and term. */
export interface PlanRates {
  readonly planName?: string | undefined;
  /** Undefined: neither Microsoft nor the publisher has said. */
  included(dimension: string): Included | undefined;
  /** Microsoft's own quantity, even if an override replaces it. */
  microsoftIncluded(dimension: string): Included | undefined;
  /** Lowest threshold first. Undefined: the name is a dimension, not a meter with tiers. */
  tiers(
    meter: string,
  ): readonly { readonly from: Decimal; readonly dimension: string }[] | undefined;
  price(dimension: string): { readonly unitPrice: Decimal; readonly currency: string } | undefined;
  names(dimension: string): {
    readonly displayName?: string | undefined;
    readonly unitOfMeasure?: string | undefined;
  };
}

/** An override in force. Empty `publisherId` and `termUnit`: every publisher, every term. */
export interface OverrideInForce {
  readonly publisherId: string;
  readonly termUnit: string;
  readonly dimension: string;
  readonly included: string | null;
}

interface MeterInForce {
  readonly publisherId: string;
  readonly meter: string;
  readonly tiers: readonly { readonly from: string; readonly dimension: string }[];
}

/** What is in force for a plan now. Overrides and meters may be the publisher's own or every publisher's. */
interface PlanInForce {
  /** The latest version of the market that was read last. */
  readonly content: PlanContent | undefined;
  readonly overrides: readonly OverrideInForce[];
  readonly meters: readonly MeterInForce[];
}

/**
 * The names under which usage of each plan can be reported: Microsoft's dimensions, meters, and dimensions with an
 * override. Undefined: Microsoft's plan has not been read yet.
 */
export async function knownDimensions(
  trx: Db['kysely'],
  plans: readonly PlanKey[],
): Promise<(key: PlanKey) => ReadonlySet<string> | undefined> {
  const found = await plansInForce(trx, plans);
  const known = new Map(
    [...found].flatMap(([key, { content, overrides, meters }]) => {
      if (!content) return [];
      const names = [
        ...content.dimensions.map(({ id }) => id),
        ...overrides.map(({ dimension }) => dimension),
        ...meters.flatMap(({ meter, tiers }) => [meter, ...tiers.map((tier) => tier.dimension)]),
      ];
      return [[key, new Set(names)] as const];
    }),
  );
  return (key) => known.get(textOf(key));
}

/** The rates of each plan and term. Undefined: Microsoft's plan is not known, and nothing is set instead. */
export async function planRates(
  trx: Db['kysely'],
  keys: readonly RateKey[],
): Promise<(key: RateKey) => PlanRates | undefined> {
  const found = await plansInForce(trx, keys);
  return (key) => {
    const plan = found.get(textOf(key));
    if (!plan) return undefined;
    return ratesOf(plan, key.termUnit);
  };
}

/** Rates by what was in force. `termUnit` null: the plan's only term, if it has exactly one. */
export function ratesOf(plan: PlanInForce, termUnit: string | null): PlanRates {
  const { content, overrides, meters } = plan;
  const dimensions = new Map(content?.dimensions.map((one) => [one.id, one]));
  const unit = termUnit?.toUpperCase() ?? soleTerm(content);
  const microsoftIncluded = (dimension: string) => includedByMicrosoft(content, unit, dimension);
  return {
    planName: content?.displayName,
    microsoftIncluded,
    included: (dimension) => {
      const of = overrides.filter((one) => one.dimension === dimension);
      const override = mostSpecific(of, unit);
      return override ? included(override.included, 'override') : microsoftIncluded(dimension);
    },
    tiers: (meter) => {
      const named = meters.filter((one) => one.meter === meter);
      const own = named.find(({ publisherId }) => publisherId !== '') ?? named[0];
      return own?.tiers.map(({ from, dimension }) => ({ from: decimal(from), dimension }));
    },
    price: (dimension) => {
      const { unitPrice, currency } = dimensions.get(dimension) ?? {};
      if (unitPrice === undefined || currency === undefined) return undefined;
      return { unitPrice: decimal(unitPrice), currency };
    },
    names: (dimension) => {
      const { displayName, unitOfMeasure } = dimensions.get(dimension) ?? {};
      return { displayName, unitOfMeasure };
    },
  };
}

/** The publisher's own entries win over those of every publisher, then an entry of the term over one of every term. */
function mostSpecific(
  overrides: readonly OverrideInForce[],
  unit: string | undefined,
): OverrideInForce | undefined {
  const rank = (one: OverrideInForce) =>
    (one.publisherId === '' ? 2 : 0) + (one.termUnit === '' ? 1 : 0);
  return overrides
    .filter(({ termUnit }) => termUnit === '' || termUnit === unit)
    .toSorted((a, b) => rank(a) - rank(b))[0];
}

function soleTerm(content: PlanContent | undefined): string | undefined {
  const units = new Set(content?.terms.map(({ termUnit }) => termUnit));
  return units.size === 1 ? [...units][0] : undefined;
}

/** Undefined also if Microsoft lists the term twice, with different quantities. */
function includedByMicrosoft(
  content: PlanContent | undefined,
  unit: string | undefined,
  dimension: string,
): Included | undefined {
  const stated = content?.terms
    .filter(({ termUnit }) => termUnit === unit)
    // Without the check, a dimension named "constructor" would be a function that every object has.
    .map((term) =>
      Object.hasOwn(term.included, dimension) ? term.included[dimension] : undefined,
    );
  const [quantity] = stated ?? [];
  if (quantity === undefined || new Set(stated).size > 1) return undefined;
  return included(quantity, 'microsoft');
}

function included(quantity: string | null, basis: Included['basis']): Included {
  return { quantity: quantity === null ? null : decimal(quantity), basis };
}

/** No live subscription has the plan, so Microsoft cannot be asked about it. */
export const NO_SUBSCRIPTION = 'catalogue.no-subscription';

/** Microsoft's answer for the asked subscriptions does not contain the plan. */
export const NOT_LISTED = 'catalogue.not-listed';

/** Problems that another subscription may not have. */
const OF_ONE_SUBSCRIPTION: readonly string[] = [
  NO_SUBSCRIPTION,
  NOT_LISTED,
  'marketplace.not-authorized',
  'marketplace.not-found',
];

/** Schedules a reading of a plan that is not listed yet, or that could not be read through the subscriptions known so far. */
export async function listPlan(trx: Db['kysely'], plan: PlanKey, now: Date): Promise<void> {
  const { publisherId, offerId, planId } = plan;
  const state = { nextAt: now, leasedUntil: null, readAt: null, problem: null, failingSince: null };
  await trx
    .insertInto('catalogueReadings')
    .values({ publisherId, offerId, planId, ...state })
    .onConflict((conflict) =>
      conflict
        .columns(['publisherId', 'offerId', 'planId'])
        .doUpdateSet({ nextAt: now })
        .where('catalogueReadings.problem', 'in', OF_ONE_SUBSCRIPTION)
        .where('catalogueReadings.nextAt', '>', now),
    )
    .execute();
}

/** Plans of which Landfall has Microsoft's content or an override or meter, by {@link textOf}. */
async function plansInForce(
  trx: Db['kysely'],
  plans: readonly PlanKey[],
): Promise<Map<string, PlanInForce>> {
  const keys = [...new Map(plans.map((plan) => [textOf(plan), plan])).values()];
  if (keys.length === 0) return new Map();
  const { rows } = await sql<PlanKey & Nullable<PlanInForce>>`
    select asked.publisher_id, asked.offer_id, asked.plan_id,
      (select latest.content from (
          select distinct on (market) content, read_at, market from catalogue_plans as plan
          where plan.publisher_id = asked.publisher_id and plan.offer_id = asked.offer_id
            and plan.plan_id = asked.plan_id
          order by market, version desc) as latest
        order by latest.read_at desc, latest.market limit 1) as content,
      (select json_agg(json_build_object('publisherId', own.publisher_id, 'termUnit', own.term_unit,
          'dimension', own.dimension, 'included', own.included::text))
        from overrides as own
        where own.publisher_id in ('', asked.publisher_id) and own.offer_id = asked.offer_id
          and own.plan_id = asked.plan_id and own.until is null) as overrides,
      (select json_agg(json_build_object('publisherId', own.publisher_id, 'meter', own.meter, 'tiers', own.tiers))
        from meters as own
        where own.publisher_id in ('', asked.publisher_id) and own.offer_id = asked.offer_id
          and own.plan_id = asked.plan_id and own.until is null) as meters
    from unnest(${keys.map((key) => key.publisherId)}::text[], ${keys.map((key) => key.offerId)}::text[],
      ${keys.map((key) => key.planId)}::text[]) as asked (publisher_id, offer_id, plan_id)
  `.execute(trx);
  return new Map(
    rows
      .filter(({ content, overrides, meters }) => content ?? overrides ?? meters)
      .map((row) => [
        textOf(row),
        {
          content: row.content ?? undefined,
          overrides: row.overrides ?? [],
          meters: row.meters ?? [],
        },
      ]),
  );
}

type Nullable<T> = { readonly [Name in keyof T]: T[Name] | null };

function textOf({ publisherId, offerId, planId }: PlanKey): string {
  return JSON.stringify([publisherId, offerId, planId]);
}
