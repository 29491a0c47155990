import type { SubscriptionEvent, SubscriptionEventType } from '@landfall/domain/events';
import { Fault } from '@landfall/domain/fault';
import { observe } from '@landfall/domain/observe';
import type { Subscription } from '@landfall/domain/subscription';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { Call } from '@landfall/marketplace/http';
import type { MarketplaceSubscription } from '@landfall/marketplace/subscription';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Transact, Trx } from './db/schema.ts';
import { withWishes } from './provisioning.ts';
import { eventWrites, recordEvents, type Recorded } from './record-events.ts';
import type { LastWrites } from './store/save-record.ts';
import { toSnapshot, type Reader } from './snapshot.ts';
import type { ReadSettings } from './store/settings.ts';
import {
  beginReading,
  lockSubscription,
  markMissing,
  noteReading,
  type BegunReading,
  type SubscriptionRecord,
} from './store/subscriptions.ts';
import { addToTimeline, latestKind, type Context } from './store/timeline.ts';

/** If other writes came between reading and writing five times in a row, it is no coincidence. */
const MAX_RACES = 5;

/** Reads with the access of one publisher, the reader. A new subscription belongs to it. */
export interface ObserverDeps extends Reader {
  readonly db: Db;
  readonly fulfillment: Pick<Fulfillment, 'get'>;
  /** Whether a record with this publisher id belongs to another publisher. Absent: no record does. */
  readonly isForeign?: ((publisherId: string) => boolean) | undefined;
  /** Reads the settings for readings that end a task, several with one statement. If absent, each reading reads its own. */
  readonly settingsOf?: ReadSettings | undefined;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface ObserveOptions {
  /** Guards the writes: a plain transaction, or a lane's. */
  readonly write: Transact;
  readonly call?: Call | undefined;
  /** An existing reading. It counts only for a subscription that is not known yet. */
  readonly firstSeen?: MarketplaceSubscription | undefined;
  /** The caller will look again, so do not record yet that Microsoft does not know it. */
  readonly isMissingDoubted?: boolean | undefined;
  /** The caller has just read our record, so the reading has begun. */
  readonly begun?: BegunReading | undefined;
  /** Is offered news that needs nothing else from the database. */
  readonly conclude?: Conclude | undefined;
}

/** What a reading found, before it is written. */
export interface Concluding {
  readonly state: Subscription;
  readonly events: readonly SubscriptionEvent[];
  /** The version of our record that the writes are based on. */
  readonly before: number;
  readonly writes: LastWrites['writes'];
}

/** Writes the news together with the end of the caller's task, if that is possible. False if nothing was written. */
export type Conclude = (reading: Concluding) => Promise<boolean>;

/** `missing`: Microsoft does not know the subscription; `state` is our own record, if any. */
export type Observation =
  | {
      readonly kind: 'seen';
      readonly state: Subscription;
      readonly events: number;
      /** The caller's `conclude` has written everything. */
      readonly isConcluded?: boolean;
    }
  | { readonly kind: 'missing'; readonly state: Subscription | undefined };

/**
 * Reads a subscription at Microsoft and records what is new. A reading is applied only to the version that
 * our row had before the reading began, and never after a reading that began later. If the row has changed,
 * Microsoft is asked again. Nothing is deleted here: a subscription that Microsoft does not know is recorded
 * as missing. Throws the marketplace's faults, `subscription.contended` (later), and `subscription.foreign`
 * (later) if the record belongs to another publisher; Microsoft is then not asked.
 */
export async function observeSubscription(
  deps: ObserverDeps,
  subscriptionId: string,
  context: Context,
  options: ObserveOptions,
): Promise<Observation> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const begun = race > 0 ? undefined : options.begun;
    const { before, begunAt } = begun ?? (await beginReading(deps.db.kysely, subscriptionId));
    refuseForeign(deps, before);
    const call = { correlationId: context.correlationId, ...options.call };
    const atHand = before || race > 0 ? undefined : options.firstSeen;
    const seen = atHand ?? (await read(deps, subscriptionId, call));
    if (!seen && options.isMissingDoubted) return { kind: 'missing', state: before?.state };
    const concluded = await conclude(deps, { before, seen, begunAt }, context, options);
    if (concluded) return concluded;
    const observation = await options.write(async (trx) => {
      const known = await lockSubscription(trx, subscriptionId);
      if (known?.version !== before?.version) return undefined;
      return seen
        ? await apply(deps, trx, { known, seen, begunAt }, context)
        : await recordMissing(deps, trx, { known, subscriptionId, begunAt }, context);
    });
    if (observation) return observation;
  }
  throw new Fault('subscription.contended', 'the subscription changed during every reading', {
    retry: 'later',
  });
}

