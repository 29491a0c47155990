import { isObject, listItems, parseText, reader, type Reader } from './read.ts';

/** A term in which a plan can be bought, with its price as an exact decimal. */
export interface BillingTerm {
  readonly termUnit?: string | undefined;
  readonly termDescription?: string | undefined;
  readonly currency?: string | undefined;
  readonly price?: string | undefined;
  /** Included quantities per term. undefined if Microsoft sent no list: then they are not known. */
  readonly included?: readonly IncludedQuantity[] | undefined;
}

/** `units` is the text that was sent, which may be a word. If it is missing, the quantity is not known. */
export interface IncludedQuantity {
  readonly dimensionId: string;
  readonly units?: string | undefined;
}

/** A metered dimension of a plan, with its price per unit as an exact decimal. */
export interface MeteringDimension {
  readonly id: string;
  readonly displayName?: string | undefined;
  readonly unitOfMeasure?: string | undefined;
  readonly pricePerUnit?: string | undefined;
  readonly currency?: string | undefined;
}

/** The current plan, or one that the subscription can change to. Flat-rate plans have no seat limits. */
export interface MarketplacePlan {
  readonly planId: string;
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  readonly market?: string | undefined;
  readonly isPrivate: boolean;
  readonly isStopSell: boolean;
  readonly isPricePerSeat: boolean;
  readonly hasFreeTrials: boolean;
  readonly minQuantity?: number | undefined;
  readonly maxQuantity?: number | undefined;
  readonly billingTerms: readonly BillingTerm[];
  readonly dimensions: readonly MeteringDimension[];
  readonly sourceOffers: readonly string[];
  readonly problems: readonly string[];
  readonly raw: unknown;
}

/**
 * Reads the answer of List Available Plans. An empty answer means no plans. Entries without a plan id are
 * skipped. Stop-sell plans are kept and marked, because a subscriber may still be on one.
 */
export function decodePlans(body: unknown): readonly MarketplacePlan[] {
  return listItems(body, 'plans').flatMap((raw) => {
    const problems: string[] = [];
    const from = reader(raw, problems);
    const planId = from?.text('planId');
    return from && planId !== undefined ? [{ planId, ...readPlan(from), problems, raw }] : [];
  });
}

function readPlan(from: Reader): Omit<MarketplacePlan, 'planId' | 'problems' | 'raw'> {
  const components = from.object('planComponents');
  return {
    displayName: from.text('displayName'),
    description: from.text('description'),
    market: from.text('market'),
    isPrivate: from.flag('isPrivate') ?? false,
    isStopSell: from.flag('isStopSell') ?? false,
    isPricePerSeat: from.flag('isPricePerSeat') ?? false,
    hasFreeTrials: from.flag('hasFreeTrials') ?? false,
    minQuantity: from.number('minQuantity'),
    maxQuantity: from.number('maxQuantity'),
    billingTerms: components?.objects('recurrentBillingTerms')?.map(readBillingTerm) ?? [],
    dimensions: components?.objects('meteringDimensions')?.flatMap(readDimension) ?? [],
    sourceOffers: from.list('sourceOffers').flatMap(readSourceOffer),
  };
}

function readBillingTerm(from: Reader): BillingTerm {
  return {
    termUnit: from.text('termUnit')?.toUpperCase(),
    termDescription: from.text('termDescription'),
    currency: from.text('currency'),
    price: from.decimal('price'),
    included: from.objects('meteredQuantityIncluded')?.flatMap(readIncluded),
  };
}

function readIncluded(from: Reader): readonly IncludedQuantity[] {
  const dimensionId = from.text('dimensionId');
  if (dimensionId !== undefined) return [{ dimensionId, units: from.text('units') }];
  from.flagProblem('dimensionId-missing');
  return [];
}

function readDimension(from: Reader): readonly MeteringDimension[] {
  const id = from.text('id');
  if (id === undefined) return [];
  return [
    {
      id,
      displayName: from.text('displayName'),
      unitOfMeasure: from.text('unitOfMeasure'),
      pricePerUnit: from.decimal('pricePerUnit'),
      currency: from.text('currency'),
    },
  ];
}

/** Private offers were plain ids until April 2025, and have been `{externalId}` since then. */
function readSourceOffer(raw: unknown): readonly string[] {
  const id = isObject(raw) ? reader(raw, [])?.guid('externalId') : parseText(raw)?.toLowerCase();
  return id === undefined ? [] : [id];
}
