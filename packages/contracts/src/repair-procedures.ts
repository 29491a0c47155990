import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Largest replay in one call: one transaction, or one read of the stream. `matched` shows whether to call again. */
export const MAX_REPLAY = 1_000;

/** Who asked for it. It is stored with the result. Absent: the API key or operator that makes the call. */
export const onBehalf = { requestedBy: text(200).min(1).optional() };

/** Input of every replay. */
export const replayRequest = z.object({
  ...onBehalf,
  /** True: only counts and names the matching items. */
  dryRun: z.boolean().default(true),
});

/** How many items a dry run names. Enough to see whether the filter is right; the list shows all. */
export const MAX_NAMED = 50;

/** How many items matched, and how many of them were replayed. */
export function replayResult<Shape extends z.ZodRawShape>(item: Shape) {
  return z.object({ matched: z.number().int(), replayed: z.number().int(), ...namedItems(item) });
}

function namedItems<Shape extends z.ZodRawShape>(item: Shape) {
  return {
    /** Only with `dryRun`: the matching items, oldest first; at most 50. */
    items: z.array(z.object(item)).optional(),
  };
}

/** Input for giving up parked work. This cannot be undone. */
const discardRequest = replayRequest.extend({
  /** Why it is not needed. The reason is stored, so do not include personal data. */
  because: text(200).min(1),
});
function discardResult<Shape extends z.ZodRawShape>(item: Shape) {
  return z.object({ matched: z.number().int(), discarded: z.number().int(), ...namedItems(item) });
}

/** A replay without ids or a filter would replay everything, which is never intended. */
export const NOTHING_CHOSEN = { error: 'Choose by IDs or a filter.' };

const number = z.number().int().positive();
const numbers = z.array(number).min(1).max(MAX_REPLAY);

/** A task that failed its last attempt and waits for a replay. */
export const parkedTaskView = z.object({
  taskId: number,
  subscriptionId: z.string(),
  /** notification, activate, confirmActivation, submitChange, followChange, compensate, … */
  kind: z.string(),
  /** Code of the last failure; `bug` for an error in Landfall. */
  reason: z.string(),
  attempts: z.number().int(),
  correlationId: z.string(),
  createdAt: z.iso.datetime(),
  parkedAt: z.iso.datetime(),
});

/** A message that a consumer gave up on. */
export const deadLetterView = z.object({
  /** Its sequence number in the dead-letter stream. */
  sequence: number,
  /** The consumer that gave up on it. */
  durable: z.string(),
  /** Its original subject. */
  subject: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  messageId: z.string(),
  /** The publisher that it is about, if it says so. */
  publisherId: z.string().optional(),
  storedAt: z.iso.datetime(),
  /** The fact; plain text if it is not JSON. */
  payload: z.unknown(),
});

const parkedFilter = {
  ...ofPublisher,
  kind: text(50).min(1).optional(),
  reason: text(100).min(1).optional(),
  subscriptionId: text(100).min(1).optional(),
};

const parkedChoice = {
  taskIds: numbers.optional(),
  ...parkedFilter,
  /** Time of parking: at or after `since`, before `until`. */
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
};

const parkedName = { taskId: number, subscriptionId: z.string(), kind: z.string() };
const letterName = { sequence: number, durable: z.string(), subject: z.string() };

const letterChoice = { sequences: numbers.optional(), durable: text(100).min(1).optional() };

/** Lists and replays parked tasks and dead letters; served by fulfillment-worker. */
export const repairProcedures = {
  parkedTasks: {
    list: query({
      scope: 'tasks:read',
      scopedBy: 'publisher',
      summary: 'Parked tasks, newest first. Filters: kind, reason and subscription.',
      input: pageRequest.extend(parkedFilter),
      output: pageOf(parkedTaskView),
    }),
    replay: command({
      scope: 'tasks:write',
      scopedBy: 'publisher',
      summary: 'Runs parked tasks again, by ID or filter. Settled work stays unchanged.',
      input: replayRequest.extend(parkedChoice).refine(isChosen, NOTHING_CHOSEN),
      output: replayResult(parkedName),
    }),
    discard: command({
      scope: 'tasks:write',
      scopedBy: 'publisher',
      summary: 'Gives up parked tasks for good, by ID or filter. The timeline says why.',
      isDestructive: true,
      input: discardRequest.extend(parkedChoice).refine(isChosen, NOTHING_CHOSEN),
      output: discardResult(parkedName),
    }),
  },
  deadLetters: {
    list: query({
      scope: 'tasks:read',
      scopedBy: 'installation',
      summary: 'Messages that a consumer gave up on, oldest first.',
      input: pageRequest.extend({ durable: text(100).min(1).optional() }),
      output: pageOf(deadLetterView),
    }),
    replay: command({
      scope: 'tasks:write',
      scopedBy: 'installation',
      summary:
        'Publishes dead letters again, by number or consumer, and removes them from the list.',
      input: replayRequest.extend(letterChoice).refine(isChosen, NOTHING_CHOSEN),
      output: replayResult(letterName),
    }),
    discard: command({
      scope: 'tasks:write',
      scopedBy: 'installation',
      summary: 'Removes dead letters for good, by number or consumer.',
      isDestructive: true,
      input: discardRequest.extend(letterChoice).refine(isChosen, NOTHING_CHOSEN),
      output: discardResult(letterName),
    }),
  },
} as const;

/** Fields that are not a filter: with only these, nothing is chosen. */
const NO_CHOICE = new Set(['requestedBy', 'because', 'dryRun', 'publisherId']);

/** Whether a replay has ids or a filter. */
export function isChosen(wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).some(([key, value]) => !NO_CHOICE.has(key) && value !== undefined);
}
