import type { PageState, Scene } from '../scene.ts';

const FLAT = { offerId: 'analytics', planId: 'starter' };

/** A known subscription that is opened again from Microsoft's side. */
export const standing: readonly PageState[] = [
  {
    name: 'known-suspended',
    shows: 'That payment is missing, until when, and who settles it',
    says: [
      'standing.suspended',
      'standing.suspendedLead',
      'standing.suspendedEndsOn',
      'standing.settle',
    ],
    reach: (scene) => reopened(scene, 'suspend', 'Suspended'),
  },
  {
    name: 'known-ended',
    shows: 'That it has ended and what can still be done',
    says: [
      'standing.ended',
      'standing.endedLead',
      'standing.buyAgain',
      'standing.endedOn',
      'standing.why.elsewhere',
    ],
    reach: (scene) => reopened(scene, 'cancel', 'Unsubscribed'),
  },
  {
    name: 'status-unknown',
    isAlone: true,
    shows: 'That it is still being prepared, for a status that nobody has documented',
    says: ['standing.preparing', 'standing.preparingLead'],
    async reach(scene) {
      const { control } = scene.world;
      const { subscriptionId: id, landingUrl } = await scene.buy(FLAT);
      const { tenantId, objectId } = scene.world.person('ada');
      const party = { tenantId, objectId };
      const saasSubscriptionStatus = 'InMigration';
      const parties = { beneficiary: party, purchaser: party };
      const subscription = { id, ...FLAT, saasSubscriptionStatus, ...parties };
      const resolved = { id, ...FLAT, subscription };
      scene.after(() => control.clearFaults());
      await control.addFault({ endpoint: 'resolve', status: 200, body: resolved });
      const subscriptionId = id;
      await control.addFault({ endpoint: 'get', subscriptionId, status: 200, body: subscription });
      return scene.open(landingUrl, 'ada');
    },
  },
];

async function reopened(scene: Scene, act: 'suspend' | 'cancel', status: string) {
  const { subscriptionId } = await scene.active(FLAT);
  await scene.world.control[act](subscriptionId);
  await scene.reaches(subscriptionId, status);
  return scene.open(await scene.configureUrl(subscriptionId), 'ada');
}
