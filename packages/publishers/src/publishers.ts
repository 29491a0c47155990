import { Fault } from '@landfall/domain/fault';
import { createMarketplace, type Marketplace } from '@landfall/marketplace/client';
import type { CallRecord, Exchange } from '@landfall/marketplace/http';
import { publisherCredential, type PublisherCredential } from './publisher-credential.ts';
import type { GivenPublishers, PublisherSettings } from './publisher-list.ts';
import {
  createTokenSource,
  type TokenOutcome,
  type TokenSource,
} from '@landfall/marketplace/token-source';

/**
 * One publisher with its own credential, tokens and connection policy, so that refused or slow calls of one
 * publisher do not affect the others.
 */
export interface Publisher extends Marketplace {
  /** Undefined for a single publisher without configured id. */
  readonly publisherId: string | undefined;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: PublisherCredential;
  readonly tokens: TokenSource;
}

/** Every publisher of this installation, with its open access to Microsoft. */
export interface Publishers {
  /** In configured order. The first is the default for calls that name none. */
  readonly all: readonly [Publisher, ...Publisher[]];
  /** True if there is a single publisher. Every record belongs to it, whatever id Microsoft sends. */
  readonly isSole: boolean;
  /** The publisher with this id; undefined if it is not configured, or no longer. */
  of(publisherId: string): Publisher | undefined;
}

export interface PublishersOptions {
  readonly authorityUrl: string;
  readonly baseUrl: string;
  /** Limit for each publisher. */
  readonly concurrentCalls?: number | undefined;
  readonly onCall?: ((record: CallRecord, of: PublisherSettings) => void) | undefined;
  /** Called after each attempt of a call, with its content. */
  readonly onExchange?: ((exchange: Exchange, of: PublisherSettings) => void) | undefined;
  /** Called for a credential that cannot be read, if another one can. */
  readonly onUnreadable?: ((fault: Fault, of: PublisherSettings) => void) | undefined;
  /** Called after each token request. */
  readonly onTokenRequest?: ((outcome: TokenOutcome, of: PublisherSettings) => void) | undefined;
}

/**
 * Opens every publisher's access to Microsoft's marketplace. All credentials are read once at the start. If
 * none can be read, it throws the fault `credentials.unreadable` with the name of the setting. If only some
 * cannot be read, the other publishers still work.
 */
export async function openPublishers(
  given: GivenPublishers,
  options: PublishersOptions,
): Promise<Publishers> {
  const { isSole } = given;
  const [first, ...others] = given.publishers.map((one) => createPublisher(one, options));
  if (!first) throw new TypeError('At least one publisher is required.');
  const all = [first, ...others] as const;
  const failures = await Promise.all(
    all.map(({ credential }) => credential.check().catch(asFault)),
  );
  if (failures.every((fault) => fault !== undefined)) throw failures[0];
  for (const [index, settings] of given.publishers.entries()) {
    const fault = failures[index];
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
  const { authorityUrl, baseUrl, concurrentCalls, onCall, onExchange, onTokenRequest } = options;
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
    onExchange: (exchange) => onExchange?.(exchange, settings),
  });
  return { publisherId, tenantId, clientId, credential, tokens, ...marketplace };
}
