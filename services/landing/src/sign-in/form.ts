import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import { type Landing } from '../landing.ts';
import { formRefusedPage } from '../web/pages/trouble.ts';
import { isGuid, type OwnPath, purchasePath, toSignIn } from '../web/paths.ts';
import type { Session } from './session.ts';
import { recordEvent } from '../store/events.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

export type SentForm = {
  readonly session: Session;
  readonly fields: Readonly<Record<string, string>>;
};

interface FormOptions {
  /** The page of the form, where a refusal leads; by default that of the visit that the form names. */
  readonly back?: OwnPath;
  /** Called with the fields of a form whose person is not the one who is signed in (any more). */
  readonly keep?: (fields: Readonly<Record<string, string>>) => Promise<void>;
}

/**
 * The fields of a form that our own page showed to the signed-in person, or the answer to give instead. A
 * form of another site is known by `Sec-Fetch-Site` and by lacking the person's form key.
 */
export async function readForm(
  landing: Landing,
  c: Context,
  { back, keep }: FormOptions = {},
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
  const isOurs = isForm && session && landing.sessions.isOwnForm(session, fields['formKey'] ?? '');
  if (isOurs) return { session, fields };
  await keep?.(fields);
  return session ? refuse(landing, c, { session, back: origin }) : toSignIn(c, origin);
}

function pageOf({ visit = '' }: Readonly<Record<string, string>>): OwnPath {
  return isGuid(visit) ? purchasePath(visit) : '/landing';
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
