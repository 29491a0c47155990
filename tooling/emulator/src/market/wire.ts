import { CURRENCY, MARKET, type BillingTerm, type Plan } from './catalogue.ts';
import { DAY_MS } from './constants.ts';
import type { Oddities } from './oddities.ts';
import { sellerOf } from './sellers.ts';
import type { OperationRecord, Party, State, SubscriptionRecord } from './state.ts';
import { termDates } from './term.ts';

type Json = Record<string, unknown>;

/** The `Subscription` object of the fulfillment API. */
export function toSubscription(state: State, subscription: SubscriptionRecord): Json {
  const { oddities } = state.settings;
  const dates = hasTerm(subscription) ? termDates(subscription.term) : null;
  const blank = oddities.subscriptionPadding === 'measured' ? ' ' : '';
  const whole = {
    id: subscription.id,
    publisherId: sellerOf(state.identities, subscription.offerId).publisherId,
    offerId: subscription.offerId,
    name: subscription.name,
    saasSubscriptionStatus: `${subscription.status}${blank}`,
    beneficiary: toParty(subscription.beneficiary, blank),
    purchaser: toParty(subscription.purchaser, blank),
    planId: subscription.planId,
    ...quantityOf(subscription, oddities),
    term: {
      termUnit: subscription.term.unit,
      ...(dates && {
        startDate: day(startOf(dates, oddities), oddities),
        endDate: day(endOf(dates, oddities), oddities),
      }),
      chargeDuration: subscription.term.unit,
    },
    autoRenew: subscription.autoRenew,
    isTest: subscription.isTest ?? false,
    isFreeTrial: subscription.isFreeTrial,
    allowedCustomerOperations: allowedOperations(subscription),
    sandboxType: subscription.isSandbox ? 'Csp' : 'None',
    created: moment(subscription.createdAt, oddities),
    sessionMode: subscription.isDryRun ? 'DryRun' : 'None',
  };
  const arePeopleLate = oddities.subscriptionPeople === 'measured' && !hasTerm(subscription);
  return arePeopleLate ? without(whole, ['beneficiary', 'purchaser']) : whole;
}

/** A subscription as Get and Resolve return it. */
export function toAnswer(state: State, subscription: SubscriptionRecord): Json {
  const answers = state.answers.get(subscription.id) ?? 0;
  state.answers.set(subscription.id, answers + 1);
  const isPoor = state.settings.oddities.subscriptionFields === 'measured' && answers % 2 === 0;
  const whole = toSubscription(state, subscription);
  return isPoor ? without(whole, OPTIONAL) : whole;
}

const OPTIONAL = [
  'name',
  'quantity',
  'autoRenew',
  'isTest',
  'isFreeTrial',
  'allowedCustomerOperations',
  'sandboxType',
  'sessionMode',
] as const;

function without(json: Json, fields: readonly string[]): Json {
  return Object.fromEntries(Object.entries(json).filter(([field]) => !fields.includes(field)));
}

type Dates = Readonly<Record<'start' | 'end', number>>;

function startOf({ start }: Dates, { termStart }: Oddities): number {
  return termStart === 'measured' ? start + 2 * DAY_MS : start;
}

function endOf(dates: Dates, oddities: Oddities): number {
  return oddities.termEnd === 'measured' ? startOf(dates, oddities) : dates.end;
}

/** A subscription as the list shows it. */
export function toListed(state: State, subscription: SubscriptionRecord): Json {
  const listed = toSubscription(state, subscription);
  return state.settings.oddities.listIdCase === 'measured'
    ? { ...listed, id: subscription.id.toUpperCase() }
    : listed;
}

/** The answer of Resolve: a few fields outside, and the whole subscription inside. */
export function toResolved(state: State, subscription: SubscriptionRecord): Json {
  return {
    id: subscription.id,
    subscriptionName: subscription.name,
    offerId: subscription.offerId,
    planId: subscription.planId,
    ...quantityOf(subscription, state.settings.oddities),
    subscription: toAnswer(state, subscription),
  };
}

/** The `Operation` object of the operations API. */
export function toOperation(state: State, operation: OperationRecord): Json {
  const { oddities } = state.settings;
  const words = oddities.operationStatusWord === 'measured' ? SPOKEN_STATUS : undefined;
  const offerId = state.subscriptions.get(operation.subscriptionId)?.offerId ?? '';
  return {
    id: operation.id,
    activityId: operation.activityId,
    subscriptionId: operation.subscriptionId,
    offerId,
    publisherId: sellerOf(state.identities, offerId).publisherId,
    planId: operation.planId,
    ...quantityOf(operation, oddities),
    action: operation.action,
    timeStamp: moment(operation.createdAt, oddities),
    status: words?.[operation.status] ?? operation.status,
    errorStatusCode: '',
    errorMessage: '',
  };
}

const SPOKEN_STATUS: Partial<Record<OperationRecord['status'], string>> = {
  Succeeded: 'Success',
  InProgress: 'In Progress',
};

