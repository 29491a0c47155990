import type { IngestProcedures } from '@landfall/contracts/ingest-procedures';
import type { OwnershipOf } from '@landfall/contracts/procedures';
import type { Logger } from '@landfall/service-kit/log';
import { publisherOf } from '../store/notifications.ts';
import type { Db } from '../db/schema.ts';

/** Whose a notification is; the router keeps limited keys by it. */
export function notificationBorders({
  db,
  log,
}: {
  readonly db: Db;
  readonly log: Logger;
}): OwnershipOf<IngestProcedures> {
  return {
    publisherOf: { notification: (id) => publisherOf(db, id) },
    onForeign: (attempt) =>
      log.warn({ security: true, ...attempt }, 'a key asked for what is not of its publisher'),
  };
}
