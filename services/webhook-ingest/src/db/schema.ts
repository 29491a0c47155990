import type { Database } from '@landfall/service-kit/database';
import type { OutboxTables } from '@landfall/service-kit/outbox';

/** How we answered: 200, 400, or 503 so that Microsoft asks again. */
export type Verdict = 'accepted' | 'refused' | 'undecided';

/** A delivery or a replay, as the row keeps it; short names, because every delivery writes one. */
export type HistoryEntry =
  | {
      readonly at: string;
      /** Version of the caller's token. */
      readonly v: 1 | 2;
      /** Status we answered; null as long as the verdict is not there, and for good after a crash. */
      readonly answer: number | null;
    }
  | { readonly at: string; readonly by: string };

export interface NotificationsTable {
  id: string;
  /** What makes two deliveries the same notification; see `dedupe-key.ts`. */
  dedupe_key: string;
  operation_id: string | null;
  /** Null: nobody can act on it. Kept for people, never published. */
  subscription_id: string | null;
  action: string;
  plan_id: string | null;
  quantity: number | null;
  /** The text as sent, with any purchase token blanked. */
  body: string;
  problems: string[];
  correlation_id: string;
  /** Whose application the caller's token was for; null where it is not known. */
  publisher_id: string | null;
  received_at: Date;
  deliveries: number;
  last_delivered_at: Date;
  verdict: Verdict;
  reason: string | null;
  /** When JetStream confirmed it, and where in the stream; `pg` gives a bigint as text. */
  published_at: Date | null;
  stream_sequence: string | null;
  /** Until then another instance is publishing it. */
  claimed_until: Date | null;
  /** The first event and the latest ones. */
  history: HistoryEntry[];
  /** How often it was published again by hand. */
  replays: number;
  /** It has no readable subscription, or its action is unclear. */
  unreadable: boolean;
  /** When a reconciliation was started because of this notification. */
  reconciled_at: Date | null;
}

export interface IngestTables extends OutboxTables {
  notifications: NotificationsTable;
}

export type Db = Database<IngestTables>;
