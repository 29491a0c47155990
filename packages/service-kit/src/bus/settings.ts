import type { BaseConfig } from '../process/config.ts';

/** The operator's settings for all streams. An existing stream keeps its value for a setting that is undefined. */
export interface StreamSettings {
  /** Nodes of the cluster that hold a copy. Without it, a new stream has one. */
  readonly replicas?: number | undefined;
  /** A full stream refuses new messages, so the outbox keeps them. */
  readonly maxBytes?: number | undefined;
  /** Replaces the one of the definition. */
  readonly duplicateWindowMs?: number | undefined;
}

/** Where NATS is, and how a service uses it. */
export interface BusSettings {
  /** One or more servers, separated by commas. */
  readonly url: string;
  /** The certificate of an authority that signed the servers' certificates, if it is not a public one. */
  readonly caFile?: string | undefined;
  /** If a handler is silent for this long, JetStream delivers its message to another instance. */
  readonly ackWaitMs?: number | undefined;
  readonly streams?: StreamSettings | undefined;
}

/** The bus settings of a service's configuration. */
export function busSettings(
  config: Pick<BaseConfig, 'NATS_URL'> & Partial<BaseConfig>,
): BusSettings {
  return {
    url: config.NATS_URL,
    caFile: config.NATS_CA_FILE,
    ackWaitMs: config.ACK_WAIT_MS,
    streams: {
      replicas: config.NATS_REPLICAS,
      maxBytes: config.NATS_MAX_BYTES,
      duplicateWindowMs: config.NATS_DUPLICATE_WINDOW_MS,
    },
  };
}
