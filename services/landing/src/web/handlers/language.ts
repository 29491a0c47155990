import type { Context } from 'hono';
import { isLanguage } from '@landfall/words/language';
import { writeCookie } from '@landfall/entra-sign-in/cookies';
import { ownPath, seeOther } from '../paths.ts';

/** The cookie identifies no person, so it may live as long as browsers permit: 400 days. */
const CHOICE_LIFE_MS = 400 * 24 * 60 * 60 * 1000;

/**
 * `POST /landing/language`: stores the chosen language in a cookie, for signed-in and anonymous visitors. It only
 * affects what this browser shows, so it needs no form key; requests from other sites are ignored.
 */
export async function switchLanguage(c: Context): Promise<Response> {
  const { language, back } = Object.fromEntries(new URLSearchParams(await c.req.text()));
  const site = c.req.header('sec-fetch-site');
  const isOurs = site === undefined || site === 'same-origin';
  if (isOurs && isLanguage(language)) {
    writeCookie(c, 'landfall-language', { value: language, maxAgeMs: CHOICE_LIFE_MS });
  }
  return seeOther(c, ownPath(back ?? ''));
}
