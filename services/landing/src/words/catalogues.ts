import type { Language } from './language.ts';
import { de } from './messages/de.ts';
import { en } from './messages/en.ts';
import { es } from './messages/es.ts';
import { fr } from './messages/fr.ts';
import { ja } from './messages/ja.ts';
import { nl } from './messages/nl.ts';

export type MessageKey = keyof typeof en;

/** Every key has a text, in every language. */
export type Messages = Readonly<Record<MessageKey, string>>;

export const catalogues = { en, de, fr, es, nl, ja } as const satisfies Record<Language, Messages>;
