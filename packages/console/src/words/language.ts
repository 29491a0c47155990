/** The languages of the console. The first one is the source of the translations. */
export const languages = ['en', 'de', 'fr', 'es', 'nl', 'ja'] as const;

export type Language = (typeof languages)[number];

/** Each language's own name, so that people find theirs in a console they cannot read. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  nl: 'Nederlands',
  ja: '日本語',
};

/** For Intl, "en" means American dates. Operators are everywhere. */
export const locales: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  de: 'de-DE',
  fr: 'fr-FR',
  es: 'es-ES',
  nl: 'nl-NL',
  ja: 'ja-JP',
};

const CHOICE = 'landfall.language';

/** What the person chose; otherwise the browser's first language that the console has; otherwise English. */
export function currentLanguage(): Language {
  const wanted = [localStorage.getItem(CHOICE) ?? '', ...navigator.languages];
  for (const tag of wanted) {
    const language = languages.find((one) => one === tag.toLowerCase().split('-')[0]);
    if (language) return language;
  }
  return 'en';
}

/** Loads the page again, because every word of it changes. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(CHOICE, language);
  location.reload();
}
