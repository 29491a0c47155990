/**
 * Header names of every message on the bus. The payload is the fact alone; what is about the message
 * (who caused it, when, in which flow) travels here. `message-id` is also JetStream's dedupe key.
 */
export const headerNames = {
  messageId: 'Nats-Msg-Id',
  correlationId: 'Landfall-Correlation-Id',
  causationId: 'Landfall-Causation-Id',
  occurredAt: 'Landfall-Occurred-At',
  /** Procedure calls only: the caller, as JSON of {@link import('./procedures.ts').Caller}. */
  caller: 'Landfall-Caller',
  /**
   * Procedure calls only: the milliseconds that the caller still waits for the answer. A duration, because the
   * clocks of two machines differ.
   */
  timeLeft: 'Landfall-Time-Left-Ms',
  /** The same limit as a point in time (ISO 8601, caller's clock), for owners that do not read `timeLeft` yet. */
  deadline: 'Landfall-Deadline',
} as const;

export interface Envelope {
  /** Stable for one fact: the same fact published twice has the same id. */
  readonly messageId: string;
  /** One per business flow; what a support case is searched by. */
  readonly correlationId: string;
  /** Id of the message or command that led to this one. */
  readonly causationId?: string | undefined;
  readonly occurredAt: Date;
}
