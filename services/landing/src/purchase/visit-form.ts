import type { Context } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import { readForm, type FormDeps, type FormOptions, type SentForm } from '../sign-in/form.ts';
import { recordEvent } from '../store/events.ts';
import { findVisitOf, type Visit } from '../store/visits.ts';
import { notFoundPage } from '../web/pages/trouble.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';

export interface VisitForm extends SentForm {
  readonly visit: Visit;
}

/** Reads a form about one of the signed-in person's visits, or returns the response to send instead. */
export type ReadVisitForm = (
  c: Context,
  options: Pick<FormOptions, 'keep'> & { readonly isUsable: (visit: Visit) => boolean },
) => Promise<VisitForm | Response>;

/** Another person's visit, an unknown one and an unusable one get the same 404, which is recorded. */
export function createVisitForms(deps: FormDeps & { readonly now: () => Date }): ReadVisitForm {
  const { db, frames, now } = deps;
  return async (c, { isUsable, keep }) => {
    const form = await readForm(deps, c, keep ? { keep } : {});
    if (form instanceof Response) return form;
    const { visitor } = form.session;
    const id = form.fields['visit'] ?? '';
    const visit = isLowerCaseGuid(id)
      ? await findVisitOf(db, id, { owner: visitor, at: now() })
      : undefined;
    if (visit && isUsable(visit)) return { ...form, visit };
    await recordEvent(db, { kind: 'progress.denied', visitor, correlationId: correlationId() });
    return c.html(notFoundPage(frames.of(c, form.session)), 404);
  };
}
