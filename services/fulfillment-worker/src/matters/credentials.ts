import type { Found, MatterFinder } from '@landfall/service-kit/matters';
import { isFault } from '@landfall/domain/fault';
import type { Publisher } from '@landfall/publishers/publishers';
import { daysLeft, stateOf, WARNING_DAYS } from '../credentials/expiry.ts';
import type { FulfillmentTables, Db } from '../db/schema.ts';
import { healthKeyOf, readHealth } from '../store/credential-health.ts';

/** A new credential takes a person with rights in Entra, who may be away. */
const CRITICAL_DAYS = 3;
/** Name of a sole publisher that has no id. */
export const UNNAMED = 'default';
const DAY_MS = 24 * 60 * 60 * 1000;

/** The publishers with access. Without any, no credential can end. */
export interface WatchedPublishers {
  readonly all: readonly Publisher[];
  readonly isSole: boolean;
}

interface Deps {
  readonly publishers: WatchedPublishers;
  readonly db: Db;
  readonly machineNow: () => Date;
}

/** Credentials that end soon, and those that Microsoft refuses. */
export function credentialFinders(
  deps: Deps,
): readonly MatterFinder<FulfillmentTables, 'credential-ending' | 'credential-refused'>[] {
  const { all } = deps.publishers;
  const each = async (find: (publisher: Publisher) => Promise<Found | undefined>) => {
    const found = await Promise.all(all.map(find));
    return found.filter((matter) => matter !== undefined);
  };
  return [
    { kind: 'credential-ending', find: () => each((publisher) => ending(deps, publisher)) },
    { kind: 'credential-refused', find: () => each((publisher) => refused(deps, publisher)) },
  ];
}

async function ending({ machineNow }: Deps, publisher: Publisher): Promise<Found | undefined> {
  const expiresAt = await publisher.credential.expiresAt().catch(ifUnreadable);
  if (!expiresAt) return undefined;
  const days = daysLeft(expiresAt, machineNow());
  const first = Math.max(...WARNING_DAYS);
  if (days >= first) return undefined;
  return {
    ...about(publisher),
    severity: days < CRITICAL_DAYS ? 'critical' : 'warning',
    since: new Date(expiresAt.getTime() - first * DAY_MS).toISOString(),
    dueAt: expiresAt.toISOString(),
  };
}

async function refused(
  { db, publishers, machineNow }: Deps,
  publisher: Publisher,
): Promise<Found | undefined> {
  const health = await readHealth(db.kysely, healthKeyOf(publisher, publishers));
  if (stateOf(health, undefined, machineNow()) !== 'rejected') return undefined;
  const { params, ...named } = about(publisher);
  const failure = health.apiFailure ?? health.failure ?? '';
  return {
    ...named,
    severity: 'critical',
    params: { ...params, failure },
    since: (health.lastFailureAt ?? health.lastSuccessAt ?? machineNow()).toISOString(),
  };
}

function about({ publisherId }: Publisher) {
  const publisher = publisherId ?? UNNAMED;
  return {
    key: publisher,
    subject: { type: 'publisher', id: publisher },
    publisherId,
    params: { publisher },
  };
}

/** An unreadable credential is reported by the refusal that follows. */
function ifUnreadable(error: unknown): undefined {
  if (!isFault(error)) throw error;
  return undefined;
}
