import type { Migration } from 'kysely/migration';
import { openMattersMigration } from '@landfall/service-kit/matters';
import { messagingMigration, traceParentMigration } from '@landfall/service-kit/outbox';
import { visitsMigration } from './migrations/0001-visits.ts';
import { anonymousEventsMigration } from './migrations/0002-anonymous-events.ts';
import { erasuresMigration } from './migrations/0003-erasures.ts';
import { arrivalsMigration } from './migrations/0004-arrivals.ts';
import { offerPagesMigration } from './migrations/0005-offer-pages.ts';
import { membersMigration } from './migrations/0006-members.ts';
import { accessRequestsMigration } from './migrations/0007-access-requests.ts';
import { refusedTokensMigration } from './migrations/0008-refused-tokens.ts';
import { draftsMigration } from './migrations/0009-drafts.ts';
import { quotasMigration } from './migrations/0011-quotas.ts';
import { strangersMigration } from './migrations/0014-strangers.ts';

/**
 * Forward only, in order of their names. A released migration is never changed. The inbox is not used, because handling a
 * fact twice changes nothing.
 */
export const migrations: Record<string, Migration> = {
  '0001-visits': visitsMigration,
  '0002-anonymous-events': anonymousEventsMigration,
  '0003-erasures': erasuresMigration,
  '0004-arrivals': arrivalsMigration,
  '0005-offer-pages': offerPagesMigration,
  '0006-members': membersMigration,
  '0007-access-requests': accessRequestsMigration,
  '0008-refused-tokens': refusedTokensMigration,
  '0009-drafts': draftsMigration,
  '0011-quotas': quotasMigration,
  '0012-messaging': messagingMigration,
  '0013-open-matters': openMattersMigration,
  '0014-strangers': strangersMigration,
  '0015-trace-parent': traceParentMigration,
};
