import type { DestinationHealth } from '../store/destinations.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Longer than the ladder of one event, so that a destination is given up only after an event that was
 * tried to the end; beyond it each new event would only be another failure.
 */
export const DISABLE_AFTER_MS = 5 * DAY_MS;

/** Trouble that lasts is told again at these ages, louder each time; never once per attempt. */
const ALERT_AGES_MS: readonly number[] = [0, HOUR_MS, DAY_MS];

export interface Diagnosis extends DestinationHealth {
  /** What to say now, if anything: `warn` for the first failure after a success, then `error`. */
  readonly alert: 'warn' | 'error' | undefined;
  /** Nothing has arrived for {@link DISABLE_AFTER_MS}. */
  readonly isHopeless: boolean;
}

/** How a destination stands after another failed attempt at `at`. */
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
