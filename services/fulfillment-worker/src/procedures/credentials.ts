import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures.ts';
import type { Handlers } from '@landfall/contracts/procedures.ts';
import { isFault } from '@landfall/domain/fault.ts';
import type { PublisherCredential } from '@landfall/marketplace/publisher-credential.ts';
import { daysLeft, stateOf } from '../credentials/expiry.ts';
import { readHealth } from '../credentials/health-store.ts';
import type { ProcedureDeps } from './deps.ts';

export interface CredentialDeps {
  readonly credential: PublisherCredential;
  readonly clientId: string;
}

/** How access to Microsoft stands, as all processes together have seen it. */
export function credentialProcedures(
  deps: Pick<ProcedureDeps, 'db' | 'now'> & CredentialDeps,
): Handlers<FulfillmentProcedures>['credentials'] {
  const { db, now, clientId, credential } = deps;
  return {
    status: async () => {
      const [health, expiresAt] = await Promise.all([
        readHealth(db.kysely, clientId),
        credential.expiresAt().catch(ifUnreadable),
      ]);
      const at = now();
      return {
        kind: credential.kind,
        state: stateOf(health, expiresAt, at),
        expiresAt: expiresAt?.toISOString(),
        daysLeft: expiresAt && daysLeft(expiresAt, at),
        lastSuccessAt: health.lastSuccessAt?.toISOString(),
        lastFailureAt: health.lastFailureAt?.toISOString(),
        failure: health.failure,
      };
    },
  };
}

function ifUnreadable(error: unknown): undefined {
  if (!isFault(error)) throw error;
  return undefined;
}