/** Events for which {@link apply} writes more than {@link eventWrites}. */
const WRITES_MORE: ReadonlySet<SubscriptionEventType> = new Set([
  'activated',
  'beneficiaryChanged',
  'contradictionSeen',
]);

async function conclude(
  deps: ObserverDeps,
  reading: {
    readonly before: SubscriptionRecord | undefined;
    readonly seen: MarketplaceSubscription | undefined;
    readonly begunAt: Date;
  },
  context: Context,
  options: ObserveOptions,
): Promise<Observation | undefined> {
  const { before, seen, begunAt } = reading;
  if (!options.conclude || !before || before.missingAt || !seen) return undefined;
  if (seen.problems.includes('quantity-invalid')) return undefined;
  const events = observe(before.state, toSnapshot(seen, before.state, deps));
  if (events.some(({ type }) => WRITES_MORE.has(type))) return undefined;
  const change = { before, events, at: deps.now(), begunAt };
  const { after, writes } = await eventWrites(deps.db.kysely, change, context, deps.settingsOf);
  if (!after || !writes) return undefined;
  const { state } = after;
  const news = { state, events, before: before.version, writes: { ...writes, begunAt } };
  if (!(await options.conclude(news))) return undefined;
  return { kind: 'seen', state, events: events.length, isConcluded: true };
}

/** Microsoft leaves fields out of single answers; the next answer usually has them. */
const MAX_POOR_ANSWERS = 3;

/** Asks again at once if an answer lacks required fields. The last answer counts, complete or not. */
async function read(
  { fulfillment }: Pick<ObserverDeps, 'fulfillment'>,
  subscriptionId: string,
  call: Call,
): Promise<MarketplaceSubscription | undefined> {
  for (let answers = 1; ; answers += 1) {
    const seen = await fulfillment.get(subscriptionId, call);
    if (!seen || !isPoor(seen) || answers === MAX_POOR_ANSWERS) return seen;
  }
}

/** A field that every subscription has is missing, so other fields may be missing too. */
export function isPoor(seen: MarketplaceSubscription): boolean {
  const { status, offerId, planId, allowedCustomerOperations } = seen;
  return status === 'Unknown' || !offerId || !planId || !allowedCustomerOperations;
}

async function apply(
  deps: ObserverDeps,
  trx: Trx,
  reading: {
    readonly known: SubscriptionRecord | undefined;
    readonly seen: MarketplaceSubscription;
    readonly begunAt: Date;
  },
  context: Context,
): Promise<Observation | undefined> {
  const { known, seen, begunAt } = reading;
  const at = deps.now();
  const events = observe(known?.state, toSnapshot(seen, known?.state, deps));
  if (known) {
    const isNews = events.length > 0 || known.missingAt !== undefined;
    if (isNews && isOvertaken(known, begunAt)) return undefined;
    if (events.length === 0 || isContradiction(events)) await noteReading(trx, seen.id, begunAt);
    if (known.missingAt) {
      await markMissing(trx, seen.id, null);
      await addToTimeline(trx, { subscriptionId: seen.id, kind: 'foundAtMicrosoft', at }, context);
    }
  }
  if (seen.problems.includes('quantity-invalid')) {
    await noteImpossibleSeats(deps, trx, { seen, at }, context);
  }
  if (known && isContradiction(events)) {
    await recordContradiction(deps, trx, { known, events, at }, context);
    return { kind: 'seen', state: known.state, events: 0 };
  }
  const before: Recorded | undefined = known;
  const all = await withWishes(trx, known?.state, { events, at });
  const after = await recordEvents(trx, { before, events: all, at, begunAt }, context);
  if (after && !known) await notePublisher(deps, trx, { seen, at }, context);
  return after && { kind: 'seen', state: after.state, events: events.length };
}

