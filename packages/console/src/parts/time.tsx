import { createContext, use, useSyncExternalStore } from 'react';
import { ago, locale, t } from '../words/words.ts';

/** Times in a table are no stops of the Tab key: a page of rows would have hundreds. */
export const InTable = createContext(false);

const UTC = { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' } as const;
const utcFormat = new Intl.DateTimeFormat(locale, UTC);
const localFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

/** How long ago or how soon; the exact time in UTC and in the person's time zone is its hint. */
export function Time({ at }: { readonly at: string | Date }) {
  const inTable = use(InTable);
  const now = useNow();
  const date = new Date(at);
  return (
    <time
      dateTime={date.toISOString()}
      data-hint={exactTime(date)}
      {...(inTable ? {} : { tabIndex: 0 })}
    >
      {ago(date, now)}
    </time>
  );
}

/** Both times, in two lines. */
export function exactTime(date: Date): string {
  return `${utcFormat.format(date)} ${t('parts.time.utc')}\n${localFormat.format(date)} (${t('parts.time.local')})`;
}

/** Relative times are in minutes, so they are read again twice a minute. */
const TICK_MS = 30_000;

let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The current time, for texts that depend on it. One timer serves all. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) timer = setInterval(tick, TICK_MS);
  listeners.add(listener);
  // The page may have been idle for long.
  if (Date.now() - now.getTime() > TICK_MS) now = new Date();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}
