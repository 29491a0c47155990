import type { Question } from '@landfall/contracts/offer-page';
import type { Level } from '../store/offer-pages.ts';
import type { Product } from '../web/pages/frame.ts';
import { isLanguage, type Language, type Overrides } from '../words/words.ts';
import { questionsFor } from './questions.ts';

/** Used where a publisher has set nothing. */
export interface Installation {
  readonly product: Product;
  readonly defaultLanguage: Language;
}

/** The branding, texts and questions of the buyer's pages for one plan. */
export interface Presentation {
  readonly product: Product;
  /** Names of files under `/landing/assets/brand/`. */
  readonly logoFile: string | undefined;
  readonly styleFile: string | undefined;
  readonly defaultLanguage: Language;
  readonly overrides: Readonly<Partial<Record<Language, Overrides>>>;
  readonly questions: readonly Question[];
}

/**
 * Merges the levels, nearest first: plan, offer, publisher, then the installation's own product. Branding is
 * merged per field and texts per key. Colours and questions come from one level as a whole, because a mix
 * would make no sense.
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
  // Keys and languages were checked when they were stored. Ones that no longer exist are ignored.
  return merged;
}

/** A publisher's text, with its language if that is not the reader's. */
export interface OwnText {
  readonly text: string;
  readonly otherLanguage: string | undefined;
}

/** The text in the reader's language, else in the default language, else in any language. */
export function inLanguage(
  text: Readonly<Record<string, string>>,
  { language, fallback }: { readonly language: Language; readonly fallback: Language },
): OwnText {
  const wanted = [language, fallback, 'en', ...Object.keys(text)];
  const found = wanted.find((one) => text[one] !== undefined) ?? language;
  return { text: text[found] ?? '', otherLanguage: found === language ? undefined : found };
}
