import type { CredentialStatus } from '@landfall/contracts/credential-procedures';
import type { CredentialHealth } from '../store/credential-health.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days before the end: time to order, a reminder, a last week, and the day on which it must be done. */
export const WARNING_DAYS = [30, 14, 7, 1] as const;

/** From here on it is an error in the log: somebody has to act now. */
const SERIOUS_DAYS = 7;

/** Whole days that are left; negative from the first moment after the end. */
export function daysLeft(expiresAt: Date, at: Date): number {
  return Math.floor((expiresAt.getTime() - at.getTime()) / DAY_MS);
}

export interface Warning {
  /** `30`, `14`, `7`, `1` or `expired`. */
  readonly step: string;
  readonly isSerious: boolean;
}

/** The narrowest step that the end is within; undefined while it is further away than all of them. */
export function warningOf(expiresAt: Date, at: Date): Warning | undefined {
  const leftMs = expiresAt.getTime() - at.getTime();
  if (leftMs <= 0) return { step: 'expired', isSerious: true };
  const step = WARNING_DAYS.findLast((days) => leftMs <= days * DAY_MS);
  return step === undefined ? undefined : { step: String(step), isSerious: step <= SERIOUS_DAYS };
}

/** One word for how it stands; a refusal is worse than a date, for dates are only declared. */
export function stateOf(
  health: CredentialHealth,
  expiresAt: Date | undefined,
  at: Date,
): CredentialStatus['state'] {
  if (health.failure?.startsWith('credentials.') || health.apiFailure) return 'rejected';
  const warning = expiresAt && warningOf(expiresAt, at);
  if (warning) return warning.step === 'expired' ? 'expired' : 'expiring';
  return health.lastSuccessAt ? 'ok' : 'unknown';
}
