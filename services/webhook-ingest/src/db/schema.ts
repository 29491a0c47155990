import type { Database } from '@landfall/service-kit/database';
import type { MatterTables } from '@landfall/service-kit/matters';

/** The answer: 200, 400, or 503 so that Microsoft calls again. */
export type Verdict = 'accepted' | 'refused' | 'undecided';

/** A delivery or a replay, as it is stored in the row. Names are short because every delivery writes an entry. */
export type HistoryEntry =
  | {
      readonly at: string;
      /** Version of the caller's token. */
      readonly v: 1 | 2;
      /** Status of the answer. Null until there is a verdict. After a crash it stays null. */
      readonly answer: number | null;
    }
  | { readonly at: string; readonly by: string };

export interface NotificationsTable {
  id: string;
  /** Deliveries with the same key are one notification; see `dedupe-key.ts`. */
  dedupeKey: string;
  operationId: string | null;
  /** Null: the worker cannot act on it, so it is shown to operators but never published. */
  subscriptionId: string | null;
  action: string;
  planId: string | null;
  quantity: number | null;
  /** How the first delivery came. Null in rows written before this column existed. */
  arrivalId: string | null;
  /** Ids of the first delivery, from its headers. */
  microsoftRequestId: string | null;
  microsoftCorrelationId: string | null;
  /** The text as sent, without the value of any purchase token. */
  body: string;
  problems: string[];
  correlationId: string;
  /** Where the first delivery belongs in a recorded trace. Null if it is in none. */
  traceParent: string | null;
  /** Publisher of the application that the caller's token was issued for; null if it is unknown. */
  publisherId: string | null;
  receivedAt: Date;
  deliveries: number;
  lastDeliveredAt: Date;
  verdict: Verdict;
  reason: string | null;
  /** When the worker was last asked for the verdict, and when it answered: null if it did not answer in time. */
  askedAt: Date | null;
  answeredAt: Date | null;
  /** The publication that it is part of. Null if it is never published, and in rows that earlier versions wrote. */
  publicationId: string | null;
  /**
   * In a row without a publication: when JetStream confirmed it, its sequence in the stream, and until when an instance has
   * claimed it. In a row with a publication, `publishedAt` is set only so that earlier versions do not publish it.
   */
  publishedAt: Date | null;
  streamSequence: string | null;
  claimedUntil: Date | null;
  /** The first entry and the latest ones. */
  history: HistoryEntry[];
  /** How often an operator had it published again. */
  replays: number;
  /** It has no readable subscription, or its action is unclear. */
  unreadable: boolean;
  /** When a reconciliation was started because of this notification. */
  reconciledAt: Date | null;
}

/** One message to the worker: notifications that were stored together, or one that waited for a decision or is replayed. */
export interface PublicationsTable {
  /** Also the message's id. */
  id: string;
  notificationIds: string[];
  /** From this time on, the sweep of any instance publishes it. */
  dueAt: Date;
  /** When JetStream confirmed it, and its sequence in the stream. `pg` returns a bigint as text. */
  publishedAt: Date | null;
  streamSequence: string | null;
}

/** What many calls have in common; see `arrival.ts`. */
export interface ArrivalsTable {
  /** Digest of the content. */
  id: string;
  /** JSON; text, because Postgres would only parse what it never searches. */
  content: string;
  /** When it was last in use, exact to an hour. */
  seenAt: Date;
}

export interface IngestTables extends MatterTables {
  arrivals: ArrivalsTable;
  notifications: NotificationsTable;
  publications: PublicationsTable;
}

export type Db = Database<IngestTables>;
