import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures.ts';
import type { Handlers } from '@landfall/contracts/procedures.ts';
import { Rejection } from '@landfall/contracts/rejections.ts';
import { readPolicy, writePolicy } from '../store/policy.ts';
import type { ProcedureDeps } from './deps.ts';

/** The rules are read for each decision, so that new ones are in force at once in every process. */
export function policyProcedures(
  deps: Pick<ProcedureDeps, 'db'>,
): Handlers<FulfillmentProcedures>['policies'] {
  return {
    get: async () => await readPolicy(deps.db.kysely),
    put: async (policy) => {
      const ids = new Set(policy.rules.map((rule) => rule.id));
      if (ids.size < policy.rules.length) {
        return new Rejection('policy.invalid', 'Each rule needs an id of its own.');
      }
      await writePolicy(deps.db.kysely, policy);
      return policy;
    },
  };
}
