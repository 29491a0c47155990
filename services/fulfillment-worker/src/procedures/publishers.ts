import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { ProcedureDeps } from './deps.ts';

type Table = Handlers<FulfillmentProcedures>;

/** The configured publishers with the state of their credentials. */
export function publisherProcedures(
  { publishers }: Pick<ProcedureDeps, 'publishers'>,
  credentials: Table['credentials'],
): Table['publishers'] {
  return {
    list: async (input, call) => {
      const status = await credentials.status(input, call);
      if (status instanceof Rejection) return status;
      const wanted = publishers.all.filter(
        ({ publisherId }) => input.publisherId === undefined || publisherId === input.publisherId,
      );
      const items = wanted.map((publisher) => {
        const { publisherId, tenantId, clientId } = publisher;
        const found = status.publishers.find((one) => one.publisherId === publisherId);
        return {
          publisherId,
          tenantId,
          clientId,
          isDefault: publisher === publishers.all[0],
          credential: found?.state ?? ('unknown' as const),
          nextStep: found?.nextStep,
        };
      });
      return { items };
    },
  };
}
