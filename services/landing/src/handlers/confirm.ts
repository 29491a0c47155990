import type { Context } from 'hono';
import { correlationId, withCorrelation } from '@landfall/service-kit/log.ts';
import { handOver, HAND_OVER_LEASE_MS } from '../hand-over.ts';
import { isEmail } from '../id-token.ts';
import { seeOther, type Landing } from '../landing.ts';
import { nextPage } from '../next-page.ts';
import { confirmPage } from '../pages/confirm.ts';
import { notFoundPage } from '../pages/trouble.ts';
import { findVisitOf, recordConfirmed, recordEvent, type Visit } from '../store.ts';
import { CONFIRMED_LIFE_MS, isVisitId } from '../visit-life.ts';
import { readForm, type SentForm } from './form.ts';

type Problem = 'email' | 'onBehalf';

/**
 * `POST /landing/confirm`: stores the confirmation once, then hands it to the worker. Which
 * subscription it is for, and for whom, was decided when the page was shown; the form cannot say.
 */
export async function confirm(landing: Landing, c: Context): Promise<Response> {
  const form = await readForm(landing, c);
  if (form instanceof Response) return form;
  const visit = await ownVisit(landing, form);
  if (!visit?.subscription_id || !visit.claimed_by || !visit.relation) {
    await recordEvent(landing.db, {
      kind: 'progress.denied',
      visitor: form.session.visitor,
      correlation_id: correlationId(),
    });
    return c.html(notFoundPage(landing.frames.of(c, form.session)), 404);
  }
  const problems = problemsOf(form, visit);
  if (problems.length > 0 && !visit.confirmed_at) {
    return askAgain(landing, c, { visit, form, problems });
  }
  if (await store(landing, { visit, form })) await handOverNow(landing, visit, form);
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

function problemsOf({ fields }: SentForm, { relation }: Visit): Problem[] {
  const problems: Problem[] = [];
  if (!isEmail((fields['email'] ?? '').trim())) problems.push('email');
  if (relation !== 'beneficiary' && fields['onBehalf'] !== 'yes') problems.push('onBehalf');
  return problems;
}

/** True for the confirmation that counts: the second click finds it done. */
async function store(
  { db, now }: Landing,
  { visit, form }: { visit: Visit; form: SentForm },
): Promise<boolean> {
  const at = now();
  return db.transaction().execute(async (trx) => {
    const isFirst = await recordConfirmed(trx, visit.id, {
      owner: form.session.visitor,
      ...contact(visit, form),
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

function contact(visit: Visit, { fields }: SentForm) {
  const emailId = (fields['email'] ?? '').trim();
  const answers: Record<string, string> =
    visit.relation === 'beneficiary' ? {} : { confirmedBy: visit.relation ?? '' };
  return { claimedBy: { ...visit.claimed_by, emailId }, answers };
}

/** The sweep does the same later, should this process end here. */
async function handOverNow(landing: Landing, visit: Visit, form: SentForm): Promise<void> {
  const { claimedBy, answers } = contact(visit, form);
  await handOver(landing, { ...visit, claimed_by: claimedBy, answers });
}

async function askAgain(
  landing: Landing,
  c: Context,
  { visit, form, problems }: { visit: Visit; form: SentForm; problems: readonly Problem[] },
): Promise<Response> {
  const answer = await withCorrelation(visit.correlation_id, () =>
    landing.purchases.get(visit.subscription_id ?? ''),
  );
  if ('refused' in answer || !visit.relation) return seeOther(c, '/landing');
  const { subscription } = answer;
  const page = nextPage(subscription, visit.relation);
  if (page !== 'confirm' && page !== 'link') return seeOther(c, '/landing');
  return c.html(
    confirmPage(landing.frames.of(c, form.session, visit.support_code), {
      visitId: visit.id,
      subscription,
      planName: visit.plan_name ?? undefined,
      relation: visit.relation,
      isLink: page === 'link',
      email: form.fields['email'] ?? '',
      problems,
    }),
    422,
  );
}
