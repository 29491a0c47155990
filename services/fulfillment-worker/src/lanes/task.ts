import type { Transact } from '../db/schema.ts';

/** A step of work in a subscription's lane, as it is put there. */
export interface NewTask {
  readonly subscriptionId: string;
  readonly kind: TaskKind;
  readonly payload: TaskPayload;
  readonly correlationId: string;
  /** A second task of the same key is not added. */
  readonly dedupeKey: string;
  /** When to run it first; at once where absent. */
  readonly delayMs?: number | undefined;
  /** The reconciliation run that waits for it. */
  readonly runId?: string | undefined;
}

export const taskKinds = [
  'notification',
  'activate',
  'confirmActivation',
  'submitChange',
  'followChange',
  'compensate',
  'converge',
  'askOperations',
  'timer',
  'lookAgain',
] as const;

export type TaskKind = (typeof taskKinds)[number];
export type TaskPayload = Readonly<Record<string, unknown>>;

export interface Task {
  readonly id: string;
  readonly subscriptionId: string;
  readonly kind: string;
  readonly payload: TaskPayload;
  readonly correlationId: string;
  /** How often it has said "once more" before. */
  readonly polls: number;
  /** How often it has failed since it last went well. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/** Done, or once more after a while: waiting for Microsoft is no failure. */
export type TaskOutcome = 'done' | { readonly retryInMs: number };

export const DONE: TaskOutcome = 'done';

export function retryIn(retryInMs: number): TaskOutcome {
  return { retryInMs };
}

/**
 * Does one step. It may be run again after a crash at any point, so it reads before it acts; it writes
 * through `write` alone, which refuses once another worker holds the lane. Throws a fault to be run
 * later (or to be parked, where the fault says never).
 */
export type TaskHandler = (task: Task, write: Transact) => Promise<TaskOutcome>;

export type TaskHandlers = Readonly<Record<TaskKind, TaskHandler>>;
