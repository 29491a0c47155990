import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { readSettings, writeSettings } from '../store/settings.ts';
import type { ProcedureDeps } from './deps.ts';

/** A publisher's settings for its offers. They are read whenever needed, so that changes apply at once. */
export function settingsProcedures(
  deps: Pick<ProcedureDeps, 'db'>,
): Handlers<FulfillmentProcedures>['settings'] {
  const db = deps.db.kysely;
  return {
    get: async ({ publisherId, offerId }) => await readSettings(db, { publisherId, offerId }),
    put: async ({ publisherId, offerId, settings }) => {
      await writeSettings(db, { publisherId, offerId }, settings);
      return settings;
    },
  };
}
