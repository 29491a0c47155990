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
 * How long a link to a next page is trusted. Microsoft does not say. After a longer standstill the list has
 * changed too much to continue in its middle.
 */
export const LINK_LIFETIME_MS = 60 * 60_000;

/** If Microsoft breaks off the list twice, the run ends and the next one starts again. */
const MAX_RESTARTS = 1;

/** Microsoft does not continue from a link: it is refused, unknown, or not part of its list. */
const LINK_REFUSALS: ReadonlySet<string> = new Set([
  'marketplace.bad-request',
  'marketplace.not-found',
  'marketplace.refused',
  'marketplace.unexpected-answer',
]);

/**
 * Compares Microsoft's list with ours, from the run's position. Pages are dropped after the comparison, so
 * memory does not grow with the list. If Microsoft does not continue from a link, or the link is too old, the
 * list is started again, once; entries seen before are not counted twice.
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

/** Keeps `place` at the next page. */
async function compareFrom(running: Running, place: { link: string | undefined }): Promise<void> {
  const { deps, run, signal } = running;
  // The request for the page ahead ends with this reading.
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

/** One statement marks and one reads the whole page; a page with differences costs one more. */
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
  // An entry that is listed twice, on this page or another, counts once.
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
      'Microsoft listed a record of another publisher',
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

/** Continuing from the same link would fail again, so the run is over. */
function brokenList(cause: Fault): Fault {
  return new Fault(cause.code, "Microsoft's list broke off at the same place again", {
    retry: 'never',
    cause,
  });
}

async function recordRestart({ deps, run }: Running, cause: string): Promise<void> {
  deps.log.warn({ runId: run.id, cause }, "started Microsoft's list again");
  const findings = [{ subscriptionId: '', kind: 'list-begun-anew', detail: cause }];
  const progress = { restarts: 1, findings, next: { position: null } };
  await inTransaction(deps.db, (trx) => saveProgress(trx, run, progress, RUN_LEASE_MS));
}
