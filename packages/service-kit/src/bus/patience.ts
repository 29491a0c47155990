import { setTimeout as delay } from 'node:timers/promises';
import { doublingPause } from '@landfall/domain/back-off';
import type { Logger } from '../log/log.ts';
import { publishFault } from './faults.ts';

/** A restarted server takes a moment until JetStream answers. */
export const JETSTREAM_PAUSE_MS = { firstMs: 50, longestMs: 5000 };
/** The nodes of a cluster that has just started elect their leaders in three seconds, and recover large streams in a minute. */
const START_DEADLINE_MS = 60_000;

/**
 * Repeats a step of the start while JetStream has no leader, for at most a minute. A missing permission or a setting that
 * the server cannot apply ends the start at once.
 */
export async function onceJetStreamAnswers(
  work: () => Promise<void>,
  { log, isGivenUp }: { readonly log: Logger; readonly isGivenUp: () => boolean },
): Promise<void> {
  const startedAt = performance.now();
  for (let failures = 1; ; failures += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const fault = publishFault(error);
      const isOver = performance.now() - startedAt > START_DEADLINE_MS || isGivenUp();
      if (fault.code !== 'bus.unavailable' || isOver) throw fault;
      if (failures === 1) log.info({ err: fault }, 'waiting for JetStream');
    }
    await delay(doublingPause(failures, JETSTREAM_PAUSE_MS));
  }
}
