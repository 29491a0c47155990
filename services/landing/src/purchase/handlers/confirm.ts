import type { Context } from 'hono';
import type { Presentations } from '../../offer-pages/presentations.ts';
import { purchasePath, seeOther } from '../../web/paths.ts';
import type { Confirmations } from '../confirmation-relay.ts';
import { readConfirmation } from '../confirmation.ts';
import type { Drafts } from '../drafts.ts';
import type { ReadVisitForm } from '../visit-form.ts';

export interface ConfirmDeps {
  readonly readVisitForm: ReadVisitForm;
  readonly confirmations: Pick<Confirmations, 'confirm'>;
  readonly drafts: Drafts;
  readonly presentations: Presentations;
}

/**
 * `POST /landing/confirm`: stores the confirmation once and sends it to the worker. Subscription, customer and
 * questions were stored with the visit when its page was shown; the form cannot change them. If the form
 * cannot be accepted, its entries are kept and the purchase's own page shows them again.
 */
export async function confirm(
  { readVisitForm, confirmations, drafts, presentations }: ConfirmDeps,
  c: Context,
): Promise<Response> {
  const form = await readVisitForm(c, {
    keep: (fields) => drafts.keepOfHeld(c, fields),
    isUsable: (visit) => Boolean(visit.subscriptionId && visit.claimedBy && visit.relation),
  });
  if (form instanceof Response) return form;
  const { session, fields, visit } = form;
  const presentation = await presentations.of(visit.offer ?? undefined);
  const { confirmation, problems } = readConfirmation(fields, visit, presentation);
  if (problems && !visit.confirmedAt) {
    await drafts.keep(visit, fields);
    return seeOther(c, purchasePath(visit.id));
  }
  if (!problems) await confirmations.confirm(visit, confirmation, session.visitor);
  return seeOther(c, `/landing/progress/${visit.id}`);
}

/**
 * `POST /landing/retry`: sends a confirmation again after its activation has failed. A second click does
 * nothing. The worker leaves an activation that is under way or complete as it is.
 */
export async function retry(
  {
    readVisitForm,
    confirmations,
  }: {
    readonly readVisitForm: ReadVisitForm;
    readonly confirmations: Pick<Confirmations, 'repeat'>;
  },
  c: Context,
): Promise<Response> {
  const form = await readVisitForm(c, { isUsable: (visit) => visit.confirmedAt !== null });
  if (form instanceof Response) return form;
  const { session, visit } = form;
  await confirmations.repeat(visit, session.visitor);
  return seeOther(c, `/landing/progress/${visit.id}`);
}
