import { optInEventTypes, type ProductEvent } from '@landfall/contracts/product-events';
import { baseOfferId, type Subscription } from '@landfall/domain/subscription';
import type { Timer, TimerKind } from '@landfall/domain/timers';
import type { ChangeOrigin } from '@landfall/domain/change';
import { isConflict } from '@landfall/service-kit/database-faults';
import { runPrepared, type Executor } from '@landfall/service-kit/prepared';
import type { OutboxRow } from '@landfall/service-kit/outbox';
import { traceParent } from '@landfall/service-kit/tracing';
import { saveGuarded, saveLocked } from './save-record-sql.ts';
import { writtenSteps, type WrittenRow, type WrittenStep } from './lanes.ts';
import type { Context, TimelineEntry } from './timeline.ts';

/** What belongs to one change of a subscription and is written together. */
export interface RecordWrites {
  readonly at: Date;
  readonly subscriptionId: string | undefined;
  /** The new state with its version; absent if the state stays the same. */
  readonly after?: { readonly state: Subscription; readonly version: number } | undefined;
  /** When the reading that showed the change began. */
  readonly begunAt?: Date | undefined;
  readonly timeline?: readonly (Pick<TimelineEntry, 'kind' | 'details'> & {
    readonly context: Context;
  })[];
  readonly facts?: readonly OutboxRow[];
  readonly productEvents?: readonly ProductEvent[];
  readonly timers?: {
    readonly cancelled: readonly TimerKind[];
    readonly set: readonly Timer[];
    readonly correlationId: string;
  };
}

/** The outcome of an operation. A reading has shown its effect. */
export interface Outcome {
  readonly operationId: string;
  readonly action: string;
  readonly outcome: 'succeeded';
  readonly origin: ChangeOrigin;
  readonly toPlanId: string | null;
  readonly toQuantity: number | null;
  /** By Microsoft's clock. */
  readonly effectiveAt: Date;
}

/** The writes with which a task ends. */
export interface LastWrites {
  readonly writes: RecordWrites & { readonly subscriptionId: string; readonly begunAt: Date };
  /** The version of the record that the writes are based on. */
  readonly before: number;
  readonly outcome: Outcome;
}

/** The lane that must be held, and the task that is completed. */
export interface Guard {
  readonly fence: string;
  readonly taskId: string;
  /** Whether the lane is released too. */
  readonly isLast: boolean;
}

/**
 * Writes in the caller's transaction, which holds the subscription's lock. Each event for the product gets a delivery for
 * every destination whose filters match, disabled ones too: it is sent if, and only if, the transaction commits. The same
 * holds for listeners, and for notices to people where the destination names the type. Mails to customers are stored only
 * while they are switched on. A repeated event changes nothing. A destination of one publisher never gets an event of
 * another.
 */
export async function saveRecord(trx: Executor, writes: RecordWrites): Promise<void> {
  await runPrepared(trx, saveLocked, parametersOf([{ writes }]));
}

/**
 * Ends tasks, each with its writes, in one statement. A task is written if its lane is held under this fence, the record has
 * the version that the writes are based on and no later reading, the operation has no outcome and no refusal, and neither
 * the lane nor the record is locked. Otherwise nothing is written for it, and its result is undefined. If a refusal of the operation
 * commits meanwhile, the changes are written, but the task has not ended, and its result is undefined too.
 */
export async function saveLast(
  db: Executor,
  tasks: readonly (LastWrites & { readonly guard: Guard })[],
): Promise<readonly (WrittenStep | undefined)[]> {
  try {
    const rows = await runPrepared<WrittenRow>(db, saveGuarded, parametersOf(tasks));
    return writtenSteps(tasks, rows);
  } catch (error) {
    // After a deadlock, the group commit tries each task alone. A task that fails alone goes back to its handler, which uses transactions.
    if (tasks.length === 1 && isConflict(error)) return [undefined];
    throw error;
  }
}

interface Saved extends Partial<Omit<LastWrites, 'writes'>> {
  readonly writes: RecordWrites;
  readonly guard?: Guard;
}

/** One JSON text per kind of row: with an array per column, building the statement costs more than running it. */
function parametersOf(saved: readonly Saved[]): string[] {
  const each = (rowsOf: (writes: RecordWrites) => readonly object[]): string =>
    JSON.stringify(
      saved.flatMap(({ writes }, place) =>
        rowsOf(writes).map((row, order) => Object.assign({ place, order }, row)),
      ),
    );
  return [
    JSON.stringify(saved.map((one, place) => Object.assign({ place }, givenOf(one)))),
    each(({ timeline = [] }) =>
      timeline.map(({ kind, details = {}, context }) => {
        const { cause, operationId, correlationId } = context;
        return { kind, details, cause, operationId, correlationId };
      }),
    ),
    each(({ facts = [] }) => facts),
    each(({ productEvents = [], facts = [] }) =>
      productEvents.map((event) => Object.assign(eventOf(event), tracedBy(event, facts))),
    ),
    each(({ timers }) => timers?.set ?? []),
  ];
}

function givenOf({ writes, guard, before, outcome }: Saved) {
  const { subscriptionId, at, after, begunAt, timers } = writes;
  const { state, version } = after ?? {};
  return {
    ...guard,
    ...outcome,
    subscriptionId,
    before,
    at,
    begunAt,
    version,
    state,
    publisherId: state?.publisherId,
    offerId: state?.offerId,
    planId: state?.planId,
    status: state?.status,
    cancelled: timers?.cancelled ?? [],
    timersBy: timers?.correlationId,
  };
}

/** An event belongs to the trace of its fact, which has its id, because this may run outside of any trace. */
function tracedBy({ id }: ProductEvent, facts: readonly OutboxRow[]) {
  const fact = facts.find(({ messageId }) => messageId === id);
  return { traceParent: fact ? fact.traceParent : traceParent() };
}

function eventOf(event: ProductEvent) {
  const { id, type, occurredAt, subscription, usage } = event;
  const { publisherId, offerId, planId } = subscription ?? usage ?? {};
  const subscriptionId = subscription?.id ?? usage?.subscriptionId;
  return {
    id,
    type,
    publisherId,
    // A purchase of the preview listing counts for its offer; a filter that names the listing matches only the listing.
    offerIds: offerId === undefined ? [] : [offerId, baseOfferId(offerId)],
    subscriptionId,
    isForAll: !optInEventTypes.includes(type),
    content: { type, occurredAt, publisherId, offerId, planId, subscriptionId },
    body: JSON.stringify(event),
  };
}
