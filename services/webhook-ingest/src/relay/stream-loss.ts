import { streams } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { requeueLost } from '../store/publications.ts';

/** Says whether NATS is still the one that it was, so that what it confirmed may be written down. */
export type IsStillKept = () => boolean;

/**
 * JetStream confirms before it syncs its files. Before anything is published after a start or a loss of
 * the connection, this looks whether the stream still has what it had confirmed; what it has lost is
 * published again. Throws the bus's and the database's faults; then nothing may be published.
 */
export function watchStreamLoss(parts: {
  readonly db: Db;
  readonly bus: Bus;
  readonly log: Logger;
}): () => Promise<IsStillKept> {
  const { db, bus, log } = parts;
  const stream = streams.ingest.name;
  let checkedAt: number | undefined;
  let checking: Promise<void> | undefined;

  const check = async (): Promise<void> => {
    const losses = bus.losses();
    const notifications = await requeueLost(db, await bus.streamState(stream));
    if (notifications > 0) log.warn({ stream, notifications }, 'a stream lost notifications');
    checkedAt = losses;
  };

  return async () => {
    while (checkedAt !== bus.losses()) {
      checking ??= check().finally(() => (checking = undefined));
      await checking;
    }
    const losses = checkedAt;
    return () => {
      const isSame = losses === bus.losses();
      // Something may be written down by now that the look has not seen.
      if (!isSame) checkedAt = undefined;
      return isSame;
    };
  };
}
