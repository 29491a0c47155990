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

/** What everything here works with, whosever subscription it is about. */
export interface WorkerDeps {
  readonly db: Db;
  readonly publishers: Publishers;
  readonly log: Logger;
  readonly now: () => Date;
  /** The marketplace is on this machine, so the product may be too; absent means no. */
  readonly isLocal?: boolean | undefined;
  /** Resolves the names of products that decide on changes. Absent: with the machine's name servers. */
  readonly lookup?: NameLookup | undefined;
}

/** The same in the name of one publisher: nothing that has it can reach another one's access. */
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
 * The same without anybody's access: each call to Microsoft is refused with `publisher.unknown`, for
 * later. What concerns our own record alone can be done all the same.
 */
export function withoutPublisher({ db, log, now, isLocal, lookup }: WorkerDeps): PublisherDeps {
  const fulfillment = createFulfillment({
    baseUrl: '',
    send: () => Promise.reject(unknown('later')),
  });
  return { db, log, now, isLocal, lookup, fulfillment, publisherId: undefined };
}

/**
 * Whose a subscription is: as its record says, and of one without a record whoever is presumed to have
 * it. Throws `publisher.unknown`: for later where the publisher is not configured (any more), for never
 * where nobody knows.
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
 * Whose what names nobody is: the only publisher's, where it has a name and every record has the same
 * one. Otherwise it is about several, and nobody's in particular.
 */
export async function ownerOfNameless({
  db,
  publishers,
}: Pick<WorkerDeps, 'db' | 'publishers'>): Promise<string | undefined> {
  const [{ publisherId }] = publishers.all;
  if (!publishers.isSole || publisherId === undefined) return undefined;
  return (await hasOtherPublisher(db.kysely, publisherId)) ? undefined : publisherId;
}

/** Whether a publisher of this very name is configured: the only one passes for any, but is shown to none. */
export function isNamed(publishers: Publishers, publisherId: string): boolean {
  return publishers.all.some((publisher) => publisher.publisherId === publisherId);
}

/** An installation has a handful; more are not needed to know what is wrong. */
const MAX_TOLD = 20;

/**
 * Tells at the start of records that this list of publishers does not fit: of some that it leaves out,
 * whose work waits, or, with the only publisher, of several that all go by its access.
 */
export async function warnAboutUnlistedPublishers({
  db,
  publishers,
  log,
}: Pick<WorkerDeps, 'db' | 'publishers' | 'log'>): Promise<void> {
  const found = await publisherIdsOfSubscriptions(db.kysely, MAX_TOLD);
  if (publishers.isSole && found.length > 1) {
    log.warn(
      { publisherIds: found },
      'records are of several publishers and go by the access of the only one; where there were several before, keep PUBLISHERS_FILE',
    );
  }
  const missing = found.filter((id) => publishers.of(id) === undefined);
  if (missing.length === 0) return;
  log.error(
    { publisherIds: missing },
    'records are of publishers that are not in PUBLISHERS_FILE, in this spelling: their work waits and their usage is not sent',
  );
}
