import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { insertExchanges } from '../store/exchanges.ts';
import type { ExchangeBuffer } from './buffer.ts';

/** One statement a second, however many calls there are. */
const EVERY_MS = 1_000;

/**
 * Stores the calls to Microsoft beside the work. They are for people: if the process crashes, the last second is missing. Closing
 * stores what waits.
 */
export function startExchangeRecorder(options: {
  readonly db: Db;
  readonly log: Logger;
  readonly exchanges: ExchangeBuffer;
}): AsyncDisposable {
  const { db, log } = options;
  const store = async (): Promise<void> => {
    const { exchanges, lost } = options.exchanges.take();
    if (lost > 0)
      log.warn({ lost }, 'calls to Microsoft were not recorded; the work itself is not affected');
    if (exchanges.length > 0) await insertExchanges(db.kysely, exchanges);
  };
  const loop = startLoop({ name: 'exchanges', everyMs: EVERY_MS, log, run: store });
  return {
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      await store().catch((error: unknown) =>
        log.warn({ err: error }, 'the last calls to Microsoft were not recorded'),
      );
    },
  };
}
