import type { Language } from './language.ts';

/** Dates, numbers and prices as a language writes them. */
export interface Formats {
  readonly language: Language;
  /** In UTC, because Microsoft counts terms in UTC. */
  date(at: Date): string;
  /** In UTC; the text names the time zone. */
  dateTime(at: Date): string;
  number(n: number): string;
  /** Decimal text, which is not rounded unless it has more than six decimals. */
  quantity(decimal: string): string;
  /** A number or decimal text. `currency` is an ISO 4217 code; any other word is written after the number. */
  money(amount: number | string, currency: string): string;
}

/** The locale of each language. For Intl, "en" means American dates and a bare $, but buyers are everywhere. */
export const locales: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  de: 'de',
  fr: 'fr',
  es: 'es',
  nl: 'nl',
  ja: 'ja',
};

/** Microsoft gets quantities with at most six decimals. */
const QUANTITY_DECIMALS = 6;

export function createFormats(language: Language): Formats {
  const locale = locales[language];
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const times = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  const numbers = new Intl.NumberFormat(locale);
  const quantities = new Intl.NumberFormat(locale, { maximumFractionDigits: QUANTITY_DECIMALS });
  return {
    language,
    date: (at) => dates.format(at),
    dateTime: (at) => times.format(at),
    number: (n) => numbers.format(n),
    quantity: (decimal) => quantities.format(exactly(decimal)),
    money(amount, currency) {
      const value = typeof amount === 'string' ? exactly(amount) : amount;
      if (!/^[A-Za-z]{3}$/.test(currency)) return `${numbers.format(value)} ${currency}`.trim();
      return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value);
    },
  };
}

/** Intl formats decimal text exactly, but its type accepts only text that is known to be a number. */
function exactly(decimal: string): `${number}` {
  return decimal as `${number}`;
}
