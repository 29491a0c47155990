import { hourEnd, hourOf, USAGE_WINDOW_MS } from '@landfall/domain/usage';

/** Microsoft judges the age when the row arrives: repeats and a slow answer must fit before that. */
const WINDOW_MARGIN_MS = 5 * 60 * 1000;

/**
 * The moment that an hour is stamped with: its start, or where that is about to leave Microsoft's
 * window, or the subscription began within the hour, the moment of its last use. Always inside the
 * hour, which is what makes a row unique.
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
  // Usage of the first minutes may be older than the activation by a clock's drift.
  return beganWithin && termStart > of.lastUsedAt ? termStart : of.lastUsedAt;
}
