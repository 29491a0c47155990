import type { Fixture } from './fixture.ts';

/** The ledger of a subscription, oldest entry first. */
export async function ledgerOf({ store }: Fixture, subscriptionId: string) {
  return store.kysely
    .selectFrom('ledgerEntries')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('id')
    .execute();
}

/** What Microsoft has accepted for a subscription. */
export async function keptBy({ control }: Fixture, subscriptionId: string) {
  return (await control.usage()).filter((event) => event.resourceId === subscriptionId);
}
