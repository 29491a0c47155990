import type { IngestProcedures } from '@landfall/contracts/ingest-procedures';
import type { OwnershipOf } from '@landfall/contracts/procedures';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { publisherOf } from '../store/notifications.ts';

/** Which publisher owns a notification. The router limits publishers' keys by it. */
export function ingestOwnership({
  db,
  log,
}: {
  readonly db: Db;
  readonly log: Logger;
}): OwnershipOf<IngestProcedures> {
  return {
    publisherOf: { notification: (id) => publisherOf(db, id) },
    onForeign: (attempt) =>
      log.warn({ security: true, ...attempt }, "a key asked for another publisher's data"),
  };
}
