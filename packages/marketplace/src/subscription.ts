import {
  subscriptionStatuses,
  type SubscriptionStatus as KnownStatus,
} from '@landfall/domain/subscription';
import { isGuid } from './ids.ts';
import { canonical, reader, unexpectedAnswer, type Open, type Reader } from './read.ts';

const CUSTOMER_OPERATIONS = ['Read', 'Update', 'Delete'] as const;

/** `Unknown` means that no status was sent; read the subscription again. */
export type SubscriptionStatus = Open<KnownStatus | 'Unknown'>;

/** Personal data. `tenantId` and `objectId` identify a person; the e-mail address never does. */
export interface Person {
  readonly emailId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly puid?: string | undefined;
}

/** The current term. `termUnit` is an ISO 8601 duration from an open set, in upper case. */
export interface MarketplaceTerm {
  readonly startDate?: Date | undefined;
  readonly endDate?: Date | undefined;
  readonly termUnit?: string | undefined;
  readonly chargeDuration?: string | undefined;
}

/**
 * A SaaS subscription as Microsoft sends it. Only `id` is always there. GUIDs are in lower case. An
 * undefined field was not sent and says nothing; a null `quantity` was sent and means "not per seat".
 * `problems` names values that were sent but could not be read.
 */
export interface MarketplaceSubscription {
  readonly id: string;
  readonly name?: string | undefined;
  readonly publisherId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly quantity?: number | null | undefined;
  readonly status: SubscriptionStatus;
  readonly beneficiary?: Person | undefined;
  readonly purchaser?: Person | undefined;
  readonly term?: MarketplaceTerm | undefined;
  readonly autoRenew?: boolean | undefined;
  readonly isFreeTrial?: boolean | undefined;
  readonly isTest?: boolean | undefined;
  readonly allowedCustomerOperations?: readonly string[] | undefined;
  readonly sessionMode?: string | undefined;
  readonly sandboxType?: string | undefined;
  readonly created?: Date | undefined;
  readonly problems: readonly string[];
  readonly raw: unknown;
}

/** The answer of Resolve. In very old forms `subscription` is incomplete, and its `status` is `Unknown`. */
export interface ResolvedPurchase {
  readonly id: string;
  readonly subscriptionName?: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly quantity?: number | null | undefined;
  readonly subscription: MarketplaceSubscription;
}

/**
 * Reads a subscription tolerantly. Throws the fault `marketplace.unexpected-answer` only if its id is missing
 * or not a GUID, because Microsoft cannot be asked about it then.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-fulfillment-subscription-api
 */
export function decodeSubscription(raw: unknown): MarketplaceSubscription {
  const problems: string[] = [];
  const from = reader(raw, problems);
  const id = from?.guid('id');
  if (!from || !isGuid(id)) throw unexpectedAnswer('with a subscription whose id is not a GUID');
  return { id, ...readSubscription(from), problems, raw };
}

/**
 * Reads the answer of Resolve. Name, people and status are in the nested subscription; missing fields are
 * taken from the top level. Throws like `decodeSubscription`.
 */
export function decodeResolve(raw: unknown): ResolvedPurchase {
  const problems: string[] = [];
  const top = reader(raw, problems);
  const nested = top?.object('subscription');
  const id = top?.guid('id') ?? nested?.guid('id');
  if (!top || !isGuid(id))
    throw unexpectedAnswer('with a resolved purchase whose id is not a GUID');
  const subscriptionName = top.text('subscriptionName');
  const offerId = top.text('offerId');
  const planId = top.text('planId');
  const quantity = top.seats('quantity');
  const inner = readSubscription(nested ?? top);
  const subscription: MarketplaceSubscription = {
    ...inner,
    id,
    name: inner.name ?? subscriptionName,
    offerId: inner.offerId ?? offerId,
    planId: inner.planId ?? planId,
    // At the top level, Microsoft sends 1 seat for a flat-rate plan, which has no seats.
    quantity:
      inner.quantity ?? (nested && quantity === 1 ? inner.quantity : (quantity ?? inner.quantity)),
    problems,
    raw: top.value('subscription') ?? raw,
  };
  return {
    id,
    subscriptionName: subscriptionName ?? inner.name,
    offerId: subscription.offerId,
    planId: subscription.planId,
    quantity: subscription.quantity,
    subscription,
  };
}

function readSubscription(from: Reader): Omit<MarketplaceSubscription, 'id' | 'problems' | 'raw'> {
  const status = from.text('saasSubscriptionStatus', 'status');
  if (status === undefined) from.flagProblem('saasSubscriptionStatus-missing');
  const term = from.object('term');
  return {
    name: from.text('name', 'subscriptionName'),
    publisherId: from.text('publisherId'),
    offerId: from.text('offerId'),
    planId: from.text('planId'),
    quantity: from.seats('quantity'),
    status: status === undefined ? 'Unknown' : canonical(status, subscriptionStatuses),
    beneficiary: readPerson(from.object('beneficiary')),
    purchaser: readPerson(from.object('purchaser')),
    term: term && {
      startDate: term.date('startDate'),
      endDate: term.date('endDate'),
      termUnit: term.text('termUnit')?.toUpperCase(),
      chargeDuration: term.text('chargeDuration'),
    },
    autoRenew: from.flag('autoRenew'),
    isFreeTrial: from.flag('isFreeTrial'),
    isTest: from.flag('isTest'),
    allowedCustomerOperations: readOperations(from.value('allowedCustomerOperations')),
    sessionMode: from.text('sessionMode'),
    sandboxType: from.text('sandboxType'),
    created: from.date('created'),
  };
}

/** Undefined if no list was sent. A sent empty list allows nothing. */
function readOperations(sent: unknown): readonly string[] | undefined {
  if (!Array.isArray(sent)) return undefined;
  return sent
    .filter((word): word is string => typeof word === 'string')
    .map((word) => canonical(word.trim(), CUSTOMER_OPERATIONS));
}

function readPerson(from: Reader | undefined): Person | undefined {
  return (
    from && {
      emailId: from.text('emailId'),
      objectId: from.guid('objectId'),
      tenantId: from.guid('tenantId'),
      puid: from.text('puid', 'pid'),
    }
  );
}
