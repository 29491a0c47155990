import type { CredentialStatus } from '@landfall/contracts/credential-procedures.ts';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures.ts';
import type { Handlers } from '@landfall/contracts/procedures.ts';
import { notFound } from '@landfall/contracts/reach.ts';
import { isFault } from '@landfall/domain/fault.ts';
import type { Publisher } from '@landfall/marketplace/publishers.ts';
import { daysLeft, stateOf } from '../credentials/expiry.ts';
import { healthKeyOf, readHealth } from '../credentials/health-store.ts';
import { isNamed } from '../publishers.ts';
import type { ProcedureDeps } from './deps.ts';

type CredentialDeps = Pick<ProcedureDeps, 'db' | 'now' | 'publishers'>;

/** How access to Microsoft stands, of each publisher, as all processes together have seen it. */
export function credentialProcedures(
  deps: CredentialDeps,
): Handlers<FulfillmentProcedures>['credentials'] {
  const { publishers } = deps;
  return {
    status: async ({ publisherId }) => {
      const one = publisherId === undefined ? undefined : publishers.of(publisherId);
      if (publisherId !== undefined && !isNamed(publishers, publisherId)) {
        return notFound('publisher');
      }
      const wanted = one ? [one] : publishers.all;
      const all = await Promise.all(wanted.map((publisher) => statusOf(deps, publisher)));
      const [worst] = all.toSorted((left, right) => urgency(left) - urgency(right));
      if (!worst) throw new Error('there is no publisher');
      return { ...worst, publishers: all };
    },
  };
}

/** What has to be looked at first comes first. */
const URGENCY: readonly CredentialStatus['state'][] = [
  'rejected',
  'expired',
  'expiring',
  'unknown',
  'ok',
];

function urgency({ state }: CredentialStatus): number {
  return URGENCY.indexOf(state);
}

async function statusOf(
  { db, now, publishers }: CredentialDeps,
  publisher: Publisher,
): Promise<CredentialStatus> {
  const { credential, publisherId } = publisher;
  const [health, expiresAt] = await Promise.all([
    readHealth(db.kysely, healthKeyOf(publisher, publishers)),
    credential.expiresAt().catch(ifUnreadable),
  ]);
  const at = now();
  return {
    publisherId,
    kind: credential.kind,
    state: stateOf(health, expiresAt, at),
    expiresAt: expiresAt?.toISOString(),
    daysLeft: expiresAt && daysLeft(expiresAt, at),
    lastSuccessAt: health.lastSuccessAt?.toISOString(),
    lastFailureAt: health.lastFailureAt?.toISOString(),
    failure: health.failure,
  };
}

function ifUnreadable(error: unknown): undefined {
  if (!isFault(error)) throw error;
  return undefined;
}
