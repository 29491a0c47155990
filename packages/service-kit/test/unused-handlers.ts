import { billingProcedures, type BillingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handlers } from '@landfall/contracts/procedures';

const unused = (): Promise<never> => Promise.reject(new Error('This handler is not tested.'));

const namespaces = Object.entries(billingProcedures).map(([namespace, specs]) => {
  const handlers = Object.keys(specs).map((name) => [name, unused]);
  return [namespace, Object.fromEntries(handlers)];
});

/** A handler for each procedure of billing-sync, to be replaced where a test needs an answer. */
// The record is built from data, so TypeScript cannot infer its type.
export const unusedHandlers = Object.fromEntries(namespaces) as Handlers<BillingProcedures>;
