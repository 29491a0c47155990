import { languages, type Language } from '@landfall/contracts/languages';

export { languages, type Language };

/** Each language's own name, so that people find theirs on a page they cannot read. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  nl: 'Nederlands',
  ja: '日本語',
};

export function isLanguage(text: string | undefined): text is Language {
  return languages.some((one) => one === text);
}

/** The language for a tag such as `de-AT`; undefined for a language that the pages do not have. */
export function languageOfTag(tag: string): Language | undefined {
  const [primary] = tag.toLowerCase().split(/[-_]/);
  return languages.find((one) => one === primary);
}
