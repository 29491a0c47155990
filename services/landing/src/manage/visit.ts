import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isTerminal } from '@landfall/domain/subscription';
import { correlationId } from '@landfall/service-kit/log';
import type { Subscriptions } from '../clients/subscriptions.ts';
import type { Db, Role } from '../db/schema.ts';
import { offerOf, type BrandedFrames } from '../offer-pages/branded-frame.ts';
import type { SentForm } from '../sign-in/form.ts';
import type { Session } from '../sign-in/session.ts';
import { recordEvent } from '../store/events.ts';
import { findMember, foundOwner, refreshName, type Member } from '../store/members.ts';
import type { Frame } from '../web/pages/frame.ts';
import { standingOf, type Standing } from './standing.ts';

/** A person of the organisation that the subscription is for. */
export interface Visited extends SentForm {
  readonly subscription: SubscriptionView;
  readonly standing: Exclude<Standing, { kind: 'stranger' }>;
  /** With the branding of the subscription's offer. */
  readonly frame: Frame;
}

/** A person whose role has the right that the route needs. */
export interface Admitted extends Visited {
  readonly role: Role;
}

export interface VisitDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly frames: BrandedFrames;
  readonly subscriptions: Pick<Subscriptions, 'get'>;
}

/** The subscription as this person may see it. Undefined if it does not exist or the person is a stranger. */
export async function visit(
  deps: VisitDeps,
  c: Context,
  { id, ...form }: SentForm & { readonly id: string },
): Promise<Visited | undefined> {
  const { db, now, frames, subscriptions } = deps;
  const { session } = form;
  const [answer, member] = await Promise.all([
    subscriptions.get(id),
    findMember(db, id, session.visitor),
  ]);
  if ('refused' in answer) return undefined;
  const { subscription } = answer;
  const standing = standingOf(subscription, session.visitor, { member, at: now() });
  if (standing.kind === 'stranger') return undefined;
  await keepKnown(deps, { session, subscription, standing, member });
  const { frame } = await frames.branded(c, { session, offer: offerOf(subscription) });
  return { ...form, subscription, standing, frame };
}

/**
 * Stores the first owner when they come, and updates the names of known people. An ended subscription gets no
 * new people, because nothing would erase them.
 */
async function keepKnown(
  { db, now }: Pick<VisitDeps, 'db' | 'now'>,
  known: {
    session: Session;
    subscription: SubscriptionView;
    standing: Standing;
    member: Member | undefined;
  },
): Promise<void> {
  const { session, subscription, standing, member } = known;
  const { id } = subscription;
  if (member) return refreshName(db, member, session.visitor);
  if (standing.kind !== 'member' || isTerminal(subscription)) return undefined;
  const founding = { subscriptionId: id, who: session.visitor, at: now() };
  if (!(await foundOwner(db, founding))) return undefined;
  await recordEvent(db, {
    kind: 'access.founded',
    subscriptionId: id,
    visitor: session.visitor,
    correlationId: correlationId(),
  });
}
