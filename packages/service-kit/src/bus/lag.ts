import type { JetStreamManager } from 'nats';
import { deadLetterSubject, streams, type ConsumerDefinition } from '@landfall/contracts/streams';
import { isUnknown } from './faults.ts';
import { readStored } from './stored.ts';

/** How far a durable consumer is behind. */
export interface ConsumerLag {
  /** Messages that are not settled yet, delivered or not. */
  readonly unsettled: number;
  readonly redelivered: number;
  /** When the oldest unsettled message was published; undefined if there is none. */
  readonly oldestAt: Date | undefined;
  readonly deadLetters: number;
}

/**
 * The lag as the server knows it, which also covers a consumer that does not run. For a consumer that was never
 * created, every message counts as unsettled. Undefined if the stream does not exist.
 */
export async function consumerLag(
  manager: JetStreamManager,
  definition: ConsumerDefinition<never>,
): Promise<ConsumerLag | undefined> {
  const { durable, facts } = definition;
  const stream = definition.stream.name;
  const counts = await unlessUnknown(countsOf(manager, stream, '>'));
  if (!counts) return undefined;
  const info = await unlessUnknown(manager.consumers.info(stream, durable));
  const subjects = new Set(facts.map(({ subject }) => subject));
  const all = [...counts].filter(([subject]) => subjects.has(subject));
  const unsettled = info
    ? info.num_pending + info.num_ack_pending
    : all.reduce((sum, [, count]) => sum + count, 0);
  const [only] = facts.length === 1 ? facts : [];
  const [oldest] =
    unsettled === 0
      ? []
      : await readStored(manager, {
          stream,
          subject: only?.subject ?? '>',
          from: (info?.ack_floor.stream_seq ?? 0) + 1,
          limit: 1,
        });
  const dead = deadLetterSubject(durable);
  const letters = await unlessUnknown(countsOf(manager, streams.deadLetters.name, dead));
  return {
    unsettled,
    redelivered: info?.num_redelivered ?? 0,
    oldestAt: oldest?.storedAt,
    deadLetters: letters?.get(dead) ?? 0,
  };
}

async function countsOf(
  manager: JetStreamManager,
  stream: string,
  filter: string,
): Promise<Map<string, number>> {
  const { state } = await manager.streams.info(stream, { subjects_filter: filter });
  return new Map(Object.entries(state.subjects ?? {}));
}

async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}
