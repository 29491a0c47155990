/**
 * Header names of every message on the bus. The payload holds only the fact; the headers say who caused
 * the message, when, and in which flow. JetStream also uses the message id to drop repeats.
 */
export const headerNames = {
  messageId: 'Nats-Msg-Id',
  correlationId: 'Landfall-Correlation-Id',
  causationId: 'Landfall-Causation-Id',
  occurredAt: 'Landfall-Occurred-At',
  /** Facts and procedure calls of a recorded trace: W3C Trace Context. */
  traceParent: 'traceparent',
  /** Procedure calls only: the caller, as JSON of {@link import('./procedures.ts').Caller}. */
  caller: 'Landfall-Caller',
  /**
   * Procedure calls only: how long the caller still waits for the answer, in milliseconds. A duration,
   * because the clocks of two machines differ.
   */
  timeLeft: 'Landfall-Time-Left-Ms',
  /** The same limit as a time (ISO 8601, caller's clock), for owners that do not read `timeLeft` yet. */
  deadline: 'Landfall-Deadline',
} as const;

/** What the message headers say about a fact. */
export interface Envelope {
  /** The same fact published twice has the same id. */
  readonly messageId: string;
  /** One per business flow. Support searches by it. */
  readonly correlationId: string;
  /** Id of the message or command that led to this one. */
  readonly causationId?: string | undefined;
  readonly occurredAt: Date;
  /** The span that the fact comes from, as W3C `traceparent`. Absent if no trace of it is recorded. */
  readonly traceParent?: string | undefined;
}
