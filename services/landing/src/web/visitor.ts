import type { Context } from 'hono';
import { detectFromHeader, type DetectorOptions } from 'hono/language';
import { z } from 'zod';
import { readCookie } from '@landfall/entra-sign-in/cookies';
import type { Person } from '@landfall/entra-sign-in/id-token';
import { isLanguage, languageOfTag, languages, type Language } from '@landfall/words/language';

/** Who signed in. `tenantId` and `objectId` identify the person; the rest is only for display. */
export const visitorSchema = z.object({
  tenantId: z.string(),
  objectId: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  language: z.enum(languages).optional(),
  /** Invited into the tenant from another one. A guest does not count as a member of the organisation. */
  isGuest: z.boolean().optional(),
});

export type Visitor = z.output<typeof visitorSchema>;

/** The person, with the language of the account if it is one of ours. */
export function visitorOf({ languageTag = '', ...person }: Person): Visitor {
  const language = languageOfTag(languageTag);
  return visitorSchema.parse({ ...person, ...(language ? { language } : {}) });
}

/** `de-AT` gets `de` (RFC 4647, 3.4). Languages that we do not have are skipped. */
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
 * The language of the answer: the one that the visitor chose here, else the browser's, else the Microsoft
 * account's, else the publisher's default.
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
