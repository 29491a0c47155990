import type { Context } from 'hono';
import { correlationId, withCorrelation } from '@landfall/service-kit/log.ts';
import type { ContactPerson } from '../contact-person.ts';
import { handOver, HAND_OVER_LEASE_MS } from '../hand-over.ts';
import { isEmail } from '../id-token.ts';
import { seeOther, type Landing } from '../landing.ts';
import { nextPage } from '../next-page.ts';
import { brandedFrame, type Branded } from '../offer-pages/branded-frame.ts';
import { readAnswers } from '../offer-pages/questions.ts';
import { confirmPage, type FormProblems } from '../pages/confirm.ts';
import { notFoundPage } from '../pages/trouble.ts';
import { purchasePath } from '../paths.ts';
import { findVisitOf, recordConfirmed, recordEvent, type Visit } from '../store.ts';
import { CONFIRMED_LIFE_MS, isVisitId } from '../visit-life.ts';
import { readForm, type SentForm } from './form.ts';

/**
 * `POST /landing/confirm`: stores the confirmation once, then hands it to the worker. Which
 * subscription it is for, for whom, and what was asked, was decided when the page was shown; the form
 * cannot say.
 */
export async function confirm(landing: Landing, c: Context): Promise<Response> {
  const form = await readForm(landing, c);
  if (form instanceof Response) return form;
  const { session } = form;
  const visit = await ownVisit(landing, form);
  if (!visit?.subscription_id || !visit.claimed_by || !visit.relation) {
    await recordEvent(landing.db, {
      kind: 'progress.denied',
      visitor: session.visitor,
      correlation_id: correlationId(),
    });
    return c.html(notFoundPage(landing.frames.of(c, session)), 404);
  }
  const offer = visit.offer ?? undefined;
  const supportCode = visit.support_code;
  const branded = await brandedFrame(landing, c, { session, offer, supportCode });
  const { confirmation, problems } = readConfirmation(form, visit, branded);
  if (problems && !visit.confirmed_at) {
    return askAgain(landing, c, { visit, form, branded, problems });
  }
  if (!problems && (await store(landing, { visit, form, confirmation }))) {
    // The sweep does the same later, should this process end here.
    const { claimedBy, answers } = confirmation;
    await handOver(landing, { ...visit, claimed_by: claimedBy, answers });
  }
  return seeOther(c, `/landing/progress/${visit.id}`);
}

async function ownVisit(
  { db, now }: Landing,
  { session, fields }: SentForm,
): Promise<Visit | undefined> {
  const id = fields['visit'] ?? '';
  if (!isVisitId(id)) return undefined;
  return findVisitOf(db, id, { owner: session.visitor, at: now() });
}

interface Confirmation {
  readonly claimedBy: ContactPerson;
  readonly answers: Record<string, string>;
}

function readConfirmation(
  { fields }: SentForm,
  { relation, claimed_by: claimant }: Visit,
  { presentation }: Branded,
): { confirmation: Confirmation; problems: FormProblems | undefined } {
  const emailId = (fields['email'] ?? '').trim();
  const read = readAnswers(presentation.questions, fields);
  const isOwn = relation === 'beneficiary';
  const problems = {
    email: !isEmail(emailId),
    onBehalf: !isOwn && fields['onBehalf'] !== 'yes',
    answers: read.problems,
  };
  const isSound = !problems.email && !problems.onBehalf && read.problems.size === 0;
  return {
    confirmation: {
      claimedBy: { ...claimant, emailId },
      answers: { ...read.answers, ...(isOwn ? {} : { confirmedBy: relation ?? '' }) },
    },
    problems: isSound ? undefined : problems,
  };
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
      handOverDueAt: new Date(at.getTime() + HAND_OVER_LEASE_MS),
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

/** The page once more, with all that was typed and what is wrong with it. */
async function askAgain(
  landing: Landing,
  c: Context,
  returned: { visit: Visit; form: SentForm; branded: Branded; problems: FormProblems },
): Promise<Response> {
  const { visit, form, branded, problems } = returned;
  const here = purchasePath(visit.id);
  const answer = await withCorrelation(visit.correlation_id, () =>
    landing.purchases.get(visit.subscription_id ?? ''),
  );
  if ('refused' in answer || !visit.relation) return seeOther(c, here);
  const { subscription } = answer;
  const page = nextPage(subscription, visit.relation);
  if (page !== 'confirm' && page !== 'link') return seeOther(c, here);
  // The form's own address is none to come back to.
  const frame = { ...branded.frame, here };
  return c.html(
    confirmPage(frame, {
      visitId: visit.id,
      subscription,
      planName: visit.plan_name ?? undefined,
      price: visit.offer?.price,
      relation: visit.relation,
      isLink: page === 'link',
      questions: branded.presentation.questions,
      values: form.fields,
      problems,
    }),
    422,
  );
}
