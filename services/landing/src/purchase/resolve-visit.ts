import type { RejectionCode } from '@landfall/contracts/rejections';
import type { Answer, Purchases } from '../clients/purchases.ts';
import type { Db } from '../db/schema.ts';
import type { Sealer } from '@landfall/entra-sign-in/sealing';
import { recordEvent } from '../store/events.ts';
import { recordRefused, recordResolved } from '../store/visits.ts';
import type { OpenedVisit } from './open-visits.ts';

export interface ResolveDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly subscriptions: Pick<Purchases, 'get' | 'resolve'>;
  readonly tokens: Pick<Sealer<string>, 'open'>;
}

/** The subscription of a visit. The purchase token is resolved once and deleted after that. */
export async function resolveVisit(
  { db, now, subscriptions, tokens }: ResolveDeps,
  { visit, session }: OpenedVisit,
): Promise<Answer> {
  if (visit.subscriptionId) return subscriptions.get(visit.subscriptionId);
  const token = await tokens.open(visit.tokenSealed ?? undefined, visit.id);
  if (!token) return { refused: 'purchase.token-invalid' };
  const answer = await subscriptions.resolve(token, visit.publisherId ?? undefined);
  const event = { visitor: session.visitor, correlationId: visit.correlationId };
  if ('subscription' in answer) {
    const { id } = answer.subscription;
    await recordResolved(db, visit.id, id);
    const resolved = { id: visit.id, subscriptionId: id };
    await recordEvent(db, { ...event, kind: 'purchase.resolved', visit: resolved });
  } else if (isLinkRefused(answer.refused) && visit.refusedAt === null) {
    await recordRefused(db, visit.id, now());
    await recordEvent(db, { ...event, kind: 'token.refused', visit });
  }
  return answer;
}

/** The link belongs to no purchase, or to no publisher here. Only a new link helps. */
export function isLinkRefused(refused: RejectionCode): boolean {
  return refused === 'purchase.token-invalid' || refused === 'publisher.not-found';
}
