import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import type { Db } from '../db/schema.ts';
import { deliveryProcedures, type DeliveryDeps } from './deliveries.ts';
import { destinationProcedures } from './destinations.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { accessRequestProcedures } from './access-requests.ts';
import { approvalProcedures } from './approve.ts';
import { activateProcedure } from './activate.ts';
import { availablePlansProcedure } from './available-plans.ts';
import { credentialProcedures } from './credentials.ts';
import { customerMailProcedures, type CustomerMailDeps } from './customer-mails.ts';
import { deadLetterProcedures, type DeadLetterDeps } from './dead-letters.ts';
import { decideProcedure, mayRefuseProcedure } from './decide.ts';
import type { ProcedureDeps } from './deps.ts';
import { calendarProcedures } from './calendar.ts';
import { exchangesProcedure } from './exchanges.ts';
import { importsProcedures } from './imports.ts';
import { listenerProcedures } from './listeners.ts';
import { noteProcedures } from './notes.ts';
import { operationProcedures } from './operations.ts';
import { parkedTaskProcedures } from './parked-tasks.ts';
import { policyProcedures } from './policies.ts';
import { publisherProcedures } from './publishers.ts';
import { provisioningProcedures } from './provisioning.ts';
import { readProcedures } from './read.ts';
import { reconciliationProcedures } from './reconciliation.ts';
import { changeProcedures } from './request-change.ts';
import { rereadProcedure } from './reread.ts';
import { resolveProcedure } from './resolve.ts';
import { settingsProcedures } from './settings.ts';
import { truthsProcedure } from './truths.ts';

/** Every procedure of this service with its handler. */
export function procedureHandlers(
  deps: ProcedureDeps & CustomerMailDeps & DeliveryDeps & DeadLetterDeps,
  parts: {
    readonly reconciler: Reconciler;
    readonly decisionDb: Db;
    readonly machineNow: () => Date;
  },
): Handlers<FulfillmentProcedures> {
  const { reconciler, decisionDb, machineNow } = parts;
  const { operations, report, list: listOperations } = operationProcedures(deps);
  const credentials = credentialProcedures({ ...deps, now: machineNow });
  return {
    subscriptions: {
      ...readProcedures(deps),
      ...changeProcedures(deps),
      availablePlans: availablePlansProcedure(deps),
      activate: activateProcedure(deps),
      ...approvalProcedures(deps),
      ...noteProcedures(deps),
      ...provisioningProcedures(deps),
      operations,
      exchanges: exchangesProcedure(deps),
      truths: truthsProcedure(deps),
      reread: rereadProcedure(deps),
    },
    policies: { ...policyProcedures(deps), report },
    settings: settingsProcedures(deps),
    reconciliation: reconciliationProcedures(deps, reconciler),
    destinations: destinationProcedures(deps),
    deliveries: deliveryProcedures(deps),
    customerMails: customerMailProcedures(deps),
    parkedTasks: parkedTaskProcedures(deps),
    deadLetters: deadLetterProcedures(deps),
    credentials,
    operations: { list: listOperations },
    publishers: publisherProcedures(deps, credentials),
    listeners: listenerProcedures(deps),
    imports: importsProcedures(deps),
    calendar: calendarProcedures(deps),
    purchases: { resolve: resolveProcedure(deps) },
    accessRequests: accessRequestProcedures(deps),
    decisions: {
      decide: decideProcedure({ ...deps, db: decisionDb }),
      mayRefuse: mayRefuseProcedure({ ...deps, db: decisionDb }),
    },
  };
}
