import type { Generated, JSONColumnType } from 'kysely';
import type { Channel, Digest, QuietHours } from '@landfall/contracts/channels';
import type { Language } from '@landfall/contracts/languages';
import type { MatterKind, MatterSeverity } from '@landfall/contracts/matters';

export type DestinationState = 'enabled' | 'disabled';
export type DisabledBecause = 'operator' | 'gone' | 'failing';
export type DeliveryState = 'waiting' | 'delivered' | 'dead';

/** A destination of events or notices. */
export interface DestinationsTable {
  id: string;
  /** The publisher whose events it gets; null for all publishers. Never changed. */
  publisherId: string | null;
  label: string;
  channel: Channel;
  /** Null for mail. It may hold a secret, so URLs are never logged, and only those of the product are shown. */
  url: string | null;
  /** Addresses of the channel `mail`. */
  recipients: string[];
  /** Empty: for the product, every type that is not opt-in; for notices, none. */
  types: string[];
  /** Null: every kind. Empty: none. */
  matterKinds: MatterKind[] | null;
  /** Empty: every severity. */
  severities: MatterSeverity[];
  language: Language;
  digest: Digest;
  digestHour: number;
  timeZone: string;
  quietHours: JSONColumnType<QuietHours> | null;
  /** When a message was last made of its notices. */
  lastMessageAt: Date | null;
  /** Empty: every offer. */
  offerIds: string[];
  isOrdered: boolean;
  state: Generated<DestinationState>;
  disabledBecause: DisabledBecause | null;
  /** Time of the first failure since the last delivery. */
  failingSince: Date | null;
  /** How often this failure was logged: a step of `health.ts`. */
  alertStep: Generated<number>;
  /** The receiver asked for a pause (429, 503). */
  pausedUntil: Date | null;
  createdAt: Date;
}

/** Signing secrets, read only to sign. */
export interface DestinationSecretsTable {
  id: Generated<string>;
  destinationId: string;
  secret: string;
  createdAt: Date;
  expiresAt: Date | null;
}

/** An event as it is posted. `body` is text, so that every attempt signs the same bytes. */
export interface ProductEventsTable {
  id: string;
  /** Grows within a subscription: a transaction that writes its events locks its row. */
  sequence: Generated<string>;
  body: string;
  createdAt: Date;
  /** Where the event belongs in a recorded trace. Null if it is in none. */
  traceParent: string | null;
}

/** One event on its way to one destination. */
export interface DeliveriesTable {
  id: string;
  destinationId: string;
  /** The publisher of the destination. */
  publisherId: string | null;
  channel: Channel;
  /** Mail: the address. Null for the other channels. */
  recipient: string | null;
  eventId: string;
  eventSequence: string;
  type: string;
  subscriptionId: string | null;
  state: DeliveryState;
  /** Step of the schedule; a replay starts again at the first. */
  rung: Generated<number>;
  /**
   * The step of the schedule at which it was last sent early, because its destination worked again. Once per
   * step, so that an event that always fails is not sent again with each success of other events.
   */
  releasedRung: number | null;
  /** All attempts, including those by hand. */
  attempts: Generated<number>;
  /** Next attempt of the schedule; null if there is none. */
  nextAttemptAt: Date | null;
  /**
   * An attempt was requested by hand. It is made whatever the state, the order and the destination's state.
   */
  manualAt: Date | null;
  replayedBy: string | null;
  /** Raised by each claim. A process with an older fence cannot save. */
  fence: Generated<string>;
  leaseUntil: Date | null;
  deliveredAt: Date | null;
  deadAt: Date | null;
  createdAt: Date;
}

/** An attempt. A row without `at` is a requested resend that was not made yet. */
export interface DeliveryAttemptsTable {
  id: Generated<string>;
  deliveryId: string;
  cause: 'schedule' | 'resend';
  requestedBy: string | null;
  at: Date | null;
  status: number | null;
  failure: string | null;
  /** The receiver's own code, such as `5.1.1` of a mail server. */
  answerCode: string | null;
  durationMs: number | null;
}

/** A program that fetches events, because Landfall cannot call it. The listener ends if nothing is fetched for some minutes. */
export interface ListenersTable {
  id: string;
  /** Null: events of all publishers. */
  publisherId: string | null;
  label: string;
  types: string[];
  offerIds: string[];
  secret: string;
  /** Number of its answers so far. */
  takes: Generated<string>;
  endsAt: Date;
  createdAt: Generated<Date>;
}

/** An event that waits for a listener. */
export interface ListenerEventsTable {
  listenerId: string;
  eventSequence: string;
  eventId: string;
  subscriptionId: string | null;
  /** Number of the newest answer that held it. */
  taken: string | null;
  createdAt: Generated<Date>;
}

/**
 * A matter or an event for a destination. `waiting`: not sent yet. `sent`: sent, and not over. `closing`: it is settled, and that is
 * sent next. `over`: nothing is left to send.
 */
export interface NoticesTable {
  id: Generated<string>;
  destinationId: string;
  /** The id of the matter or event: a repeated fact is the same notice. */
  subjectId: string;
  what: 'matter' | 'event';
  /** The kind of the matter, or the type of the event. */
  kind: string;
  /** With the kind, identifies what the matter is about, also after it was opened again. */
  key: string | null;
  severity: MatterSeverity;
  subscriptionId: string | null;
  /** The matter as found, or what the message says about the event. No personal data. */
  content: JSONColumnType<object>;
  state: 'waiting' | 'sent' | 'closing' | 'over';
  /** Not sent earlier, whatever the destination's times. */
  notBefore: Date;
  /** When to look at it. The destination's times may then move it further. */
  dueAt: Date | null;
  sentAt: Date | null;
  sentSeverity: MatterSeverity | null;
  closedAt: Date | null;
  closedBy: 'itself' | 'person' | null;
  endedAt: Date | null;
  createdAt: Date;
}

export interface DeliveryTables {
  notices: NoticesTable;
  listeners: ListenersTable;
  listenerEvents: ListenerEventsTable;
  destinations: DestinationsTable;
  destinationSecrets: DestinationSecretsTable;
  productEvents: ProductEventsTable;
  deliveries: DeliveriesTable;
  deliveryAttempts: DeliveryAttemptsTable;
}
