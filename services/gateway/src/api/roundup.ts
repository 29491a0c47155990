import { type FiringAlert, ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import type { Call } from '@landfall/contracts/procedures';
import type { ServiceName } from '@landfall/contracts/services';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { askServices, type ServiceClients } from './ask-services.ts';

/** Above the 1.5 seconds for which a call waits for an owner that restarts. People wait for the answer. */
const ASK_TIMEOUT_MS = 3_000;

export interface OwnerAnswer {
  readonly service: ServiceName;
  readonly answers: boolean;
  readonly firing: readonly FiringAlert[];
}

/** Asks the services for their alerts and remembers since when each has been silent. */
export interface Roundup {
  ask(): Promise<readonly OwnerAnswer[]>;
  silentSince(service: ServiceName): Date | undefined;
}

/** Asks every service once at a time and shares the answers among concurrent callers. */
export function createRoundup(options: {
  readonly clients: ServiceClients;
  readonly now: () => Date;
}): Roundup {
  const silent = new Map<ServiceName, Date>();
  let asking: Promise<readonly OwnerAnswer[]> | undefined;
  const askAll = async () => {
    const asked = await askServices(options.clients, { timeoutMs: ASK_TIMEOUT_MS, ask: alertsOf });
    return asked.map(({ service, answers, answer }) => {
      if (answers) silent.delete(service);
      else if (!silent.has(service)) silent.set(service, options.now());
      return { service, answers, firing: answer ?? [] };
    });
  };
  return {
    ask() {
      asking ??= askAll().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    silentSince: (service) => silent.get(service),
  };
}

async function alertsOf(client: object, call: Call): Promise<readonly FiringAlert[]> {
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => client);
  const answer = await ownAlerts.list({}, call);
  return ownAlertProcedures.ownAlerts.list.output.parse(answer).firing;
}
