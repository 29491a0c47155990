import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isFault } from '@landfall/domain/fault';
import { correlationId, withCorrelation } from '@landfall/service-kit/log';
import { type Landing } from '../../landing.ts';
import { brandedFrame, type Branded } from '../../offer-pages/branded-frame.ts';
import { progressPage, progressView, type Circumstances } from '../pages/progress.ts';
import type { Summarised } from '../pages/purchase-summary.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { isGuid, managePath, ownPath, purchasePath, seeOther, toSignIn } from '../../web/paths.ts';
import { planShown } from '../plan-shown.ts';
import { isUnderway, stageOf, stepsOf, type Stage } from '../progress.ts';
import type { Session } from '../../sign-in/session.ts';
import { recordEvent } from '../../store/events.ts';
import { findVisitOf, type Visit } from '../../store/visits.ts';
import { relationOf } from '../visitor-relation.ts';

/** What the page says that it takes; after that it says that it takes longer. */
const SLOW_AFTER_MS = 2 * 60_000;

/**
 * `GET /landing/progress/:visit`: where a purchase stands, for the person whose visit it is. A purchase
 * that was confirmed in another visit, by a colleague perhaps, is followed all the same.
 */
export async function progress(landing: Landing, c: Context): Promise<Response> {
  const session = await landing.sessions.read(c);
  if (!session) return toSignIn(c, ownPath(c.req.path));
  const visit = await ownVisit(landing, c, session);
  if (!visit) return c.html(notFoundPage(landing.frames.of(c, session)), 404);
  const seen = await look(landing, visit, session);
  if (!seen) return c.html(notFoundPage(landing.frames.of(c, session)), 404);
  if (!visit.confirmed_at && seen.stage === 'recorded') return seeOther(c, purchasePath(visit.id));
  const { frame } = await framedFor(landing, c, { session, visit });
  const { stage, circumstances } = seen;
  const view = progressView(frame.words, stage, circumstances);
  const canRetry = visit.confirmed_at !== null;
  const { id: visitId, relation, subscription_id: subscriptionId } = visit;
  const managedAt =
    relation === 'beneficiary' && subscriptionId ? managePath(subscriptionId) : undefined;
  const receipt = await receiptOf(landing, visit, seen);
  return c.html(
    progressPage(frame, { visitId, view, circumstances, canRetry, managedAt, receipt }),
  );
}

/** `GET /landing/progress/:visit/state`: the same for the page's script, as JSON. */
export async function progressState(landing: Landing, c: Context): Promise<Response> {
  const session = await landing.sessions.read(c);
  const visit = session && (await ownVisit(landing, c, session));
  if (!visit) return c.json({ error: 'not-found' }, 404);
  const seen = await look(landing, visit, session);
  if (!seen) return c.json({ error: 'not-found' }, 404);
  const { stage, circumstances } = seen;
  const { frame } = await framedFor(landing, c, { session, visit });
  return c.json(progressView(frame.words, stage, circumstances));
}

async function receiptOf(
  landing: Landing,
  visit: Visit,
  { stage, subscription }: Seen,
): Promise<Summarised | undefined> {
  if (stage !== 'ready' || !subscription) return undefined;
  return {
    subscription,
    ...(await planShown(landing, { visit, subscription }, { isWorthAsking: true })),
  };
}

function framedFor(
  landing: Landing,
  c: Context,
  { session, visit }: { session: Session; visit: Visit },
): Promise<Branded> {
  const offer = visit.offer ?? undefined;
  return brandedFrame(landing, c, { session, offer, supportCode: visit.support_code });
}

interface Seen {
  readonly stage: Stage;
  /** Absent while the worker cannot be asked. */
  readonly subscription: SubscriptionView | undefined;
  readonly circumstances: Circumstances;
}

/** Undefined: Microsoft names another organisation as the customer by now, whose business it is. */
async function look(
  landing: Landing,
  visit: Visit,
  { visitor }: Session,
): Promise<Seen | undefined> {
  const subscription = await currentState(landing, visit);
  if (subscription && relationOf(subscription, visitor) === 'stranger') {
    await noteDenied(landing, visit, visitor);
    return undefined;
  }
  const stage = stageOf(visit, subscription);
  const since = visit.confirmed_at?.getTime() ?? Infinity;
  const isSlow = isUnderway(stage) && landing.now().getTime() - since > SLOW_AFTER_MS;
  return {
    stage,
    subscription,
    circumstances: { steps: stepsOf(subscription), isStale: !subscription, isSlow },
  };
}

/** Another person's visit is answered like one that never was, and noted. */
async function ownVisit(
  { db, now }: Landing,
  c: Context,
  { visitor }: Session,
): Promise<Visit | undefined> {
  const id = c.req.param('visit') ?? '';
  if (!isGuid(id)) return undefined;
  const visit = await findVisitOf(db, id, { owner: visitor, at: now() });
  if (visit) return visit;
  await noteDenied({ db }, { id, subscription_id: null }, visitor);
  return undefined;
}

async function noteDenied(
  { db }: Pick<Landing, 'db'>,
  { id, subscription_id }: Pick<Visit, 'id' | 'subscription_id'>,
  visitor: Session['visitor'],
): Promise<void> {
  await recordEvent(db, {
    kind: 'progress.denied',
    visit: { id, subscription_id },
    visitor,
    correlation_id: correlationId(),
  });
}

/** Undefined while the worker cannot be asked: the page then says what we know ourselves. */
async function currentState(
  { purchases }: Landing,
  visit: Visit,
): Promise<SubscriptionView | undefined> {
  const { subscription_id: subscriptionId } = visit;
  if (!subscriptionId) return undefined;
  try {
    const answer = await withCorrelation(visit.correlation_id, () => purchases.get(subscriptionId));
    return 'subscription' in answer ? answer.subscription : undefined;
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}
