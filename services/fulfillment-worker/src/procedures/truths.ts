import type { z } from 'zod';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { productEvent } from '@landfall/contracts/product-events';
import type { ComparedValues, truthDifference } from '@landfall/contracts/truth-procedures';
import type { Subscription } from '@landfall/domain/subscription';
import {
  decodeSubscription,
  type MarketplaceSubscription,
} from '@landfall/marketplace/subscription';
import { findSubscription, type SubscriptionRecord } from '../store/subscriptions.ts';
import { lastReading, productsOf, type ProductRow } from '../store/truths.ts';
import type { ProcedureDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';

type Truths = Handlers<FulfillmentProcedures>['subscriptions']['truths'];
type Answer = Exclude<Awaited<ReturnType<Truths>>, { rejected: unknown }>;
type Difference = z.output<typeof truthDifference>;
type Field = Difference['field'];

/** In the order in which a person reads them. */
export const fields = [
  'status',
  'offerId',
  'planId',
  'quantity',
  'termStart',
  'termEnd',
  'autoRenew',
  'isFreeTrial',
] as const satisfies readonly Field[];

/** Compares what Microsoft, Landfall and each product know about a subscription. Reads our own tables only. */
export function truthsProcedure(deps: Pick<ProcedureDeps, 'db'>): Truths {
  const db = deps.db.kysely;
  return async ({ subscriptionId }) => {
    const id = subscriptionId.toLowerCase();
    const record = await findSubscription(db, id);
    if (!record) return unknownSubscription();
    const { publisherId, offerId } = record.state;
    const [reading, rows] = await Promise.all([
      lastReading(db, id),
      productsOf(db, { subscriptionId: id, publisherId, offerId }),
    ]);
    const microsoft = microsoftsTruth(id, reading);
    const landfall = {
      version: record.version,
      updatedAt: record.updatedAt.toISOString(),
      values: valuesOf(record.state),
    };
    const products = rows.map(productsTruth);
    const differences = [
      ...betweenMicrosoft(microsoft, record),
      ...products.flatMap((product) => betweenProduct(product, landfall)),
    ];
    return { subscriptionId: id, microsoft, landfall, products, differences };
  };
}

/** Our record, or Microsoft's, in the fields that can be compared. */
export function valuesOf(
  of: Pick<
    Subscription | MarketplaceSubscription,
    'status' | 'offerId' | 'planId' | 'quantity' | 'term' | 'autoRenew' | 'isFreeTrial'
  >,
): ComparedValues {
  return {
    status: of.status === 'Unknown' ? undefined : of.status,
    offerId: of.offerId,
    planId: of.planId,
    quantity: of.quantity,
    termStart: of.term?.startDate?.toISOString(),
    termEnd: of.term?.endDate?.toISOString(),
    autoRenew: of.autoRenew,
    isFreeTrial: of.isFreeTrial,
  };
}

function microsoftsTruth(
  id: string,
  reading: Awaited<ReturnType<typeof lastReading>>,
): Answer['microsoft'] {
  if (!reading) return { state: 'none' };
  const { at, requestId, status, answer } = reading;
  const read = { readAt: at.toISOString(), requestId };
  if (status === 404) return { state: 'missing', ...read };
  // The stored answer has no people, but everything that is compared.
  const values = valuesOf(decodeSubscription({ ...answer, id }));
  return { state: 'read', ...read, values, record: answer ?? undefined };
}

function productsTruth(row: ProductRow): Answer['products'][number] {
  const { destinationId, label, isEnabled, waiting, dead, waitsSince } = row;
  return {
    destinationId,
    label,
    isEnabled,
    acknowledged: acknowledgedOf(row),
    waiting,
    waitsSince: waitsSince?.toISOString(),
    dead,
  };
}

function acknowledgedOf({ deliveryId, type, deliveredAt, body }: ProductRow) {
  if (deliveryId === null || type === null || !deliveredAt || body === null) return undefined;
  const parsed = productEvent.safeParse(JSON.parse(body));
  const sent = parsed.data?.subscription;
  return {
    deliveryId,
    type,
    at: deliveredAt.toISOString(),
    version: sent?.version,
    values: {
      status: sent?.status,
      offerId: sent?.offerId,
      planId: sent?.planId,
      quantity: sent?.quantity,
      termStart: sent?.term.startDate,
      termEnd: sent?.term.endDate,
      autoRenew: sent?.autoRenew,
      isFreeTrial: sent?.isFreeTrial,
    },
  };
}

function betweenMicrosoft(
  microsoft: Answer['microsoft'],
  record: SubscriptionRecord,
): Difference[] {
  const ours = valuesOf(record.state);
  const { values, readAt, state } = microsoft;
  if (state === 'missing') {
    const sentence = `Microsoft did not know this subscription at ${readAt}. Landfall keeps its record, with the status ${ours.status}.`;
    return [{ field: 'status', between: 'microsoft-landfall', landfall: ours.status, sentence }];
  }
  if (!values || readAt === undefined) return [];
  const isOlder = new Date(readAt) < record.updatedAt;
  const next = isOlder
    ? `Landfall's record changed after this reading, at ${record.updatedAt.toISOString()}. Read again to compare.`
    : 'The next reconciliation compares both. Read again to apply it now.';
  return differing(values, ours).map((field) => ({
    field,
    between: 'microsoft-landfall' as const,
    microsoft: values[field],
    landfall: ours[field],
    sentence: `Microsoft's record of ${readAt} has ${said(field, values[field])}, and Landfall has ${said(field, ours[field])}. ${next}`,
  }));
}

function betweenProduct(
  product: Answer['products'][number],
  landfall: Answer['landfall'],
): Difference[] {
  const { acknowledged, destinationId, label } = product;
  if (!acknowledged) return [];
  const { values } = acknowledged;
  return differing(values, landfall.values).map((field) => ({
    field,
    between: 'landfall-product' as const,
    landfall: landfall.values[field],
    product: values[field],
    destinationId,
    sentence: `${label} acknowledged ${said(field, values[field])} at ${acknowledged.at}, and Landfall has ${said(field, landfall.values[field])}. ${nextStep(product)}`,
  }));
}

function nextStep({ waiting, dead, isEnabled }: Answer['products'][number]): string {
  const events = (count: number) => (count === 1 ? '1 event' : `${count} events`);
  if (waiting > 0 && !isEnabled) {
    return `The destination is disabled, and ${events(waiting)} ${waiting === 1 ? 'waits' : 'wait'}. Enable it to continue.`;
  }
  if (waiting > 0) return `Landfall still sends ${events(waiting)}.`;
  if (dead > 0)
    return `Landfall gave up ${events(dead)}. Repair the product, then send them again.`;
  return 'No event waits. The destination may not take the type of event that reported the change.';
}

/** The fields that both sides know, with different values. */
function differing(left: ComparedValues, right: ComparedValues): Field[] {
  return fields.filter(
    (field) =>
      left[field] !== undefined && right[field] !== undefined && left[field] !== right[field],
  );
}

const names: Readonly<Record<Field, string>> = {
  status: 'the status',
  offerId: 'the offer',
  planId: 'the plan',
  quantity: 'the quantity',
  termStart: 'the term start',
  termEnd: 'the term end',
  autoRenew: 'automatic renewal',
  isFreeTrial: 'free trial',
};

function said(field: Field, value: ComparedValues[Field]): string {
  if (typeof value === 'boolean') return `${names[field]} ${value ? 'on' : 'off'}`;
  return value === null ? 'no seats' : `${names[field]} ${String(value)}`;
}
