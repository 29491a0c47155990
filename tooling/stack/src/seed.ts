import { writeFileSync } from 'node:fs';
import { buyAndActivate } from './scenarios/buying.ts';
import { setOfferPages } from './seed-pages.ts';
import { Stage } from './stage.ts';
import type { RunningStack } from './stack.ts';
import type { StackDescription } from './stack-file.ts';
import { openWorld } from './world.ts';

/** Their trace in the folder; a start that was cut off before plays them again. */
const TRACE = 'first-purchases';

/** On the first start alone, and then only if they are wanted. */
export async function playFirstPurchasesOnce(
  { folder, description }: RunningStack,
  {
    isWanted,
    onStep,
    stopAsked,
  }: {
    readonly isWanted: boolean;
    readonly onStep: (line: string) => void;
    readonly stopAsked: AbortSignal;
  },
): Promise<void> {
  if (folder.has(TRACE) || !description.emulatorUrl) return;
  if (isWanted) {
    onStep('the first purchases');
    const tell = (line: string) => (stopAsked.aborted ? undefined : onStep(line));
    await playFirstPurchases(description, tell);
  }
  if (stopAsked.aborted) return;
  writeFileSync(folder.path(TRACE), `${new Date().toISOString()}\n`);
}

/**
 * A few purchases in different states, so that nothing is empty on the very first start. Played
 * through the public doors like any other; a failure is told and does not stop the start.
 */
async function playFirstPurchases(
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
  const set = await Promise.allSettled([setOfferPages(world)]);
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
  for (const one of [...set, ...played]) {
    if (one.status === 'rejected') {
      onStep(`a first purchase did not end well: ${String(one.reason)}`);
    }
  }
}
