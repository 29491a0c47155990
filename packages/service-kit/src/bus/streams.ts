import { isDeepStrictEqual } from 'node:util';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import type { ServiceName } from '@landfall/contracts/services';
import type { ConsumerDefinition, StreamDefinition } from '@landfall/contracts/streams';
import { isUnknown } from './faults.ts';
import type { StreamSettings } from './settings.ts';

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
  /** Nodes by name. Undefined if NATS is not a cluster. */
  readonly cluster: StreamCluster | undefined;
}

/** Where a stream is in a cluster. */
export interface StreamCluster {
  /** Undefined during an election. */
  readonly leader: string | undefined;
  /** The other nodes with a copy. A node is behind if it is down or has not caught up. */
  readonly replicas: readonly { readonly node: string; readonly isBehind: boolean }[];
}

function clusterOf({ cluster }: StreamInfo): StreamCluster | undefined {
  if (!cluster) return undefined;
  const replicas = (cluster.replicas ?? []).map(({ name, current, offline }) => ({
    node: name,
    isBehind: !current || offline,
  }));
  return { leader: cluster.leader || undefined, replicas };
}

/**
 * Another stream still takes subjects of the one to create. This happens during an upgrade from a version with other streams,
 * until the owner of the other stream has applied its new definition.
 */
export function areSubjectsTaken(error: unknown): boolean {
  return errorCode(error) === SUBJECTS_TAKEN;
}

/** The settings of a stream that its owner applies. */
type OwnedSettings = Pick<StreamConfig, 'subjects' | 'max_age' | 'duplicate_window'> &
  Partial<Pick<StreamConfig, 'num_replicas' | 'max_bytes' | 'discard'>>;

function ownedSettings(definition: StreamDefinition, settings: StreamSettings): OwnedSettings {
  const { replicas, maxBytes, duplicateWindowMs = definition.duplicateWindowMs } = settings;
  return {
    subjects: [...definition.subjects].toSorted(),
    max_age: nanos(definition.maxAgeMs),
    duplicate_window: nanos(duplicateWindowMs),
    ...(replicas === undefined ? {} : { num_replicas: replicas }),
    // A stream that dropped its oldest message could drop one that a consumer has not read.
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes, discard: DiscardPolicy.New }),
  };
}

function isSet(config: StreamConfig, wanted: OwnedSettings, name: keyof OwnedSettings): boolean {
  const found = name === 'subjects' ? config.subjects.toSorted() : config[name];
  return wanted[name] === undefined || isDeepStrictEqual(found, wanted[name]);
}

/**
 * Creates the stream if it is missing. If called by its owner, also updates an existing stream to the definition and the
 * settings; whatever else an operator has set (placement, other sizes) stays. Safe to run in several processes at once. Throws
 * an error for {@link areSubjectsTaken} if the stream has to wait for the owner of another one.
 */
export async function ensureStream(
  manager: JetStreamManager,
  definition: StreamDefinition,
  how: { readonly service: ServiceName; readonly settings: StreamSettings },
): Promise<'created' | 'updated' | 'unchanged'> {
  const wanted = ownedSettings(definition, how.settings);
  const found = await orUndefined(manager.streams.info(definition.name));
  if (!found) {
    try {
      await manager.streams.add({
        name: definition.name,
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        ...wanted,
      });
      return 'created';
    } catch (error) {
      if (errorCode(error) !== STREAM_NAME_IN_USE) throw error;
      return 'unchanged';
    }
  }
  if (definition.owner !== how.service) return 'unchanged';
  const { config } = found;
  const names = Object.keys(wanted) as (keyof OwnedSettings)[];
  if (names.every((name) => isSet(config, wanted, name))) return 'unchanged';
  await manager.streams.update(definition.name, { ...config, ...wanted });
  return 'updated';
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
  if (!info) return undefined;
  return {
    createdAt: new Date(info.created),
    lastSequence: info.state.last_seq,
    cluster: clusterOf(info),
  };
}

/** How much a stream holds, how full it is, and how many of its replicas are missing. */
export interface StreamRoom {
  readonly bytes: number;
  /** By the limit that is closer, of bytes or of messages; undefined without a limit. */
  readonly usedRatio: number | undefined;
  /** Offline or behind; undefined if the stream has a single replica. */
  readonly replicasMissing: number | undefined;
}

/** Undefined if the stream does not exist. */
export async function streamRoom(
  manager: JetStreamManager,
  name: string,
): Promise<StreamRoom | undefined> {
  const info = await orUndefined(manager.streams.info(name));
  if (!info) return undefined;
  const { config, state, cluster } = info;
  const shares = [
    ...(config.max_bytes > 0 ? [state.bytes / config.max_bytes] : []),
    ...(config.max_msgs > 0 ? [state.messages / config.max_msgs] : []),
  ];
  // The leader does not list itself.
  const followers = (cluster?.replicas ?? []).filter(({ current, offline }) => current && !offline);
  return {
    bytes: state.bytes,
    usedRatio: shares.length === 0 ? undefined : Math.max(...shares),
    replicasMissing:
      config.num_replicas > 1 ? config.num_replicas - 1 - followers.length : undefined,
  };
}

/** How a stream can differ from its definition and the settings, in words. */
const flawWords: Readonly<Record<keyof OwnedSettings, string>> = {
  subjects: 'takes different subjects',
  max_age: 'keeps messages for a different time',
  duplicate_window: 'recognises repeats for a different time',
  num_replicas: 'has a different number of replicas',
  max_bytes: 'has another size',
  discard: 'drops its oldest messages when it is full',
};

function behind(cluster: StreamCluster | undefined): string[] {
  const nodes = (cluster?.replicas ?? []).filter(({ isBehind }) => isBehind);
  return nodes.length === 0
    ? []
    : [`has no current copy on ${nodes.map(({ node }) => node).join(', ')}`];
}

/** How an existing stream differs from its definition and the settings. Undefined if it does not exist. */
export async function streamFlaws(
  manager: JetStreamManager,
  definition: StreamDefinition,
  settings: StreamSettings,
): Promise<readonly string[] | undefined> {
  const info = await orUndefined(manager.streams.info(definition.name));
  if (!info) return undefined;
  const { config } = info;
  const wanted = ownedSettings(definition, settings);
  const names = Object.keys(wanted) as (keyof OwnedSettings)[];
  return [
    ...names.filter((name) => !isSet(config, wanted, name)).map((name) => flawWords[name]),
    ...(config.storage === StorageType.File ? [] : ['keeps messages only in memory']),
    ...behind(clusterOf(info)),
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
