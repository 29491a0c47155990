import type { Context } from 'hono';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { withCorrelation } from '@landfall/service-kit/log';
import { readConfirmation } from '../confirmation.ts';
import { readDraft } from '../drafts.ts';
import { removeVisitFromCookie } from '../visit-cookie.ts';
import { type Landing } from '../../landing.ts';
import { nextPage, type NextPage } from '../next-page.ts';
import { brandedFrame, offerOf } from '../../offer-pages/branded-frame.ts';
import { endingOf } from '../ending.ts';
import { confirmPage } from '../pages/confirm.ts';
import { confirmingPage, linkExpiredPage, unconfirmedPage } from '../../web/pages/guide.ts';
import {
  endedPage,
  managePage,
  preparingPage,
  refusedPage,
  suspendedPage,
} from '../pages/standing.ts';
import { managePath, purchasePath, seeOther, signInPath } from '../../web/paths.ts';
import { planShown } from '../plan-shown.ts';
import type { Answer } from '../../clients/purchases.ts';
import type { Session } from '../../sign-in/session.ts';
import { recordEvent } from '../../store/events.ts';
import { bindVisit, recordRefused, recordResolved, type Visit } from '../../store/visits.ts';
import { organisationOf, relationOf } from '../visitor-relation.ts';
import type { ContactPerson, VisitorRelation } from '../../db/schema.ts';

/** Refusals of good tokens were over within seconds; a buyer waits this long without an answer. */
const CHECK_AGAIN_MS = 60_000;

interface Shown {
  readonly visit: Visit;
  readonly session: Session;
}

/** Resolves the purchase of a visit, checks that the visitor may see it, and shows where it stands. */
export async function showPurchase(landing: Landing, c: Context, shown: Shown): Promise<Response> {
  const { visit, session } = shown;
  return withCorrelation(visit.correlation_id, async () => {
    const answer = await resolve(landing, shown);
    if ('refused' in answer) {
      const { publisher_id: publisherId, support_code: supportCode } = visit;
      const offer = visit.offer ?? (publisherId ? { publisherId } : undefined);
      const { frame } = await brandedFrame(landing, c, { session, offer, supportCode });
      if (!isLinkTrouble(answer.refused)) return c.html(preparingPage(frame));
      if (isKept(visit, answer.refused)) {
        const isNew = isNewlyRefused(visit, landing.now());
        return isNew ? c.html(confirmingPage(frame)) : c.html(unconfirmedPage(frame), 400);
      }
      if (visit.token_sealed === null) removeVisitFromCookie(c, visit.id);
      return c.html(linkExpiredPage(frame), 400);
    }
    const { subscription } = answer;
    const relation = relationOf(subscription, session.visitor);
    const page = pageOf(visit, nextPage(subscription, relation));
    const bound = page !== 'refused' && (await bind(landing, shown, { subscription, relation }));
    if (!bound) return refuse(landing, c, shown, subscription);
    return render(landing, c, { ...shown, subscription, relation, page });
  });
}

/** A link that belongs to no purchase, or to no publisher here: only a fresh one helps. */
function isLinkTrouble(refused: RejectionCode): boolean {
  return refused === 'purchase.token-invalid' || refused === 'publisher.not-found';
}

/** Microsoft refuses good tokens now and then: each look at the page asks again while the token lives. */
function isKept(visit: Visit, refused: RejectionCode): boolean {
  return refused === 'purchase.token-invalid' && visit.token_sealed !== null;
}

function isNewlyRefused({ refused_at: refusedAt }: Visit, at: Date): boolean {
  return refusedAt === null || at.getTime() - refusedAt.getTime() < CHECK_AGAIN_MS;
}

/** What was confirmed here is followed until it is settled, whether or not the worker has it yet. */
function pageOf(visit: Visit, page: NextPage): NextPage {
  const isOpen = page === 'confirm' || page === 'link';
  return visit.confirmed_at && isOpen ? 'progress' : page;
}

