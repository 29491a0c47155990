import type { Generated } from 'kysely';

export type DestinationState = 'enabled' | 'disabled';
export type DisabledBecause = 'operator' | 'gone' | 'failing';
export type DeliveryState = 'waiting' | 'delivered' | 'dead';

/** A destination of events. */
export interface DestinationsTable {
  id: string;
  /** The publisher whose events it gets; null for all publishers. Never changed. */
  publisher_id: string | null;
  label: string;
  /** The path may hold a secret, so URLs are shown to operators and never logged. */
  url: string;
  /** Empty: every type. */
  types: string[];
  /** Empty: every offer. */
  offer_ids: string[];
  is_ordered: boolean;
  state: Generated<DestinationState>;
  disabled_because: DisabledBecause | null;
  /** Time of the first failure since the last delivery. */
  failing_since: Date | null;
  /** How often this failure was logged: a step of `health.ts`. */
  alert_step: Generated<number>;
  /** The receiver asked for a pause (429, 503). */
  paused_until: Date | null;
  created_at: Date;
}

/** Signing secrets, read only to sign. */
export interface DestinationSecretsTable {
  id: Generated<string>;
  destination_id: string;
  secret: string;
  created_at: Date;
  expires_at: Date | null;
}

/** An event as it is posted. `body` is text, so that every attempt signs the same bytes. */
export interface ProductEventsTable {
  id: string;
  /** Grows within a subscription: a transaction that writes its events locks its row. */
  sequence: Generated<string>;
  body: string;
  created_at: Date;
}

/** One event on its way to one destination. */
export interface DeliveriesTable {
  id: string;
  destination_id: string;
  /** The publisher of the destination. */
  publisher_id: string | null;
  event_id: string;
  event_sequence: string;
  type: string;
  subscription_id: string | null;
  state: DeliveryState;
  /** Step of the schedule; a replay starts again at the first. */
  rung: Generated<number>;
  /**
   * The step of the schedule at which it was last sent early, because its destination worked again. Once per
   * step, so that an event that always fails is not sent again with each success of other events.
   */
  released_rung: number | null;
  /** All attempts, including those by hand. */
  attempts: Generated<number>;
  /** Next attempt of the schedule; null if there is none. */
  next_attempt_at: Date | null;
  /**
   * An attempt was requested by hand. It is made whatever the state, the order and the destination's state.
   */
  manual_at: Date | null;
  replayed_by: string | null;
  /** Raised by each claim. A process with an older fence cannot save. */
  fence: Generated<string>;
  lease_until: Date | null;
  delivered_at: Date | null;
  dead_at: Date | null;
  created_at: Date;
}

/** An attempt. A row without `at` is a requested resend that was not made yet. */
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
