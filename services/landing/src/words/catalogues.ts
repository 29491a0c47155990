import type { Language } from '@landfall/words/language';
import type { MessageTypes } from './message-types.ts';
import de from './messages/de.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };
import es from './messages/es.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import ja from './messages/ja.json' with { type: 'json' };
import nl from './messages/nl.json' with { type: 'json' };

export type MessageKey = keyof MessageTypes;

/** The ICU messages of one language. */
export type Messages = Readonly<Record<MessageKey, string>>;

/** English is the source: the other languages translate it key by key. */
export const catalogues: Readonly<Record<Language, Messages>> = { en, de, fr, es, nl, ja };
