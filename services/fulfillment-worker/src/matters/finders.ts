import type { MatterFinder, MatterKindOf } from '@landfall/service-kit/matters';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db, FulfillmentTables } from '../db/schema.ts';
import type { WorkerDeps } from '../publishers.ts';
import { failedChanges, notedOperations, overruledRefusals } from '../store/matters/operations.ts';
import {
  endingSuspensions,
  endingTrials,
  failedActivations,
  failedProvisioning,
  renewalsAhead,
  unconfiguredPurchases,
  waitingApprovals,
  waitingProvisioning,
} from '../store/matters/purchases.ts';
import {
  failingReconciliations,
  missingEffects,
  unhealedDrift,
  unknownSubscriptions,
  unrecognisedStatuses,
} from '../store/matters/records.ts';
import {
  deadDeliveries,
  disabledDestinations,
  failingDestinations,
  parkedTasks,
} from '../store/matters/work.ts';
import { credentialFinders, UNNAMED, type WatchedPublishers } from './credentials.ts';
import { deadLetterFinder } from './dead-letters.ts';

type Finder = MatterFinder<FulfillmentTables, MatterKindOf<'fulfillment-worker'>>;

/** Everything that this service finds for a person. */
export function workerFinders(
  deps: Pick<WorkerDeps, 'now'> & {
    readonly publishers: WatchedPublishers;
    readonly db: Db;
    readonly bus: Pick<Bus, 'readStored'>;
    readonly machineNow: () => Date;
  },
): readonly Finder[] {
  const { now } = deps;
  const noted = (note: Parameters<typeof notedOperations>[2]['note']): Finder['find'] => {
    return async (trx, limit) => await notedOperations(trx, limit, { note, now: now() });
  };
  return [
    { kind: 'activation-failed', find: failedActivations },
    { kind: 'not-configured', find: (trx, limit) => unconfiguredPurchases(trx, limit, now()) },
    { kind: 'approval-waiting', find: (trx, limit) => waitingApprovals(trx, limit, now()) },
    { kind: 'provisioning-waiting', find: (trx, limit) => waitingProvisioning(trx, limit, now()) },
    { kind: 'provisioning-failed', find: failedProvisioning },
    { kind: 'suspension-ending', find: (trx, limit) => endingSuspensions(trx, limit, now()) },
    { kind: 'renewal-ahead', find: (trx, limit) => renewalsAhead(trx, limit, now()) },
    { kind: 'trial-ending', find: (trx, limit) => endingTrials(trx, limit, now()) },
    { kind: 'refusal-overruled', find: (trx, limit) => overruledRefusals(trx, limit, now()) },
    { kind: 'operation-without-target', find: noted('withoutTarget') },
    { kind: 'operation-contradicted', find: noted('contradicted') },
    { kind: 'operation-unconfirmed', find: noted('unconfirmed') },
    { kind: 'action-unknown', find: noted('unknownAction') },
    { kind: 'change-failed', find: (trx, limit) => failedChanges(trx, limit, now()) },
    { kind: 'effect-missing', find: missingEffects },
    { kind: 'subscription-unknown', find: unknownSubscriptions },
    { kind: 'status-unrecognised', find: unrecognisedStatuses },
    { kind: 'drift-unhealed', find: unhealedDrift },
    {
      kind: 'reconciliation-failing',
      find: (trx, limit) => failingReconciliations(trx, limit, { sole: UNNAMED, now: now() }),
    },
    { kind: 'task-parked', find: parkedTasks },
    { kind: 'delivery-dead', find: deadDeliveries },
    { kind: 'destination-failing', find: (trx, limit) => failingDestinations(trx, limit, now()) },
    { kind: 'destination-disabled', find: disabledDestinations },
    deadLetterFinder(deps.bus),
    ...credentialFinders(deps),
  ];
}
