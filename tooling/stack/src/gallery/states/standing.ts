import type { PageState, GalleryFixture } from '../fixture.ts';

const FLAT = { offerId: 'analytics', planId: 'starter' };

/** Pages for a known subscription that is opened again from Microsoft's side. */
export const standing: readonly PageState[] = [
  {
    name: 'known-suspended',
    shows: 'That a payment is missing, the deadline, and who must pay',
    says: [
      'standing.suspended',
      'standing.suspendedLead',
      'standing.suspendedEndsOn',
      'standing.settle',
    ],
    reach: (fixture) => reopened(fixture, 'suspend', 'Suspended'),
  },
  {
    name: 'known-ended',
    shows: 'That it has ended, and what can still be done',
    says: [
      'standing.ended',
      'standing.endedLead',
      'standing.buyAgain',
      'standing.endedOn',
      'standing.why.elsewhere',
    ],
    reach: (fixture) => reopened(fixture, 'cancel', 'Unsubscribed'),
  },
  {
    name: 'status-unknown',
    isAlone: true,
    shows: 'That it is still being prepared, for a status that is not documented',
    says: ['standing.preparing', 'standing.preparingLead'],
    async reach(fixture) {
      const { control } = fixture.client;
      const { subscriptionId: id, landingUrl } = await fixture.buy(FLAT);
      const { tenantId, objectId } = fixture.client.person('ada');
      const party = { tenantId, objectId };
      const saasSubscriptionStatus = 'InMigration';
      const parties = { beneficiary: party, purchaser: party };
      const subscription = { id, ...FLAT, saasSubscriptionStatus, ...parties };
      const resolved = { id, ...FLAT, subscription };
      fixture.after(() => control.clearFaults());
      await control.addFault({ endpoint: 'resolve', status: 200, body: resolved });
      const subscriptionId = id;
      await control.addFault({ endpoint: 'get', subscriptionId, status: 200, body: subscription });
      return fixture.open(landingUrl, 'ada');
    },
  },
];

async function reopened(fixture: GalleryFixture, act: 'suspend' | 'cancel', status: string) {
  const { subscriptionId } = await fixture.active(FLAT);
  await fixture.client.control[act](subscriptionId);
  await fixture.reaches(subscriptionId, status);
  return fixture.open(await fixture.configureUrl(subscriptionId), 'ada');
}
