import type { Context } from 'hono';
import { writeCookie } from '../cookies.ts';
import { ownPath, seeOther } from '../paths.ts';
import { isLanguage } from '../../words/language.ts';

/** A preference, and no person: it may outlive every session. Browsers keep cookies no longer than this. */
const CHOICE_LIFE_MS = 400 * 24 * 60 * 60 * 1000;

/**
 * `POST /landing/language`: the language that somebody chose, signed in or not. It changes nothing but
 * what this browser is shown, so a page of ours or the visitor's own click is all that it asks for.
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
