import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { type IntakeDeps, takeRecords } from '../intake/take-records.ts';

/** Takes a batch of usage. Each record gets its own verdict. */
export function reportUsage(
  deps: IntakeDeps,
): Handler<(typeof billingProcedures)['usage']['report']> {
  return async (given) => ({
    results: await takeRecords(deps, given),
    ...(given.dryRun === true && { dryRun: true }),
  });
}
