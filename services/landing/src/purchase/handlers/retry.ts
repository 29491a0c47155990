import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import { relayConfirmation, RELAY_LEASE_MS } from '../confirmation-relay.ts';
import { type Landing } from '../../landing.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { recordEvent } from '../../store/events.ts';
import { findVisitOf } from '../../store/visits.ts';
import { readForm } from '../../sign-in/form.ts';
import { isGuid, seeOther } from '../../web/paths.ts';
import { reopenConfirmation } from '../../store/confirmations.ts';

/**
 * `POST /landing/retry`: hands a confirmation over once more, after its activation has failed. Stored
 * first, like the confirmation itself; a second click finds it done, and what is under way or active
 * by now is left as it is by the worker.
 */
export async function retry(landing: Landing, c: Context): Promise<Response> {
  const form = await readForm(landing, c);
  if (form instanceof Response) return form;
  const { db, now, frames } = landing;
  const { visitor } = form.session;
  const id = form.fields['visit'] ?? '';
  const visit = isGuid(id) ? await findVisitOf(db, id, { owner: visitor, at: now() }) : undefined;
  if (!visit?.confirmed_at) {
    await recordEvent(db, { kind: 'progress.denied', visitor, correlation_id: correlationId() });
    return c.html(notFoundPage(frames.of(c, form.session)), 404);
  }
  const dueAt = new Date(now().getTime() + RELAY_LEASE_MS);
  if (await reopenConfirmation(db, visit.id, dueAt)) {
    await recordEvent(db, {
      kind: 'confirmation.repeated',
      visit,
      visitor,
      correlation_id: visit.correlation_id,
    });
    await relayConfirmation(landing, { ...visit, hand_over_attempts: 0 });
  }
  return seeOther(c, `/landing/progress/${visit.id}`);
}
