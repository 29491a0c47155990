import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import { runningTask } from '../exchanges/buffer.ts';
import { observeSubscription } from '../observe-subscription.ts';
import { forPublisher, publisherOfSubscription } from '../publishers.ts';
import { beginReading, findSubscription } from '../store/subscriptions.ts';
import type { ProcedureDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';
import { fields, valuesOf } from './truths.ts';

/** A person waits for the answer. */
const TIMEOUT_MS = 6_000;
/** Microsoft's record does not change faster, and its copies may lag by some seconds. */
const PAUSE_MS = 5_000;

/**
 * Reads Microsoft's record now and applies it, as a lane would: the version of our row guards the write, so a task of the lane
 * that writes at the same time is not overwritten. Each subscription is read at most once in {@link PAUSE_MS}.
 */
export function rereadProcedure(
  deps: ProcedureDeps,
): Handlers<FulfillmentProcedures>['subscriptions']['reread'] {
  const db = deps.db.kysely;
  return async ({ subscriptionId }, { correlationId, signal }) => {
    const id = subscriptionId.toLowerCase();
    const { before, begunAt } = await beginReading(db, id);
    if (!before) return unknownSubscription();
    // Both times are by PostgreSQL's clock, which all processes share.
    const sinceMs = begunAt.getTime() - (before.readAt?.getTime() ?? 0);
    if (sinceMs >= 0 && sinceMs < PAUSE_MS) return tooSoon();
    const own = forPublisher(deps, await publisherOfSubscription(deps, id));
    const readAt = deps.now();
    const context = { cause: 'command', correlationId } as const;
    const observation = await runningTask.run('reread', () =>
      observeSubscription(own, id, context, {
        write: (fn) => inTransaction(deps.db, fn),
        call: { correlationId, signal, timeoutMs: TIMEOUT_MS },
      }),
    );
    deps.wakeRelay();
    deps.wakeLanes();
    const after = (await findSubscription(db, id)) ?? before;
    const [old, now] = [valuesOf(before.state), valuesOf(after.state)];
    const changed = fields.filter((field) => old[field] !== now[field]);
    return {
      subscriptionId: id,
      readAt: readAt.toISOString(),
      isKnown: observation.kind === 'seen',
      changes: changed.map((field) => ({ field, before: old[field], after: now[field] })),
      version: after.version,
    };
  };
}

function tooSoon(): Rejection<'subscription.read-recently'> {
  return new Rejection(
    'subscription.read-recently',
    'Microsoft’s record was read less than five seconds ago. See subscriptions.truths, or try again in some seconds.',
  );
}
