import type { Database } from '@landfall/service-kit/database';

/** The answer: 200, 400, or 503 so that Microsoft calls again. */
export type Verdict = 'accepted' | 'refused' | 'undecided';

/** A delivery or a replay, as it is stored in the row. Names are short because every delivery writes an entry. */
export type HistoryEntry =
  | {
      readonly at: string;
      /** Version of the caller's token. */
      readonly v: 1 | 2;
      /** Status of the answer. Null until there is a verdict, and for good after a crash. */
      readonly answer: number | null;
    }
  | { readonly at: string; readonly by: string };

export interface NotificationsTable {
  id: string;
  /** Deliveries with the same key are one notification; see `dedupe-key.ts`. */
  dedupe_key: string;
  operation_id: string | null;
  /** Null: the worker cannot act on it, so it is shown to operators but never published. */
  subscription_id: string | null;
  action: string;
  plan_id: string | null;
  quantity: number | null;
  /** The text as sent, without the value of any purchase token. */
  body: string;
  problems: string[];
  correlation_id: string;
  /** Publisher of the application that the caller's token was issued for; null if it is unknown. */
  publisher_id: string | null;
  received_at: Date;
  deliveries: number;
  last_delivered_at: Date;
  verdict: Verdict;
  reason: string | null;
  /** When JetStream confirmed it, and its sequence in the stream. `pg` returns a bigint as text. */
  published_at: Date | null;
  stream_sequence: string | null;
  /** Until then another instance publishes it. */
  claimed_until: Date | null;
  /** The first entry and the latest ones. */
  history: HistoryEntry[];
  /** How often an operator had it published again. */
  replays: number;
  /** It has no readable subscription, or its action is unclear. */
  unreadable: boolean;
  /** When a reconciliation was started because of this notification. */
  reconciled_at: Date | null;
}

export interface IngestTables {
  notifications: NotificationsTable;
}

export type Db = Database<IngestTables>;
