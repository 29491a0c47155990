import type { CredentialStatus } from '@landfall/contracts/credential-procedures';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { notFound } from '@landfall/contracts/ownership';
import { isFault } from '@landfall/domain/fault';
import { DEFAULT_MARKETPLACE_BASE_URL } from '@landfall/marketplace/constants';
import type { Publisher } from '@landfall/publishers/publishers';
import { daysLeft, stateOf } from '../credentials/expiry.ts';
import { healthKeyOf, readHealth } from '../store/credential-health.ts';
import { isNamed } from '../publishers.ts';
import type { ProcedureDeps } from './deps.ts';

type CredentialDeps = Pick<ProcedureDeps, 'db' | 'now' | 'publishers'>;

/** The state of each publisher's access to Microsoft, as all processes together have seen it. */
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

/** Most urgent first. */
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
  const failure = health.failure ?? health.apiFailure;
  return {
    publisherId,
    kind: credential.kind,
    state: stateOf(health, expiresAt, at),
    expiresAt: expiresAt?.toISOString(),
    daysLeft: expiresAt && daysLeft(expiresAt, at),
    lastSuccessAt: health.lastSuccessAt?.toISOString(),
    lastFailureAt: health.lastFailureAt?.toISOString(),
    failure,
    explanation: health.failure === undefined ? health.apiExplanation : undefined,
    nextStep: failure === undefined ? undefined : NEXT_STEPS.get(failure),
  };
}

/** What an operator does about a failure. Failures that pass by themselves have no entry. */
const NEXT_STEPS: ReadonlyMap<string, string> = new Map([
  [
    'credentials.rejected',
    'Create a new secret or certificate for the application in Entra ID and set it here; a file is read without a restart.',
  ],
  [
    'credentials.unreadable',
    "Find the unreadable setting in the worker's log and correct the file; no restart is needed.",
  ],
  [
    'marketplace.not-authorized',
    "Compare this publisher's tenant and application with the offer's technical configuration in Partner Center: Microsoft's API accepts only that pair.",
  ],
  [
    'marketplace.wrong-address',
    `Set MARKETPLACE_BASE_URL to ${DEFAULT_MARKETPLACE_BASE_URL} and restart; buyers' purchase tokens are kept meanwhile.`,
  ],
]);

function ifUnreadable(error: unknown): undefined {
  if (!isFault(error)) throw error;
  return undefined;
}
