import type { Context, Hono } from 'hono';
import { correlationId } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { readForm, type FormDeps, type SentForm } from '../sign-in/form.ts';
import type { Session } from '../sign-in/session.ts';
import { recordEvent } from '../store/events.ts';
import { peopleOf } from '../store/members.ts';
import { notFoundPage } from '../web/pages/trouble.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { ownPath, toSignIn, type OwnPath } from '../web/paths.ts';
import { askPage } from './pages/ask.ts';
import { deniedPage } from './pages/refused.ts';
import { hasRight, rolesWith, type Right } from './roles.ts';
import { visit, type Admitted, type VisitDeps, type Visited } from './visit.ts';

/** A signed-in person. For a POST, with the fields of a form that this person was given. */
export type Visitor = SentForm;

/** A route with the right that it needs. `routes.ts` lists all of them. */
export type ManageRoute = {
  readonly method: 'GET' | 'POST';
  readonly path: `/landing/subscriptions${string}`;
  /** For the page's script: never redirects to sign-in, and answers 404 to people without access. */
  readonly isData?: true;
} & (
  | { readonly needs: 'sign-in'; readonly handle: Handle<Visitor> }
  | { readonly needs: 'colleague'; readonly handle: Handle<Visited> }
  | { readonly needs: Right; readonly handle: Handle<Admitted> }
);

type Handle<Who> = (c: Context, who: Who) => Promise<Response>;

export type GateDeps = FormDeps & VisitDeps;

export function mountRoutes(app: Hono, deps: GateDeps, routes: readonly ManageRoute[]): void {
  for (const route of routes) {
    app.on(route.method, route.path, (c) => answer(deps, c, route));
  }
}

/** The one gate in front of the manage pages: identifies the person, checks the right, calls the handler. */
async function answer(deps: GateDeps, c: Context, route: ManageRoute): Promise<Response> {
  const visitor = await identify(deps, c, route);
  if (visitor instanceof Response) return visitor;
  if (route.needs === 'sign-in') return route.handle(c, visitor);
  const id = c.req.param('id') ?? '';
  const visited = isLowerCaseGuid(id) ? await visit(deps, c, { ...visitor, id }) : undefined;
  if (!visited) return notThere(deps, c, { session: visitor.session, id, route });
  if (route.needs === 'colleague') return route.handle(c, visited);
  const { standing } = visited;
  const isAdmitted = standing.kind === 'member' && hasRight(standing.role, route.needs);
  if (!isAdmitted) return deny(deps, c, { visited, needs: route.needs, route });
  return route.handle(c, { ...visited, role: standing.role });
}

async function identify(
  deps: GateDeps,
  c: Context,
  { method, isData }: ManageRoute,
): Promise<Visitor | Response> {
  if (method === 'POST') return readForm(deps, c, { back: pageOf(c) });
  const session = await deps.sessions.read(c);
  if (session) return { session, fields: {} };
  return isData ? noData(c) : toSignIn(c, pageOf(c));
}

/** A form is sent to the address of the page that shows it. */
function pageOf(c: Context): OwnPath {
  return ownPath(c.req.path);
}

/** An unknown subscription and one that this person may not see get the same answer, which is recorded. */
async function notThere(
  { db, frames }: Pick<GateDeps, 'db' | 'frames'>,
  c: Context,
  { session, id, route }: { session: Session; id: string; route: ManageRoute },
): Promise<Response> {
  await recordDenied(db, {
    session,
    id: isLowerCaseGuid(id) ? id : undefined,
    detail: 'not-there',
  });
  if (route.isData) return noData(c);
  return c.html(notFoundPage(frames.of(c, session)), 404);
}

/** The same for every reason. The script then reloads the page, which shows the reason. */
function noData(c: Context): Response {
  return c.json({ error: 'not-found' }, 404);
}

/** A colleague may request access. A person whose role is not enough sees who has the right. */
async function deny(
  { db }: Pick<GateDeps, 'db'>,
  c: Context,
  denied: { visited: Visited; needs: Right; route: ManageRoute },
): Promise<Response> {
  const { visited, needs, route } = denied;
  const { session, subscription, standing, frame } = visited;
  const detail = standing.kind === 'member' ? `${standing.role}:${needs}` : standing.kind;
  await recordDenied(db, { session, id: subscription.id, detail });
  if (route.isData) return noData(c);
  if (standing.kind !== 'member') {
    return c.html(askPage(frame, { subscriptionId: subscription.id, ...standing }), 403);
  }
  const { members } = await peopleOf(db, subscription.id, session.visitor.tenantId);
  const able = members.filter(({ role }) => rolesWith(needs).includes(role));
  return c.html(deniedPage(frame, { subscriptionId: subscription.id, needs, able }), 403);
}

async function recordDenied(
  db: Db,
  { session, id, detail }: { session: Session; id: string | undefined; detail: string },
): Promise<void> {
  await recordEvent(db, {
    kind: 'manage.denied',
    subscriptionId: id,
    visitor: session.visitor,
    correlationId: correlationId(),
    detail,
  });
}
