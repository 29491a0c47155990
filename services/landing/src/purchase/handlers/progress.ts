import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isFault } from '@landfall/domain/fault';
import { correlationId, withCorrelation } from '@landfall/service-kit/log';
import type { Subscriptions } from '../../clients/subscriptions.ts';
import type { Db } from '../../db/schema.ts';
import type { BrandedFrames } from '../../offer-pages/branded-frame.ts';
import type { Session, Sessions } from '../../sign-in/session.ts';
import { recordEvent } from '../../store/events.ts';
import { findVisitOf, type Visit } from '../../store/visits.ts';
import type { Frame } from '../../web/pages/frame.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { managePath, ownPath, purchasePath, seeOther, toSignIn } from '../../web/paths.ts';
import type { OpenedVisit } from '../open-visits.ts';
import { progressPage, progressView, type Circumstances } from '../pages/progress.ts';
import type { Summarised } from '../pages/purchase-summary.ts';
import { planShown } from '../plan-shown.ts';
import { isUnderway, stageOf, stepsOf, type Stage } from '../progress.ts';
import { relationOf } from '../visitor-relation.ts';

/** The duration that the page announces. After this, it says that activation takes longer. */
const SLOW_AFTER_MS = 2 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

export interface ProgressDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly sessions: Pick<Sessions, 'read'>;
  readonly frames: BrandedFrames;
  readonly subscriptions: Pick<Subscriptions, 'get' | 'knownPlans'>;
}

/**
 * `GET /landing/progress/:visit`: the state of a purchase, for the owner of the visit. The purchase may also
 * have been confirmed in another visit, for example by a colleague.
 */
export async function progress(deps: ProgressDeps, c: Context): Promise<Response> {
  const session = await deps.sessions.read(c);
  if (!session) return toSignIn(c, ownPath(c.req.path));
  const visit = await ownVisit(deps, c, session);
  const seen = visit && (await look(deps, { visit, session }));
  if (!seen) return c.html(notFoundPage(deps.frames.of(c, session)), 404);
  if (!visit.confirmedAt && seen.stage === 'recorded') return seeOther(c, purchasePath(visit.id));
  const frame = await frameOf(deps, c, { session, visit });
  const { stage, circumstances } = seen;
  const view = progressView(frame.words, stage, circumstances);
  const canRetry = visit.confirmedAt !== null;
  const { id: visitId, relation, subscriptionId } = visit;
  const managedAt =
    relation === 'beneficiary' && subscriptionId ? managePath(subscriptionId) : undefined;
  const receipt = await receiptOf(deps, visit, seen);
  return c.html(
    progressPage(frame, { visitId, view, circumstances, canRetry, managedAt, receipt }),
  );
}

/** `GET /landing/progress/:visit/state`: the same as JSON, for the page's script. */
export async function progressState(deps: ProgressDeps, c: Context): Promise<Response> {
  const session = await deps.sessions.read(c);
  const visit = session && (await ownVisit(deps, c, session));
  const seen = visit && (await look(deps, { visit, session }));
  if (!seen) return c.json({ error: 'not-found' }, 404);
  const { stage, circumstances } = seen;
  const frame = await frameOf(deps, c, { session, visit });
  return c.json(progressView(frame.words, stage, circumstances));
}

async function receiptOf(
  deps: ProgressDeps,
  visit: Visit,
  { stage, subscription }: Seen,
): Promise<Summarised | undefined> {
  if (stage !== 'ready' || !subscription) return undefined;
  return {
    subscription,
    ...(await planShown(deps, { visit, subscription }, { isWorthAsking: true })),
  };
}

async function frameOf(
  { frames }: ProgressDeps,
  c: Context,
  { session, visit }: OpenedVisit,
): Promise<Frame> {
  const { offer, supportCode } = visit;
  return (await frames.branded(c, { session, offer: offer ?? undefined, supportCode })).frame;
}

interface Seen {
  readonly stage: Stage;
  /** Undefined while the worker cannot be reached. */
  readonly subscription: SubscriptionView | undefined;
  readonly circumstances: Circumstances;
}

/** Undefined if Microsoft now names another organisation as the customer. */
async function look(
  deps: ProgressDeps,
  { visit, session }: OpenedVisit,
): Promise<Seen | undefined> {
  const { visitor } = session;
  const subscription = await currentState(deps, visit);
  if (subscription && relationOf(subscription, visitor) === 'stranger') {
    await recordDenied(deps, visit, visitor);
    return undefined;
  }
  const stage = stageOf(visit, subscription);
  const now = deps.now();
  const since = startedAt(visit, subscription);
  const isSlow = isUnderway(stage) && now.getTime() - since > SLOW_AFTER_MS;
  const { dueAt, messageToBuyer } = subscription?.approval ?? {};
  return {
    stage,
    subscription,
    circumstances: {
      steps: stepsOf(subscription),
      isStale: !subscription,
      isSlow,
      daysLeft: dueAt === undefined ? undefined : daysBetween(now, new Date(dueAt)),
      messageToBuyer,
    },
  };
}

/** When Landfall began to work on it: at the confirmation, or when the publisher approved the purchase. */
function startedAt(visit: Visit, subscription: SubscriptionView | undefined): number {
  const { state, decidedAt } = subscription?.approval ?? {};
  if (state === 'approved' && decidedAt !== undefined) return Date.parse(decidedAt);
  return visit.confirmedAt?.getTime() ?? Infinity;
}

/** A day that has begun counts. 0: the time is over. */
function daysBetween(now: Date, end: Date): number {
  return Math.max(0, Math.ceil((end.getTime() - now.getTime()) / DAY_MS));
}

/** Another person's visit gets the same answer as an unknown one, and an event. */
async function ownVisit(
  deps: ProgressDeps,
  c: Context,
  { visitor }: Session,
): Promise<Visit | undefined> {
  const id = c.req.param('visit') ?? '';
  if (!isLowerCaseGuid(id)) return undefined;
  const visit = await findVisitOf(deps.db, id, { owner: visitor, at: deps.now() });
  if (visit) return visit;
  await recordDenied(deps, { id, subscriptionId: null }, visitor);
  return undefined;
}

async function recordDenied(
  { db }: Pick<ProgressDeps, 'db'>,
  { id, subscriptionId }: Pick<Visit, 'id' | 'subscriptionId'>,
  visitor: Session['visitor'],
): Promise<void> {
  await recordEvent(db, {
    kind: 'progress.denied',
    visit: { id, subscriptionId },
    visitor,
    correlationId: correlationId(),
  });
}

/** Undefined while the worker cannot be reached. The page then shows what we know ourselves. */
async function currentState(
  { subscriptions }: ProgressDeps,
  visit: Visit,
): Promise<SubscriptionView | undefined> {
  const { subscriptionId } = visit;
  if (!subscriptionId) return undefined;
  try {
    const answer = await withCorrelation(visit.correlationId, () =>
      subscriptions.get(subscriptionId),
    );
    return 'subscription' in answer ? answer.subscription : undefined;
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}