async function resolve(landing: Landing, { visit, session }: Shown): Promise<Answer> {
  const { db, now, purchases, tokens } = landing;
  if (visit.subscription_id) return purchases.get(visit.subscription_id);
  const token = await tokens.open(visit.token_sealed ?? undefined, visit.id);
  if (!token) return { refused: 'purchase.token-invalid' };
  const answer = await purchases.resolve(token, visit.publisher_id ?? undefined);
  const event = { visitor: session.visitor, correlation_id: visit.correlation_id };
  if ('subscription' in answer) {
    const { id } = answer.subscription;
    await recordResolved(db, visit.id, id);
    const resolved = { id: visit.id, subscription_id: id };
    await recordEvent(db, { ...event, kind: 'purchase.resolved', visit: resolved });
  } else if (isLinkTrouble(answer.refused) && visit.refused_at === null) {
    await recordRefused(db, visit.id, now());
    await recordEvent(db, { ...event, kind: 'token.refused', visit });
  }
  return answer;
}

/** A partner's purchase is claimed for the customer, never for the partner. */
async function bind(
  { db }: Landing,
  { visit, session }: Shown,
  { subscription, relation }: { subscription: SubscriptionView; relation: VisitorRelation },
): Promise<boolean> {
  const { tenantId, objectId } = session.visitor;
  const { beneficiary } = subscription;
  const claimedBy: ContactPerson =
    relation === 'purchaser'
      ? { tenantId: beneficiary.tenantId, objectId: beneficiary.objectId }
      : { tenantId, objectId };
  return bindVisit(db, visit.id, { owner: session.visitor, relation, claimedBy });
}

async function refuse(
  { db, frames }: Landing,
  c: Context,
  { visit, session }: Shown,
  subscription: SubscriptionView,
): Promise<Response> {
  await recordEvent(db, {
    kind: 'visitor.refused',
    visit: { id: visit.id, subscription_id: subscription.id },
    visitor: session.visitor,
    correlation_id: visit.correlation_id,
  });
  const organisation = organisationOf(subscription);
  const isThere = organisation === session.visitor.tenantId;
  const organisationSignIn =
    organisation && !isThere
      ? signInPath({ back: purchasePath(visit.id), account: 'organisation' })
      : undefined;
  return c.html(refusedPage(frames.of(c, session), { organisationSignIn }), 403);
}

interface Rendered extends Shown {
  readonly subscription: SubscriptionView;
  readonly relation: VisitorRelation;
  readonly page: NextPage;
}

async function render(landing: Landing, c: Context, shown: Rendered): Promise<Response> {
  const { visit, session, subscription, relation, page } = shown;
  const offer = offerOf(subscription);
  const supportCode = visit.support_code;
  const branded = await brandedFrame(landing, c, { session, offer, supportCode });
  const { frame } = branded;
  const isWorthAsking = page !== 'progress' && page !== 'preparing';
  const { planName, pricing } = await planShown(landing, shown, { isWorthAsking });
  switch (page) {
    case 'confirm':
    case 'link': {
      const { questions } = branded.presentation;
      const draft = await readDraft(landing, visit, session);
      return c.html(
        confirmPage(frame, {
          visitId: visit.id,
          subscription,
          planName,
          pricing,
          relation,
          isLink: page === 'link',
          questions,
          values: draft ?? { email: knownEmail(shown) },
          isRestored: draft !== undefined,
          problems:
            draft && readConfirmation(draft, { ...visit, relation }, { questions }).problems,
        }),
      );
    }
    case 'progress':
      return seeOther(c, `/landing/progress/${visit.id}`);
    case 'manage':
      // Partners and whoever cannot be checked have no role: they see where it stands, and no more.
      if (relation === 'beneficiary') return seeOther(c, managePath(subscription.id));
      return c.html(managePage(frame, { subscription, planName }));
    case 'suspended': {
      const suspendedAt = await landing.purchases.suspendedAt(subscription.id);
      return c.html(suspendedPage(frame, { subscription, planName, suspendedAt }));
    }
    case 'ended': {
      // Who cancelled is for the customer's own people.
      const namesFor = relation === 'beneficiary' ? session.visitor.tenantId : undefined;
      const ending = await endingOf(landing, { subscription, words: frame.words, namesFor });
      return c.html(endedPage(frame, { subscription, planName, ending }));
    }
    default:
      return c.html(preparingPage(frame));
  }
}

/**
 * Prefills the contact: a partner is asked for the customer's address, not for its own, and whoever
 * cannot be checked is told nobody's.
 */
function knownEmail({ session, subscription, relation }: Rendered): string {
  const customer = subscription.beneficiary.emailId;
  if (relation === 'purchaser') return customer ?? '';
  return session.visitor.email ?? (relation === 'beneficiary' ? customer : undefined) ?? '';
}
