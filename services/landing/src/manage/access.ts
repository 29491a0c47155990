import type { Context, Hono } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isTerminal } from '@landfall/domain/subscription';
import { correlationId } from '@landfall/service-kit/log';
import { readForm, type SentForm } from '../sign-in/form.ts';
import { type Landing } from '../landing.ts';
import { brandedFrame, offerOf } from '../offer-pages/branded-frame.ts';
import type { Frame } from '../web/pages/frame.ts';
import { notFoundPage } from '../web/pages/trouble.ts';
import { isGuid, ownPath, type OwnPath, toSignIn } from '../web/paths.ts';
import type { Session } from '../sign-in/session.ts';
import { recordEvent } from '../store/events.ts';
import { askPage } from './pages/ask.ts';
import { deniedPage } from './pages/refused.ts';
import { hasRight, rolesWith, type Right } from './roles.ts';
import { standingOf, type Standing } from './standing.ts';
import { findMember, foundOwner, peopleOf, refreshName, type Member } from '../store/members.ts';
import type { Role } from '../db/schema.ts';

/** A signed-in person; of a POST with the fields of a form that this very session was given. */
export type Visitor = SentForm;

/** Somebody of the organisation that the subscription is for. */
export interface Visited extends Visitor {
  readonly subscription: SubscriptionView;
  readonly standing: Exclude<Standing, { kind: 'stranger' }>;
  /** With the looks of the subscription's offer. */
  readonly frame: Frame;
}

/** Somebody whose role has the right that the route needs. */
export interface Admitted extends Visited {
  readonly role: Role;
}

/** A route says what it needs; nothing else opens it. See `routes.ts` for all of them. */
export type ManageRoute = {
  readonly method: 'GET' | 'POST';
  readonly path: `/landing/subscriptions${string}`;
  /** For the page's script: never led to sign-in, and 404 for whoever may not see it. */
  readonly isData?: true;
} & (
  | { readonly needs: 'sign-in'; readonly handle: Handle<Visitor> }
  | { readonly needs: 'colleague'; readonly handle: Handle<Visited> }
  | { readonly needs: Right; readonly handle: Handle<Admitted> }
);

type Handle<Who> = (landing: Landing, c: Context, who: Who) => Promise<Response>;

export function mountRoutes(app: Hono, landing: Landing, routes: readonly ManageRoute[]): void {
  for (const route of routes) {
    app.on(route.method, route.path, (c) => answer(landing, c, route));
  }
}

/** The one gate in front of the manage pages: who is it, may they, and only then the handler. */
async function answer(landing: Landing, c: Context, route: ManageRoute): Promise<Response> {
  const visitor = await whoIs(landing, c, route);
  if (visitor instanceof Response) return visitor;
  if (route.needs === 'sign-in') return route.handle(landing, c, visitor);
  const visited = await visit(landing, c, visitor);
  if (!visited) return notThere(landing, c, { session: visitor.session, route });
  if (route.needs === 'colleague') return route.handle(landing, c, visited);
  const { standing } = visited;
  const isAdmitted = standing.kind === 'member' && hasRight(standing.role, route.needs);
  if (!isAdmitted) return deny(landing, c, { visited, needs: route.needs, route });
  return route.handle(landing, c, { ...visited, role: standing.role });
}

async function whoIs(
  landing: Landing,
  c: Context,
  { method, isData }: ManageRoute,
): Promise<Visitor | Response> {
  if (method === 'POST') return readForm(landing, c, { back: pageOf(c) });
  const session = await landing.sessions.read(c);
  if (session) return { session, fields: {} };
  return isData ? noData(c) : toSignIn(c, pageOf(c));
}

/** Every form is on the page of its own address. */
function pageOf(c: Context): OwnPath {
  return ownPath(c.req.path);
}

/** Undefined: there is no such subscription, or none for this person; noted, and not told apart. */
async function visit(landing: Landing, c: Context, visitor: Visitor): Promise<Visited | undefined> {
  const { session } = visitor;
  const id = c.req.param('id') ?? '';
  const [answered, member] = isGuid(id)
    ? await Promise.all([landing.purchases.get(id), findMember(landing.db, id, session.visitor)])
    : [];
  const subscription = answered && 'subscription' in answered ? answered.subscription : undefined;
  const standing =
    subscription && standingOf(subscription, session.visitor, { member, at: landing.now() });
  if (!standing || standing.kind === 'stranger') {
    await noteDenied(landing, { session, id: isGuid(id) ? id : undefined, detail: 'not-there' });
    return undefined;
  }
  await keepKnown(landing, { session, subscription, standing, member });
  const offer = offerOf(subscription);
  const { frame } = await brandedFrame(landing, c, { session, offer });
  return { ...visitor, subscription, standing, frame };
}

/**
 * The first owner is written down when they come; everybody's name is as it is now. Of what has ended
 * nobody new is: nothing would erase it.
 */
async function keepKnown(
  { db, now }: Landing,
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
    correlation_id: correlationId(),
  });
}

async function notThere(
  landing: Landing,
  c: Context,
  { session, route }: { session: Session; route: ManageRoute },
): Promise<Response> {
  if (route.isData) return noData(c);
  return c.html(notFoundPage(landing.frames.of(c, session)), 404);
}

/** Whatever the reason: the script loads the page again, which says it, and follows nothing any more. */
function noData(c: Context): Response {
  return c.json({ error: 'not-found' }, 404);
}

/** A colleague is offered to ask; whoever has a role reads whose it would have to be. */
async function deny(
  landing: Landing,
  c: Context,
  denied: { visited: Visited; needs: Right; route: ManageRoute },
): Promise<Response> {
  const { visited, needs, route } = denied;
  const { session, subscription, standing, frame } = visited;
  const detail = standing.kind === 'member' ? `${standing.role}:${needs}` : standing.kind;
  await noteDenied(landing, { session, id: subscription.id, detail });
  if (route.isData) return noData(c);
  if (standing.kind !== 'member') {
    return c.html(askPage(frame, { subscriptionId: subscription.id, ...standing }), 403);
  }
  const { members } = await peopleOf(landing.db, subscription.id, session.visitor.tenantId);
  const able = members.filter(({ role }) => rolesWith(needs).includes(role));
  return c.html(deniedPage(frame, { subscriptionId: subscription.id, needs, able }), 403);
}

async function noteDenied(
  { db }: Landing,
  { session, id, detail }: { session: Session; id: string | undefined; detail: string },
): Promise<void> {
  await recordEvent(db, {
    kind: 'manage.denied',
    subscriptionId: id,
    visitor: session.visitor,
    correlation_id: correlationId(),
    detail,
  });
}
