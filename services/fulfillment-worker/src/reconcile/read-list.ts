import { Fault, isFault } from '@landfall/domain/fault';
import type { SubscriptionPage } from '@landfall/marketplace/fulfillment';
import { inTransaction } from '@landfall/service-kit/database';
import type { Trx } from '../db/schema.ts';
import { withMissing } from '../store/expectations.ts';
import { positionAge, saveProgress, type Finding } from '../store/run-progress.ts';
import { markSeen, workOf } from '../store/run-subscriptions.ts';
import { findSubscriptions } from '../store/subscriptions.ts';
import { comparePage } from './compare-page.ts';
import { oneAhead } from './one-ahead.ts';
import { RUN_LEASE_MS, takeStep, type Running, type StepResult } from './run-step.ts';

/**
 * How long a link to a next page is trusted. Microsoft does not say; a list that stood still for longer
 * has changed by too much to go on in its middle.
 */
export const LINK_LIFETIME_MS = 60 * 60_000;

/** A list that Microsoft breaks off twice is no accident: the run ends, and the next begins anew. */
const MAX_RESTARTS = 1;

/** Microsoft will not go on from a link: refused, unknown, or not one of its own list. */
const LINK_REFUSALS: ReadonlySet<string> = new Set([
  'marketplace.bad-request',
  'marketplace.not-found',
  'marketplace.refused',
  'marketplace.unexpected-answer',
]);

/**
 * Compares Microsoft's list with ours, from the page that the run stands at. Pages are dropped once
 * they are compared: memory does not grow with the list. Where Microsoft does not go on from a link,
 * or the link has grown old, the list is begun anew, once; what was seen before is not counted twice.
 */
export async function readList(running: Running): Promise<void> {
  const { deps, run } = running;
  const place = { link: run.position ?? undefined };
  let restarts = run.restarts;
  const startOver = async (cause: string) => {
    restarts += 1;
    place.link = undefined;
    await recordRestart(running, cause);
  };
  if (place.link !== undefined && (await positionAge(deps.db.kysely, run)) > LINK_LIFETIME_MS) {
    await startOver('link-too-old');
  }
  for (;;) {
    try {
      return await compareFrom(running, place);
    } catch (error: unknown) {
      const isRefused = isFault(error) && LINK_REFUSALS.has(error.code);
      if (!isRefused || place.link === undefined) throw error;
      if (restarts >= MAX_RESTARTS) throw brokenList(error);
      await startOver(error.code);
    }
  }
}

/** Keeps `place` at the page that is next. */
async function compareFrom(running: Running, place: { link: string | undefined }): Promise<void> {
  const { deps, run, signal } = running;
  // The page ahead is asked for no longer than this reading goes on.
  const ended = new AbortController();
  const call = {
    correlationId: run.id,
    priority: 'background',
    signal: AbortSignal.any([signal, ended.signal]),
  } as const;
  try {
    for await (const page of oneAhead(deps.fulfillment.list(call, place.link))) {
      await takeStep(running, (trx) => compareOne(running, trx, page));
      place.link = page.next;
    }
  } finally {
    ended.abort();
  }
}

/** One mark and one reading for the whole page; what differs costs one more. */
async function compareOne(
  { deps, run }: Running,
  trx: Trx,
  page: SubscriptionPage,
): Promise<StepResult> {
  const isNew = new Set(
    await markSeen(
      trx,
      run.id,
      page.subscriptions.map(({ id }) => id),
    ),
  );
  // Listed twice, on this page or on another, counts once.
  const subscriptions = page.subscriptions.filter(({ id }) => isNew.delete(id));
  const ids = subscriptions.map(({ id }) => id);
  const known = await findSubscriptions(trx, ids);
  const { unreadable } = page;
  const compared = comparePage({ subscriptions, unreadable }, known, deps);
  const { drifted, unopened, testsDrifted, findings, ...counts } = compared;
  for (const { kind, subscriptionId } of findings) {
    if (kind !== 'foreign') continue;
    deps.log.error(
      { security: true, subscriptionId },
      "Microsoft lists another publisher's record",
    );
  }
  const isLast = page.next === undefined;
  return {
    ...counts,
    pages: 1,
    drifted: drifted.length,
    unopened: unopened.length,
    testsDrifted: testsDrifted.length,
    findings: await withCauses(trx, findings, [...drifted, ...testsDrifted]),
    tasks: {
      kind: 'converge',
      ids: [...drifted, ...unopened, ...testsDrifted],
      uncounted: [...unopened, ...testsDrifted],
      areListed: true,
    },
    next: isLast ? { phase: 'operations', position: null } : { position: page.next },
  };
}

async function withCauses(
  trx: Trx,
  findings: readonly Finding[],
  drifted: readonly string[],
): Promise<readonly Finding[]> {
  const work = await workOf(trx, drifted);
  const notified = await withMissing(trx, drifted);
  const causeOf = (id: string) =>
    notified.has(id) ? 'told-without-effect' : (work.get(id) ?? 'not-told');
  const isDrifted = new Set(drifted);
  return findings.map((finding) =>
    isDrifted.has(finding.subscriptionId)
      ? { ...finding, cause: causeOf(finding.subscriptionId) }
      : finding,
  );
}

/** Going on from the same link would only meet the same again, so the run is over. */
function brokenList(cause: Fault): Fault {
  return new Fault(cause.code, "Microsoft's list breaks off at the same place again", {
    retry: 'never',
    cause,
  });
}

async function recordRestart({ deps, run }: Running, cause: string): Promise<void> {
  deps.log.warn({ runId: run.id, cause }, "Microsoft's list is begun anew");
  const findings = [{ subscriptionId: '', kind: 'list-begun-anew', detail: cause }];
  const progress = { restarts: 1, findings, next: { position: null } };
  await inTransaction(deps.db, (trx) => saveProgress(trx, run, progress, RUN_LEASE_MS));
}
