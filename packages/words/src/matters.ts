import { matterKinds, type MatterKind } from '@landfall/contracts/matters';
import { isLanguage, type Language } from './language.ts';
import { compileMessages, type CompiledMessages, type TextValues } from './messages.ts';
import de from '../matters/de.json' with { type: 'json' };
import en from '../matters/en.json' with { type: 'json' };
import es from '../matters/es.json' with { type: 'json' };
import fr from '../matters/fr.json' with { type: 'json' };
import ja from '../matters/ja.json' with { type: 'json' };
import nl from '../matters/nl.json' with { type: 'json' };

const parts = ['title', 'cause', 'effect', 'next'] as const;

/** What a matter says: what is wrong, why, what it means for the customer, and what to do. */
export interface MatterTexts {
  readonly title: string;
  readonly cause: string;
  readonly effect: string;
  readonly nextStep: string;
}

/** The messages of each language: `<kind>.title`, `.cause`, `.effect` and `.next`. */
export const matterCatalogues: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en,
  de,
  fr,
  es,
  nl,
  ja,
};

const compiled = new Map<Language, CompiledMessages<string>>();

/**
 * The texts of a matter. A language that is unknown gives English. A kind of a newer version, or values that do not fit, give a
 * general text: a matter is never hidden because of its texts.
 */
export function matterTexts(
  matter: { readonly kind: string; readonly params: TextValues },
  language: string | undefined,
): MatterTexts {
  const chosen = language !== undefined && isLanguage(language) ? language : 'en';
  const messages = compiled.get(chosen) ?? compileMessages(chosen, matterCatalogues[chosen]);
  compiled.set(chosen, messages);
  const say = (kind: string, part: (typeof parts)[number], params: TextValues) =>
    messages.text(`${kind}.${part}`, params);
  try {
    if (!isMatterKind(matter.kind))
      return texts((part) => say('other', part, { kind: matter.kind }));
    const { kind, params } = matter;
    return texts((part) => say(kind, part, params));
  } catch {
    return texts((part) => say('other', part, { kind: matter.kind }));
  }

  function texts(of: (part: (typeof parts)[number]) => string): MatterTexts {
    return { title: of('title'), cause: of('cause'), effect: of('effect'), nextStep: of('next') };
  }
}

export function isMatterKind(kind: string): kind is MatterKind {
  return Object.hasOwn(matterKinds, kind);
}
