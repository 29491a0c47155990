/** Languages of the pages and mails of Landfall, as BCP 47 tags. English is the source of the translations. */
export const languages = ['en', 'de', 'fr', 'es', 'nl', 'ja'] as const;

export type Language = (typeof languages)[number];
