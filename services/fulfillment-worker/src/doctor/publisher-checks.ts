import type { OwnCheckInput } from '@landfall/contracts/doctor-procedures';
import { openAccessChecks, type AccessChecks } from '@landfall/publishers/access-checks';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import type { CheckToRun, Finding } from '@landfall/service-kit/checks';
import { daysLeft, warningOf } from '../credentials/expiry.ts';
import type { Db } from '../db/schema.ts';
import { checkKnownOffers, checkPlans } from './offer-checks.ts';
import { checkWebhook } from './webhook-check.ts';

/**
 * The checks of each publisher's way to Microsoft and back. They read only: no call changes anything at Microsoft, and
 * what a call answers about customers is dropped.
 */
export function createPublisherChecks(options: {
  readonly db: Db;
  readonly publishers: Publishers;
  readonly machineNow: () => Date;
  readonly authorityUrl: string;
  readonly baseUrl: string;
}): (input: OwnCheckInput) => readonly CheckToRun[] {
  const { db, publishers, machineNow } = options;
  const opened = publishers.all.map((publisher) => openAccessChecks(publisher, options));
  return ({ publisherId, publicUrl }) => {
    const named = publisherId === undefined ? undefined : publishers.of(publisherId);
    const chosen = opened.filter(({ publisher }) =>
      publisherId === undefined ? true : publisher === named,
    );
    return chosen.flatMap((access) => {
      const { publisher } = access;
      const shownId = publisherId ?? publisher.publisherId;
      const ownerId = publishers.isSole ? undefined : publisher.publisherId;
      return checksOf(access, { db, ownerId, publicUrl, machineNow }).map((check) =>
        Object.assign(check, { publisherId: shownId }),
      );
    });
  };
}

function checksOf(
  access: AccessChecks,
  of: {
    readonly db: Db;
    /** Undefined: every record belongs to this publisher. */
    readonly ownerId: string | undefined;
    readonly publicUrl: string;
    readonly machineNow: () => Date;
  },
): readonly CheckToRun[] {
  const { db, ownerId, publicUrl, machineNow } = of;
  // The token comes first, because the other checks use it.
  const token = once(() => access.checkToken());
  return [
    { check: 'credential.token', run: token },
    {
      check: 'credential.expiry',
      run: () => checkExpiry(access.publisher, machineNow()),
    },
    {
      check: 'fulfillment.api',
      run: async (signal) => {
        await token();
        return await access.checkCall(readOnePage, signal);
      },
    },
    {
      check: 'offers.plans',
      run: async (signal) => {
        await token();
        return await checkPlans(access, { db, ownerId, signal });
      },
    },
    { check: 'offers.known', run: () => checkKnownOffers(db, ownerId) },
    {
      check: 'webhook.reachable',
      run: (signal) => checkWebhook({ access, publicUrl, signal }),
    },
  ];
}

/** The first page of the list. Every publisher may read it, even before the first purchase. */
const readOnePage: Parameters<AccessChecks['checkCall']>[0] = async ({ fulfillment }, call) => {
  await fulfillment.list(call)[Symbol.asyncIterator]().next();
};

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}

async function checkExpiry({ credential }: Publisher, at: Date): Promise<Finding> {
  const expiresAt = await credential.expiresAt();
  if (!expiresAt) {
    return credential.kind === 'federated'
      ? { severity: 'ok', finding: 'A federated credential does not expire.' }
      : {
          severity: 'unknown',
          finding: 'The end of the credential is not known.',
          nextStep:
            "Set FULFILLMENT_CREDENTIAL_EXPIRES (in PUBLISHERS_FILE: credential.expires) to the secret's end in Certificates & secrets.",
        };
  }
  const left = daysLeft(expiresAt, at);
  const details = { expiresAt: expiresAt.toISOString(), daysLeft: String(left) };
  const warning = warningOf(expiresAt, at);
  if (!warning)
    return { severity: 'ok', finding: `The credential is valid for ${left} days.`, details };
  const hasEnded = warning.step === 'expired';
  return {
    severity: warning.isSerious ? 'error' : 'warning',
    finding: hasEnded ? 'The credential has expired.' : `The credential expires in ${left} days.`,
    nextStep: 'Create a new one and set it. A credential file is read again without a restart.',
    details,
  };
}
