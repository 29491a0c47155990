import type { Migration } from 'kysely/migration';
import { openMattersMigration } from '@landfall/service-kit/matters';
import { messagingMigration } from '@landfall/service-kit/outbox';
import { fulfillmentMigration } from './migrations/0002-fulfillment.ts';
import { deliveriesMigration } from './migrations/0003-deliveries.ts';
import { readingsMigration } from './migrations/0004-readings.ts';
import { timersMigration } from './migrations/0005-timers.ts';
import { decisionsMigration } from './migrations/0006-decisions.ts';
import { credentialsMigration } from './migrations/0007-credentials.ts';
import { timersOfBeforeMigration } from './migrations/0008-timers-of-before.ts';
import { publishersMigration } from './migrations/0009-publishers.ts';
import { reachMigration } from './migrations/0010-reach.ts';
import { oldestNotificationMigration } from './migrations/0011-oldest-notification.ts';
import { resumableRunsMigration } from './migrations/0012-resumable-runs.ts';
import { expectationsMigration } from './migrations/0013-expectations.ts';
import { countedApartMigration } from './migrations/0014-counted-apart.ts';
import { apiAccessMigration } from './migrations/0015-api-access.ts';
import { releasedDeliveriesMigration } from './migrations/0016-released-deliveries.ts';
import { changeOriginsMigration } from './migrations/0017-change-origins.ts';
import { retentionMigration } from './migrations/0019-retention.ts';
import { changesOfSubscriptionMigration } from './migrations/0020-changes-of-subscription.ts';
import { readingMigration } from './migrations/0021-reading.ts';
import { offersOfPublisherMigration } from './migrations/0022-offers-of-publisher.ts';
import { approvalsMigration } from './migrations/0025-approvals.ts';
import { mattersMigration } from './migrations/0027-matters.ts';
import { readingListsMigration } from './migrations/0029-reading-lists.ts';
import { channelsMigration } from './migrations/0030-channels.ts';
import { customerMailsMigration } from './migrations/0032-customer-mails.ts';
import { traceParentsMigration } from './migrations/0033-trace-parents.ts';

/** Forward only: a released migration is never edited; a later migration corrects it. */
export const migrations: Record<string, Migration> = {
  '0001-messaging': messagingMigration,
  '0002-fulfillment': fulfillmentMigration,
  '0003-deliveries': deliveriesMigration,
  '0004-readings': readingsMigration,
  '0005-timers': timersMigration,
  '0006-decisions': decisionsMigration,
  '0007-credentials': credentialsMigration,
  '0008-timers-of-before': timersOfBeforeMigration,
  '0009-publishers': publishersMigration,
  '0010-reach': reachMigration,
  '0011-oldest-notification': oldestNotificationMigration,
  '0012-resumable-runs': resumableRunsMigration,
  '0013-expectations': expectationsMigration,
  '0014-counted-apart': countedApartMigration,
  '0015-api-access': apiAccessMigration,
  '0016-released-deliveries': releasedDeliveriesMigration,
  '0017-change-origins': changeOriginsMigration,
  '0019-retention': retentionMigration,
  '0020-changes-of-subscription': changesOfSubscriptionMigration,
  '0021-reading': readingMigration,
  '0022-offers-of-publisher': offersOfPublisherMigration,
  '0025-approvals': approvalsMigration,
  '0026-open-matters': openMattersMigration,
  '0027-matters': mattersMigration,
  '0029-reading-lists': readingListsMigration,
  '0030-channels': channelsMigration,
  '0032-customer-mails': customerMailsMigration,
  '0033-trace-parents': traceParentsMigration,
};
