import { decodeJwt } from 'jose';
import {
  bearerToken,
  createWebhookVerifier,
  type RefusalReason,
  type WebhookCaller,
  type WebhookVerifier,
  type WebhookVerifierOptions,
} from './webhook-verifier.ts';

export type PublisherVerdict =
  | {
      readonly ok: true;
      readonly claims: WebhookCaller;
      /** Whose webhook was called; undefined for the only publisher, where nobody has named it. */
      readonly publisherId: string | undefined;
    }
  | { readonly ok: false; readonly reason: RefusalReason };

export interface PublisherVerifier {
  verify(authorizationHeader: string | undefined): Promise<PublisherVerdict>;
}

interface Application {
  readonly publisherId: string | undefined;
  readonly tenantId: string;
  readonly clientId: string;
}

/**
 * One verifier per publisher. What an unverified token says of audience and tenant chooses who judges
 * it and nothing else: the chosen one compares both again, below the signature of that tenant's keys.
 * A pair of nobody's is refused like any other stranger, and no keys are fetched for it.
 */
export function createPublisherVerifier(
  applications: readonly Application[],
  options: Omit<WebhookVerifierOptions, 'tenantId' | 'clientId'>,
): PublisherVerifier {
  const judges = applications.map((application) => {
    const verifier = createWebhookVerifier({ ...options, ...application });
    return { ...application, verifier };
  });
  const [only] = judges;
  if (!only) throw new TypeError('there is no publisher');

  const choose = (header: string | undefined): Judge | RefusalReason => {
    const token = bearerToken(header);
    if (judges.length === 1 || typeof token !== 'string') return only;
    const { audiences, tenantId } = readAddress(token);
    const addressed = judges.filter(({ clientId }) => audiences.includes(clientId.toLowerCase()));
    if (addressed.length === 0) return audiences.length === 0 ? 'malformed' : 'audience';
    return addressed.find((judge) => judge.tenantId.toLowerCase() === tenantId) ?? 'tenant';
  };

  return {
    verify: async (header) => {
      const judge = choose(header);
      if (typeof judge === 'string') return { ok: false, reason: judge };
      const verdict = await judge.verifier.verify(header);
      return verdict.ok ? { ...verdict, publisherId: judge.publisherId } : verdict;
    },
  };
}

type Judge = Application & { readonly verifier: WebhookVerifier };

/** Audience and tenant as the token claims them; both empty where it cannot be read. */
function readAddress(token: string): { audiences: readonly string[]; tenantId: string } {
  try {
    const { aud, tid } = decodeJwt(token);
    const audiences = [aud].flat().flatMap((one) => {
      return typeof one === 'string' ? [one.toLowerCase().replace(/^api:\/\//, '')] : [];
    });
    return { audiences, tenantId: typeof tid === 'string' ? tid.toLowerCase() : '' };
  } catch {
    return { audiences: [], tenantId: '' };
  }
}
