import type { SubscriptionEvent } from '@landfall/domain/events';
import { Fault } from '@landfall/domain/fault';
import { observe } from '@landfall/domain/observe';
import type { Subscription } from '@landfall/domain/subscription';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { Call } from '@landfall/marketplace/http';
import type { MarketplaceSubscription } from '@landfall/marketplace/subscription';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Transact, Trx } from './db/schema.ts';
import { withProvisioning } from './provisioning.ts';
import { recordEvents, type Recorded } from './record-events.ts';
import { toSnapshot, type Reader } from './snapshot.ts';
import {
  beginReading,
  lockSubscription,
  markMissing,
  noteReading,
  type SubscriptionRecord,
} from './store/subscriptions.ts';
import { addToTimeline, latestKind, type Context } from './store/timeline.ts';

/** Somebody wrote between our reading and our writing five times in a row: then it is no accident. */
const MAX_RACES = 5;

/** The reader is whose access that is: the publisher of what is read with it for the first time. */
export interface ObserverDeps extends Reader {
  readonly db: Db;
  readonly fulfillment: Pick<Fulfillment, 'get'>;
  /** Whether a record with this publisher is another one's; nothing is, where absent. */
  readonly isForeign?: ((publisherId: string) => boolean) | undefined;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface ObserveOptions {
  /** Guards the writes: a plain transaction, or a lane's. */
  readonly write: Transact;
  readonly call?: Call | undefined;
  /** A reading that is at hand; it counts only for a subscription that we do not know yet. */
  readonly firstSeen?: MarketplaceSubscription | undefined;
  /** The caller will look again, so do not record yet that Microsoft does not know it. */
  readonly isMissingDoubted?: boolean | undefined;
}

/** `missing`: Microsoft does not know it; `state` then is what we know, if anything. */
export type Observation =
  | { readonly kind: 'seen'; readonly state: Subscription; readonly events: number }
  | { readonly kind: 'missing'; readonly state: Subscription | undefined };

/**
 * Reads a subscription at Microsoft and records what is new. A reading is applied only to the version
 * of our row that was there before the reading began, and never after one that began later; when the
 * row has moved on, Microsoft is asked again. Nothing of Microsoft's is ever deleted here: what it
 * does not know is recorded as missing. Throws the marketplace's faults, and
 * `subscription.contended` (later), and `subscription.foreign` (later) without asking Microsoft where
 * the record is another publisher's.
 */
export async function observeSubscription(
  deps: ObserverDeps,
  subscriptionId: string,
  context: Context,
  options: ObserveOptions,
): Promise<Observation> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { before, begunAt } = await beginReading(deps.db.kysely, subscriptionId);
    refuseForeign(deps, before);
    const call = { correlationId: context.correlationId, ...options.call };
    const atHand = before || race > 0 ? undefined : options.firstSeen;
    const seen = atHand ?? (await read(deps, subscriptionId, call));
    if (!seen && options.isMissingDoubted) return { kind: 'missing', state: before?.state };
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
    await noteReading(trx, seen.id, begunAt);
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
  const told = await withProvisioning(trx, known?.state, { events, at });
  const after = await recordEvents(trx, { before, events: told, at }, context);
  if (after && !known) await notePublisher(deps, trx, { seen, at }, context);
  return after && { kind: 'seen', state: after.state, events: events.length };
}

/** Seats such as 0 or -1 are not applied: the known ones stay. Said once in a row. */
async function noteImpossibleSeats(
  { log }: ObserverDeps,
  trx: Trx,
  { seen, at }: { readonly seen: MarketplaceSubscription; readonly at: Date },
  context: Context,
): Promise<void> {
  const { id: subscriptionId } = seen;
  if ((await latestKind(trx, subscriptionId)) === 'quantityImpossible') return;
  log.warn({ subscriptionId }, "Microsoft's record has a number of seats that cannot be true");
  await addToTimeline(trx, { subscriptionId, kind: 'quantityImpossible', at }, context);
}

/** What is read with one publisher's access is never written into another one's record. */
function refuseForeign(
  { isForeign, log }: ObserverDeps,
  before: SubscriptionRecord | undefined,
): void {
  if (!before || !isForeign?.(before.state.publisherId)) return;
  const subscriptionId = before.state.id;
  log.error({ security: true, subscriptionId }, "a record is another publisher's; it is not read");
  throw new Fault('subscription.foreign', 'the record of a subscription is another publisher’s', {
    retry: 'later',
  });
}

/** Microsoft calls the publisher by another name than the settings; theirs counts, and it is told. */
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
  log.warn({ security: true, subscriptionId, ...details }, 'Microsoft names another publisher');
  await addToTimeline(trx, { subscriptionId, kind: 'publisherDiffers', at, details }, context);
}

/** A later reading has found nothing new in the meantime, which leaves the version as it is. */
function isOvertaken(known: SubscriptionRecord, begunAt: Date): boolean {
  return known.readAt !== undefined && begunAt < known.readAt;
}

/** A reading that cannot be true: it changes nothing, so that the version stays as well. */
export function isContradiction(events: readonly SubscriptionEvent[]): boolean {
  return events.some((event) => event.type === 'contradictionSeen');
}

/**
 * Microsoft has several copies of a record: one that lags shows what was before the last reading, most
 * often right after Resolve. No lag was longer than the seconds that this leaves room for.
 */
const COPIES_LAG_MS = 60_000;

/**
 * Said once in a row: a record that stays contradictory does not fill the timeline. What may be an older
 * copy is not said at all; a later reading says it where it lasts.
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
      "Microsoft's record contradicts what it said before",
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
    deps.log.error({ subscriptionId }, 'Microsoft does not know a subscription that we have');
  }
  return { kind: 'missing', state: known?.state };
}
