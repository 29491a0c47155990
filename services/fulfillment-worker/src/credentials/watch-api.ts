import { isFault } from '@landfall/domain/fault';
import { isMarketplaceError, type MarketplaceError } from '@landfall/marketplace/marketplace-error';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { readHealth, recordApiAccess } from '../store/credential-health.ts';
import type { WatchDeps } from './watch.ts';

/** A failure, and its end, show within a minute: after this time and one more look. */
const LOOK_MS = 15_000;
/** All calls of a publisher may be refused at once; one question is enough for all of them. */
const ASK_PAUSE_MS = 10_000;
/** Enough for a page of the list, with repeats if Microsoft is slow. */
const ASK_TIMEOUT_MS = 20_000;

/** Codes that mean that access is wrong for every call, if the list of subscriptions fails with them. */
const ACCESS_FAILURES: ReadonlySet<string> = new Set([
  'marketplace.not-authorized',
  'marketplace.wrong-address',
]);

/** Whether a refused call may mean that access is wrong. */
export function isSuspicious(code: string | undefined): boolean {
  return code !== undefined && ACCESS_FAILURES.has(code);
}

/**
 * Watches whether Microsoft's API accepts a publisher's tokens. A 403 may concern only one subscription, so
 * after a refused call the list of subscriptions is requested, which every publisher may read. If that fails
 * too, the failure is stored for all processes until the list succeeds again.
 */
export function startApiWatch(deps: WatchDeps): AsyncDisposable {
  const { db, publisher, healthKey, outcomes, log, now } = deps;
  const { publisherId } = publisher;
  let askedAt = Number.NEGATIVE_INFINITY;

  const run = async (signal: AbortSignal): Promise<void> => {
    if (now().getTime() - askedAt < ASK_PAUSE_MS) return;
    const isSuspected = outcomes.takeSuspicion();
    const before = (await readHealth(db.kysely, healthKey)).apiFailure;
    if (!isSuspected && before === undefined) return;
    askedAt = now().getTime();
    const refusal = await askForAccess(deps, signal);
    if (refusal === 'unknown') return;
    if (refusal?.code !== before) {
      const about = { publisherId, code: refusal?.code, explanation: refusal?.explanation };
      if (refusal) log.error(about, "Microsoft's API refused all calls; see credentials.status");
      else log.info(about, "Microsoft's API accepts calls again");
    }
    await recordApiAccess(db.kysely, healthKey, refusal);
  };
  const loop: Loop = startLoop({ name: 'api-access', everyMs: LOOK_MS, log, run });
  outcomes.onSuspicion(() => loop.wake());
  return loop;
}

/** The refusal; undefined if the API answers; `unknown` if neither is known now. */
async function askForAccess(
  { publisher: { fulfillment } }: WatchDeps,
  signal: AbortSignal,
): Promise<MarketplaceError | undefined | 'unknown'> {
  try {
    const pages = fulfillment.list({ signal, timeoutMs: ASK_TIMEOUT_MS, priority: 'background' });
    await pages[Symbol.asyncIterator]().next();
    return undefined;
  } catch (error: unknown) {
    if (isMarketplaceError(error) && isSuspicious(error.code)) return error;
    if (isFault(error)) return 'unknown';
    throw error;
  }
}
