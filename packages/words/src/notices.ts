import { locales } from './formats.ts';
import { languages, type Language } from './language.ts';
import { compileMessages, type CompiledMessages, type TextValues } from './messages.ts';
import de from '../notices/de.json' with { type: 'json' };
import en from '../notices/en.json' with { type: 'json' };
import es from '../notices/es.json' with { type: 'json' };
import fr from '../notices/fr.json' with { type: 'json' };
import ja from '../notices/ja.json' with { type: 'json' };
import nl from '../notices/nl.json' with { type: 'json' };

export type NoticeKey = keyof typeof en;

/** The words around what a notice tells: labels, links, and why it was sent. */
export const noticeCatalogues: Readonly<Record<Language, Readonly<Record<NoticeKey, string>>>> = {
  en,
  de,
  fr,
  es,
  nl,
  ja,
};

export interface NoticeWords {
  text(key: NoticeKey, values?: TextValues): string;
  /** In this time zone, which the text names. */
  dateTime(at: Date, timeZone: string): string;
}

const words = new Map<Language, CompiledMessages<NoticeKey>>(
  languages.map((language) => [language, compileMessages(language, noticeCatalogues[language])]),
);

export function noticeWords(language: Language): NoticeWords {
  const messages = words.get(language) ?? compileMessages(language, noticeCatalogues[language]);
  return {
    text: (key, values) => messages.text(key, values),
    dateTime: (at, timeZone) =>
      new Intl.DateTimeFormat(locales[language], {
        year: 'numeric',
        month: 'long',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZone,
        timeZoneName: 'short',
      }).format(at),
  };
}
