import type { DeliveryProgress } from '../store/delivery-attempts.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Pause before each attempt: thirteen attempts over three days, then the delivery is dead. This is the schedule
 * of the Standard Webhooks specification (section "Deliverability and reliability"), with extra steps between
 * 5 s and 5 min, because a restarting product is away for seconds and a buyer may be waiting for the space.
 */
export const SCHEDULE_MS: readonly number[] = [
  0,
  5 * SECOND_MS,
  15 * SECOND_MS,
  60 * SECOND_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** A pause is up to this much longer, so that events that failed together do not return together. */
const JITTER = 0.1;

/** A requested pause is respected up to the schedule's longest one; a longer one is a mistake. */
export const MAX_RETRY_AFTER_MS = 24 * HOUR_MS;

export interface AttemptOutcome {
  readonly isDelivered: boolean;
  readonly isManual: boolean;
  /** Another attempt would fail the same way. */
  readonly isFinal?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly at: Date;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * The progress of a delivery after an attempt. A failed attempt by hand does not change the schedule; without
 * a schedule (a ping), the delivery is then dead.
 */
export function progressAfter(before: DeliveryProgress, outcome: AttemptOutcome): DeliveryProgress {
  const { attempt, state, nextAttemptAt } = before;
  if (outcome.isDelivered) return { state: 'delivered', attempt, nextAttemptAt: null };
  if (outcome.isManual) {
    const isLeft = state !== 'waiting' || nextAttemptAt !== null;
    return isLeft ? before : { state: 'dead', attempt, nextAttemptAt: null };
  }
  const pauseMs = outcome.isFinal ? undefined : SCHEDULE_MS[attempt + 1];
  if (pauseMs === undefined) return { state: 'dead', attempt, nextAttemptAt: null };
  const wishMs = Math.min(outcome.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  const waitMs = Math.max(pauseMs * (1 + JITTER * outcome.random), wishMs);
  return {
    state: 'waiting',
    attempt: attempt + 1,
    nextAttemptAt: new Date(outcome.at.getTime() + waitMs),
  };
}
