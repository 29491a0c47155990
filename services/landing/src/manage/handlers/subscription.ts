import type { Context } from 'hono';
import { type Landing } from '../../landing.ts';
import { endedPage, preparingPage, suspendedPage } from '../../purchase/pages/standing.ts';
import { latestVisitTo } from '../../store/visits.ts';
import type { Admitted } from '../access.ts';
import { endingOf } from '../../purchase/ending.ts';
import { linesOf, planNameIn } from '../history.ts';
import { subscriptionPage, type LastChange } from '../pages/subscription.ts';
import { peopleOf } from '../../store/members.ts';
import type { Choices, History } from '../../clients/subscriptions.ts';
import { seeOther } from '../../web/paths.ts';

/** Enough entries for the newest few that a customer would want to read. */
const LOOK = 20;
const NEWEST_LINES = 4;
/** How long the outcome of the last change stands above everything else. */
const NEWS_MS = 24 * 60 * 60 * 1000;

/** `GET /landing/subscriptions/:id`: where it stands, and what can be done from here. */
export async function showSubscription(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  const choices = await landing.subscriptions.knownChoices(subscription);
  const standing = { subscription, planName: planNameIn(choices.plans, subscription.planId) };
  if (subscription.unrecognisedStatus !== undefined) return c.html(preparingPage(frame));
  switch (subscription.status) {
    case 'Subscribed':
      return manage(landing, c, admitted, choices);
    case 'Suspended': {
      const suspendedAt = await landing.purchases.suspendedAt(subscription.id);
      return c.html(suspendedPage(frame, { ...standing, suspendedAt }));
    }
    case 'Unsubscribed':
      return ended(landing, c, { admitted, standing });
    default:
      return pending(landing, c, admitted);
  }
}

async function manage(
  landing: Landing,
  c: Context,
  admitted: Admitted,
  choices: Choices,
): Promise<Response> {
  const { subscription, frame, role, session } = admitted;
  const [usage, history, people] = await Promise.all([
    landing.subscriptions.usage(subscription.id),
    landing.subscriptions.history(subscription.id, { limit: LOOK }),
    peopleOf(landing.db, subscription.id, session.visitor.tenantId),
  ]);
  const lines = await linesOf(landing, admitted, history?.items ?? []);
  return c.html(
    subscriptionPage(frame, {
      subscription,
      role,
      choices,
      usage,
      people,
      lines: lines.slice(0, NEWEST_LINES),
      lastChange: lastChangeIn(history, landing.now()),
    }),
  );
}

async function ended(
  landing: Landing,
  c: Context,
  of: {
    admitted: Admitted;
    standing: { subscription: Admitted['subscription']; planName: string };
  },
): Promise<Response> {
  const { frame, subscription, session } = of.admitted;
  const namesFor = session.visitor.tenantId;
  const ending = await endingOf(landing, { subscription, words: frame.words, namesFor });
  return c.html(endedPage(frame, { ...of.standing, ending }));
}

/** The newest outcome of a change of ours, while it is news. */
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

/** A purchase that is not active yet is followed where it was confirmed. */
async function pending(
  { db, now }: Landing,
  c: Context,
  { session, subscription, frame }: Admitted,
): Promise<Response> {
  const visit = await latestVisitTo(db, subscription.id, { owner: session.visitor, at: now() });
  return visit ? seeOther(c, `/landing/purchase/${visit.id}`) : c.html(preparingPage(frame));
}
