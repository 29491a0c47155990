import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { recordEvent } from '../store/events.ts';
import type { Frames } from '../web/frames.ts';
import { formRefusedPage } from '../web/pages/trouble.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { purchasePath, toSignIn, type OwnPath } from '../web/paths.ts';
import type { Session, Sessions } from './session.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

export interface FormDeps {
  readonly sessions: Pick<Sessions, 'read' | 'isOwnForm'>;
  readonly frames: Frames;
  readonly db: Db;
}

export type SentForm = {
  readonly session: Session;
  readonly fields: Readonly<Record<string, string>>;
};

export interface FormOptions {
  /** The page of the form, linked from the refusal. By default, the page of the visit that the form names. */
  readonly back?: OwnPath;
  /** Called with the fields if the form does not belong to the person who is signed in now. */
  readonly keep?: (fields: Readonly<Record<string, string>>) => Promise<void>;
}

/**
 * Reads a form that one of our pages showed to the signed-in person. If it is not such a form, returns the
 * response to send instead. `Sec-Fetch-Site` and the form key detect forms of other sites.
 */
export async function readForm(
  deps: FormDeps,
  c: Context,
  { back, keep }: FormOptions = {},
): Promise<SentForm | Response> {
  const { sessions } = deps;
  const [type = ''] = (c.req.header('content-type') ?? '').split(';');
  const isForm = type.trim().toLowerCase() === FORM_TYPE;
  const fields: Record<string, string> = isForm
    ? Object.fromEntries(new URLSearchParams(await c.req.text()))
    : {};
  const origin = back ?? pageOf(fields);
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return refuse(deps, c, { back: origin });
  const session = await sessions.read(c);
  const isOurs = isForm && session && sessions.isOwnForm(session, fields['formKey'] ?? '');
  if (isOurs) return { session, fields };
  await keep?.(fields);
  return session ? refuse(deps, c, { session, back: origin }) : toSignIn(c, origin);
}

function pageOf({ visit = '' }: Readonly<Record<string, string>>): OwnPath {
  return isLowerCaseGuid(visit) ? purchasePath(visit) : '/landing';
}

async function refuse(
  { db, frames }: FormDeps,
  c: Context,
  { session, back }: { session?: Session; back: OwnPath },
): Promise<Response> {
  await recordEvent(db, {
    kind: 'form.refused',
    visitor: session?.visitor,
    correlationId: correlationId(),
  });
  return c.html(formRefusedPage(frames.of(c, session), back), 403);
}
