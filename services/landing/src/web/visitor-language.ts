import type { Context } from 'hono';
import { detectFromHeader, type DetectorOptions } from 'hono/language';
import { readCookie } from './cookies.ts';
import type { Visitor } from '../sign-in/id-token.ts';
import { isLanguage, languages, type Language } from '../words/language.ts';

/** `de-AT` is served by `de` (RFC 4647, 3.4); what we do not speak is passed over. */
const ACCEPT_LANGUAGE: DetectorOptions = {
  order: ['header'],
  lookupFromHeaderKey: 'accept-language',
  supportedLanguages: [...languages],
  fallbackLanguage: languages[0],
  ignoreCase: true,
  caches: false,
  lookupQueryString: '',
  lookupCookie: '',
  lookupFromPathIndex: 0,
};

/**
 * The language to answer in: what the visitor has chosen here, then the browser's, then that of the
 * Microsoft account, then the publisher's.
 */
export function languageOf(
  c: Context,
  { visitor, publisherDefault }: { visitor: Visitor | undefined; publisherDefault: Language },
): Language {
  const wanted = [
    readCookie(c, 'landfall-language'),
    detectFromHeader(c, ACCEPT_LANGUAGE),
    visitor?.language,
  ];
  return wanted.find(isLanguage) ?? publisherDefault;
}
