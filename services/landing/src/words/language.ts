/** The languages that every text of these pages exists in. The first one is the source. */
export const languages = ['en', 'de', 'fr', 'es', 'nl', 'ja'] as const;

export type Language = (typeof languages)[number];

/** How each language calls itself: whoever cannot read the page finds their own. */
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

/** `de-AT` is spoken by `de`; undefined for what we do not speak. */
export function languageOfTag(tag: string): Language | undefined {
  const [primary] = tag.toLowerCase().split(/[-_]/);
  return languages.find((one) => one === primary);
}
