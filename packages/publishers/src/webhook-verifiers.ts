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
 * A verdict with the publisher whose webhook was called; undefined for the only publisher if it has no
 * configured id. On a refusal the publisher is only a claim of the token; undefined if it matches none.
 */
export type PublisherVerdict = { readonly publisherId: string | undefined } & (
  | { readonly ok: true; readonly claims: WebhookCaller }
  | { readonly ok: false; readonly reason: RefusalReason }
);

/** Verifies webhook callers for all publishers. */
export interface PublisherVerifier {
  verify(authorizationHeader: string | undefined): Promise<PublisherVerdict>;
}

interface Application {
  readonly publisherId: string | undefined;
  readonly tenantId: string;
  readonly clientId: string;
}

/**
 * One verifier per publisher. The unverified audience and tenant of a token only choose the verifier, which
 * then checks both again together with the signature by that tenant's keys. A token for an unknown pair of
 * audience and tenant is refused without fetching keys.
 */
export function createPublisherVerifier(
  applications: readonly Application[],
  options: Omit<WebhookVerifierOptions, 'tenantId' | 'clientId'>,
): PublisherVerifier {
  const verifiers = applications.map((application) => {
    const verifier = createWebhookVerifier({ ...options, ...application });
    return { ...application, verifier };
  });
  const [only] = verifiers;
  if (!only) throw new TypeError('At least one publisher is required.');

  const choose = (
    header: string | undefined,
  ): ChosenVerifier | (PublisherVerdict & { ok: false }) => {
    if (verifiers.length === 1) return only;
    const token = bearerToken(header);
    if (typeof token !== 'string') return { ...token, publisherId: undefined };
    const { audiences, tenantId } = readAddress(token);
    const addressed = verifiers.filter(({ clientId }) =>
      audiences.includes(clientId.toLowerCase()),
    );
    const [nearest] = addressed;
    if (!nearest) {
      const reason = audiences.length === 0 ? 'malformed' : 'audience';
      return { ok: false, reason, publisherId: undefined };
    }
    const { publisherId } = nearest;
    return (
      addressed.find((one) => one.tenantId.toLowerCase() === tenantId) ?? {
        ok: false,
        reason: 'tenant',
        publisherId,
      }
    );
  };

  return {
    verify: async (header) => {
      const chosen = choose(header);
      if ('ok' in chosen) return chosen;
      return { ...(await chosen.verifier.verify(header)), publisherId: chosen.publisherId };
    },
  };
}

type ChosenVerifier = Application & { readonly verifier: WebhookVerifier };

/** Audiences and tenant that the unverified token claims; empty if the token cannot be read. */
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
