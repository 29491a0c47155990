import type { Migration } from 'kysely/migration';
import { openMattersMigration } from '@landfall/service-kit/matters';
import { messagingMigration, traceParentMigration } from '@landfall/service-kit/outbox';
import { keysAndAudit } from './migrations/0002-keys-and-audit.ts';
import { publishers } from './migrations/0003-publishers.ts';
import { countedRefusals } from './migrations/0005-counted-refusals.ts';
import { auditChain } from './migrations/0009-audit-chain.ts';
import { dimensionsScope } from './migrations/0006-dimensions-scope.ts';
import { peopleAndKeys } from './migrations/0008-people-and-keys.ts';
import { backups } from './migrations/0010-backups.ts';
import { rateBuckets } from './migrations/0011-rate-buckets.ts';
import { matters } from './migrations/0012-matters.ts';
import { idempotentCalls } from './migrations/0007-idempotent-calls.ts';

export const migrations: Record<string, Migration> = {
  '0001-messaging': messagingMigration,
  '0002-keys-and-audit': keysAndAudit,
  '0003-publishers': publishers,
  '0005-counted-refusals': countedRefusals,
  '0006-dimensions-scope': dimensionsScope,
  '0007-idempotent-calls': idempotentCalls,
  '0008-people-and-keys': peopleAndKeys,
  '0009-audit-chain': auditChain,
  '0010-backups': backups,
  '0011-rate-buckets': rateBuckets,
  '0012-matters': matters,
  '0013-open-matters': openMattersMigration,
  '0014-trace-parent': traceParentMigration,
};
