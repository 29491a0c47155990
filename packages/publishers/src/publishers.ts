import { Fault } from '@landfall/domain/fault';
import { createMarketplace, type Marketplace } from '@landfall/marketplace/client';
import type { CallRecord } from '@landfall/marketplace/http';
import { publisherCredential, type PublisherCredential } from './publisher-credential.ts';
import type { GivenPublishers, PublisherSettings } from './publisher-list.ts';
import {
  createTokenSource,
  type TokenOutcome,
  type TokenSource,
} from '@landfall/marketplace/token-source';

/**
 * One publisher with everything of its own: credential, tokens, and a connection policy, so that what
 * Microsoft refuses or slows for one is nothing to the others.
 */
export interface Publisher extends Marketplace {
  /** Undefined for the only one, where nobody has named it. */
  readonly publisherId: string | undefined;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: PublisherCredential;
  readonly tokens: TokenSource;
}

export interface Publishers {
  /** In the order in which they were given; the first is the default where nobody says which. */
  readonly all: readonly [Publisher, ...Publisher[]];
  /** True: there is one, and every record belongs to it, whatever Microsoft calls it. */
  readonly isSole: boolean;
  /** The publisher of a record; undefined where it is none of ours (any more). */
  of(publisherId: string): Publisher | undefined;
}

export interface PublishersOptions {
  readonly authorityUrl: string;
  readonly baseUrl: string;
  /** For each of them. */
  readonly concurrentCalls?: number | undefined;
  readonly onCall?: ((record: CallRecord, of: PublisherSettings) => void) | undefined;
  /** Told of a credential that cannot be read now, where others can. */
  readonly onUnreadable?: ((fault: Fault, of: PublisherSettings) => void) | undefined;
  /** Told of each request for a token. */
  readonly onTokenRequest?: ((outcome: TokenOutcome, of: PublisherSettings) => void) | undefined;
}

/**
 * Opens every publisher's access to Microsoft's marketplace. Credentials are read once, so that a wrong
 * path is told at the start: throws `credentials.unreadable` with the name of its setting where no
 * publisher could work. A file that is away for one of several holds up that one alone.
 */
export async function openPublishers(
  given: GivenPublishers,
  options: PublishersOptions,
): Promise<Publishers> {
  const { isSole } = given;
  const [first, ...others] = given.publishers.map((one) => createPublisher(one, options));
  if (!first) throw new TypeError('there is no publisher');
  const all = [first, ...others] as const;
  const unread = await Promise.all(all.map(({ credential }) => credential.check().catch(asFault)));
  if (unread.every((fault) => fault !== undefined)) throw unread[0];
  for (const [index, settings] of given.publishers.entries()) {
    const fault = unread[index];
    if (fault) options.onUnreadable?.(fault, settings);
  }
  const byId = new Map(all.map((publisher) => [publisher.publisherId, publisher]));
  return { all: [...all], isSole, of: (id) => (isSole ? first : byId.get(id)) };
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

function createPublisher(settings: PublisherSettings, options: PublishersOptions): Publisher {
  const { publisherId, tenantId, clientId } = settings;
  const { authorityUrl, baseUrl, concurrentCalls, onCall, onTokenRequest } = options;
  const credential = publisherCredential(settings.credential, settings.nameOf);
  const tokens = createTokenSource({
    authorityUrl,
    tenantId,
    clientId,
    credential: credential.current,
    onRequest: (outcome) => onTokenRequest?.(outcome, settings),
  });
  const marketplace = createMarketplace({
    baseUrl,
    tokens,
    concurrentCalls,
    onCall: (record) => onCall?.(record, settings),
  });
  return { publisherId, tenantId, clientId, credential, tokens, ...marketplace };
}
