import {
  AckPolicy,
  DeliverPolicy,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
} from 'nats';
import type { ServiceName } from '@landfall/contracts/services';
import type { ConsumerDefinition, StreamDefinition } from '@landfall/contracts/streams';
import { isUnknown } from './faults.ts';

/** A handler that is silent for this long counts as dead. A running one sends three signs of life in this time. */
export const DEFAULT_ACK_WAIT_MS = 30_000;
/** Messages delivered but not settled, over all instances. Bounds how many a restart repeats. */
const MAX_ACK_PENDING = 1000;

/** JetStream's own error codes: https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const STREAM_NAME_IN_USE = 10058;
const SUBJECTS_TAKEN = 10065;
const CONSUMER_EXISTS = 10148;

export interface StreamState {
  readonly createdAt: Date;
  readonly lastSequence: number;
}

/**
 * Another stream still takes subjects of the one to create. This happens during an upgrade from a version with other streams,
 * until the owner of the other stream has applied its new definition.
 */
export function areSubjectsTaken(error: unknown): boolean {
  return errorCode(error) === SUBJECTS_TAKEN;
}

/**
 * Creates the stream if it is missing. If called by its owner, also updates an existing stream to the definition;
 * other settings of an operator (replicas, placement, sizes) stay. Safe to run in several processes at once. Throws an error
 * for {@link areSubjectsTaken} if the stream has to wait for the owner of another one.
 */
export async function ensureStream(
  manager: JetStreamManager,
  definition: StreamDefinition,
  service: ServiceName,
): Promise<void> {
  const wanted = {
    subjects: [...definition.subjects],
    max_age: nanos(definition.maxAgeMs),
    duplicate_window: nanos(definition.duplicateWindowMs),
  };
  const found = await orUndefined(manager.streams.info(definition.name));
  if (!found) {
    try {
      await manager.streams.add({
        name: definition.name,
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        ...wanted,
      });
    } catch (error) {
      if (errorCode(error) !== STREAM_NAME_IN_USE) throw error;
    }
    return;
  }
  if (definition.owner !== service) return;
  const { config } = found;
  const isSame =
    config.max_age === wanted.max_age &&
    config.duplicate_window === wanted.duplicate_window &&
    sameSet(config.subjects, wanted.subjects);
  if (!isSame) await manager.streams.update(definition.name, { ...config, ...wanted });
}

/** Creates the durable consumer of a definition, or updates an existing one to it. */
export async function ensureConsumer<P>(
  manager: JetStreamManager,
  definition: ConsumerDefinition<P>,
  ackWaitMs: number,
): Promise<void> {
  const { stream, durable } = definition;
  const wanted = {
    filter_subjects: definition.facts.map((fact) => fact.subject),
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: MAX_ACK_PENDING,
    // `FactConsumer` counts the attempts and stores a dead letter. The server would just drop the message.
    max_deliver: -1,
  };
  try {
    await manager.consumers.add(stream.name, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ...wanted,
    });
  } catch (error) {
    if (errorCode(error) !== CONSUMER_EXISTS) throw error;
    await manager.consumers.update(stream.name, durable, wanted);
  }
}

/** Undefined if the stream does not exist. */
export async function streamState(
  manager: JetStreamManager,
  name: string,
): Promise<StreamState | undefined> {
  const info = await orUndefined(manager.streams.info(name));
  return info && { createdAt: new Date(info.created), lastSequence: info.state.last_seq };
}

/** How an existing stream differs from its definition. Undefined if it does not exist. */
export async function streamFlaws(
  manager: JetStreamManager,
  definition: StreamDefinition,
): Promise<readonly string[] | undefined> {
  const info = await orUndefined(manager.streams.info(definition.name));
  if (!info) return undefined;
  const { config } = info;
  return [
    ...(sameSet(config.subjects, definition.subjects) ? [] : ['takes other subjects']),
    ...(config.max_age === nanos(definition.maxAgeMs) ? [] : ['keeps messages for another time']),
    ...(config.duplicate_window === nanos(definition.duplicateWindowMs)
      ? []
      : ['recognises repeats for another time']),
    ...(config.storage === StorageType.File ? [] : ['keeps messages only in memory']),
  ];
}

export async function hasConsumer(
  manager: JetStreamManager,
  { stream, durable }: ConsumerDefinition<never>,
): Promise<boolean> {
  return (await orUndefined(manager.consumers.info(stream.name, durable))) !== undefined;
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

function errorCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((subject) => other.includes(subject));
}