/** The body of a notification: the operation outside, and a snapshot of the subscription inside. */
export function toNotification(
  state: State,
  subscription: SubscriptionRecord,
  operation: OperationRecord,
): Json {
  const { oddities } = state.settings;
  const sourceKey =
    oddities.requestSourceKey === 'measured'
      ? 'operationRequestedSource'
      : 'operationRequestSource';
  const minimal = {
    id:
      oddities.notificationId === 'measured'
        ? `org:${operation.activityId},${operation.id}`
        : operation.id,
    activityId: operation.activityId,
    [sourceKey]: operation.source,
    subscriptionId: subscription.id,
    timeStamp: `${new Date(operation.createdAt).toISOString().slice(0, -1)}4937Z`,
    action: operation.action,
  };
  const flatRate = oddities.flatRateQuantity === 'measured' ? 1 : null;
  const body =
    oddities.notificationShape === 'measured'
      ? minimal
      : {
          ...minimal,
          publisherId: sellerOf(state.identities, subscription.offerId).publisherId,
          offerId: subscription.offerId,
          planId: operation.planId,
          quantity: operation.quantity ?? flatRate,
          status: operation.status,
          subscription: toSnapshot(state, subscription, operation),
          purchaseToken: null,
        };
  return oddities.notificationKeys === 'measured' ? (pascalCase(body) as Json) : body;
}

function toSnapshot(
  state: State,
  subscription: SubscriptionRecord,
  operation: OperationRecord,
): Json {
  const full = toSubscription(state, subscription);
  const showsOldStatus =
    operation.action === 'Suspend' && state.settings.oddities.suspendSnapshot === 'measured';
  return {
    ...full,
    quantity: subscription.quantity,
    ...(showsOldStatus && { saasSubscriptionStatus: 'Subscribed' }),
    term: { ...(full['term'] as Json), chargeDuration: null },
    lastModified: '0001-01-01T00:00:00',
  };
}

/** A plan as listAvailablePlans shows it. */
export function toPlan(plan: Plan, oddities: Oddities, privateOfferId?: string): Json {
  return {
    planId: plan.planId,
    displayName: plan.displayName,
    isPrivate: plan.privateTo !== undefined,
    description: plan.description,
    ...(plan.seats && { minQuantity: plan.seats.min, maxQuantity: plan.seats.max }),
    hasFreeTrials: plan.freeTrial ?? false,
    isPricePerSeat: plan.seats !== undefined,
    isStopSell: plan.stopSell ?? false,
    market: MARKET,
    planComponents: {
      recurrentBillingTerms: plan.terms.map((term) => ({
        currency: CURRENCY,
        price: term.price,
        termUnit: term.termUnit,
        termDescription: term.description,
        ...(oddities.noIncludedQuantities === 'documented' && {
          meteredQuantityIncluded: includedOf(plan, term, oddities),
        }),
      })),
      meteringDimensions: (plan.dimensions ?? []).map((dimension) => ({
        id: dimension.id,
        currency: CURRENCY,
        pricePerUnit: dimension.pricePerUnit,
        unitOfMeasure: dimension.unitOfMeasure,
        displayName: dimension.displayName,
      })),
    },
    ...(privateOfferId && { sourceOffers: [{ externalId: privateOfferId }] }),
  };
}

/** Microsoft does not document how it writes "unlimited". "Unlimited" is an assumption. */
function includedOf({ dimensions = [] }: Plan, { included = {} }: BillingTerm, oddities: Oddities) {
  const all = dimensions.map(({ id }) => {
    const units = included[id] ?? 0;
    return { dimensionId: id, units: units === 'unlimited' ? 'Unlimited' : String(units) };
  });
  return oddities.noIncludedZeros === 'measured' ? all.filter(({ units }) => units !== '0') : all;
}

/** The beneficiary's allowed operations. A partner's customer can only read. */
export function allowedOperations(subscription: SubscriptionRecord): readonly string[] {
  return subscription.isCsp ? ['Read'] : ['Delete', 'Update', 'Read'];
}

function hasTerm(subscription: SubscriptionRecord): boolean {
  return subscription.status === 'Subscribed' || subscription.status === 'Suspended';
}

function toParty(party: Party, blank: string): Json {
  return {
    ...(party.emailId !== undefined && { emailId: `${blank}${party.emailId}` }),
    objectId: party.objectId,
    tenantId: party.tenantId,
    puid: party.puid,
  };
}

function quantityOf(
  of: { readonly quantity: number | null; readonly status: string },
  oddities: Oddities,
): Json {
  const isGone = of.status === 'Unsubscribed' && oddities.seatsAfterEnd === 'measured';
  const quantity = isGone ? null : of.quantity;
  if (oddities.subscriptionQuantity === 'measured') {
    return { quantity: quantity === null ? '' : String(quantity) };
  }
  return quantity === null ? {} : { quantity };
}

function day(at: number, oddities: Oddities): string {
  const iso = new Date(at).toISOString();
  return oddities.subscriptionDates === 'measured' ? iso.slice(0, 10) : iso;
}

function moment(at: number, oddities: Oddities): string {
  const iso = new Date(at).toISOString();
  return oddities.subscriptionDates === 'measured' ? `${iso.slice(0, -1)}0000` : iso;
}

function pascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascalCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      pascalCase(inner),
    ]),
  );
}
