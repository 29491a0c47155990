import { ownCheckProcedures, type SetupValue } from '@landfall/contracts/doctor-procedures';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { askServices, type ServiceClients } from '../api/ask-services.ts';

/** The services only look at their settings. */
const ASK_TIMEOUT_MS = 3_000;

export interface Setup {
  readonly installation: SetupValue[];
  readonly publishers: {
    readonly publisherId?: string | undefined;
    readonly values: SetupValue[];
  }[];
}

/** Collects the values for Partner Center and Microsoft Entra from the services that know them. */
export async function collectSetup(
  clients: ServiceClients,
  of: { readonly publisherId: string | undefined; readonly publicUrl: string },
): Promise<Setup> {
  const answers = await askServices(clients, {
    timeoutMs: ASK_TIMEOUT_MS,
    ask: async (client, call) => {
      const { ownChecks } = forwardHandlers(ownCheckProcedures, () => client);
      return ownCheckProcedures.ownChecks.setup.output.parse(await ownChecks.setup(of, call));
    },
  });
  const installation: SetupValue[] = [];
  const publishers = new Map<string | undefined, SetupValue[]>();
  for (const { about, publisherId, ...value } of answers.flatMap(
    ({ answer }) => answer?.values ?? [],
  )) {
    if (about === 'installation') installation.push(value);
    else publishers.set(publisherId, [...(publishers.get(publisherId) ?? []), value]);
  }
  return {
    installation,
    publishers: [...publishers].map(([publisherId, values]) => ({ publisherId, values })),
  };
}
