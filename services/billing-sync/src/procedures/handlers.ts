import type { BillingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { catalogueHandlers } from './catalogue.ts';
import { meterHandlers } from './meters.ts';
import { overrideHandlers } from './overrides.ts';
import { incidentHandlers } from './incidents.ts';
import { recurringHandlers } from './recurring.ts';
import { usageHours } from './usage-hours.ts';
import { usageDays } from './usage-days.ts';
import { listRecords } from './usage-records.ts';
import { listRefusals } from './usage-refusals.ts';
import { reportUsage } from './usage-report.ts';
import { resendUsage } from './usage-resend.ts';
import { thresholdHandlers } from './thresholds.ts';
import { previewPlan, previewUsage } from './usage-preview.ts';
import { usageProgress } from './usage-progress.ts';
import { usageReadBack } from './usage-read-back.ts';
import { usageStatement, usageStatements } from './usage-statement.ts';
import { usageSummary } from './usage-summary.ts';

/** Every procedure of this service with its handler. */
export function procedureHandlers(deps: {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  /** How long an hour waits for late reports before it is rated. */
  readonly graceMs: number;
}): Handlers<BillingProcedures> {
  const { db } = deps;
  return {
    usage: {
      report: reportUsage(deps),
      refusals: listRefusals(db),
      records: listRecords(db),
      hours: usageHours(db),
      progress: usageProgress(deps),
      days: usageDays(db),
      resend: resendUsage(deps),
      summary: usageSummary(deps),
      statement: usageStatement(deps),
      statements: usageStatements(deps),
      readBack: usageReadBack(db),
      preview: previewUsage(db),
      previewPlan: previewPlan(deps),
    },
    catalogue: catalogueHandlers(deps),
    overrides: overrideHandlers(deps),
    meters: meterHandlers(deps),
    incidents: incidentHandlers(deps),
    thresholds: thresholdHandlers(deps),
    recurring: recurringHandlers(deps),
  };
}
