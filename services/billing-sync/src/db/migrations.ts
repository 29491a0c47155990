import type { Migration } from 'kysely/migration';
import { openMattersMigration } from '@landfall/service-kit/matters';
import { messagingMigration, traceParentMigration } from '@landfall/service-kit/outbox';
import { usageMigration } from './migrations/0002-usage.ts';
import { doubtMigration } from './migrations/0003-doubt.ts';
import { reachMigration } from './migrations/0004-reach.ts';
import { testsMigration } from './migrations/0005-tests.ts';
import { retentionMigration } from './migrations/0006-retention.ts';
import { ledgerMigration } from './migrations/0007-ledger.ts';
import { mattersMigration } from './migrations/0008-matters.ts';

/** Forward only. A released migration never changes. */
export const migrations: Record<string, Migration> = {
  '0001-messaging': messagingMigration,
  '0002-usage': usageMigration,
  '0003-doubt': doubtMigration,
  '0004-reach': reachMigration,
  '0005-tests': testsMigration,
  '0006-retention': retentionMigration,
  '0007-ledger': ledgerMigration,
  '0008-matters': mattersMigration,
  '0009-open-matters': openMattersMigration,
  '0010-trace-parent': traceParentMigration,
};
