import type { Digest, QuietHours } from '@landfall/contracts/channels';
import type { MatterSeverity } from '@landfall/contracts/matters';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Notices of one cause go into one message, and what is settled at once is not sent. Short for a person, long for a cause. */
const GATHER_MS = 2 * SECOND_MS;
/** Between two messages at once, so that a bad hour is not an alarm every second. Critical matters do not wait for it. */
const BETWEEN_MS = 30 * SECOND_MS;

export interface NoticeTimes {
  readonly digest: Digest;
  readonly digestHour: number;
  readonly timeZone: string;
  readonly quietHours: QuietHours | null;
  readonly lastMessageAt: Date | null;
}

/** When a notice is sent that may be sent from `from` on: at the time of the digest, and not in quiet hours. */
export function timeToSend(
  times: NoticeTimes,
  notice: { readonly from: Date; readonly severity: MatterSeverity },
): Date {
  const isCritical = notice.severity === 'critical';
  const wanted = ofDigest(times, notice.from, isCritical);
  const { quietHours, timeZone } = times;
  if (!quietHours || (isCritical && quietHours.exceptCritical)) return wanted;
  return afterQuietHours(wanted, quietHours, timeZone);
}

function ofDigest(times: NoticeTimes, from: Date, isCritical: boolean): Date {
  const { digest, digestHour, timeZone, lastMessageAt } = times;
  if (digest === 'daily') return nextLocalTime(from, digestHour * 60, timeZone);
  if (digest === 'hourly') {
    const { minuteOfDay } = localTime(from, timeZone);
    return nextLocalTime(from, ((Math.floor(minuteOfDay / 60) + 1) % 24) * 60, timeZone);
  }
  const gathered = from.getTime() + GATHER_MS;
  const rested = (lastMessageAt?.getTime() ?? 0) + (isCritical ? 0 : BETWEEN_MS);
  return new Date(Math.max(gathered, rested));
}

/** The end of the quiet hours in which `at` lies; `at` itself if it lies in none. */
function afterQuietHours(at: Date, { from, to }: QuietHours, timeZone: string): Date {
  const begin = minutesOf(from);
  const end = minutesOf(to);
  const { minuteOfDay } = localTime(at, timeZone);
  const isQuiet =
    begin < end
      ? minuteOfDay >= begin && minuteOfDay < end
      : begin > end && (minuteOfDay >= begin || minuteOfDay < end);
  return isQuiet ? nextLocalTime(at, end, timeZone) : at;
}

function minutesOf(timeOfDay: string): number {
  const [hours, minutes] = timeOfDay.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/**
 * The first moment after `from` at which clocks in the zone show this minute of the day. A time that is skipped when clocks go
 * forward counts an hour later; one that comes twice counts the first time.
 */
function nextLocalTime(from: Date, minuteOfDay: number, timeZone: string): Date {
  const { dayUtcMs } = localTime(from, timeZone);
  for (const days of [0, 1, 2]) {
    const wantedMs = dayUtcMs + days * 24 * HOUR_MS + minuteOfDay * MINUTE_MS;
    const at = instantOf(wantedMs, timeZone);
    if (at.getTime() > from.getTime()) return at;
  }
  return new Date(from.getTime() + 24 * HOUR_MS);
}

/** The instant at which the zone's clocks show what UTC shows at `shownMs`. */
function instantOf(shownMs: number, timeZone: string): Date {
  const before = shownMs - offsetMs(new Date(shownMs - 12 * HOUR_MS), timeZone);
  const after = shownMs - offsetMs(new Date(shownMs + 12 * HOUR_MS), timeZone);
  const isShown = (ms: number) => ms + offsetMs(new Date(ms), timeZone) === shownMs;
  const [first, second] = [Math.min(before, after), Math.max(before, after)];
  if (isShown(first)) return new Date(first);
  return new Date(isShown(second) ? second : before);
}

function offsetMs(at: Date, timeZone: string): number {
  const { dayUtcMs, minuteOfDay } = localTime(at, timeZone);
  const withinMinute = at.getTime() % MINUTE_MS;
  return dayUtcMs + minuteOfDay * MINUTE_MS + withinMinute - at.getTime();
}

/** The minute of the day that the zone's clocks show, and UTC midnight of the date that its calendars show. */
function localTime(at: Date, timeZone: string): { minuteOfDay: number; dayUtcMs: number } {
  const parts = formatOf(timeZone).formatToParts(at);
  const valueOf = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  return {
    minuteOfDay: valueOf('hour') * 60 + valueOf('minute'),
    dayUtcMs: Date.UTC(valueOf('year'), valueOf('month') - 1, valueOf('day')),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
