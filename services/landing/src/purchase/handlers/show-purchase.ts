import type { Context } from 'hono';
import type { RejectionCode } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { withCorrelation } from '@landfall/service-kit/log';
import type { Answer } from '../../clients/purchases.ts';
import type { ContactPerson, Db, VisitorRelation } from '../../db/schema.ts';
import type { BrandedFrames } from '../../offer-pages/branded-frame.ts';
import { recordEvent } from '../../store/events.ts';
import { bindVisit, type Visit } from '../../store/visits.ts';
import { confirmingPage, linkExpiredPage, unconfirmedPage } from '../../web/pages/guide.ts';
import { purchasePath, signInPath } from '../../web/paths.ts';
import { nextPage, type NextPage } from '../next-page.ts';
import type { OpenedVisit } from '../open-visits.ts';
import { organisationOf } from '../organisation.ts';
import { preparingPage, refusedPage } from '../pages/standing.ts';
import type { ShownPurchase } from '../purchase-page.ts';
import { isLinkRefused } from '../resolve-visit.ts';
import { removeVisitFromCookie } from '../visit-cookie.ts';
import { relationOf } from '../visitor-relation.ts';

/** When Microsoft refused valid tokens, it accepted them again within seconds. The buyer waits this long. */
const CHECK_AGAIN_MS = 60_000;

export interface ShowPurchaseDeps {
  readonly db: Db;
  readonly frames: BrandedFrames;
  readonly resolve: (opened: OpenedVisit) => Promise<Answer>;
  readonly render: (c: Context, shown: ShownPurchase) => Promise<Response>;
}

/** Resolves the purchase of a visit, checks that the visitor may see it, and renders its current page. */
export async function showPurchase(
  deps: ShowPurchaseDeps,
  c: Context,
  opened: OpenedVisit,
): Promise<Response> {
  const { visit, session } = opened;
  return withCorrelation(visit.correlationId, async () => {
    const answer = await deps.resolve(opened);
    if ('refused' in answer) return unresolved(deps, c, { ...opened, refused: answer.refused });
    const { subscription } = answer;
    const relation = relationOf(subscription, session.visitor);
    const page = pageOf(visit, nextPage(subscription, relation));
    const isBound = page !== 'refused' && (await bind(deps, opened, { subscription, relation }));
    if (!isBound) return refuse(deps, c, { ...opened, subscription });
    return deps.render(c, { ...opened, subscription, relation, page });
  });
}

async function unresolved(
  { frames }: ShowPurchaseDeps,
  c: Context,
  { visit, session, refused }: OpenedVisit & { readonly refused: RejectionCode },
): Promise<Response> {
  const { publisherId, supportCode } = visit;
  const offer = visit.offer ?? (publisherId ? { publisherId } : undefined);
  const { frame } = await frames.branded(c, { session, offer, supportCode });
  if (!isLinkRefused(refused)) return c.html(preparingPage(frame));
  if (isTriedAgain(visit, refused)) {
    const isNew = isNewlyRefused(visit, frame.now);
    return isNew ? c.html(confirmingPage(frame)) : c.html(unconfirmedPage(frame), 400);
  }
  if (visit.tokenSealed === null) removeVisitFromCookie(c, visit.id);
  return c.html(linkExpiredPage(frame), 400);
}

/** Microsoft sometimes refuses valid tokens, so each view of the page tries again while the token is valid. */
function isTriedAgain(visit: Visit, refused: RejectionCode): boolean {
  return refused === 'purchase.token-invalid' && visit.tokenSealed !== null;
}

function isNewlyRefused({ refusedAt }: Visit, at: Date): boolean {
  return refusedAt === null || at.getTime() - refusedAt.getTime() < CHECK_AGAIN_MS;
}

/** A purchase that was confirmed here shows its progress, even before the worker knows of the confirmation. */
function pageOf(visit: Visit, page: NextPage): NextPage {
  const isOpen = page === 'confirm' || page === 'link';
  return visit.confirmedAt && isOpen ? 'progress' : page;
}

/** A partner claims a purchase for the customer, never for itself. */
async function bind(
  { db }: ShowPurchaseDeps,
  { visit, session }: OpenedVisit,
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
  { db, frames }: ShowPurchaseDeps,
  c: Context,
  { visit, session, subscription }: OpenedVisit & { readonly subscription: SubscriptionView },
): Promise<Response> {
  await recordEvent(db, {
    kind: 'visitor.refused',
    visit: { id: visit.id, subscriptionId: subscription.id },
    visitor: session.visitor,
    correlationId: visit.correlationId,
    publisherId: subscription.publisherId,
  });
  const organisation = organisationOf(subscription);
  const isThere = organisation === session.visitor.tenantId;
  const organisationSignIn =
    organisation && !isThere
      ? signInPath({ back: purchasePath(visit.id), account: 'organisation' })
      : undefined;
  return c.html(refusedPage(frames.of(c, session), { organisationSignIn }), 403);
}
