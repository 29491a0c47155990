import { hourEnd, hourOf, USAGE_WINDOW_MS } from './usage.ts';

/** Microsoft checks the age of a row when it arrives. Repeats and a slow answer must fit in this time. */
const WINDOW_MARGIN_MS = 5 * 60 * 1000;

/**
 * The effective start time that is sent for an hour. It is the start of the hour, or the moment of the last use if the
 * start is about to leave Microsoft's window or the subscription began within the hour. It always lies inside the
 * hour, because Microsoft allows one row per hour.
 */
export function effectiveStart(
  of: { readonly hour: Date; readonly lastUsedAt: Date; readonly termStart?: Date | undefined },
  now: Date,
): Date {
  const ageMs = now.getTime() - of.hour.getTime();
  const isYoung = ageMs <= USAGE_WINDOW_MS - WINDOW_MARGIN_MS;
  const { termStart } = of;
  const beganWithin =
    termStart !== undefined && termStart > of.hour && termStart < hourEnd(of.hour);
  if (isYoung && !beganWithin) return of.hour;
  const isInside = hourOf(of.lastUsedAt).getTime() === of.hour.getTime();
  if (!isInside) return of.hour;
  // Clocks differ, so usage in the first minutes may seem older than the activation.
  return beganWithin && termStart > of.lastUsedAt ? termStart : of.lastUsedAt;
}
