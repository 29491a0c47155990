import { nearest } from '@landfall/contracts/nearest';
import type { Db } from '../db/schema.ts';
import { selectPlans } from '../store/catalogue-versions.ts';

/** More plans than a publisher has. */
const MAX_PLANS = 1000;

/**
 * Warnings about ids that the catalogue does not know. They may come into being later, so the setting is saved. An empty
 * `publisherId` means every publisher.
 */
export async function unknownIds(
  db: Db,
  setting: {
    readonly publisherId?: string | undefined;
    readonly offerId: string;
    readonly planId?: string | undefined;
    readonly dimensions?: readonly string[];
  },
): Promise<string[]> {
  const { offerId, planId, dimensions = [] } = setting;
  const filter = {
    publisherId: setting.publisherId || undefined,
    offerId: undefined,
    planId: undefined,
  };
  const plans = await selectPlans(db.kysely, filter, { after: undefined, limit: MAX_PLANS });
  const ofOffer = plans.filter((plan) => plan.offerId === offerId);
  if (ofOffer.length === 0) {
    const known = plans.map((plan) => plan.offerId);
    return [`No subscription has the offer "${offerId}" yet.${hint(offerId, known)}`];
  }
  if (planId === undefined) return [];
  const ofPlan = ofOffer.filter((plan) => plan.planId === planId);
  if (ofPlan.length === 0) {
    const known = ofOffer.map((plan) => plan.planId);
    return [
      `No subscription has the plan "${planId}" of the offer "${offerId}" yet.${hint(planId, known)}`,
    ];
  }
  const read = ofPlan.flatMap(({ content }) =>
    content ? [content.dimensions.map(({ id }) => id)] : [],
  );
  if (read.length === 0) return [];
  const known = read.flat();
  return dimensions
    .filter((dimension) => !known.includes(dimension))
    .map(
      (dimension) =>
        `The plan "${planId}" has no dimension "${dimension}".${hint(dimension, known)} If you have just published it, call catalogue.refresh.`,
    );
}

function hint(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? ' Check the ID.' : ` Did you mean "${meant}"?`;
}
