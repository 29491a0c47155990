import { languageOfTag, type Language } from '@landfall/words/language';

const CHOICE = 'landfall.language';

/** What the person chose; otherwise the browser's first language that the console has; otherwise English. */
export function currentLanguage(): Language {
  const wanted = [localStorage.getItem(CHOICE) ?? '', ...navigator.languages];
  for (const tag of wanted) {
    const language = languageOfTag(tag);
    if (language) return language;
  }
  return 'en';
}

/** Loads the page again, because every word of it changes. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(CHOICE, language);
  location.reload();
}
