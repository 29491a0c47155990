import { decodeJwt } from 'jose';
import {
  bearerToken,
  createWebhookVerifier,
  type RefusalReason,
  type WebhookCaller,
  type WebhookVerifier,
  type WebhookVerifierOptions,
} from '@landfall/marketplace/webhook-verifier';

/**
 * With the publisher whose webhook was called: undefined for the only one, where nobody has named it.
 * Of who is refused it is only claimed, and undefined where the claim fits none of several.
 */
export type PublisherVerdict = { readonly publisherId: string | undefined } & (
  | { readonly ok: true; readonly claims: WebhookCaller }
  | { readonly ok: false; readonly reason: RefusalReason }
);

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

  const choose = (header: string | undefined): Judge | (PublisherVerdict & { ok: false }) => {
    const token = bearerToken(header);
    if (judges.length === 1) return only;
    if (typeof token !== 'string') return { ...token, publisherId: undefined };
    const { audiences, tenantId } = readAddress(token);
    const addressed = judges.filter(({ clientId }) => audiences.includes(clientId.toLowerCase()));
    const [nearest] = addressed;
    if (!nearest) {
      const reason = audiences.length === 0 ? 'malformed' : 'audience';
      return { ok: false, reason, publisherId: undefined };
    }
    const { publisherId } = nearest;
    return (
      addressed.find((judge) => judge.tenantId.toLowerCase() === tenantId) ?? {
        ok: false,
        reason: 'tenant',
        publisherId,
      }
    );
  };

  return {
    verify: async (header) => {
      const judge = choose(header);
      if ('ok' in judge) return judge;
      return { ...(await judge.verifier.verify(header)), publisherId: judge.publisherId };
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
