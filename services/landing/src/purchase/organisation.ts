import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import type { Purchases } from '../clients/purchases.ts';
import type { Db } from '../db/schema.ts';
import { findVisit } from '../store/visits.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { visitOfPath, type OwnPath } from '../web/paths.ts';
import { visitsInCookie } from './visit-cookie.ts';

/**
 * The tenant in which people can sign in as a member or guest of the customer. Undefined if Microsoft names
 * no tenant, or if it is the tenant of personal accounts, which sign in without naming a tenant.
 */
export function organisationOf({
  beneficiary: { tenantId },
}: Pick<SubscriptionView, 'beneficiary'>): string | undefined {
  const tenant = tenantId?.toLowerCase();
  return tenant && isLowerCaseGuid(tenant) && tenant !== PERSONAL_ACCOUNTS_TENANT
    ? tenant
    : undefined;
}

/**
 * The tenant that the purchase at `path` is for, so that people with accounts in several tenants (personal
 * accounts, guests) can sign in there. Only for a browser that opened the purchase with its token.
 */
export async function organisationAt(
  { db, now, subscriptions }: OrganisationDeps,
  c: Context,
  path: OwnPath,
): Promise<string | undefined> {
  const id = visitOfPath(path);
  if (!id || !visitsInCookie(c).includes(id)) return undefined;
  const visit = await findVisit(db, id, now());
  if (!visit?.subscriptionId) return undefined;
  const answer = await subscriptions.get(visit.subscriptionId);
  return 'subscription' in answer ? organisationOf(answer.subscription) : undefined;
}

export interface OrganisationDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly subscriptions: Pick<Purchases, 'get'>;
}
