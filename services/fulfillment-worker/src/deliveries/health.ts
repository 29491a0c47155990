import type { DestinationHealth } from '../store/destinations.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Longer than the schedule of one event, so that a destination is disabled only after an event was tried to
 * the end. Beyond that, each new event would only fail too.
 */
export const DISABLE_AFTER_MS = 5 * DAY_MS;

/**
 * A lasting failure is logged again at these ages, first as a warning, then as an error; never for each
 * attempt.
 */
const ALERT_AGES_MS: readonly number[] = [0, HOUR_MS, DAY_MS];

export interface Diagnosis extends DestinationHealth {
  /** The level to log at now, if at all: `warn` for the first failure after a success, then `error`. */
  readonly alert: 'warn' | 'error' | undefined;
  /** Nothing was delivered for {@link DISABLE_AFTER_MS}. */
  readonly isHopeless: boolean;
}

/** The health of a destination after another failed attempt at `at`. */
export function afterFailure(before: DestinationHealth, at: Date): Diagnosis {
  const failingSince = before.failingSince ?? at;
  const ageMs = at.getTime() - failingSince.getTime();
  const alertStep = ALERT_AGES_MS.filter((limitMs) => ageMs >= limitMs).length;
  const isNews = alertStep > before.alertStep;
  return {
    failingSince,
    alertStep: Math.max(alertStep, before.alertStep),
    alert: isNews ? (alertStep === 1 ? 'warn' : 'error') : undefined,
    isHopeless: ageMs >= DISABLE_AFTER_MS,
  };
}
