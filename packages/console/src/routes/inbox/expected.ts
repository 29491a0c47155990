import type { Publisher } from '../../api/publishers.ts';

/** Microsoft's marketplace, which calls every connection webhook. https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-registration */
export const MARKETPLACE = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';

/** Audiences of a token for the publisher's fulfillment application. */
export function audiencesOf({ clientId }: Pick<Publisher, 'clientId'>): readonly string[] {
  return [clientId, `api://${clientId}`];
}

/** Issuers of version 1 and 2. The second begins with the authority, which the API does not say. */
export function issuersOf({ tenantId }: Pick<Publisher, 'tenantId'>): readonly string[] {
  return [`https://sts.windows.net/${tenantId}/`, `<ENTRA_AUTHORITY_URL>/${tenantId}/v2.0`];
}
