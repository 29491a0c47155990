import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import { readConfirmation, type Confirmation } from '../confirmation.ts';
import { keepDraft, keepDraftOfHeld } from '../drafts.ts';
import { relayConfirmation, RELAY_LEASE_MS } from '../confirmation-relay.ts';
import { type Landing } from '../../landing.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { isGuid, purchasePath, seeOther } from '../../web/paths.ts';
import { recordEvent } from '../../store/events.ts';
import { findVisitOf, type Visit } from '../../store/visits.ts';
import { readForm, type SentForm } from '../../sign-in/form.ts';
import { recordConfirmed } from '../../store/confirmations.ts';

/** How long the progress page of a confirmed purchase can be opened again, by link or bookmark. */
export const CONFIRMED_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * `POST /landing/confirm`: stores the confirmation once, then hands it to the worker. Which
 * subscription it is for, for whom, and what was asked, was decided when the page was shown; the form
 * cannot say. A form that cannot be taken is kept, and the purchase's own page shows it again.
 */
export async function confirm(landing: Landing, c: Context): Promise<Response> {
  const form = await readForm(landing, c, {
    keep: (fields) => keepDraftOfHeld(landing, c, fields),
  });
  if (form instanceof Response) return form;
  const { session, fields } = form;
  const visit = await ownVisit(landing, form);
  if (!visit?.subscription_id || !visit.claimed_by || !visit.relation) {
    await recordEvent(landing.db, {
      kind: 'progress.denied',
      visitor: session.visitor,
      correlation_id: correlationId(),
    });
    return c.html(notFoundPage(landing.frames.of(c, session)), 404);
  }
  const presentation = await landing.presentations.of(visit.offer ?? undefined);
  const { confirmation, problems } = readConfirmation(fields, visit, presentation);
  if (problems && !visit.confirmed_at) {
    await keepDraft(landing, visit, fields);
    return seeOther(c, purchasePath(visit.id));
  }
  if (!problems && (await store(landing, { visit, form, confirmation }))) {
    // The sweep does the same later, should this process end here.
    const { claimedBy, answers } = confirmation;
    await relayConfirmation(landing, { ...visit, claimed_by: claimedBy, answers });
  }
  return seeOther(c, `/landing/progress/${visit.id}`);
}

async function ownVisit(
  { db, now }: Landing,
  { session, fields }: SentForm,
): Promise<Visit | undefined> {
  const id = fields['visit'] ?? '';
  if (!isGuid(id)) return undefined;
  return findVisitOf(db, id, { owner: session.visitor, at: now() });
}

/** True for the confirmation that counts: the second click finds it done. */
async function store(
  { db, now }: Landing,
  { visit, form, confirmation }: { visit: Visit; form: SentForm; confirmation: Confirmation },
): Promise<boolean> {
  const at = now();
  return db.transaction().execute(async (trx) => {
    const isFirst = await recordConfirmed(trx, visit.id, {
      owner: form.session.visitor,
      ...confirmation,
      at,
      keepUntil: new Date(at.getTime() + CONFIRMED_LIFE_MS),
      handOverDueAt: new Date(at.getTime() + RELAY_LEASE_MS),
    });
    if (!isFirst) return false;
    await recordEvent(trx, {
      kind: 'purchase.confirmed',
      visit,
      visitor: form.session.visitor,
      correlation_id: visit.correlation_id,
      detail: visit.relation ?? undefined,
    });
    return true;
  });
}