/** Seats such as 0 or -1 are not applied: the known ones stay. Noted once in a row. */
async function noteImpossibleSeats(
  { log }: ObserverDeps,
  trx: Trx,
  { seen, at }: { readonly seen: MarketplaceSubscription; readonly at: Date },
  context: Context,
): Promise<void> {
  const { id: subscriptionId } = seen;
  if ((await latestKind(trx, subscriptionId)) === 'quantityImpossible') return;
  log.warn({ subscriptionId }, "Microsoft's record had an impossible number of seats");
  await addToTimeline(trx, { subscriptionId, kind: 'quantityImpossible', at }, context);
}

/** What is read with one publisher's access is never written into another one's record. */
function refuseForeign(
  { isForeign, log }: ObserverDeps,
  before: SubscriptionRecord | undefined,
): void {
  if (!before || !isForeign?.(before.state.publisherId)) return;
  const subscriptionId = before.state.id;
  log.error(
    { security: true, subscriptionId },
    'a record belongs to another publisher; it was not read',
  );
  throw new Fault('subscription.foreign', 'the subscription belongs to another publisher', {
    retry: 'later',
  });
}

/**
 * Microsoft names another publisher than the settings. The settings count, and the difference is logged and
 * noted.
 */
async function notePublisher(
  { publisherId, isSole, log }: ObserverDeps,
  trx: Trx,
  { seen, at }: { readonly seen: MarketplaceSubscription; readonly at: Date },
  context: Context,
): Promise<void> {
  const named = seen.publisherId;
  if (isSole || publisherId === undefined || named === undefined) return;
  if (named.toLowerCase() === publisherId.toLowerCase()) return;
  const { id: subscriptionId } = seen;
  const details = { configured: publisherId, named };
  log.warn({ security: true, subscriptionId, ...details }, 'Microsoft named another publisher');
  await addToTimeline(trx, { subscriptionId, kind: 'publisherDiffers', at, details }, context);
}

/** Whether a later reading was applied in the meantime. It found nothing new, so the version is the same. */
function isOvertaken(known: SubscriptionRecord, begunAt: Date): boolean {
  return known.readAt !== undefined && begunAt < known.readAt;
}

/** Whether a reading cannot be true. It changes nothing, so the version stays the same. */
export function isContradiction(events: readonly SubscriptionEvent[]): boolean {
  return events.some((event) => event.type === 'contradictionSeen');
}

/**
 * Microsoft has several copies of a record. One that lags shows values from before the last reading, most
 * often right after Resolve. No observed lag was longer than some seconds.
 */
const COPIES_LAG_MS = 60_000;

/**
 * Noted once in a row, so that a record that stays contradictory does not fill the timeline. A possibly older
 * copy is not noted; if the contradiction lasts, a later reading notes it.
 */
async function recordContradiction(
  deps: ObserverDeps,
  trx: Trx,
  found: {
    readonly known: SubscriptionRecord;
    readonly events: readonly SubscriptionEvent[];
    readonly at: Date;
  },
  context: Context,
): Promise<void> {
  const subscriptionId = found.known.state.id;
  if (found.at.getTime() - found.known.updatedAt.getTime() < COPIES_LAG_MS) return;
  if ((await latestKind(trx, subscriptionId)) === 'contradictionSeen') return;
  for (const event of found.events) {
    if (event.type !== 'contradictionSeen') continue;
    const details = { from: event.from, to: event.to };
    const entry = { subscriptionId, kind: event.type, at: found.at, details };
    await addToTimeline(trx, entry, context);
    deps.log.warn(
      { subscriptionId, ...details },
      "Microsoft's record contradicted its earlier state",
    );
  }
}

async function recordMissing(
  deps: ObserverDeps,
  trx: Trx,
  missing: {
    readonly known: SubscriptionRecord | undefined;
    readonly subscriptionId: string;
    readonly begunAt: Date;
  },
  context: Context,
): Promise<Observation | undefined> {
  const { known, subscriptionId, begunAt } = missing;
  if (known && !known.missingAt) {
    if (isOvertaken(known, begunAt)) return undefined;
    await noteReading(trx, subscriptionId, begunAt);
    const at = deps.now();
    await markMissing(trx, subscriptionId, at);
    await addToTimeline(trx, { subscriptionId, kind: 'missingAtMicrosoft', at }, context);
    deps.log.error({ subscriptionId }, 'Microsoft does not know one of our subscriptions');
  }
  return { kind: 'missing', state: known?.state };
}
