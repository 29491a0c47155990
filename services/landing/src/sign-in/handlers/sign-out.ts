import type { Context } from 'hono';
import { dropCookie } from '../../web/cookies.ts';
import { type Landing } from '../../landing.ts';
import { readForm } from '../form.ts';
import { seeOther } from '../../web/paths.ts';

/** `POST /landing/sign-out`: this browser forgets the person and the visit. */
export async function signOut(landing: Landing, c: Context): Promise<Response> {
  const form = await readForm(landing, c);
  if (form instanceof Response) return form;
  await landing.sessions.end(c);
  dropCookie(c, 'landfall-visit');
  dropCookie(c, 'landfall-tenant');
  return seeOther(c, '/landing');
}
