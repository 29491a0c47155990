import { isFault } from '@landfall/domain/fault';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { takeShared } from '../store/rate-buckets.ts';
import { createRateLimit, type RateLimit, type Unshared } from './rate-limit.ts';

/** How long two processes may not know of each other's calls. One statement of a millisecond costs little. */
const EVERY_MS = 200;
/** Callers in one statement. Others follow with the next one. */
const MAX_CALLERS = 5_000;

export interface SharedRates extends AsyncDisposable {
  /** A limit for one kind of caller, such as `key`. */
  limit(kind: string, perSecond: number): RateLimit;
  /** Tells PostgreSQL what was taken, and learns what others took. Never rejects. */
  sync(): Promise<void>;
}

/**
 * Rates that all gateway processes share through PostgreSQL. No call waits for PostgreSQL: each process decides by its own
 * bucket, and five times a second tells what busy callers took. A caller that uses several processes can be ahead for that
 * long, and then waits until the debt is paid, so the average is exact. Callers who use less than a tenth of their bucket cause
 * no statement at all. While PostgreSQL does not answer, each process limits by itself.
 */
export function createSharedRates(deps: { readonly db: Db; readonly log: Logger }): SharedRates {
  const { db, log } = deps;
  const limits = new Map<string, { readonly limit: ReturnType<typeof createRateLimit> }>();
  let syncing: Promise<void> | undefined;
  let isAway = false;

  const run = async (): Promise<void> => {
    const takings = [...limits].flatMap(([kind, { limit }]) =>
      limit.unshared(MAX_CALLERS).map((one) => ({ kind, limit, one, name: `${kind} ${one.who}` })),
    );
    if (takings.length === 0) return;
    try {
      const left = await takeShared(
        db,
        takings.map(({ name, one }) => ({ ...pick(one), name })),
      );
      for (const { limit, one, name } of takings) limit.settle(one, left.get(name));
      if (isAway) log.info('sharing rates with the other gateways again');
      isAway = false;
    } catch (err: unknown) {
      for (const { limit, one } of takings) limit.settle(one, undefined);
      if (!isAway || !isFault(err))
        log.warn({ err }, 'could not share rates with the other gateways; limiting by own counts');
      isAway = true;
    }
  };
  const sync = (): Promise<void> => {
    syncing ??= run().finally(() => {
      syncing = undefined;
    });
    return syncing;
  };
  const timer = setInterval(() => void sync(), EVERY_MS).unref();
  return {
    limit(kind, perSecond) {
      const limit = createRateLimit({ perSecond, now: () => performance.now() });
      limits.set(kind, { limit });
      return limit;
    },
    sync,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await syncing;
    },
  };
}

function pick({ taken, perSecond, size }: Unshared) {
  return { taken, perSecond, size };
}
