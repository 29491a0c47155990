import type { Generated } from 'kysely';

export type DestinationState = 'enabled' | 'disabled';
export type DisabledBecause = 'operator' | 'gone' | 'failing';
export type DeliveryState = 'waiting' | 'delivered' | 'dead';

/** Where events go. */
export interface DestinationsTable {
  id: string;
  /** Whose events it gets, and nobody else's; null: every publisher's. Never changed. */
  publisher_id: string | null;
  label: string;
  /** May carry a secret in its path: shown to operators, never logged. */
  url: string;
  /** Empty: every type. */
  types: string[];
  /** Empty: every offer. */
  offer_ids: string[];
  is_ordered: boolean;
  state: Generated<DestinationState>;
  disabled_because: DisabledBecause | null;
  /** Since when nothing has arrived. */
  failing_since: Date | null;
  /** How often people have been told of this trouble: a step of `health.ts`. */
  alert_step: Generated<number>;
  /** The receiver asked for a pause (429, 503). */
  paused_until: Date | null;
  created_at: Date;
}

/** Signing secrets: read for signing alone. */
export interface DestinationSecretsTable {
  id: Generated<string>;
  destination_id: string;
  secret: string;
  created_at: Date;
  expires_at: Date | null;
}

/** An event as it is posted; `body` is kept as text, so that each attempt signs the same bytes. */
export interface ProductEventsTable {
  id: string;
  /** Grows within a subscription, whose row is locked by whoever writes an event of it. */
  sequence: Generated<string>;
  body: string;
  created_at: Date;
}

/** One event on its way to one destination. */
export interface DeliveriesTable {
  id: string;
  destination_id: string;
  /** The destination's. */
  publisher_id: string | null;
  event_id: string;
  event_sequence: string;
  type: string;
  subscription_id: string | null;
  state: DeliveryState;
  /** Place on the ladder; begins anew with a replay. */
  rung: Generated<number>;
  /**
   * The step of the schedule at which it was last sent early, because its destination worked again. Once per
   * step, so that an event that always fails is not sent again with each success of other events.
   */
  released_rung: number | null;
  /** All attempts, those by hand too. */
  attempts: Generated<number>;
  /** Of the schedule; null where there is none any more. */
  next_attempt_at: Date | null;
  /** An attempt was asked for by hand: made whatever the state, the order and the destination's state. */
  manual_at: Date | null;
  replayed_by: string | null;
  /** Raised by each claim: who holds an older one can save nothing. */
  fence: Generated<string>;
  lease_until: Date | null;
  delivered_at: Date | null;
  dead_at: Date | null;
  created_at: Date;
}

/** What was tried; a row without `at` is a resend that has been asked for and not been made yet. */
export interface DeliveryAttemptsTable {
  id: Generated<string>;
  delivery_id: string;
  cause: 'schedule' | 'resend';
  requested_by: string | null;
  at: Date | null;
  status: number | null;
  failure: string | null;
  duration_ms: number | null;
}

export interface DeliveryTables {
  destinations: DestinationsTable;
  destination_secrets: DestinationSecretsTable;
  product_events: ProductEventsTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
}
