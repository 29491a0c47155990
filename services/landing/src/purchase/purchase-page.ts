import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Subscriptions } from '../clients/subscriptions.ts';
import type { Db, VisitorRelation } from '../db/schema.ts';
import { offerOf, type Branded, type BrandedFrames } from '../offer-pages/branded-frame.ts';
import { managePath, seeOther } from '../web/paths.ts';
import { readConfirmation } from './confirmation.ts';
import type { Drafts } from './drafts.ts';
import { endingOf } from './ending.ts';
import type { NextPage } from './next-page.ts';
import type { OpenedVisit } from './open-visits.ts';
import { confirmPage } from './pages/confirm.ts';
import { endedPage, managePage, preparingPage, suspendedPage } from './pages/standing.ts';
import { planShown, type PlanShown } from './plan-shown.ts';

export interface PurchasePageDeps {
  readonly db: Db;
  readonly frames: BrandedFrames;
  readonly subscriptions: Pick<Subscriptions, 'knownPlans' | 'history' | 'suspendedAt'>;
  readonly drafts: Pick<Drafts, 'read'>;
}

export interface ShownPurchase extends OpenedVisit {
  readonly subscription: SubscriptionView;
  readonly relation: VisitorRelation;
  readonly page: NextPage;
}

/** Renders the page of a resolved purchase, or redirects to where it continues. */
export async function purchasePage(
  deps: PurchasePageDeps,
  c: Context,
  shown: ShownPurchase,
): Promise<Response> {
  const { visit, session, subscription, relation, page } = shown;
  const offer = offerOf(subscription);
  const branded = await deps.frames.branded(c, { session, offer, supportCode: visit.supportCode });
  const { frame } = branded;
  const isWorthAsking = page !== 'progress' && page !== 'preparing';
  const plan = await planShown(deps, shown, { isWorthAsking });
  const { planName } = plan;
  switch (page) {
    case 'confirm':
    case 'link':
      return c.html(await confirmation(deps, { ...shown, branded, plan }));
    case 'progress':
      return seeOther(c, `/landing/progress/${visit.id}`);
    case 'manage':
      // Partners and visitors who cannot be verified have no role, so they see the status only.
      if (relation === 'beneficiary') return seeOther(c, managePath(subscription.id));
      return c.html(managePage(frame, { subscription, planName }));
    case 'suspended': {
      const suspendedAt = await deps.subscriptions.suspendedAt(subscription.id);
      return c.html(suspendedPage(frame, { subscription, planName, suspendedAt }));
    }
    case 'ended': {
      // Only people in the customer's organisation see who cancelled.
      const namesFor = relation === 'beneficiary' ? session.visitor.tenantId : undefined;
      const ending = await endingOf(deps, { subscription, words: frame.words, namesFor });
      return c.html(endedPage(frame, { subscription, planName, ending }));
    }
    default:
      return c.html(preparingPage(frame));
  }
}

/** The form, with the person's earlier entries and their problems if there are any. */
async function confirmation(
  { drafts }: Pick<PurchasePageDeps, 'drafts'>,
  shown: ShownPurchase & { readonly branded: Branded; readonly plan: PlanShown },
) {
  const { visit, session, subscription, relation, page, branded, plan } = shown;
  const { questions } = branded.presentation;
  const draft = await drafts.read(visit, session);
  return confirmPage(branded.frame, {
    visitId: visit.id,
    subscription,
    ...plan,
    relation,
    isLink: page === 'link',
    questions,
    values: draft ?? { email: knownEmail(shown) },
    isRestored: draft !== undefined,
    problems: draft && readConfirmation(draft, { ...visit, relation }, { questions }).problems,
  });
}

/**
 * The contact address to prefill. A partner gets the customer's address, not its own. A visitor who cannot be
 * verified gets only their own.
 */
function knownEmail({ session, subscription, relation }: ShownPurchase): string {
  const customer = subscription.beneficiary.emailId;
  if (relation === 'purchaser') return customer ?? '';
  return session.visitor.email ?? (relation === 'beneficiary' ? customer : undefined) ?? '';
}
