import { isFault } from '@landfall/domain/fault';
import { isMarketplaceError, type MarketplaceError } from '@landfall/marketplace/marketplace-error';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { readHealth, recordApiAccess } from '../store/credential-health.ts';
import type { WatchDeps } from './watch.ts';

/** Trouble shows, and its end too, within a minute: this and one more look. */
const LOOK_MS = 15_000;
/** Every call of a publisher may be refused at once; one question answers for all of them. */
const ASK_PAUSE_MS = 10_000;
/** A page of the list, with repeats where Microsoft is slow. */
const ASK_TIMEOUT_MS = 20_000;

/** Codes of an access that is wrong for every call, where the list of subscriptions ends with them. */
const ACCESS_FAILURES: ReadonlySet<string> = new Set([
  'marketplace.not-authorized',
  'marketplace.wrong-address',
]);

/** Whether a refused call may be the sign of a wrong access. */
export function isSuspicious(code: string | undefined): boolean {
  return code !== undefined && ACCESS_FAILURES.has(code);
}

/**
 * Watches whether Microsoft's API takes a publisher's tokens. A 403 may be about one subscription only,
 * so after a refused call the list of subscriptions is asked for, which every publisher may read: what
 * that ends with is kept, for all processes, until it ends well.
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
      if (refusal) log.error(about, "Microsoft's API refuses every call; see credentials.status");
      else log.info(about, "Microsoft's API takes calls again");
    }
    await recordApiAccess(db.kysely, healthKey, refusal);
  };
  const loop: Loop = startLoop({ name: 'api-access', everyMs: LOOK_MS, log, run });
  outcomes.onSuspicion(() => loop.wake());
  return loop;
}

/** The refusal, undefined where the API answers, `unknown` where neither can be said now. */
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
