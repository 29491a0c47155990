import type { Migration } from 'kysely/migration';
import { visitsMigration } from './migrations/0001-visits.ts';
import { anonymousEventsMigration } from './migrations/0002-anonymous-events.ts';

/**
 * Forward only, in order of name; an entry that was released is never changed. The landing page
 * publishes no facts and consumes none, so it has neither outbox nor inbox.
 */
export const migrations: Record<string, Migration> = {
  '0001-visits': visitsMigration,
  '0002-anonymous-events': anonymousEventsMigration,
};
