import {
  isPublished,
  type SubscriptionEvent,
  type SubscriptionEventType,
} from '@landfall/domain/events';
import { evolve } from '@landfall/domain/evolve';
import { knownAction, type KnownAction } from '@landfall/domain/operation';
import type { Person, Subscription } from '@landfall/domain/subscription';
import { defaultSettings, timersAfter } from '@landfall/domain/timers';
import type { Db, Trx } from './db/schema.ts';
import { answersFor, factDetails, factRows, termView } from './facts.ts';
import { readSettings, type ReadSettings } from './store/settings.ts';
import { saveRecord, type RecordWrites } from './store/save-record.ts';
import { forgetAnswers, insertSubscription } from './store/subscriptions.ts';
import type { Context } from './store/timeline.ts';

export interface Recorded {
  readonly state: Subscription;
  readonly version: number;
}

/** A change of a subscription: its record before, and what happened since. */
export interface Change {
  readonly before: Recorded | undefined;
  readonly events: readonly SubscriptionEvent[];
  readonly at: Date;
  /** When the reading that showed the events began; absent if no reading did. */
  readonly begunAt?: Date | undefined;
}

/**
 * The only way to change a subscription: state, timeline and facts are written in the caller's transaction,
 * which holds the row's lock if `before` exists. Each event raises the version by one. Undefined: another
 * transaction has stored the new subscription first, and nothing was written.
 */
export async function recordEvents(
  trx: Trx,
  change: Change,
  context: Context,
): Promise<Recorded | undefined> {
  const { before, events, at } = change;
  const { after, writes } = await eventWrites(trx, change, context);
  if (!after || !writes) return after;
  if (before) await saveRecord(trx, writes);
  else {
    const written = { version: after.version, at };
    if (!(await insertSubscription(trx, after.state, written))) return undefined;
    await saveRecord(trx, { ...writes, after: undefined, begunAt: undefined });
  }
  if (events.some(isTransfer)) await forgetAnswers(trx, after.state.id);
  return after;
}

/** Prepares what {@link recordEvents} writes. Without events, there are no writes. */
export async function eventWrites(
  db: Db['kysely'],
  change: Change,
  context: Context,
  settingsOf: ReadSettings = (target) => readSettings(db, target),
): Promise<{
  readonly after: Recorded | undefined;
  readonly writes?: RecordWrites & { readonly subscriptionId: string };
}> {
  const { before, events, at, begunAt } = change;
  const steps = stepsOf(before, events);
  const after = steps.at(-1)?.after;
  if (!after) return { after: before };
  const timeline = [];
  const facts = [];
  const productEvents = [];
  for (const { event, after } of steps) {
    const { state, version } = after;
    const origin = originOf(event, context);
    timeline.push({ kind: event.type, details: detailsOf(event), context: origin });
    if (!isPublished(event)) continue;
    const content = { kind: event.type, state, version, at, ...factDetails(event) };
    const { fact, productEvent } = factRows(content, origin, await answersFor(db, content));
    facts.push(fact);
    productEvents.push(productEvent);
  }
  const timers = await timersOf(settingsOf, { state: after.state, events, at }, context);
  const { id: subscriptionId } = after.state;
  const writes = { subscriptionId, at, begunAt, after, timeline, facts, productEvents, timers };
  return { after, writes };
}

/** The purchase was transferred from one organisation to another. */
function isTransfer(event: SubscriptionEvent): boolean {
  if (event.type !== 'beneficiaryChanged') return false;
  const { from, to } = event;
  return from.tenantId !== undefined && from.tenantId !== to.tenantId;
}

/** Events whose timers depend on a setting. */
const BY_SETTING: ReadonlySet<SubscriptionEventType> = new Set([
  'purchased',
  'suspended',
  'unsubscribed',
]);

async function timersOf(
  settingsOf: ReadSettings,
  change: {
    readonly state: Subscription;
    readonly events: readonly SubscriptionEvent[];
    readonly at: Date;
  },
  { correlationId }: Context,
) {
  const { state, events, at } = change;
  const isBySetting = events.some(({ type }) => BY_SETTING.has(type));
  const settings = isBySetting ? await settingsOf(state) : defaultSettings;
  return { ...timersAfter(events, at, settings), correlationId };
}

