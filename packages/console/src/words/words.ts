import { IntlMessageFormat } from 'intl-messageformat';
import { createElement, Fragment, type ReactNode } from 'react';
import type { Area, WordKey } from './areas.ts';
import { locales } from '@landfall/words/formats';
import type { Language } from '@landfall/words/language';
import { currentLanguage } from './language.ts';

/** A text without values, or a message that the build has parsed. */
type Message = ConstructorParameters<typeof IntlMessageFormat>[0];
type Catalogue = Readonly<Record<string, Message>>;
type Values = Readonly<Record<string, string | number | Date>>;
type Tag = (content: ReactNode) => ReactNode;
type RichValues = Readonly<Record<string, ReactNode | Date | Tag>>;

const files = import.meta.glob<Catalogue>('./*/*.json', { import: 'default' });

export const language: Language = currentLanguage();
export const locale: string = locales[language];

const messages = new Map<string, Message>();
const compiled = new Map<string, IntlMessageFormat>();
const loads = new Map<Area, Promise<void>>();

/**
 * Loads the words of areas; routes do so before they render. English fills what a translation lacks. Never call `t` while a
 * module is loaded: its words may not be there yet.
 */
export async function loadWords(...areas: readonly Area[]): Promise<void> {
  await Promise.all(
    areas.map((area) => {
      const load = loads.get(area) ?? loadArea(area);
      loads.set(area, load);
      return load;
    }),
  );
}

async function loadArea(area: Area): Promise<void> {
  const own = language === 'en' ? undefined : files[`./${area}/${language}.json`];
  const [english, translated] = await Promise.all([files[`./${area}/en.json`]?.(), own?.()]);
  for (const [key, message] of Object.entries({ ...english, ...translated })) {
    messages.set(`${area}.${key}`, message);
  }
}

/** The text for a key, with its values. Values are written as they are; nothing here makes HTML. */
export function t(key: WordKey, values?: Values): string {
  const message = messages.get(key);
  if (message === undefined) return key;
  if (isPlain(message)) return message;
  return String(compile(key, message).format(values));
}

/** A text with tags: `rich('area.key', { b: (words) => <b>{words}</b> })`. */
export function rich(key: WordKey, values: RichValues): ReactNode {
  const message = messages.get(key);
  if (message === undefined || isPlain(message)) return message ?? key;
  const parts = compile(key, message).formatToParts<ReactNode>(withTags(values) as never);
  const pieces = parts.map(({ value }, index) => createElement(Fragment, { key: index }, value));
  return createElement(Fragment, null, ...pieces);
}

/** The library passes a tag's content to its function in pieces. */
function withTags(values: RichValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'function'
        ? (pieces: ReactNode[]) => value(createElement(Fragment, null, ...pieces))
        : value,
    ]),
  );
}

/** Whether there is a text for a key that was made from data, such as a status. */
export function hasWord(key: string): key is WordKey {
  return messages.has(key);
}

function isPlain(message: Message): message is string {
  return typeof message === 'string' && !/[{}'<#]/.test(message);
}

function compile(key: string, message: Message): IntlMessageFormat {
  const known = compiled.get(key) ?? new IntlMessageFormat(message, locale);
  compiled.set(key, known);
  return known;
}

const numbers = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });

export function number(value: number): string {
  return numbers.format(value);
}

/** For figures in little room: 12.3K. */
export function shortNumber(value: number): string {
  return compact.format(value);
}

/** A calendar day in UTC, because Microsoft counts terms in UTC. */
export function day(at: Date | string): string {
  return days.format(new Date(at));
}

/** `currency` is an ISO 4217 code. */
export function money(amount: number | string, currency: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(Number(amount));
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });

const shortRelative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });

const UNITS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** "3 hours ago", "in 2 days", "now". */
export function ago(at: Date | string, now: Date = new Date()): string {
  return relativeTo(relative, at, now);
}

/** The same for little room: "3 hr ago". */
export function shortAgo(at: Date | string, now: Date = new Date()): string {
  return relativeTo(shortRelative, at, now);
}

function relativeTo(format: Intl.RelativeTimeFormat, at: Date | string, now: Date): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, 'second');
}
