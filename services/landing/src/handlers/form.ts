import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log.ts';
import { toSignIn, type Landing } from '../landing.ts';
import { formRefusedPage } from '../pages/trouble.ts';
import { purchasePath, type OwnPath } from '../paths.ts';
import { sameText, type Session } from '../session.ts';
import { recordEvent } from '../store.ts';
import { isVisitId } from '../visit-life.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

export type SentForm = {
  readonly session: Session;
  readonly fields: Readonly<Record<string, string>>;
};

/**
 * The fields of a form that our own page sent in this very session, or the answer to give instead. A
 * form of another site is known by `Sec-Fetch-Site` and by lacking the session's form key. `back`: the
 * page of the form, where the answer leads; by default that of the visit that the form names.
 */
export async function readForm(
  landing: Landing,
  c: Context,
  back?: OwnPath,
): Promise<SentForm | Response> {
  const [type = ''] = (c.req.header('content-type') ?? '').split(';');
  const isForm = type.trim().toLowerCase() === FORM_TYPE;
  const fields: Record<string, string> = isForm
    ? Object.fromEntries(new URLSearchParams(await c.req.text()))
    : {};
  const origin = back ?? pageOf(fields);
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return refuse(landing, c, { back: origin });
  const session = await landing.sessions.read(c);
  if (!session) return toSignIn(c, origin);
  const isOurs = isForm && sameText(fields['formKey'] ?? '', session.formKey);
  return isOurs ? { session, fields } : refuse(landing, c, { session, back: origin });
}

function pageOf({ visit = '' }: Readonly<Record<string, string>>): OwnPath {
  return isVisitId(visit) ? purchasePath(visit) : '/landing';
}

async function refuse(
  landing: Landing,
  c: Context,
  { session, back }: { session?: Session; back: OwnPath },
): Promise<Response> {
  await recordEvent(landing.db, {
    kind: 'form.refused',
    visitor: session?.visitor,
    correlation_id: correlationId(),
  });
  return c.html(formRefusedPage(landing.frames.of(c, session), back), 403);
}
