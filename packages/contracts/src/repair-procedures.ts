import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** One transaction's or one reading's worth; `matched` tells whether another call is needed. */
export const MAX_REPLAY = 1_000;

/** Whoever has something run again is kept with what was run again. */
export const replayRequest = z.object({
  requestedBy: text(200).min(1),
  /** True: counts alone. */
  dryRun: z.boolean().default(true),
});

export const replayResult = z.object({ matched: z.number().int(), replayed: z.number().int() });

/** All at once is never meant: a replay names what it is about. */
export const NOTHING_CHOSEN = { error: 'say which: by id or by a filter' };

const number = z.number().int().positive();
const numbers = z.array(number).min(1).max(MAX_REPLAY);

export const parkedTaskView = z.object({
  taskId: number,
  subscriptionId: z.string(),
  /** notification, activate, confirmActivation, submitChange, followChange, compensate, … */
  kind: z.string(),
  /** Code of the last failure; `bug` where it is ours. */
  reason: z.string(),
  attempts: z.number().int(),
  correlationId: z.string(),
  createdAt: z.iso.datetime(),
  parkedAt: z.iso.datetime(),
});

export const deadLetterView = z.object({
  /** Its place in the stream of dead letters. */
  sequence: number,
  /** The consumer that gave up on it. */
  durable: z.string(),
  /** What it was published as. */
  subject: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  messageId: z.string(),
  storedAt: z.iso.datetime(),
  /** The fact; text where it is no JSON. */
  payload: z.unknown(),
});

const parkedFilter = {
  ...ofPublisher,
  kind: text(50).min(1).optional(),
  reason: text(100).min(1).optional(),
  subscriptionId: text(100).min(1).optional(),
};

/** What was given up on, and running it again; served by fulfillment-worker. */
export const repairProcedures = {
  parkedTasks: {
    list: query({
      scope: 'tasks:read',
      scopedBy: 'publisher',
      summary: 'Tasks that were given up, newest first. Filters: kind, reason and subscription.',
      input: pageRequest.extend(parkedFilter),
      output: pageOf(parkedTaskView),
    }),
    replay: command({
      scope: 'tasks:write',
      scopedBy: 'publisher',
      summary: 'Runs parked tasks again, by ID or filter. Settled work stays unchanged.',
      input: replayRequest
        .extend({
          taskIds: numbers.optional(),
          ...parkedFilter,
          /** By the time of parking: from `since` on, before `until`. */
          since: z.iso.datetime().optional(),
          until: z.iso.datetime().optional(),
        })
        .refine(isChosen, NOTHING_CHOSEN),
      output: replayResult,
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
      input: replayRequest
        .extend({ sequences: numbers.optional(), durable: text(100).min(1).optional() })
        .refine(isChosen, NOTHING_CHOSEN),
      output: replayResult,
    }),
  },
} as const;

/** Whose it is, and who asks, chooses nothing. */
const NO_CHOICE = new Set(['requestedBy', 'dryRun', 'publisherId']);

/** Whether a replay names what it is about. */
export function isChosen(wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).some(([key, value]) => !NO_CHOICE.has(key) && value !== undefined);
}
