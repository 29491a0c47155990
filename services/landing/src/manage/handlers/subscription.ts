import type { Context } from 'hono';
import type { History, Subscriptions } from '../../clients/subscriptions.ts';
import type { Db } from '../../db/schema.ts';
import { endingOf } from '../../purchase/ending.ts';
import { endedPage, preparingPage, suspendedPage } from '../../purchase/pages/standing.ts';
import { peopleOf } from '../../store/members.ts';
import { latestVisitTo } from '../../store/visits.ts';
import { seeOther } from '../../web/paths.ts';
import { linesOf, planNameIn } from '../history.ts';
import { subscriptionPage, type LastChange } from '../pages/subscription.ts';
import type { Admitted } from '../visit.ts';

/** Enough timeline entries to find the newest few that are shown to a customer. */
const LOOK = 20;
const NEWEST_LINES = 4;
/** How long the outcome of the last change is shown at the top. */
const NEWS_MS = 24 * 60 * 60 * 1000;

interface SubscriptionDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly subscriptions: Pick<
    Subscriptions,
    'knownChoices' | 'knownPlans' | 'suspendedAt' | 'usage' | 'history'
  >;
}

/** `GET /landing/subscriptions/:id`: the state of a subscription, and what can be done with it. */
export async function showSubscription(
  deps: SubscriptionDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  if (subscription.unrecognisedStatus !== undefined) return c.html(preparingPage(frame));
  if (subscription.status === 'Subscribed') return manage(deps, c, admitted);
  const { plans } = await deps.subscriptions.knownChoices(subscription);
  const standing = { subscription, planName: planNameIn(plans, subscription.planId) };
  switch (subscription.status) {
    case 'Suspended': {
      const suspendedAt = await deps.subscriptions.suspendedAt(subscription.id);
      return c.html(suspendedPage(frame, { ...standing, suspendedAt }));
    }
    case 'Unsubscribed':
      return ended(deps, c, { admitted, standing });
    default:
      return pending(deps, c, admitted);
  }
}

async function manage(deps: SubscriptionDeps, c: Context, admitted: Admitted): Promise<Response> {
  const { subscription, frame, role, session } = admitted;
  const [choices, usage, history, people] = await Promise.all([
    deps.subscriptions.knownChoices(subscription),
    deps.subscriptions.usage(subscription.id),
    deps.subscriptions.history(subscription.id, { limit: LOOK }),
    peopleOf(deps.db, subscription.id, session.visitor.tenantId),
  ]);
  const lines = await linesOf(deps, admitted, history?.items ?? []);
  return c.html(
    subscriptionPage(frame, {
      subscription,
      role,
      choices,
      usage,
      people,
      lines: lines.slice(0, NEWEST_LINES),
      lastChange: lastChangeIn(history, deps.now()),
    }),
  );
}

async function ended(
  deps: SubscriptionDeps,
  c: Context,
  of: {
    admitted: Admitted;
    standing: { subscription: Admitted['subscription']; planName: string };
  },
): Promise<Response> {
  const { frame, subscription, session } = of.admitted;
  const namesFor = session.visitor.tenantId;
  const ending = await endingOf(deps, { subscription, words: frame.words, namesFor });
  return c.html(endedPage(frame, { ...of.standing, ending }));
}

/** The newest outcome of a change that was requested here, for a day. */
function lastChangeIn(history: History | undefined, now: Date): LastChange | undefined {
  const entry = history?.items.find(
    ({ kind, details }) =>
      kind === 'changeSucceeded' ||
      kind === 'changeFailed' ||
      (kind === 'changeRefused' && details['origin'] === 'customer'),
  );
  const changeId = entry?.details['changeId'];
  const isNews = entry && now.getTime() - Date.parse(entry.at) < NEWS_MS;
  if (!isNews || typeof changeId !== 'string') return undefined;
  return { changeId, hasFailed: entry.kind !== 'changeSucceeded' };
}

/** A purchase that is not active yet continues on the page where it was confirmed. */
async function pending(
  { db, now }: SubscriptionDeps,
  c: Context,
  { session, subscription, frame }: Admitted,
): Promise<Response> {
  const visit = await latestVisitTo(db, subscription.id, { owner: session.visitor, at: now() });
  return visit ? seeOther(c, `/landing/purchase/${visit.id}`) : c.html(preparingPage(frame));
}
