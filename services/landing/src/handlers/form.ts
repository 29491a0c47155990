import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log.ts';
import { seeOther, type Landing } from '../landing.ts';
import { formRefusedPage } from '../pages/trouble.ts';
import { sameText, type Session } from '../session.ts';
import { recordEvent } from '../store.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

export type SentForm = {
  readonly session: Session;
  readonly fields: Readonly<Record<string, string>>;
};

/**
 * The fields of a form that our own page sent in this very session, or the answer to give instead. A
 * form of another site is known by `Sec-Fetch-Site` and by lacking the session's form key.
 */
export async function readForm(landing: Landing, c: Context): Promise<SentForm | Response> {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return refuse(landing, c);
  const session = await landing.sessions.read(c);
  if (!session) return seeOther(c, '/landing');
  const [type = ''] = (c.req.header('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== FORM_TYPE) return refuse(landing, c, session);
  const fields = Object.fromEntries(new URLSearchParams(await c.req.text()));
  if (!sameText(fields['formKey'] ?? '', session.formKey)) return refuse(landing, c, session);
  return { session, fields };
}

async function refuse(landing: Landing, c: Context, session?: Session): Promise<Response> {
  await recordEvent(landing.db, {
    kind: 'form.refused',
    visitor: session?.visitor,
    correlation_id: correlationId(),
  });
  return c.html(formRefusedPage(landing.frames.of(c, session)), 403);
}
