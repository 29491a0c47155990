import type { Migration } from 'kysely/migration';
import { openMattersMigration } from '@landfall/service-kit/matters';
import { messagingMigration } from '@landfall/service-kit/outbox';
import { notifications } from './migrations/0002-notifications.ts';
import { history } from './migrations/0003-history.ts';
import { publisher } from './migrations/0004-publisher.ts';
import { places } from './migrations/0005-places.ts';
import { byOperation } from './migrations/0007-by-operation.ts';
import { arrival } from './migrations/0008-arrival.ts';
import { publications } from './migrations/0010-publications.ts';
import { traceParents } from './migrations/0011-trace-parents.ts';
import { unreadable } from './migrations/0006-unreadable.ts';

export const migrations: Record<string, Migration> = {
  '0001-messaging': messagingMigration,
  '0002-notifications': notifications,
  '0003-history': history,
  '0004-publisher': publisher,
  '0005-places': places,
  '0006-unreadable': unreadable,
  '0007-by-operation': byOperation,
  '0008-arrival': arrival,
  '0009-open-matters': openMattersMigration,
  '0010-publications': publications,
  '0011-trace-parents': traceParents,
};
