import type { publicProcedures } from '@landfall/contracts/api';
import type { EdgeOwnershipOf } from '@landfall/contracts/procedures';
import type { Db } from '../db/schema.ts';
import { findKey } from '../store/keys.ts';
import { findOperator } from '../store/operators.ts';

/** Keys and people are the gateway's own. Everything else is looked up by the service to which the call is forwarded. */
export function edgeOwnership(db: Db): EdgeOwnershipOf<typeof publicProcedures> {
  return {
    isEdge: true,
    publisherOf: {
      subscription: 'by-owner',
      change: 'by-owner',
      run: 'by-owner',
      destination: 'by-owner',
      delivery: 'by-owner',
      notification: 'by-owner',
      listener: 'by-owner',
      key: async (id) => (await findKey(db, id))?.publisherId,
      operator: async (id) => (await findOperator(db, id))?.publisherId,
    },
  };
}
