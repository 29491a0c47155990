import type { Question, StoredOfferPage } from '@landfall/contracts/offer-page';
import type { Product } from '../web/pages/frame.ts';
import { isLanguage, type Language, type Overrides } from '../words/words.ts';
import { questionsFor } from './questions.ts';

/** What is kept of a level beside its page: the stylesheet of its colours. */
export interface Level {
  readonly page: StoredOfferPage;
  readonly styleFile: string | null;
}

/** What is said where no publisher says otherwise. */
export interface Installation {
  readonly product: Product;
  readonly defaultLanguage: Language;
}

/** What the buyer's pages of a plan look like, say and ask. */
export interface Presentation {
  readonly product: Product;
  /** Files of `/landing/assets/brand/`. */
  readonly logoFile: string | undefined;
  readonly styleFile: string | undefined;
  readonly defaultLanguage: Language;
  readonly overrides: Readonly<Partial<Record<Language, Overrides>>>;
  readonly questions: readonly Question[];
}

/**
 * Puts the levels together, the nearest one first: plan, offer, publisher, and the installation's own
 * product below them all. Branding field by field, texts key by key; colours and questions whole, for
 * half of either would be nobody's intention.
 */
export function resolvePage(
  levels: readonly Level[],
  installation: Installation,
  planId: string | undefined,
): Presentation {
  const { product } = installation;
  const brandings = levels.map(({ page }) => page.branding ?? {});
  const first = <T>(pick: (branding: (typeof brandings)[number]) => T | undefined): T | undefined =>
    brandings.map((branding) => pick(branding)).find((value) => value !== undefined);
  const questions = levels.map(({ page }) => page.questions).find((some) => some !== undefined);
  const language = first(({ defaultLanguage }) => defaultLanguage);
  return {
    product: {
      name: first(({ productName }) => productName) ?? product.name,
      url: first(({ productUrl }) => productUrl) ?? product.url,
      supportEmail: first(({ supportEmail }) => supportEmail) ?? product.supportEmail,
      supportUrl: first(({ links }) => links?.support) ?? product.supportUrl,
      termsUrl: first(({ links }) => links?.terms),
      privacyUrl: first(({ links }) => links?.privacy),
    },
    logoFile: first(({ logo }) => logo?.file),
    styleFile: levels.find(({ page }) => page.branding?.colours)?.styleFile ?? undefined,
    defaultLanguage: isLanguage(language) ? language : installation.defaultLanguage,
    overrides: mergedTexts(levels.map(({ page }) => page.texts ?? {})),
    questions: questionsFor(questions ?? [], planId ?? ''),
  };
}

function mergedTexts(
  nearestFirst: readonly Readonly<Record<string, Readonly<Record<string, string>>>>[],
): Presentation['overrides'] {
  const merged: Record<string, Record<string, string>> = {};
  for (const texts of nearestFirst.toReversed()) {
    for (const [language, messages] of Object.entries(texts)) {
      merged[language] = { ...merged[language], ...messages };
    }
  }
  // Keys and languages were checked when they were stored; one that went since is passed over.
  return merged;
}

/** A publisher's text, and in which language it is where that is not the reader's. */
export interface OwnText {
  readonly text: string;
  readonly otherLanguage: string | undefined;
}

/** In the reader's language, else in the default one, else in any. */
export function inLanguage(
  text: Readonly<Record<string, string>>,
  { language, fallback }: { readonly language: Language; readonly fallback: Language },
): OwnText {
  const wanted = [language, fallback, 'en', ...Object.keys(text)];
  const found = wanted.find((one) => text[one] !== undefined) ?? language;
  return { text: text[found] ?? '', otherLanguage: found === language ? undefined : found };
}
