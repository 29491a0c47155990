import type { Context } from 'hono';
import { z } from 'zod';
import { MAX_ANSWER_LENGTH } from '@landfall/contracts/offer-page';
import { visitsInCookie } from './visit-cookie.ts';
import type { Landing } from '../landing.ts';
import { writeDraft, type Visit } from '../store/visits.ts';
import type { Session } from '../sign-in/session.ts';
import { isGuid } from '../web/paths.ts';

/** What a person entered in a confirmation that could not be taken, and whose form it was. */
export const draftSchema = z.object({
  formKey: z.string(),
  fields: z.record(z.string(), z.string()),
});

export type Draft = z.output<typeof draftSchema>;
type Fields = Readonly<Record<string, string>>;

/** More than `maxlength` lets through, so that an answer that is too long is still seen as such. */
const MAX_KEPT_LENGTH = 2 * MAX_ANSWER_LENGTH;
/** Thirty questions, the address and the tick box. */
const MAX_KEPT_FIELDS = 32;

type DraftDeps = Pick<Landing, 'db' | 'drafts' | 'sessions'>;

/**
 * Keeps the entries, encrypted, with the visit until it is confirmed or expires. The page that shows them is
 * loaded by GET, so that reload, back and a sign-in in between lose nothing.
 */
export async function keepDraft(
  { db, drafts }: DraftDeps,
  { id, expires_at: expiresAt }: Pick<Visit, 'id' | 'expires_at'>,
  fields: Fields,
): Promise<void> {
  const kept = Object.entries(fields)
    .filter(([name]) => name === 'email' || name === 'onBehalf' || name.startsWith('answer.'))
    .slice(0, MAX_KEPT_FIELDS)
    .map(([name, value]) => [name, value.slice(0, MAX_KEPT_LENGTH)]);
  const draft = { formKey: fields['formKey'] ?? '', fields: Object.fromEntries(kept) };
  await writeDraft(db, id, await drafts.seal(draft, { expiresAt, subject: id }));
}

/**
 * The same for a form whose session is over or has become another person's. Only the browser that opened
 * the visit may leave something in it; only the person whose form it was gets to see it.
 */
export async function keepDraftOfHeld(
  deps: DraftDeps & Pick<Landing, 'now'>,
  c: Context,
  fields: Fields,
): Promise<void> {
  const id = fields['visit'] ?? '';
  if (!isGuid(id) || !visitsInCookie(c).includes(id)) return;
  const expiresAt = new Date(deps.now().getTime() + HELD_DRAFT_LIFE_MS);
  await keepDraft(deps, { id, expires_at: expiresAt }, fields);
}

/** The life of a visit that is not confirmed: the draft goes with it at the latest. */
const HELD_DRAFT_LIFE_MS = 24 * 60 * 60 * 1000;

/** Undefined where there is none, or where it is another person's. */
export async function readDraft(
  { drafts, sessions }: DraftDeps,
  { id, draft_sealed: sealed }: Visit,
  session: Session,
): Promise<Fields | undefined> {
  const draft = sealed ? await drafts.open(sealed, id) : undefined;
  return draft && sessions.isOwnForm(session, draft.formKey) ? draft.fields : undefined;
}
