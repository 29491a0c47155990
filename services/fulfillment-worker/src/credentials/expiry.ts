import type { CredentialStatus } from '@landfall/contracts/credential-procedures';
import type { CredentialHealth } from '../store/credential-health.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days before the credential ends: time to order a new one, a reminder, the last week, the last day. */
export const WARNING_DAYS = [30, 14, 7, 1] as const;

/** From here on the warning is logged as an error: an operator must act now. */
const SERIOUS_DAYS = 7;

/** Remaining whole days; negative once the credential has ended. */
export function daysLeft(expiresAt: Date, at: Date): number {
  return Math.floor((expiresAt.getTime() - at.getTime()) / DAY_MS);
}

export interface Warning {
  /** `30`, `14`, `7`, `1` or `expired`. */
  readonly step: string;
  readonly isSerious: boolean;
}

/** The smallest step that the end falls within; undefined if the end is further away than all steps. */
export function warningOf(expiresAt: Date, at: Date): Warning | undefined {
  const leftMs = expiresAt.getTime() - at.getTime();
  if (leftMs <= 0) return { step: 'expired', isSerious: true };
  const step = WARNING_DAYS.findLast((days) => leftMs <= days * DAY_MS);
  return step === undefined ? undefined : { step: String(step), isSerious: step <= SERIOUS_DAYS };
}

/** The state of a credential. A refusal outranks the end date, which is only declared. */
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
