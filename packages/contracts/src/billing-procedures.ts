import {
  catalogueProcedures,
  meterProcedures,
  overrideProcedures,
} from './catalogue-procedures.ts';
import { incidentProcedures, proofProcedures, thresholdProcedures } from './proof-procedures.ts';
import { recurringProcedures } from './recurring-procedures.ts';
import { usageProcedures } from './usage-procedures.ts';

/** Served by billing-sync. */
export const billingProcedures = {
  usage: { ...usageProcedures, ...proofProcedures },
  catalogue: catalogueProcedures,
  overrides: overrideProcedures,
  meters: meterProcedures,
  recurring: recurringProcedures,
  incidents: incidentProcedures,
  thresholds: thresholdProcedures,
} as const;

export type BillingProcedures = typeof billingProcedures;
