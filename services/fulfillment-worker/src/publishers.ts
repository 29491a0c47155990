import { Fault, isFault } from '@landfall/domain/fault';
import { createFulfillment, type Fulfillment } from '@landfall/marketplace/fulfillment';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from './db/schema.ts';
import type { NameLookup } from './deliveries/name-lookup.ts';
import type { ObserverDeps } from './observe-subscription.ts';
import {
  hasOtherPublisher,
  publisherIdOfSubscription,
  publisherIdsOfSubscriptions,
} from './store/ownership.ts';

/** What all work of this service needs, for any publisher's subscription. */
export interface WorkerDeps {
  readonly db: Db;
  readonly publishers: Publishers;
  readonly log: Logger;
  readonly now: () => Date;
  /** The marketplace is on this machine, so the product may be too. Absent means no. */
  readonly isLocal?: boolean | undefined;
  /** Resolves names of products that decide on changes. Absent: uses the machine's name servers. */
  readonly lookup?: NameLookup | undefined;
}

/** The same with one publisher's access. Code that holds it cannot use another publisher's access. */
export interface PublisherDeps extends ObserverDeps {
  readonly fulfillment: Fulfillment;
  readonly isLocal?: boolean | undefined;
  readonly lookup?: NameLookup | undefined;
}

export function forPublisher(worker: WorkerDeps, publisher: Publisher): PublisherDeps {
  const { publishers, db, log, now, isLocal, lookup } = worker;
  const { publisherId, fulfillment } = publisher;
  const { isSole } = publishers;
  const isForeign = (id: string): boolean => publishers.of(id) !== publisher;
  return { db, log, now, isLocal, lookup, fulfillment, publisherId, isSole, isForeign };
}

/**
 * The same without access: each call to Microsoft is refused with `publisher.unknown` (later). Work on our
 * own record is still possible.
 */
export function withoutPublisher({ db, log, now, isLocal, lookup }: WorkerDeps): PublisherDeps {
  const fulfillment = createFulfillment({
    baseUrl: '',
    send: () => Promise.reject(unknown('later')),
  });
  return { db, log, now, isLocal, lookup, fulfillment, publisherId: undefined };
}

/**
 * The publisher of a subscription, from its record; without a record, the presumed one. Throws
 * `publisher.unknown`: retry later if the publisher is not, or no longer, configured; never if none is known.
 */
export async function publisherOfSubscription(
  { db, publishers }: Pick<WorkerDeps, 'db' | 'publishers'>,
  subscriptionId: string,
  presumed?: string,
): Promise<Publisher> {
  if (publishers.isSole) return publishers.all[0];
  const publisherId = (await publisherIdOfSubscription(db.kysely, subscriptionId)) ?? presumed;
  const publisher = publisherId === undefined ? undefined : publishers.of(publisherId);
  if (publisher) return publisher;
  throw unknown(publisherId === undefined ? 'never' : 'later');
}

const UNKNOWN = 'publisher.unknown';

function unknown(retry: 'never' | 'later'): Fault {
  return new Fault(UNKNOWN, 'no publisher is configured for a subscription', { retry });
}

export function isPublisherUnknown(error: unknown): boolean {
  return isFault(error) && error.code === UNKNOWN;
}

/**
 * Owner of rows without a publisher id: the sole configured publisher, if it has a name and every record
 * carries its id. Otherwise such rows may concern several publishers and have no owner.
 */
export async function ownerOfNameless({
  db,
  publishers,
}: Pick<WorkerDeps, 'db' | 'publishers'>): Promise<string | undefined> {
  const [{ publisherId }] = publishers.all;
  if (!publishers.isSole || publisherId === undefined) return undefined;
  return (await hasOtherPublisher(db.kysely, publisherId)) ? undefined : publisherId;
}

/**
 * Whether a publisher with exactly this id is configured. The access of a sole publisher serves any id, but
 * its data is shown only under its own.
 */
export function isNamed(publishers: Publishers, publisherId: string): boolean {
  return publishers.all.some((publisher) => publisher.publisherId === publisherId);
}

/** An installation has a handful of publishers; this many ids are enough to see what is wrong. */
const MAX_LISTED = 20;

/**
 * Logs at the start if records do not match the list of publishers: records of publishers that are not
 * listed, so that their work waits, or, with a sole publisher, records of several publishers that all use its
 * access.
 */
export async function warnAboutUnlistedPublishers({
  db,
  publishers,
  log,
}: Pick<WorkerDeps, 'db' | 'publishers' | 'log'>): Promise<void> {
  const found = await publisherIdsOfSubscriptions(db.kysely, MAX_LISTED);
  if (publishers.isSole && found.length > 1) {
    log.warn(
      { publisherIds: found },
      'records belong to several publishers and all use the access of the sole one; if there were several before, keep PUBLISHERS_FILE',
    );
  }
  const missing = found.filter((id) => publishers.of(id) === undefined);
  if (missing.length === 0) return;
  log.error(
    { publisherIds: missing },
    'records belong to publishers that PUBLISHERS_FILE does not list in this spelling: their work waits and their usage is not sent',
  );
}
