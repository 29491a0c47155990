import type { Context } from 'hono';
import { dropCookie } from '@landfall/entra-sign-in/cookies';
import { seeOther } from '../../web/paths.ts';
import { readForm, type FormDeps } from '../form.ts';
import type { Sessions } from '../session.ts';

/** `POST /landing/sign-out`: ends the session and drops the cookies that name the person or a visit. */
export async function signOut(
  deps: FormDeps & { readonly sessions: Sessions },
  c: Context,
): Promise<Response> {
  const form = await readForm(deps, c);
  if (form instanceof Response) return form;
  await deps.sessions.end(c);
  dropCookie(c, 'landfall-visit');
  dropCookie(c, 'landfall-tenant');
  return seeOther(c, '/landing');
}
