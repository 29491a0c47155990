import { buyAndActivate } from './scenarios/buying.ts';
import { Stage } from './stage.ts';
import type { StackDescription } from './stack-file.ts';
import { openWorld } from './world.ts';

/**
 * A few purchases in different states, so that nothing is empty on the very first start. Played
 * through the public doors like any other; a failure is told and does not stop the start.
 */
export async function playFirstPurchases(
  stack: StackDescription,
  onStep: (line: string) => void,
): Promise<void> {
  const world = openWorld(stack);
  const stage = new Stage(world, 'first purchases', () => undefined);
  const purchases = [
    { offerId: 'analytics', planId: 'starter', beneficiary: 'ada' },
    { offerId: 'teamdesk', planId: 'standard', quantity: 12, beneficiary: 'tara' },
    { offerId: 'teamdesk', planId: 'basic', quantity: 3, beneficiary: 'ben' },
  ];
  const played = await Promise.allSettled([
    ...purchases.map((purchase) => buyAndActivate(stage, purchase)),
    world.control.purchase({
      offerId: 'analytics',
      planId: 'growth',
      beneficiary: world.person('ben').email,
    }),
    world.control.purchase({
      offerId: 'pulse',
      planId: 'essential',
      beneficiary: world.person('tara').email,
    }),
  ]);
  for (const one of played) {
    if (one.status === 'rejected') {
      onStep(`a first purchase did not end well: ${String(one.reason)}`);
    }
  }
}
