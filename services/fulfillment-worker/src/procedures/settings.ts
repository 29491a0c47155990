import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { unknownOffers } from '../store/known-offers.ts';
import {
  changeSettings,
  readOwnSettings,
  readSettings,
  type SettingsTarget,
} from '../store/settings.ts';
import type { ProcedureDeps } from './deps.ts';

/** A publisher's settings for its offers. They are read whenever needed, so that changes apply at once. */
export function settingsProcedures(
  deps: Pick<ProcedureDeps, 'db'>,
): Handlers<FulfillmentProcedures>['settings'] {
  const db = deps.db.kysely;
  const viewOf = async (target: SettingsTarget) => {
    const [effective, own] = await Promise.all([
      readSettings(db, target),
      readOwnSettings(db, target),
    ]);
    return { ...effective, own };
  };
  return {
    get: async ({ publisherId, offerId }) => await viewOf({ publisherId, offerId }),
    put: async ({ publisherId, offerId, settings }) => {
      await changeSettings(db, { publisherId, offerId }, settings);
      const { manualApproval } = settings;
      const planIds = Array.isArray(manualApproval) ? manualApproval : [];
      const offers = offerId === undefined && planIds.length === 0 ? [] : [{ offerId, planIds }];
      const warnings = await unknownOffers(db, { publisherId, offers });
      return {
        ...(await viewOf({ publisherId, offerId })),
        ...(warnings.length > 0 && { warnings }),
      };
    },
  };
}
