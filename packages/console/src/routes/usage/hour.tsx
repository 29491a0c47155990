import type { HourKey, UsageHour } from '../../api/usage.ts';
import { Status, type Tone } from '../../parts/badge.tsx';
import { hasWord, locale, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';

const tones: Readonly<Record<UsageHour['state'], Tone>> = {
  open: 'quiet',
  closed: 'notice',
  sending: 'notice',
  settled: 'good',
  held: 'warn',
  refused: 'bad',
  writtenOff: 'bad',
};

/** Names an hour in the URL. A dimension may hold any character, so it comes last. */
export function hourId({ subscriptionId, hour, dimension }: HourKey): string {
  return `${subscriptionId}~${hour}~${dimension}`;
}

export function keyOfHour(id: string): HourKey | undefined {
  const [subscriptionId, hour, ...dimension] = id.split('~');
  if (subscriptionId === undefined || hour === undefined || dimension.length === 0)
    return undefined;
  if (Number.isNaN(Date.parse(hour))) return undefined;
  return { subscriptionId, hour, dimension: dimension.join('~') };
}

export function HourStatus({ hour }: { readonly hour: UsageHour }) {
  const { state, problem } = hour;
  // Nothing waits for a person unless there is a problem.
  const tone =
    state !== 'settled' && problem !== undefined && tones[state] !== 'bad' ? 'warn' : tones[state];
  return (
    <span data-hint={t(`usage.state.${state}.hint`)}>
      <Status tone={tone}>{t(`usage.state.${state}`)}</Status>
    </span>
  );
}

/** The hours in which Microsoft's status is the reason say what the status means. */
function problemKey({ problem, status }: UsageHour): string | undefined {
  if (problem === undefined) return undefined;
  const ofStatus = `refused.${status ?? ''}`;
  return problem === 'refused' && hasWord(`usage.problem.${ofStatus}`) ? ofStatus : problem;
}

/** Why the hour is not billed as reported. Undefined: there is no problem. */
export function problemWords(hour: UsageHour): string | undefined {
  const key = problemKey(hour);
  return key && wordFor('usage.problem', key, { status: hour.status ?? '' });
}

/** What a person should do about it. */
export function nextStepWords(hour: UsageHour): string | undefined {
  if (problemKey(hour) === undefined) return undefined;
  if (hour.state === 'writtenOff') return t('usage.problem.expired.next');
  const key = `usage.problem.${problemKey(hour)}.next`;
  return hasWord(key) ? t(key) : t('usage.problem.other.next');
}

/** Microsoft still takes it, and a person has to ask for it. */
export function canResend({ state, problem, expiresAt }: UsageHour, now: Date): boolean {
  return (
    state === 'refused' &&
    problem !== 'quantity-mismatch' &&
    expiresAt !== undefined &&
    Date.parse(expiresAt) > now.getTime()
  );
}

const hours = new Intl.DateTimeFormat(locale, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** The UTC hour in which something was used. */
export function hourWords(hour: string): string {
  return `${hours.format(new Date(hour))} UTC`;
}
