import type { Context } from 'hono';
import { z } from 'zod';
import { MAX_ANSWER_LENGTH } from '@landfall/contracts/offer-page';
import type { Db } from '../db/schema.ts';
import type { Sealer } from '@landfall/entra-sign-in/sealing';
import type { Session, Sessions } from '../sign-in/session.ts';
import { writeDraft, type Visit } from '../store/visits.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { visitsInCookie } from './visit-cookie.ts';

/** The entries of a confirmation that was not accepted, with the form key of the person who typed them. */
export const draftSchema = z.object({
  formKey: z.string(),
  fields: z.record(z.string(), z.string()),
});

export type Draft = z.output<typeof draftSchema>;
type Fields = Readonly<Record<string, string>>;

/** More than `maxlength` permits, so that an answer that is too long is still recognised as too long. */
const MAX_KEPT_LENGTH = 2 * MAX_ANSWER_LENGTH;
/** Thirty questions, the e-mail address and the check box. */
const MAX_KEPT_FIELDS = 32;
/** The life of a visit that is not confirmed. The draft is deleted with the visit at the latest. */
const HELD_DRAFT_LIFE_MS = 24 * 60 * 60 * 1000;

/**
 * Keeps form entries with the visit, encrypted, until it is confirmed or expires. The page that shows them is
 * loaded with GET, so a reload, the back button or a new sign-in loses nothing.
 */
export interface Drafts {
  keep(visit: Pick<Visit, 'id' | 'expiresAt'>, fields: Fields): Promise<void>;
  /**
   * Keeps a form after its session ended or another person signed in. Only the browser that opened the visit
   * can do this, and only the person who typed the entries will see them.
   */
  keepOfHeld(c: Context, fields: Fields): Promise<void>;
  /** Undefined if there is no draft, or if another person typed it. */
  read(visit: Visit, session: Session): Promise<Fields | undefined>;
}

export function createDrafts(deps: {
  readonly sealer: Sealer<Draft>;
  readonly sessions: Pick<Sessions, 'isOwnForm'>;
  readonly db: Db;
  readonly now: () => Date;
}): Drafts {
  const { sealer, sessions, db, now } = deps;
  const keep: Drafts['keep'] = async ({ id, expiresAt }, fields) => {
    const kept = Object.entries(fields)
      .filter(([name]) => name === 'email' || name === 'onBehalf' || name.startsWith('answer.'))
      .slice(0, MAX_KEPT_FIELDS)
      .map(([name, value]) => [name, value.slice(0, MAX_KEPT_LENGTH)]);
    const draft = { formKey: fields['formKey'] ?? '', fields: Object.fromEntries(kept) };
    await writeDraft(db, id, await sealer.seal(draft, { expiresAt, subject: id }));
  };
  return {
    keep,
    async keepOfHeld(c, fields) {
      const id = fields['visit'] ?? '';
      if (!isLowerCaseGuid(id) || !visitsInCookie(c).includes(id)) return;
      await keep({ id, expiresAt: new Date(now().getTime() + HELD_DRAFT_LIFE_MS) }, fields);
    },
    async read({ id, draftSealed: sealed }, session) {
      const draft = sealed ? await sealer.open(sealed, id) : undefined;
      return draft && sessions.isOwnForm(session, draft.formKey) ? draft.fields : undefined;
    },
  };
}
