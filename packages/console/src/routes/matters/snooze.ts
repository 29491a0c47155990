import { t } from '../../words/words.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** For how long a matter can be hidden. */
export function snoozeTimes(): readonly {
  readonly id: string;
  readonly label: string;
  readonly until: string;
}[] {
  const after = (ms: number) => new Date(Date.now() + ms).toISOString();
  return [
    { id: 'hour', label: t('matters.snooze.hour'), until: after(HOUR_MS) },
    { id: 'day', label: t('matters.snooze.day'), until: after(DAY_MS) },
    { id: 'week', label: t('matters.snooze.week'), until: after(7 * DAY_MS) },
  ];
}