/** Events that each action causes. A reading shows everything that has changed since the previous one. */
const EFFECTS: Readonly<Record<KnownAction, readonly SubscriptionEventType[]>> = {
  Subscribe: [
    'purchased',
    'approvalBypassed',
    'provisioningRequested',
    'activated',
    'renewed',
    'detailsChanged',
  ],
  ChangePlan: ['planChanged', 'quantityChanged', 'renewed', 'detailsChanged'],
  ChangeQuantity: ['quantityChanged', 'detailsChanged'],
  Renew: ['renewed', 'detailsChanged'],
  Suspend: ['suspended', 'detailsChanged'],
  Reinstate: ['reinstated', 'detailsChanged'],
  Unsubscribe: ['unsubscribed', 'activationFailed'],
};

/** Names an operation as the origin only of its own effects. */
function originOf(event: SubscriptionEvent, context: Context): Context {
  if (context.action === undefined) return context;
  const action = knownAction(context.action);
  const isEffect = action !== undefined && EFFECTS[action].includes(event.type);
  return isEffect ? context : { ...context, operationId: undefined };
}

interface Step {
  readonly event: SubscriptionEvent;
  readonly after: Recorded;
}

function stepsOf(before: Recorded | undefined, events: readonly SubscriptionEvent[]): Step[] {
  let current = before;
  return events.map((event) => {
    current = {
      state: evolve(current?.state, event),
      version: (current?.version ?? 0) + 1,
    };
    return { event, after: current };
  });
}

/** Details of an event for the timeline. People are never named. */
function detailsOf(event: SubscriptionEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'purchased': {
      const { offerId, planId, quantity, status, term, isFreeTrial, isTest } = event.snapshot;
      const { autoRenew, sessionMode, sandboxType } = event.snapshot;
      const flags = { isFreeTrial, isTest, autoRenew, sessionMode, sandboxType };
      return { offerId, planId, quantity, status, term: termView(term), ...flags };
    }
    case 'planChanged':
      return { from: event.from, to: event.to, endsTrial: event.endsTrial };
    case 'quantityChanged':
    case 'contradictionSeen':
      return { from: event.from, to: event.to };
    case 'autoRenewChanged':
      return { to: event.to };
    case 'renewed':
      return { term: termView(event.term), convertsTrial: event.convertsTrial };
    case 'activationFailed':
    case 'provisioningFailed':
      return { failure: event.failure };
    case 'approvalRequested':
    case 'provisioningRequested':
    case 'erasureDue':
      return { dueAt: event.dueAt };
    case 'approvalDue':
    case 'configurationDue':
      return { day: event.day, dueAt: event.dueAt };
    case 'suspensionEnding':
      return { daysLeft: event.daysLeft, dueAt: event.dueAt };
    case 'beneficiaryChanged':
    case 'purchaserChanged':
      return partyDetails(event.from, event.to);
    case 'imported':
      return { source: event.source };
    case 'termImpossible':
      return { term: termView(event.term) };
    case 'sourceOffersSeen':
      return { sourceOffers: event.sourceOffers };
    case 'statusUnrecognised':
      return { status: event.status };
    case 'detailsChanged': {
      const { isFreeTrial, isTest, sessionMode, sandboxType, term } = event.snapshot;
      const { allowedCustomerOperations } = event.snapshot;
      const flags = { isFreeTrial, isTest, sessionMode, sandboxType };
      return { ...flags, allowedCustomerOperations, term: termView(term) };
    }
    default:
      return {};
  }
}

/** Organisation ids, and the names of people's changed fields without their values. */
function partyDetails(from: Person, to: Person): Readonly<Record<string, unknown>> {
  const fields = ['tenantId', 'objectId', 'emailId'] as const;
  const changed = fields.filter((field) => from[field] !== to[field]);
  return { fromTenantId: from.tenantId, toTenantId: to.tenantId, changed };
}
